import CSQLite
import GRDB

/// How a connection is set up for a file that a stranger may have made.
enum Distrust {
    /// Limit on one value. The largest honest ones are residues of device sections, of some megabytes.
    static let longestValue = 64 << 20

    /// Limits on what a file's schema and records may ask of SQLite; each is some times what this module needs.
    private static let limits: [(Int32, Int32)] = [
        (SQLITE_LIMIT_LENGTH, Int32(longestValue)),
        (SQLITE_LIMIT_SQL_LENGTH, 100_000),
        (SQLITE_LIMIT_COLUMN, 100),
        (SQLITE_LIMIT_EXPR_DEPTH, 100),
        (SQLITE_LIMIT_COMPOUND_SELECT, 10),
        (SQLITE_LIMIT_VDBE_OP, 25_000),
        (SQLITE_LIMIT_FUNCTION_ARG, 10),
        (SQLITE_LIMIT_ATTACHED, 0),
        (SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 100),
        (SQLITE_LIMIT_VARIABLE_NUMBER, 100),
        (SQLITE_LIMIT_TRIGGER_DEPTH, 10),
        (SQLITE_LIMIT_WORKER_THREADS, 0),
    ]

    /// Hardens a connection, before anything of the file's schema is read.
    static func apply(to db: Database) throws {
        let connection = db.sqliteConnection
        let result = irqproof_distrust(connection)
        guard result == SQLITE_OK else {
            throw DatabaseError(resultCode: ResultCode(rawValue: result), message: "the connection cannot be hardened")
        }
        for (limit, value) in limits { sqlite3_limit(connection, limit, value) }
        // No memory map: a file that shrinks while it is read must give an error, not a signal.
        // Temporary data stays in memory: none of a guest's state in a shared folder.
        try db.execute(
            sql: """
                PRAGMA mmap_size = 0;
                PRAGMA cell_size_check = ON;
                PRAGMA temp_store = MEMORY;
                PRAGMA cache_size = -16384;
                """)
    }
}
