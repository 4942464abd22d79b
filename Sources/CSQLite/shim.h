// The system's SQLite, for the bulk paths and for the one call that Swift cannot make because it is variadic.
#include <sqlite3.h>
#include <stddef.h>

/// Hardens a connection against a hostile file: no writes to SQLite's own tables, no functions with side effects in
/// schemas, no views, no triggers, no double-quoted strings. Returns the first error, or SQLITE_OK.
static inline int irqproof_distrust(sqlite3 *connection) {
    static const int settings[][2] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1},   {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0}, {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
        {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0}, {SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0},
        {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0}, {SQLITE_DBCONFIG_DQS_DDL, 0}, {SQLITE_DBCONFIG_DQS_DML, 0},
    };
    for (unsigned i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        int result = sqlite3_db_config(connection, settings[i][0], settings[i][1], (int *)0);
        if (result != SQLITE_OK) return result;
    }
    return SQLITE_OK;
}

/// Allows the views of a certificate, whose text is compared with the known one before any of them is read.
static inline int irqproof_allow_views(sqlite3 *connection) {
    return sqlite3_db_config(connection, SQLITE_DBCONFIG_ENABLE_VIEW, 1, (int *)0);
}

/// Memory for rows in the flat form of RowBuffer: a tag for each cell, eight bytes of value or length, then the bytes.
struct irqproof_block {
    unsigned char *bytes;
    size_t capacity, used;
    /// What the rows took of the file at the least: a byte for each cell, and the bytes of texts and blobs.
    size_t cost;
    /// Size of a row that was stepped to and did not fit; 0 where there is none.
    size_t waiting;
};

static inline unsigned char *irqproof_put(unsigned char *end, unsigned char tag, unsigned long long value) {
    *end++ = tag;
    for (int byte = 0; byte < 8; byte++) *end++ = (unsigned char)(value >> (8 * byte));
    return end;
}

/// Appends the row that a statement stands at. Returns its size; nothing was appended where that is more than is free.
/// A floating-point number gives 0: no column of a snapshot file holds one.
static inline size_t irqproof_read_row(sqlite3_stmt *statement, struct irqproof_block *block) {
    int columns = sqlite3_column_count(statement);
    size_t free = block->capacity - block->used, size = 0, cost = 0;
    unsigned char *end = block->bytes + block->used;
    for (int column = 0; column < columns; column++) {
        int type = sqlite3_column_type(statement, column);
        cost++;
        if (type == SQLITE_NULL) {
            if (++size <= free) *end++ = 0;
        } else if (type == SQLITE_INTEGER) {
            if ((size += 9) <= free)
                end = irqproof_put(end, 1, (unsigned long long)sqlite3_column_int64(statement, column));
        } else if (type == SQLITE_TEXT || type == SQLITE_BLOB) {
            const void *start = type == SQLITE_TEXT ? (const void *)sqlite3_column_text(statement, column)
                                                    : sqlite3_column_blob(statement, column);
            size_t length = start ? (size_t)sqlite3_column_bytes(statement, column) : 0;
            cost += length;
            if ((size += 9 + length) <= free) {
                end = irqproof_put(end, type == SQLITE_TEXT ? 2 : 3, length);
                __builtin_memcpy(end, start ? start : "", length);
                end += length;
            }
        } else {
            return 0;
        }
    }
    if (size > free) return size;
    block->used += size;
    block->cost += cost;
    return size;
}

/// Steps through a statement and appends its rows to a block, as many as fit. Returns SQLITE_DONE at the end, SQLITE_ROW
/// where a row waits for room, SQLITE_MISMATCH for a floating-point number, or the error.
static inline int irqproof_read_rows(sqlite3_stmt *statement, struct irqproof_block *block) {
    for (;;) {
        if (!block->waiting) {
            int result = sqlite3_step(statement);
            if (result != SQLITE_ROW) return result;
        }
        size_t free = block->capacity - block->used, size = irqproof_read_row(statement, block);
        if (size == 0) return SQLITE_MISMATCH;
        block->waiting = size > free ? size : 0;
        if (block->waiting) return SQLITE_ROW;
    }
}
