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

    /// Appends all result rows to a buffer.
    func select(_ values: RowBuffer, into rows: inout RowBuffer, budget: inout ScanBudget) throws {
        try withBound(values) {
            defer { sqlite3_reset(handle) }
            var memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 8)
            defer { memory.deallocate() }
            var block = irqproof_block()
            var result: Int32
            repeat {
                if block.waiting > memory.count {
                    memory.deallocate()
                    memory = .allocate(byteCount: block.waiting, alignment: 8)
                }
                block.bytes = memory.baseAddress?.assumingMemoryBound(to: UInt8.self)
                (block.capacity, block.used, block.cost) = (memory.count, 0, 0)
                result = irqproof_read_rows(handle, &block)
                try budget.spend(block.cost)
                rows.append(UnsafeRawBufferPointer(rebasing: memory[..<block.used]))
            } while result == SQLITE_ROW
            if result == SQLITE_MISMATCH {
                throw StoreError(.damaged, "a column holds a floating-point number")
            }
            guard result == SQLITE_DONE else { throw failure(result) }
        }
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
