// Preloaded into the tool by Scripts/torture: the FAULT_CALL-th change of a file below FAULT_PATH fails with
// FAULT_ERRNO, and every later one too, as on a full or dying disk; with FAULT_SHORT every write but that of one byte
// writes half. Without FAULT_CALL nothing fails. The number of changes is added to the file FAULT_COUNT, if named.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static long changes;

static int is_watched(int descriptor) {
    const char *folder = getenv("FAULT_PATH");
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (!folder || length <= 0) return 0;
    path[length] = 0;
    return strncmp(path, folder, strlen(folder)) == 0;
}

/// Whether this change is to fail; sets errno.
static int fails(int descriptor) {
    if (!is_watched(descriptor)) return 0;
    const char *call = getenv("FAULT_CALL"), *code = getenv("FAULT_ERRNO");
    changes++;
    if (!call || !code || changes < atol(call)) return 0;
    errno = atoi(code);
    return 1;
}

static size_t granted(int descriptor, size_t count) {
    return getenv("FAULT_SHORT") && count > 1 && is_watched(descriptor) ? count / 2 : count;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int descriptor, const void *bytes, size_t count) {
    if (fails(descriptor)) return -1;
    return REAL(write)(descriptor, bytes, granted(descriptor, count));
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
    if (fails(descriptor)) return -1;
    return REAL(pwrite)(descriptor, bytes, granted(descriptor, count), offset);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset) {
    if (fails(descriptor)) return -1;
    return REAL(pwrite64)(descriptor, bytes, granted(descriptor, count), offset);
}

int ftruncate(int descriptor, off_t length) {
    return fails(descriptor) ? -1 : REAL(ftruncate)(descriptor, length);
}

int ftruncate64(int descriptor, off64_t length) {
    return fails(descriptor) ? -1 : REAL(ftruncate64)(descriptor, length);
}

int fsync(int descriptor) {
    return fails(descriptor) ? -1 : REAL(fsync)(descriptor);
}

int fdatasync(int descriptor) {
    return fails(descriptor) ? -1 : REAL(fdatasync)(descriptor);
}

__attribute__((destructor)) static void note(void) {
    const char *path = getenv("FAULT_COUNT");
    FILE *file = path ? fopen(path, "a") : NULL;
    if (!file) return;
    fprintf(file, "%ld\n", changes);
    fclose(file);
}
