#define _GNU_SOURCE
#include "keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

ssize_t keeper_send_descriptor(int socket, const void *bytes, size_t count, int descriptor) {
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = count};
    union {
        char space[CMSG_SPACE(sizeof(int))];
        struct cmsghdr aligned;
    } control = {{0}};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.space, .msg_controllen = sizeof control.space};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
    return sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

ssize_t keeper_write(int pipe, const void *bytes, size_t count) {
    sigset_t broken, before, pending;
    sigemptyset(&broken);
    sigaddset(&broken, SIGPIPE);
    sigpending(&pending);
    int was_pending = sigismember(&pending, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &broken, &before);
    ssize_t result = write(pipe, bytes, count);
    int error = errno;
    if (result < 0 && error == EPIPE && !was_pending) {
        struct timespec none = {0};
        while (sigtimedwait(&broken, NULL, &none) < 0 && errno == EINTR) {}
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = error;
    return result;
}

int keeper_pipe(int ends[2], int *capacity) {
    if (pipe2(ends, O_CLOEXEC) != 0) return errno;
    // As large as anybody may have it: most states fit, so that the sides need not wait for each other. Else as it is.
    fcntl(ends[0], F_SETPIPE_SZ, 1 << 20);
    *capacity = fcntl(ends[0], F_GETPIPE_SZ);
    return 0;
}

int keeper_memory_file(const char *name, off_t size) {
    int descriptor = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (descriptor < 0) return -1;
    if (ftruncate(descriptor, size) == 0 && fcntl(descriptor, F_ADD_SEALS, F_SEAL_SHRINK) == 0) return descriptor;
    int error = errno;
    close(descriptor);
    errno = error;
    return -1;
}

void keeper_sleep(long seconds, long nanoseconds) {
    static _Thread_local int is_exact = 0;
    if (!is_exact) is_exact = prctl(PR_SET_TIMERSLACK, 1000) == 0;
    struct timespec time = {.tv_sec = seconds, .tv_nsec = nanoseconds};
    nanosleep(&time, NULL);
}

void keeper_keep_freed_memory(void) {
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 64 << 20);
    mallopt(M_TOP_PAD, 1 << 20);
#endif
}

void keeper_seal(int file) {
    fcntl(file, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
}

int keeper_is_hole(int file, off_t begin, off_t count) {
    off_t data = lseek(file, begin, SEEK_DATA);
    return data < 0 ? errno == ENXIO : data >= begin + count;
}

static int copy_stretch(int from, int to, off_t begin, off_t end) {
    static const size_t most = 1 << 18;
    char *space = malloc(most);
    if (space == NULL) return ENOMEM;
    int error = 0;
    while (begin < end && error == 0) {
        size_t wanted = (size_t)(end - begin) < most ? (size_t)(end - begin) : most;
        ssize_t got = pread(from, space, wanted, begin);
        if (got <= 0) {
            error = got == 0 ? EIO : errno;
            continue;
        }
        ssize_t put = pwrite(to, space, (size_t)got, begin);
        if (put <= 0) error = put == 0 ? EIO : errno;
        begin += put > 0 ? put : 0;
    }
    free(space);
    return error;
}

int keeper_copy_memory(int from, int to, off_t size) {
    if (fallocate(to, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, size) != 0) return errno;
    off_t end = 0;
    while (end < size) {
        off_t begin = lseek(from, end, SEEK_DATA);
        // Nothing but a hole is left.
        if (begin < 0) return errno == ENXIO ? 0 : errno;
        end = lseek(from, begin, SEEK_HOLE);
        if (end < 0) return errno;
        int error = copy_stretch(from, to, begin, end < size ? end : size);
        if (error != 0) return error;
    }
    return 0;
}
