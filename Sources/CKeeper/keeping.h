#ifndef IRQPROOF_KEEPING_H
#define IRQPROOF_KEEPING_H

#include "keeper.h"

// Shared by the keeper and by those who make it.

enum { MAXIMUM_DESCRIPTORS = 16 };

/// What a keeper is to start and to hold.
struct order {
    const char *path;
    char *const *arguments;
    char *const *environment;
    /// The program's working folder.
    int folder;
    /// The program's descriptors 0, 1, 2, …
    int descriptors[MAXIMUM_DESCRIPTORS];
    int descriptor_count;
    /// The ends of the starter's pipes.
    int leash;
    int report;
};

/// What the starter reads first of the report: the program's process id, or why there is none.
struct beginning {
    pid_t program;
    int error;
};

/// The keeper from its birth to its end.
_Noreturn void be_keeper(const struct order *order);

/// Writes less than PIPE_BUF into an empty pipe: whole or not at all.
void write_whole(int descriptor, const void *bytes, size_t count);

/// Closes this descriptor and all above it.
void close_from(unsigned int first);

#endif
