#define _GNU_SOURCE
#include "keeping.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// The nursery is a process that forks the keepers. It is forked itself when the first program is started, so that later
// starts cost their starter one message: a fork copies the starter's page tables, and lets it fault on each page that it
// writes to afterwards. The nursery ends with the starter's end of the socket.

/// Descriptors that go with each order, before the program's own.
enum { TEXT, FOLDER, LEASH, REPORT, OWN_DESCRIPTORS };
enum { MOST_DESCRIPTORS = OWN_DESCRIPTORS + MAXIMUM_DESCRIPTORS };

/// An order's strings, in a file in memory: a table of offsets into the file, one for the path, one for each argument, a
/// 0, one for each variable of the environment, a 0; then the strings.
struct summary {
    size_t byte_count;
    size_t argument_count;
    size_t variable_count;
    /// Descriptors that go with the order.
    int descriptor_count;
};

union descriptor_space {
    char bytes[CMSG_SPACE(sizeof(int) * MOST_DESCRIPTORS)];
    struct cmsghdr aligned;
};

// MARK: The nursery's side

/// Receives an order; returns how many descriptors came with it, which may be fewer than were sent where this process may
/// not have as many; -1 at the end of the socket.
static int receive(int socket, struct summary *summary, int *descriptors) {
    struct iovec part = {.iov_base = summary, .iov_len = sizeof *summary};
    union descriptor_space control;
    for (;;) {
        struct msghdr message = {
            .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
        ssize_t got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
        if (got < 0 && errno == EINTR) continue;
        if (got != (ssize_t)sizeof *summary) return -1;
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        if (header == NULL) return 0;
        size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        memcpy(descriptors, CMSG_DATA(header), count * sizeof(int));
        return (int)count;
    }
}

static void refuse(int report, int error) {
    struct beginning beginning = {.error = error};
    write_whole(report, &beginning, sizeof beginning);
}

static _Noreturn void carry_out(const struct summary *summary, const int *descriptors, int count) {
    char *text = mmap(NULL, summary->byte_count, PROT_READ | PROT_WRITE, MAP_PRIVATE, descriptors[TEXT], 0);
    if (text == MAP_FAILED) {
        refuse(descriptors[REPORT], errno);
        _exit(0);
    }
    // Offsets become pointers in place.
    uintptr_t *table = (uintptr_t *)text;
    size_t entries = 1 + summary->argument_count + 1 + summary->variable_count + 1;
    for (size_t i = 0; i < entries; i++) {
        if (table[i] != 0) table[i] += (uintptr_t)text;
    }
    struct order order = {
        .path = (const char *)table[0],
        .arguments = (char *const *)&table[1],
        .environment = (char *const *)&table[1 + summary->argument_count + 1],
        .folder = descriptors[FOLDER],
        .descriptor_count = count - OWN_DESCRIPTORS,
        .leash = descriptors[LEASH],
        .report = descriptors[REPORT],
    };
    memcpy(order.descriptors, descriptors + OWN_DESCRIPTORS, sizeof(int) * (size_t)order.descriptor_count);
    be_keeper(&order);
}

/// Takes in keepers that ended, so that their programs' processor time becomes this process'; returns whether one is left.
static int reap(void) {
    pid_t child;
    while ((child = waitpid(-1, NULL, WNOHANG)) > 0) {}
    return child == 0;
}

static _Noreturn void be_nursery(int socket) {
    setsid();
    prctl(PR_SET_NAME, "irqproof-nurse");
    signal(SIGCHLD, SIG_DFL);
    dup2(socket, 0);
    close_from(1);
    sigset_t children;
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    int signals = signalfd(-1, &children, SFD_CLOEXEC);
    struct pollfd events[2] = {{.fd = 0, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
    struct summary summary;
    int descriptors[MOST_DESCRIPTORS];
    for (;;) {
        if (poll(events, 2, -1) < 0) continue;
        struct signalfd_siginfo ignored;
        if (events[1].revents != 0 && read(signals, &ignored, sizeof ignored) > 0) reap();
        if (events[0].revents == 0) continue;
        int count = receive(0, &summary, descriptors);
        if (count < 0) break;
        int is_whole = count == summary.descriptor_count;
        pid_t keeper = is_whole ? fork() : -1;
        if (keeper == 0) carry_out(&summary, descriptors, count);
        if (keeper < 0 && count > REPORT) refuse(descriptors[REPORT], is_whole ? errno : EMFILE);
        for (int i = 0; i < count; i++) close(descriptors[i]);
    }
    // A keeper that gave its report is about to end; one that holds a program is left to it.
    struct timespec moment = {.tv_nsec = 1000000};
    for (int i = 0; i < 200 && reap(); i++) nanosleep(&moment, NULL);
    _exit(0);
}

// MARK: The starter's side

static pthread_mutex_t nursery_lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
    pid_t process;
    int socket;
} nursery = {.socket = -1};

/// Forks the nursery; the lock is held. Returns 0 or an error number.
static int open_nursery(void) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return errno;
    // Signals stay blocked from before the fork, so that no handler of the starter runs in a child.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t process = fork();
    if (process == 0) be_nursery(ends[1]);
    int error = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(ends[1]);
    if (process < 0) {
        close(ends[0]);
        return error;
    }
    nursery.process = process;
    nursery.socket = ends[0];
    static int is_settled_at_exit = 0;
    if (!is_settled_at_exit) is_settled_at_exit = atexit(keeper_settle) == 0;
    return 0;
}

/// The lock is held.
static void close_nursery(void) {
    if (nursery.socket < 0) return;
    close(nursery.socket);
    nursery.socket = -1;
    while (waitpid(nursery.process, NULL, 0) < 0 && errno == EINTR) {}
}

void keeper_settle(void) {
    pthread_mutex_lock(&nursery_lock);
    close_nursery();
    pthread_mutex_unlock(&nursery_lock);
}

/// Sends an order to the nursery, which is opened where there is none, or none any more. Returns 0 or an error number.
static int send_order(struct msghdr *message) {
    int error = 0;
    pthread_mutex_lock(&nursery_lock);
    for (int attempt = 0; attempt < 2; attempt++) {
        if (nursery.socket < 0) error = open_nursery();
        if (error != 0) break;
        ssize_t sent;
        while ((sent = sendmsg(nursery.socket, message, MSG_NOSIGNAL)) < 0 && errno == EINTR) {}
        if (sent >= 0) break;
        error = errno;
        if (error != EPIPE && error != ECONNRESET) break;
        // Somebody killed it.
        close_nursery();
        if (attempt == 0) error = 0;
    }
    pthread_mutex_unlock(&nursery_lock);
    return error;
}

static size_t count_of(char *const strings[]) {
    size_t count = 0;
    while (strings[count] != NULL) count++;
    return count;
}

/// Appends strings to a text and their offsets to its table, which a 0 ends.
static uintptr_t *append(uintptr_t *table, char *text, size_t *used, char *const strings[], size_t count) {
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(strings[i]) + 1;
        memcpy(text + *used, strings[i], length);
        *table++ = *used;
        *used += length;
    }
    *table++ = 0;
    return table;
}

static size_t length_of(char *const strings[], size_t count) {
    size_t length = 0;
    for (size_t i = 0; i < count; i++) length += strlen(strings[i]) + 1;
    return length;
}

/// Writes an order's strings into a file in memory. Returns its descriptor, or -1 with errno.
static int write_text(const char *path, char *const arguments[], char *const environment[], struct summary *summary) {
    summary->argument_count = count_of(arguments);
    summary->variable_count = count_of(environment);
    size_t entries = 1 + summary->argument_count + 1 + summary->variable_count + 1;
    size_t used = entries * sizeof(uintptr_t);
    size_t path_length = strlen(path) + 1;
    summary->byte_count = used + path_length + length_of(arguments, summary->argument_count)
        + length_of(environment, summary->variable_count);
    char *text = malloc(summary->byte_count);
    if (text == NULL) return -1;
    uintptr_t *table = (uintptr_t *)text;
    *table++ = used;
    memcpy(text + used, path, path_length);
    used += path_length;
    table = append(table, text, &used, arguments, summary->argument_count);
    append(table, text, &used, environment, summary->variable_count);
    int file = keeper_memory_file("order", 0);
    if (file >= 0 && write(file, text, used) != (ssize_t)used) {
        close(file);
        file = -1;
        errno = ENOMEM;
    }
    int error = errno;
    free(text);
    errno = error;
    return file;
}

/// Sends an order with the starter's pipes. Returns 0 or an error number.
static int hand_over(const char *path, char *const arguments[], char *const environment[], const int *program,
                     int program_count, int leash, int report) {
    struct summary summary;
    int descriptors[MOST_DESCRIPTORS];
    descriptors[LEASH] = leash;
    descriptors[REPORT] = report;
    memcpy(descriptors + OWN_DESCRIPTORS, program, sizeof(int) * (size_t)program_count);
    descriptors[TEXT] = write_text(path, arguments, environment, &summary);
    if (descriptors[TEXT] < 0) return errno;
    // A folder that may be stood in and not be looked up is no reason to start nothing.
    int folder = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    descriptors[FOLDER] = folder >= 0 ? folder : descriptors[TEXT];
    summary.descriptor_count = OWN_DESCRIPTORS + program_count;
    size_t size = sizeof(int) * (size_t)summary.descriptor_count;
    struct iovec part = {.iov_base = &summary, .iov_len = sizeof summary};
    union descriptor_space control = {{0}};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = CMSG_SPACE(size)};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(size);
    memcpy(CMSG_DATA(header), descriptors, size);
    int error = send_order(&message);
    if (folder >= 0) close(folder);
    close(descriptors[TEXT]);
    return error;
}

static int read_beginning(int report, pid_t *program) {
    struct beginning beginning = {0};
    ssize_t got;
    while ((got = read(report, &beginning, sizeof beginning)) < 0 && errno == EINTR) {}
    *program = beginning.program;
    return got == sizeof beginning ? beginning.error : ECHILD;
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
    int error = hand_over(path, arguments, environment != NULL ? environment : environ, descriptors, descriptor_count,
                          leash[0], report[1]);
    close(leash[0]);
    close(report[1]);
    if (error == 0) error = read_beginning(report[0], &result->program);
    if (error != 0) {
        close(leash[1]);
        close(report[0]);
        return error;
    }
    result->leash = leash[1];
    result->report = report[0];
    return 0;
}
