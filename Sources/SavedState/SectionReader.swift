/// Reads fields of one section by name, checked, with the place of everything it reads.
///
/// All integers of a section are big-endian (`migration/vmstate-types.c`), whatever the host.
public struct SectionReader: Sendable {
    /// The section that is read.
    public let section: DeviceSection
    /// Where its fields stand.
    public let layout: BodyLayout
    /// The raw bytes.
    public let bytes: [UInt8]

    /// A reader over a section's body.
    ///
    /// - Parameters:
    ///   - bytes: the body; its count equals `section.bodyLength`.
    ///   - layout: the section's own description, or a built-in one of the same length.
    public init(section: DeviceSection, layout: BodyLayout, bytes: [UInt8]) {
        self.section = section
        self.layout = layout
        self.bytes = bytes
    }

    /// Offset in the stream of an offset in the body.
    public func streamOffset(_ offset: UInt64) -> UInt64 {
        section.bodyOffset &+ offset
    }

    /// The field of a body, or `missing` with the place where it was looked for.
    public func field(_ name: String, in body: BodyLayout? = nil) throws(SavedStateError) -> FieldLayout {
        let body = body ?? layout
        guard let field = body.field(name) else {
            throw error(.missing, "there is no field “\(name)” in “\(body.name)”", field: name, at: body.offset)
        }
        return field
    }

    /// A field of type struct, with the layout of its elements.
    public func element(of field: FieldLayout) throws(SavedStateError) -> BodyLayout {
        guard let element = field.element else {
            throw error(.malformed, "the field is no structure", field: field.name, at: field.offset)
        }
        return element
    }

    /// A big-endian unsigned integer of a field of 1, 2, 4 or 8 bytes.
    public func integer<Value: FixedWidthInteger & UnsignedInteger>(
        _ name: String, as: Value.Type = Value.self, in body: BodyLayout? = nil
    ) throws(SavedStateError) -> Value {
        let field = try field(name, in: body)
        guard field.elementSize == UInt64(MemoryLayout<Value>.size) else {
            throw error(
                .badDescription, "the field has \(field.elementSize) bytes, not \(MemoryLayout<Value>.size)",
                field: name, at: field.offset)
        }
        return try integer(at: field.offset, field: name)
    }

    /// A big-endian unsigned integer at an offset of the body.
    public func integer<Value: FixedWidthInteger & UnsignedInteger>(
        at offset: UInt64, field: String, as: Value.Type = Value.self
    ) throws(SavedStateError) -> Value {
        let size = MemoryLayout<Value>.size
        let range = try range(at: offset, count: UInt64(size), field: field)
        var value: Value = 0
        for byte in bytes[range] {
            value = size == 1 ? Value(byte) : value << 8 | Value(byte)
        }
        return value
    }

    /// The bytes of all elements of a field.
    public func data(_ field: FieldLayout) throws(SavedStateError) -> [UInt8] {
        let (total, overflow) = field.elementSize.multipliedReportingOverflow(by: field.count)
        guard !overflow else {
            throw error(.badDescription, "the field's size overflows", field: field.name, at: field.offset)
        }
        return Array(bytes[try range(at: field.offset, count: total, field: field.name)])
    }

    /// Checks that a stretch lies in the body and gives it as array indexes.
    public func range(at offset: UInt64, count: UInt64, field: String) throws(SavedStateError) -> Range<Int> {
        let size = UInt64(bytes.count)
        guard offset <= size, count <= size - offset else {
            throw error(
                .truncated, "the section has \(size) bytes, the field needs \(count) at \(offset)", field: field,
                at: offset)
        }
        return Int(offset)..<Int(offset + count)
    }

    /// An error at a field of this section.
    public func error(
        _ code: SavedStateError.Code, _ message: String, field: String?, at offset: UInt64, advice: String? = nil
    ) -> SavedStateError {
        SavedStateError(
            code, message, section: "\(section.name) (instance \(section.instance))", field: field,
            offset: streamOffset(offset), advice: advice)
    }
}
