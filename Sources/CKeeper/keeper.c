#define _GNU_SOURCE
#include "keeping.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// Everything here runs in a child of a program with threads, forked and without an exec: system calls only.

enum { OUT_OF_THE_WAY = 64 };

void write_whole(int descriptor, const void *bytes, size_t count) {
    while (write(descriptor, bytes, count) < 0 && errno == EINTR) {}
}

void close_from(unsigned int first) {
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

static _Noreturn void run_program(const struct order *order, pid_t keeper, int failure) {
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != keeper) _exit(127);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(order->path, order->arguments, order->environment);
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

static _Noreturn void keep(pid_t program, int leash, int report, int signals) {
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

void be_keeper(const struct order *order) {
    struct beginning beginning = {0};
    int count = order->descriptor_count;
    int wanted[MAXIMUM_DESCRIPTORS + 2];
    memcpy(wanted, order->descriptors, sizeof(int) * (size_t)count);
    wanted[count] = order->leash;
    wanted[count + 1] = order->report;
    int report = order->report;
    setsid();
    prctl(PR_SET_NAME, "irqproof-keeper");
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
    // Where that is refused, it stays in the starter's folder of before.
    if (fchdir(order->folder) != 0) errno = 0;
    beginning.error = arrange(wanted, count + 2);
    if (beginning.error != 0) {
        write_whole(report, &beginning, sizeof beginning);
        _exit(0);
    }
    int leash = count;
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
    // The program borrows this memory until its exec: nothing is copied.
    if (signals >= 0 && pipe2(failure, O_CLOEXEC) == 0) program = vfork();
    if (program == 0) run_program(order, keeper, failure[1]);
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
