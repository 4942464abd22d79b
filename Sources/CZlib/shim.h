// Inflating of compressed RAM pages and qcow2 clusters: the system's zlib.
#include <zlib.h>
