import CSQLite
import GRDB

/// A prepared statement whose rows are bound and stepped through SQLite's own handle.
///
/// GRDB prepares, caches and finalises the statement and owns the transaction; only the moving of cells
/// is done here, because its value types make that two to ten times slower.
struct RowStatement {
    private let statement: Statement
    private let handle: OpaquePointer

    init(_ db: Database, _ sql: String) throws {
        statement = try db.cachedStatement(sql: sql)
        handle = statement.sqliteStatement
    }

    /// Executes an insertion once for each row of a buffer, with the row's part as first value.
    func insert(_ rows: RowBuffer, part: Int64) throws {
        let columns = sqlite3_bind_parameter_count(handle)
        try rows.bytes.withUnsafeBytes { bytes in
            var offset = 0
            while offset < bytes.count {
                try check(sqlite3_bind_int64(handle, 1, part))
                for column in 2...columns { try bind(column, bytes, &offset) }
                try finish()
            }
        }
    }

    /// Executes a statement that gives no rows, with the cells of one row as values.
    func execute(_ values: RowBuffer) throws {
        try withBound(values) { try finish() }
    }

    /// Appends all result rows to a buffer and gives their number.
    @discardableResult
    func select(_ values: RowBuffer, into rows: inout RowBuffer, budget: inout ScanBudget) throws -> Int {
        var count = 0
        try withBound(values) {
            defer { sqlite3_reset(handle) }
            while try step() {
                count += 1
                for column in 0..<sqlite3_column_count(handle) { try read(column, into: &rows, budget: &budget) }
            }
        }
        return count
    }

    // MARK: - SQLite

    /// Runs `body` while the values, which SQLite does not copy, are bound.
    private func withBound(_ values: RowBuffer, _ body: () throws -> Void) throws {
        try values.bytes.withUnsafeBytes { bytes in
            var offset = 0
            var column: Int32 = 1
            while offset < bytes.count {
                try bind(column, bytes, &offset)
                column += 1
            }
            defer { sqlite3_clear_bindings(handle) }
            try body()
        }
    }

    private func bind(_ column: Int32, _ bytes: UnsafeRawBufferPointer, _ offset: inout Int) throws {
        let tag = RowBuffer.Tag(rawValue: bytes[offset])
        offset += 1
        guard tag != .null else { return try check(sqlite3_bind_null(handle, column)) }
        let word = Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int64.self))
        offset += 8
        if tag == .integer { return try check(sqlite3_bind_int64(handle, column, word)) }
        let start = bytes.baseAddress.map { $0 + offset }
        offset += Int(word)
        if tag == .text {
            let text = start?.assumingMemoryBound(to: CChar.self)
            try check(sqlite3_bind_text64(handle, column, text, UInt64(word), nil, UInt8(SQLITE_UTF8)))
        } else {
            try check(sqlite3_bind_blob64(handle, column, start, UInt64(word), nil))
        }
    }

    private func read(_ column: Int32, into rows: inout RowBuffer, budget: inout ScanBudget) throws {
        switch sqlite3_column_type(handle, column) {
        case SQLITE_NULL:
            try budget.spend(1)
            rows.null()
        case SQLITE_INTEGER:
            try budget.spend(1)
            rows.integer(sqlite3_column_int64(handle, column))
        case SQLITE_TEXT:
            let start = UnsafeRawPointer(sqlite3_column_text(handle, column))
            try copy(.text, start, column, into: &rows, budget: &budget)
        case SQLITE_BLOB:
            let start = sqlite3_column_blob(handle, column)
            try copy(.blob, start, column, into: &rows, budget: &budget)
        default:
            throw StoreError(.damaged, "a column holds a floating-point number")
        }
    }

    private func copy(
        _ tag: RowBuffer.Tag, _ start: UnsafeRawPointer?, _ column: Int32, into rows: inout RowBuffer,
        budget: inout ScanBudget
    ) throws {
        let count = Int(sqlite3_column_bytes(handle, column))
        try budget.spend(1 + count)
        rows.cell(tag, UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
    }

    private func step() throws -> Bool {
        let result = sqlite3_step(handle)
        if result == SQLITE_ROW { return true }
        guard result == SQLITE_DONE else { throw failure(result) }
        return false
    }

    private func finish() throws {
        let result = sqlite3_step(handle)
        let error = result == SQLITE_DONE ? nil : failure(result)
        sqlite3_reset(handle)
        if let error { throw error }
    }

    private func check(_ result: Int32) throws {
        if result != SQLITE_OK { throw failure(result) }
    }

    private func failure(_ result: Int32) -> DatabaseError {
        let connection = sqlite3_db_handle(handle)
        let message = sqlite3_errmsg(connection).map { String(cString: $0) }
        return DatabaseError(
            resultCode: ResultCode(rawValue: sqlite3_extended_errcode(connection)), message: message,
            sql: statement.sql)
    }
}

/// How much a reader may still take out of a file.
///
/// A B-tree that was tampered with can share pages and so yield rows without end. An honest one yields no more
/// bytes than the file has, up to the columns of a record that take none.
struct ScanBudget {
    private var remaining: Int

    /// The budget for a file of this size.
    init(fileSize: Int) {
        // A cell takes at least one byte of a record's header; parts may be read twice; and some slack.
        remaining = min(fileSize, .max / 8) * 4 + 65_536
    }

    mutating func spend(_ amount: Int) throws {
        remaining -= amount
        guard remaining >= 0 else {
            throw StoreError(.damaged, "the tables hold more than a file of this size can hold")
        }
    }
}
