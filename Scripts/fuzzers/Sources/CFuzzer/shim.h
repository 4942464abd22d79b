#include <stddef.h>
#include <stdint.h>

// Declared in compiler-rt's FuzzerInterface.h, which the toolchain does not install.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *data, size_t size));
