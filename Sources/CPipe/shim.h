#include <sys/types.h>

// tee(2): copies what is in a pipe into another one. Declared in fcntl.h for _GNU_SOURCE only.
ssize_t tee(int from, int to, size_t count, unsigned int flags);
