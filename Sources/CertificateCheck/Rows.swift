import CSQLite

/// A value of a database.
enum Cell: Hashable, Sendable {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])

    var integer: Int64? {
        if case .integer(let value) = self { return value }
        return nil
    }

    var text: String? {
        if case .text(let value) = self { return value }
        return nil
    }
}

/// A certificate opened for reading: a copy in memory, so that the file cannot change between two looks.
final class Rows {
    private let handle: OpaquePointer

    /// Opens a database that is held in memory; nil if SQLite sees none there.
    init?(_ bytes: [UInt8]) {
        var connection: OpaquePointer?
        guard sqlite3_open_v2(":memory:", &connection, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK, let connection else {
            sqlite3_close(connection)
            return nil
        }
        handle = connection
        guard irqproof_distrust(connection) == SQLITE_OK else { return nil }
        // The views are read only after they were found to be the known ones.
        guard irqproof_allow_views(connection) == SQLITE_OK else { return nil }
        guard bytes.count >= 512, let copy = sqlite3_malloc64(UInt64(bytes.count)) else { return nil }
        bytes.withUnsafeBytes { if let base = $0.baseAddress { copy.copyMemory(from: base, byteCount: $0.count) } }
        let flags = UInt32(SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_READONLY)
        let size = sqlite3_int64(bytes.count)
        guard
            sqlite3_deserialize(connection, "main", copy.assumingMemoryBound(to: UInt8.self), size, size, flags)
                == SQLITE_OK,
            sqlite3_exec(connection, "PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY", nil, nil, nil)
                == SQLITE_OK
        else { return nil }
    }

    /// An empty database that is made by some statements, to compare schemas with.
    init?(statements: [String]) {
        var connection: OpaquePointer?
        guard sqlite3_open_v2(":memory:", &connection, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK, let connection else {
            sqlite3_close(connection)
            return nil
        }
        handle = connection
        for statement in statements where sqlite3_exec(connection, statement, nil, nil, nil) != SQLITE_OK { return nil }
    }

    deinit {
        sqlite3_close_v2(handle)
    }

    /// All rows of a query.
    func rows(_ query: String) throws(Rejection) -> [[Cell]] {
        var rows: [[Cell]] = []
        try forEach(query) { rows.append($0) }
        return rows
    }

    /// Every row of a query in turn.
    func forEach(_ query: String, _ body: ([Cell]) -> Void) throws(Rejection) {
        var statement: OpaquePointer?
        defer { sqlite3_finalize(statement) }
        guard sqlite3_prepare_v2(handle, query, -1, &statement, nil) == SQLITE_OK else { throw unreadable(query) }
        let columns = sqlite3_column_count(statement)
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: body((0..<columns).map { Rows.cell(statement, $0) })
            case SQLITE_DONE: return
            default: throw unreadable(query)
            }
        }
    }

    /// The only value of a query, if it is a number.
    func integer(_ query: String) throws(Rejection) -> Int64? { try rows(query).first?.first?.integer }

    private func unreadable(_ query: String) -> Rejection {
        Rejection("the database", "cannot be read: \(String(cString: sqlite3_errmsg(handle)))")
    }

    private static func cell(_ statement: OpaquePointer?, _ column: Int32) -> Cell {
        switch sqlite3_column_type(statement, column) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, column))
        case SQLITE_TEXT:
            guard let text = sqlite3_column_text(statement, column) else { return .null }
            let count = Int(sqlite3_column_bytes(statement, column))
            return .text(String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self))
        case SQLITE_BLOB:
            guard let bytes = sqlite3_column_blob(statement, column) else { return .blob([]) }
            let count = Int(sqlite3_column_bytes(statement, column))
            return .blob(Array(UnsafeRawBufferPointer(start: bytes, count: count)))
        case SQLITE_NULL: return .null
        default: return .text("a number that is not whole")
        }
    }
}
