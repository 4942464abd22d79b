#ifndef REPLAY_H
#define REPLAY_H

/// All rows of all tables of a database, in memory, with the statements that make its schema.
struct replay;

/// Loads a database; null on an error.
struct replay *replay_load(const char *path);

/// Inserts the same rows into a new file with the same schema, in one transaction; seconds, or a negative number.
double replay_insert(const struct replay *replay, const char *path);

/// Steps through all rows of all tables of a database in the order of their keys, touching each column; seconds.
double replay_scan(const struct replay *replay, const char *path);

/// Number of rows.
long replay_rows(const struct replay *replay);

void replay_free(struct replay *replay);

#endif
