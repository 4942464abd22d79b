/// One device section (SECTION_FULL) of a stream.
///
/// ```
/// 04 | be32 id | u8 n, name[n] | be32 instance | be32 version | body | [7e be32 id]
/// ```
/// From `migration/savevm.c`, QEMU 5.2 to 11.1.
public struct DeviceSection: Hashable, Sendable {
    /// Place in the order of the stream, from 0.
    public var position: Int
    /// Printable name; bytes outside printable ASCII, and `\`, are shown as `\xNN`.
    public var name: String
    /// Instance number: an accident of creation order.
    public var instance: UInt32
    /// Version of the layout.
    public var version: UInt32
    /// Section id, repeated by the footer: an accident of registration.
    public var id: UInt32
    /// Offset of the header in the stream.
    public var offset: UInt64
    /// Offset of the first byte behind the header.
    public var bodyOffset: UInt64
    /// Bytes between header and footer.
    public var bodyLength: UInt64
    /// The section's part of the self-description, placed on its bytes; nil where the stream has none.
    public var layout: BodyLayout?

    /// The value with these parts.
    public init(
        position: Int, name: String, instance: UInt32, version: UInt32, id: UInt32, offset: UInt64,
        bodyOffset: UInt64, bodyLength: UInt64, layout: BodyLayout?
    ) {
        self.position = position
        self.name = name
        self.instance = instance
        self.version = version
        self.id = id
        self.offset = offset
        self.bodyOffset = bodyOffset
        self.bodyLength = bodyLength
        self.layout = layout
    }
}

/// The layout of a device, struct or subsection: its fields, then its subsections.
///
/// Offsets are relative to the start of the section's body. It comes from the self-description of a
/// stream, or is built in for a section whose layout is fixed.
public struct BodyLayout: Hashable, Sendable {
    /// `vmsd_name`.
    public var name: String
    /// Version of the layout.
    public var version: UInt32
    /// Offset of the first field.
    public var offset: UInt64
    /// Bytes of all fields and subsections.
    public var length: UInt64
    /// In the order of the wire.
    public var fields: [FieldLayout]
    /// Each one's `offset` is that of its first field, behind its own header.
    public var subsections: [BodyLayout]

    /// The value with these parts.
    public init(
        name: String, version: UInt32, offset: UInt64, length: UInt64, fields: [FieldLayout],
        subsections: [BodyLayout] = []
    ) {
        self.name = name
        self.version = version
        self.offset = offset
        self.length = length
        self.fields = fields
        self.subsections = subsections
    }

    /// The first field with this name.
    public func field(_ name: String) -> FieldLayout? {
        fields.first { $0.name == name }
    }

    /// The subsection with this name.
    public func subsection(_ name: String) -> BodyLayout? {
        subsections.first { $0.name == name }
    }
}

/// A field, or an array of equal elements.
public struct FieldLayout: Hashable, Sendable {
    /// Name in the stream.
    public var name: String
    /// Type name as the self-description spells it: `uint32`, `buffer`, `struct`, ...; open-ended.
    public var type: String
    /// Offset of the first element.
    public var offset: UInt64
    /// Bytes of one element.
    public var elementSize: UInt64
    /// Number of elements; 1 for a plain field.
    public var count: UInt64
    /// For an array whose elements are described one by one: the element's place in it.
    public var arrayIndex: Int?
    /// For a struct: the layout of the first element.
    public var element: BodyLayout?
    /// For a list or tree, whose elements stand in one field and may differ: every described element in
    /// order. Of a tree with described keys, keys and values alternate.
    public var listElements: [BodyLayout]

    /// The value with these parts.
    public init(
        name: String, type: String, offset: UInt64, elementSize: UInt64, count: UInt64 = 1,
        arrayIndex: Int? = nil, element: BodyLayout? = nil, listElements: [BodyLayout] = []
    ) {
        self.name = name
        self.type = type
        self.offset = offset
        self.elementSize = elementSize
        self.count = count
        self.arrayIndex = arrayIndex
        self.element = element
        self.listElements = listElements
    }
}

/// A live (iterative) section: RAM, the hash table, bitmaps. Located, not described.
public struct LiveSection: Hashable, Sendable {
    /// Name in the stream.
    public var name: String
    /// Instance number: an accident of creation order.
    public var instance: UInt32
    /// Version of the layout.
    public var version: UInt32
    /// Section id, repeated by the footer: an accident of registration.
    public var id: UInt32
    /// Offset of its START header in the stream.
    public var offset: UInt64

    /// The value with these parts.
    public init(name: String, instance: UInt32, version: UInt32, id: UInt32, offset: UInt64) {
        self.name = name
        self.instance = instance
        self.version = version
        self.id = id
        self.offset = offset
    }
}

/// The configuration section at the head of a stream.
public struct StreamConfiguration: Hashable, Sendable {
    /// For example `pseries-7.2`.
    public var machineType: String
    /// Offset of the machine type's first byte.
    public var machineTypeOffset: UInt64
    /// Migration capabilities that the stream names, for example `x-ignore-shared`.
    public var capabilities: [String]
    /// 16 bytes, where the stream carries one.
    public var uuid: [UInt8]?
    /// Base 2 logarithm of the page size, where the stream says it.
    public var targetPageBits: UInt32?

    /// The value with these parts.
    public init(
        machineType: String, machineTypeOffset: UInt64, capabilities: [String] = [], uuid: [UInt8]? = nil,
        targetPageBits: UInt32? = nil
    ) {
        self.machineType = machineType
        self.machineTypeOffset = machineTypeOffset
        self.capabilities = capabilities
        self.uuid = uuid
        self.targetPageBits = targetPageBits
    }
}

/// How the device sections of a stream were found: the steps of the ladder, best first.
public enum LocationMethod: String, Hashable, Sendable, CaseIterable {
    /// Backwards from the end, by the sizes in the self-description.
    case tail
    /// Forwards through RAM, framed by the self-description.
    case forward
    /// Forwards through RAM, split by their footers; no field descriptions.
    case footers
    /// Inside a postcopy package, split by their footers; no field descriptions.
    case package
    /// Only the head could be read; no or not all device sections.
    case headOnly
}
