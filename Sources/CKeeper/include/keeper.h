#ifndef IRQPROOF_KEEPER_H
#define IRQPROOF_KEEPER_H

#include <sys/types.h>

// Starts programs under a keeper: a small process that ends the program, and everything the program started,
// as soon as its own starter is gone, however that came about.
//
// The parts that Swift cannot write: code between fork and exec, and messages that carry descriptors.

/// A started program as its starter sees it. Both descriptors close on exec.
struct keeper {
    /// The keeper's process id, to be waited for.
    pid_t process;
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
/// no others; a null environment is that of the starter. Returns 0, or the error number of what failed, that of exec included.
int keeper_start(const char *path, char *const arguments[], char *const environment[], const int *descriptors,
                 int descriptor_count, struct keeper *result);

/// Sends bytes with one descriptor over a Unix socket. Returns the bytes sent, or -1 with errno.
ssize_t keeper_send_descriptor(int socket, const void *bytes, size_t count, int descriptor);

/// As write, but a pipe that nobody reads gives EPIPE and no signal.
ssize_t keeper_write(int pipe, const void *bytes, size_t count);

/// A pipe whose ends close on exec: reading, writing. Returns 0 or an error number.
int keeper_pipe(int ends[2]);

/// An anonymous file in memory that closes on exec, of a fixed size. Returns -1 with errno where it failed.
int keeper_memory_file(const char *name, off_t size);

/// Makes one file in memory equal to another of the same size; what neither holds costs nothing. Returns 0 or an error
/// number.
int keeper_copy_memory(int from, int to, off_t size);

#endif
