// The system's SQLite, for the bulk paths and for the one call that Swift cannot make because it is variadic.
#include <sqlite3.h>

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
