// SHA-256 of the system's libcrypto: the only C of this package besides SQLite.
#include <openssl/evp.h>
#include <openssl/sha.h>
