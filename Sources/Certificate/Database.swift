import CSQLite
import CertificateCheck

/// An empty certificate in memory, to be filled.
final class Database {
    enum Value {
        case null
        case integer(Int64)
        case text(String)
        case blob([UInt8])
    }

    private let handle: OpaquePointer
    private var statements: [String: OpaquePointer] = [:]

    init(_ kind: CertificateKind) throws(CertificateError) {
        var connection: OpaquePointer?
        guard sqlite3_open_v2(":memory:", &connection, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK, let connection else {
            sqlite3_close(connection)
            throw CertificateError("SQLite opens no database in memory")
        }
        handle = connection
        try run("PRAGMA page_size = 1024")
        try run("PRAGMA encoding = 'UTF-8'")
        try run("PRAGMA application_id = \(CertificateSchema.applicationID)")
        try run("PRAGMA user_version = \(CertificateSchema.version)")
        try run("BEGIN")
        for statement in CertificateSchema.statements(kind) { try run(statement) }
    }

    deinit {
        for statement in statements.values { sqlite3_finalize(statement) }
        sqlite3_close_v2(handle)
    }

    func run(_ sql: String) throws(CertificateError) {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw failure(sql) }
    }

    /// Adds a row. A state that says a thing twice has no place in a table, and cannot be certified.
    func insert(_ table: String, _ values: [Value]) throws(CertificateError) {
        let statement = try insertion(table, values.count)
        defer { sqlite3_reset(statement) }
        for (place, value) in values.enumerated() { bind(value, statement, Int32(truncatingIfNeeded: place + 1)) }
        guard sqlite3_step(statement) == SQLITE_DONE else { throw failure("a row of \(table)") }
    }

    /// The whole database as the bytes of a file, sealed.
    func finish() throws(CertificateError) -> [UInt8] {
        try run("INSERT INTO seal VALUES(1, '\(CertificateSeal.placeholder)')")
        try run("COMMIT")
        var size: sqlite3_int64 = 0
        guard let copy = sqlite3_serialize(handle, "main", &size, 0) else { throw failure("the whole") }
        defer { sqlite3_free(copy) }
        var bytes = Array(UnsafeBufferPointer(start: copy, count: Int(size)))
        // The version of SQLite that wrote the file, and its count of changes: no part of what is certified.
        for place in 92..<100 { bytes[place] = 0 }
        for (place, byte) in bytes[24..<28].enumerated() { bytes[92 + place] = byte }
        guard let sealed = CertificateSeal.sealed(bytes) else {
            throw CertificateError("a fact holds the seal's own mark")
        }
        return sealed
    }

    private func insertion(_ table: String, _ count: Int) throws(CertificateError) -> OpaquePointer? {
        if let known = statements[table] { return known }
        let places = Array(repeating: "?", count: count).joined(separator: ", ")
        var statement: OpaquePointer?
        guard sqlite3_prepare_v2(handle, "INSERT INTO \(table) VALUES(\(places))", -1, &statement, nil) == SQLITE_OK,
            let statement
        else { throw failure(table) }
        statements[table] = statement
        return statement
    }

    private func bind(_ value: Value, _ statement: OpaquePointer?, _ place: Int32) {
        // SQLite copies what it is given.
        let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        switch value {
        case .null: sqlite3_bind_null(statement, place)
        case .integer(let number): sqlite3_bind_int64(statement, place, number)
        case .text(let text):
            sqlite3_bind_text(statement, place, text, -1, copied)
        case .blob(let bytes):
            if bytes.isEmpty {
                sqlite3_bind_zeroblob(statement, place, 0)
            } else {
                sqlite3_bind_blob64(statement, place, bytes, UInt64(bytes.count), copied)
            }
        }
    }

    private func failure(_ place: String) -> CertificateError {
        CertificateError("\(place): \(String(cString: sqlite3_errmsg(handle)))")
    }
}

extension Database.Value {
    init(_ number: (some BinaryInteger)?) { self = number.map { .integer(Int64(truncatingIfNeeded: $0)) } ?? .null }
    init(_ text: String?) { self = text.map { .text($0) } ?? .null }
    init(_ flag: Bool) { self = .integer(flag ? 1 : 0) }
}

/// Why there is no certificate.
public struct CertificateError: Error, Hashable, Sendable, CustomStringConvertible {
    /// As a clause.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
