import InterruptState

/// Rows of one table, flat: the form in which rows are hashed, compared, bound and decoded.
///
/// ```
/// 00                          NULL
/// 01 value[8], little-endian  INTEGER
/// 02 count[8] bytes[count]    TEXT, UTF-8
/// 03 count[8] bytes[count]    BLOB
/// ```
/// A cell follows a cell; where a row ends follows from the number of columns. One flat form serves
/// writing and reading, so that the digest of a group of rows is the same computed from either side,
/// and a million rows cost no allocation each.
struct RowBuffer: Equatable {
    enum Tag: UInt8 {
        case null = 0
        case integer = 1
        case text = 2
        case blob = 3
    }

    private(set) var bytes: [UInt8] = []

    var isEmpty: Bool { bytes.isEmpty }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
    }

    mutating func append(_ other: RowBuffer) {
        bytes.append(contentsOf: other.bytes)
    }

    mutating func null() {
        bytes.append(Tag.null.rawValue)
    }

    mutating func integer(_ value: Int64) {
        bytes.append(Tag.integer.rawValue)
        append(value)
    }

    /// Any unsigned value; 64-bit ones are stored as the signed integer of the same bits.
    mutating func integer(_ value: some UnsignedInteger & FixedWidthInteger) {
        integer(Int64(truncatingIfNeeded: value))
    }

    mutating func integer(_ value: Bool) {
        integer(value ? 1 : 0 as Int64)
    }

    mutating func optional(_ value: (some UnsignedInteger & FixedWidthInteger)?) {
        if let value { integer(value) } else { null() }
    }

    mutating func text(_ value: String) {
        bytes.append(Tag.text.rawValue)
        append(Int64(value.utf8.count))
        bytes.append(contentsOf: value.utf8)
    }

    mutating func optional(_ value: String?) {
        if let value { text(value) } else { null() }
    }

    mutating func blob(_ value: [UInt8]) {
        bytes.append(Tag.blob.rawValue)
        append(Int64(value.count))
        bytes.append(contentsOf: value)
    }

    mutating func optional(_ value: [UInt8]?) {
        if let value { blob(value) } else { null() }
    }

    /// Whole cells in this form, as ``RowStatement`` reads them.
    mutating func append(_ cells: UnsafeRawBufferPointer) {
        bytes.append(contentsOf: cells)
    }

    private mutating func append(_ value: Int64) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// SHA-256 of the rows as rows of a table: equal rows of two tables have different digests.
    func digest(table: String) -> Digest {
        let builder = DigestBuilder()
        Array(table.utf8CString).withUnsafeBytes(builder.update)
        bytes.withUnsafeBytes(builder.update)
        return builder.finish()
    }
}

/// Reads the cells of a ``RowBuffer`` in order, checking type and range of each.
struct RowReader {
    private let bytes: [UInt8]
    private let table: String
    private var offset = 0

    init(_ rows: RowBuffer, table: String) {
        bytes = rows.bytes
        self.table = table
    }

    var isAtEnd: Bool { offset >= bytes.count }

    mutating func optionalInteger(_ column: StaticString) throws(StoreError) -> Int64? {
        switch try tag(column) {
        case .null: return nil
        case .integer: return try word(column)
        case .text, .blob: throw unfit(column)
        }
    }

    mutating func integer<Value: FixedWidthInteger>(
        _ column: StaticString, as: Value.Type = Value.self
    ) throws(StoreError) -> Value {
        guard let value: Value = try optional(column) else { throw unfit(column) }
        return value
    }

    mutating func optional<Value: FixedWidthInteger>(
        _ column: StaticString, as: Value.Type = Value.self
    ) throws(StoreError) -> Value? {
        guard let value = try optionalInteger(column) else { return nil }
        if Value.self == UInt64.self { return Value(truncatingIfNeeded: value) }
        guard let exact = Value(exactly: value) else { throw unfit(column) }
        return exact
    }

    mutating func flag(_ column: StaticString) throws(StoreError) -> Bool {
        let value: UInt8 = try integer(column)
        guard value <= 1 else { throw unfit(column) }
        return value == 1
    }

    mutating func optionalText(_ column: StaticString) throws(StoreError) -> String? {
        switch try tag(column) {
        case .null: return nil
        case .text: break
        case .integer, .blob: throw unfit(column)
        }
        return String(decoding: bytes[try payload(column)], as: UTF8.self)
    }

    mutating func text(_ column: StaticString) throws(StoreError) -> String {
        guard let text = try optionalText(column) else { throw unfit(column) }
        return text
    }

    mutating func optionalBlob(_ column: StaticString) throws(StoreError) -> [UInt8]? {
        switch try tag(column) {
        case .null: return nil
        case .blob: return Array(bytes[try payload(column)])
        case .integer, .text: throw unfit(column)
        }
    }

    mutating func blob(_ column: StaticString) throws(StoreError) -> [UInt8] {
        guard let blob = try optionalBlob(column) else { throw unfit(column) }
        return blob
    }

    mutating func digest(_ column: StaticString) throws(StoreError) -> Digest {
        guard let digest = Digest(bytes: try blob(column)) else { throw unfit(column) }
        return digest
    }

    mutating func optionalDigest(_ column: StaticString) throws(StoreError) -> Digest? {
        guard let blob = try optionalBlob(column) else { return nil }
        guard let digest = Digest(bytes: blob) else { throw unfit(column) }
        return digest
    }

    /// A word of a fixed vocabulary.
    mutating func value<Value: RawRepresentable<String>>(
        _ column: StaticString, of: Value.Type = Value.self
    ) throws(StoreError) -> Value {
        guard let value: Value = try optionalValue(column) else { throw unfit(column) }
        return value
    }

    mutating func optionalValue<Value: RawRepresentable<String>>(
        _ column: StaticString, of: Value.Type = Value.self
    ) throws(StoreError) -> Value? {
        guard let word = try optionalText(column) else { return nil }
        guard let value = Value(rawValue: word) else { throw unfit(column) }
        return value
    }

    /// The error for a cell that holds what it may not hold.
    func unfit(_ column: StaticString) -> StoreError {
        StoreError(.damaged, "column \(column) of table \(table) holds a value that it may not hold")
    }

    private mutating func tag(_ column: StaticString) throws(StoreError) -> RowBuffer.Tag {
        guard offset < bytes.count, let tag = RowBuffer.Tag(rawValue: bytes[offset]) else { throw unfit(column) }
        offset += 1
        return tag
    }

    private mutating func word(_ column: StaticString) throws(StoreError) -> Int64 {
        guard bytes.count - offset >= 8 else { throw unfit(column) }
        let value = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Int64.self) }
        offset += 8
        return Int64(littleEndian: value)
    }

    private mutating func payload(_ column: StaticString) throws(StoreError) -> Range<Int> {
        let count = try word(column)
        guard count >= 0, count <= Int64(bytes.count - offset) else { throw unfit(column) }
        defer { offset += Int(count) }
        return offset..<offset + Int(count)
    }
}
