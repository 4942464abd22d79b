#ifndef IRQPROOF_KEEPER_H
#define IRQPROOF_KEEPER_H

#include <sys/types.h>

// Starts programs under a keeper: a small process that ends the program, and everything the program started,
// as soon as its own starter is gone, however that came about.
//
// The parts that Swift cannot write: code between fork and exec, and messages that carry descriptors.

/// A started program as its starter sees it. Both descriptors close on exec.
struct keeper {
    /// Closing it ends the program and its descendants.
    int leash;
    /// Gives one keeper_report, then the end.
    int report;
    /// The program's process id.
    pid_t program;
};

/// How the program ended.
struct keeper_report {
    /// As waitpid gives it.
    int status;
};

/// Starts a program with its own process group. `descriptors[i]` becomes the program's descriptor i, and it gets
/// no others; a null environment is that of the starter, whose limits and priority are those of the first start.
/// Returns 0, or the error number of what failed, that of exec included.
int keeper_start(const char *path, char *const arguments[], char *const environment[], const int *descriptors,
                 int descriptor_count, struct keeper *result);

/// Waits for what starts programs to end, which it does within a moment. From then on the processor time of programs that
/// ended is that of this process' children. A later start makes a new one.
void keeper_settle(void);

/// Sends bytes with one descriptor over a Unix socket. Returns the bytes sent, or -1 with errno.
ssize_t keeper_send_descriptor(int socket, const void *bytes, size_t count, int descriptor);

/// As write, but a pipe that nobody reads gives EPIPE and no signal.
ssize_t keeper_write(int pipe, const void *bytes, size_t count);

/// A pipe whose ends close on exec: reading, writing; and how many bytes it holds. Returns 0 or an error number.
int keeper_pipe(int ends[2], int *capacity);

/// An anonymous file in memory that closes on exec, of a size that nobody can make smaller: to use a mapping of it ends
/// nobody. Returns -1 with errno where it failed.
int keeper_memory_file(const char *name, off_t size);

/// Sleeps. The kernel may let a thread's sleeps last 50 microseconds longer than asked, so as to wake it with others; not
/// those of the threads that call this.
void keeper_sleep(long seconds, long nanoseconds);

/// Lets malloc keep what is freed, up to 64 MiB an arena. Has no effect where the C library has no such choice.
void keeper_keep_freed_memory(void);

/// Keeps a file in memory as it is for good.
void keeper_seal(int file);

/// Whether a stretch of a file in memory is a hole.
int keeper_is_hole(int file, off_t begin, off_t count);

/// Makes one file in memory equal to another of the same size; what neither holds costs nothing. Returns 0 or an error
/// number.
int keeper_copy_memory(int from, int to, off_t size);

#endif
