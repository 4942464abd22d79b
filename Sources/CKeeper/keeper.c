#define _GNU_SOURCE
#include "keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// Everything from here to keeper_start runs in a forked child of a program with threads: system calls only.

enum { MAXIMUM_DESCRIPTORS = 16, OUT_OF_THE_WAY = 64 };

/// What the starter reads first: the program's process id, or why there is none.
struct beginning {
    pid_t program;
    int error;
};

static void write_whole(int descriptor, const void *bytes, size_t count) {
    // Less than PIPE_BUF into an empty pipe: whole or not at all.
    while (write(descriptor, bytes, count) < 0 && errno == EINTR) {}
}

static void close_from(unsigned int first) {
    if (syscall(SYS_close_range, first, ~0U, 0) == 0) return;
    long limit = sysconf(_SC_OPEN_MAX);
    if (limit < 0 || limit > 65536) limit = 65536;
    for (long descriptor = first; descriptor < limit; descriptor++) close((int)descriptor);
}

/// Puts the descriptors at 0, 1, 2, … and closes all others. Returns an error number.
static int arrange(const int *wanted, int count) {
    int copies[MAXIMUM_DESCRIPTORS + 2];
    for (int i = 0; i < count; i++) {
        copies[i] = fcntl(wanted[i], F_DUPFD_CLOEXEC, OUT_OF_THE_WAY);
        if (copies[i] < 0) return errno;
    }
    for (int i = 0; i < count; i++) {
        if (dup2(copies[i], i) < 0) return errno;
    }
    close_from((unsigned int)count);
    return 0;
}

static void run_program(const char *path, char *const arguments[], char *const environment[], pid_t keeper,
                        int failure) {
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != keeper) _exit(127);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(path, arguments, environment != NULL ? environment : environ);
    int error = errno;
    write_whole(failure, &error, sizeof error);
    _exit(127);
}

/// Kills every child of this process, by the kernel's list of them.
static void kill_children(void) {
    char text[4096];
    int list = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
    if (list < 0) return;
    ssize_t count = read(list, text, sizeof text - 1);
    close(list);
    pid_t child = 0;
    for (ssize_t i = 0; i < count; i++) {
        if (text[i] >= '0' && text[i] <= '9') {
            child = child * 10 + (text[i] - '0');
        } else if (child > 0) {
            kill(child, SIGKILL);
            child = 0;
        }
    }
}

/// Kills what is left, those that left the group too: descendants without a parent become children of the keeper.
static void end_all(pid_t program, struct keeper_report *result, int ended) {
    kill(-program, SIGKILL);
    if (!ended) kill(program, SIGKILL);
    for (;;) {
        kill_children();
        int status;
        pid_t child = waitpid(-1, &status, 0);
        if (child == program) result->status = status;
        if (child < 0 && errno != EINTR) return;
    }
}

static void keep(pid_t program, int leash, int report, int signals) {
    struct pollfd events[2] = {{.fd = leash, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
    struct keeper_report result = {0};
    int ended = 0;
    while (!ended) {
        if (poll(events, 2, -1) < 0) continue;
        if (events[0].revents != 0) break;
        struct signalfd_siginfo ignored;
        if (read(signals, &ignored, sizeof ignored) < 0) continue;
        int status;
        pid_t child;
        while ((child = waitpid(-1, &status, WNOHANG)) > 0) {
            if (child != program) continue;
            result.status = status;
            ended = 1;
        }
    }
    end_all(program, &result, ended);
    write_whole(report, &result, sizeof result);
    _exit(0);
}

/// The keeper from its birth to its end.
static void be_keeper(const char *path, char *const arguments[], char *const environment[], const int *descriptors,
                      int count, int leash, int report) {
    struct beginning beginning = {0};
    int wanted[MAXIMUM_DESCRIPTORS + 2];
    memcpy(wanted, descriptors, sizeof(int) * (size_t)count);
    wanted[count] = leash;
    wanted[count + 1] = report;
    setsid();
    prctl(PR_SET_NAME, "irqproof-keeper");
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
    beginning.error = arrange(wanted, count + 2);
    if (beginning.error != 0) {
        write_whole(report, &beginning, sizeof beginning);
        _exit(0);
    }
    leash = count;
    report = count + 1;
    fcntl(leash, F_SETFD, FD_CLOEXEC);
    fcntl(report, F_SETFD, FD_CLOEXEC);
    sigset_t children;
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    int signals = signalfd(-1, &children, SFD_CLOEXEC);
    int failure[2];
    pid_t program = -1;
    pid_t keeper = getpid();
    if (signals >= 0 && pipe2(failure, O_CLOEXEC) == 0) program = fork();
    if (program == 0) run_program(path, arguments, environment, keeper, failure[1]);
    if (program < 0) {
        beginning.error = errno;
        write_whole(report, &beginning, sizeof beginning);
        _exit(0);
    }
    // The program's ends, so that their other ends see it go.
    for (int i = 0; i < count; i++) close(i);
    close(failure[1]);
    ssize_t told;
    while ((told = read(failure[0], &beginning.error, sizeof beginning.error)) < 0 && errno == EINTR) {}
    close(failure[0]);
    beginning.program = program;
    write_whole(report, &beginning, sizeof beginning);
    if (told > 0) _exit(0);
    setpgid(program, program);
    keep(program, leash, report, signals);
}

static ssize_t read_whole(int descriptor, void *bytes, size_t count) {
    ssize_t got;
    while ((got = read(descriptor, bytes, count)) < 0 && errno == EINTR) {}
    return got;
}

static int start_with_pipes(const char *path, char *const arguments[], char *const environment[],
                            const int *descriptors, int count, const int leash[2], const int report[2],
                            struct keeper *result) {
    // Signals stay blocked from before the fork, so that no handler of the starter runs in the keeper.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t process = fork();
    if (process == 0) be_keeper(path, arguments, environment, descriptors, count, leash[0], report[1]);
    int error = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(leash[0]);
    close(report[1]);
    struct beginning beginning = {0};
    if (process >= 0) {
        error = 0;
        if (read_whole(report[0], &beginning, sizeof beginning) != sizeof beginning) beginning.error = ECHILD;
        error = beginning.error;
    }
    if (error == 0) {
        *result = (struct keeper){.process = process, .leash = leash[1], .report = report[0],
                                  .program = beginning.program};
        return 0;
    }
    close(leash[1]);
    close(report[0]);
    if (process > 0) {
        while (waitpid(process, NULL, 0) < 0 && errno == EINTR) {}
    }
    return error;
}

int keeper_start(const char *path, char *const arguments[], char *const environment[], const int *descriptors,
                 int descriptor_count, struct keeper *result) {
    if (descriptor_count < 0 || descriptor_count > MAXIMUM_DESCRIPTORS) return EINVAL;
    int leash[2], report[2];
    if (pipe2(leash, O_CLOEXEC) != 0) return errno;
    if (pipe2(report, O_CLOEXEC) != 0) {
        int error = errno;
        close(leash[0]);
        close(leash[1]);
        return error;
    }
    return start_with_pipes(path, arguments, environment, descriptors, descriptor_count, leash, report, result);
}

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

int keeper_pipe(int ends[2]) {
    if (pipe2(ends, O_CLOEXEC) != 0) return errno;
    // As large as anybody may have it: most states fit, so that the sides need not wait for each other. Else as it is.
    fcntl(ends[0], F_SETPIPE_SZ, 1 << 20);
    return 0;
}

int keeper_memory_file(const char *name, off_t size) {
    int descriptor = memfd_create(name, MFD_CLOEXEC);
    if (descriptor < 0) return -1;
    if (ftruncate(descriptor, size) == 0) return descriptor;
    int error = errno;
    close(descriptor);
    errno = error;
    return -1;
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
