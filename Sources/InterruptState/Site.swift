/// One device section of a saved state: where it stands and how large it is.
public struct SectionRecord: Hashable, Sendable {
    /// Place in the order of the stream, from 0.
    public var position: UInt32
    /// Name in the stream.
    public var name: String
    /// Instance number: an accident of creation order.
    public var instance: UInt32
    /// Version of the layout.
    public var version: UInt32
    /// Section id: an accident of registration, kept as evidence only.
    public var id: UInt32
    /// Byte offset of the section header in the stream.
    public var offset: UInt64
    /// Byte offset of the first byte after the header.
    public var bodyOffset: UInt64
    /// Bytes between header and footer.
    public var bodyLength: UInt64

    /// The value with these parts.
    public init(
        position: UInt32, name: String, instance: UInt32, version: UInt32, id: UInt32, offset: UInt64,
        bodyOffset: UInt64, bodyLength: UInt64
    ) {
        self.position = position
        self.name = name
        self.instance = instance
        self.version = version
        self.id = id
        self.offset = offset
        self.bodyOffset = bodyOffset
        self.bodyLength = bodyLength
    }
}

/// The parts of a section that no typed field of the state holds, kept so that nothing is lost.
///
/// For example the time base in `spapr`, or the characters waiting in a terminal.
public struct SectionResidue: Hashable, Sendable {
    /// Name in the stream.
    public var name: String
    /// Instance number: an accident of creation order.
    public var instance: UInt32
    /// Which part of the section: a name of the decoder's choosing, such as a subsection's.
    public var part: String
    /// The raw bytes.
    public var bytes: [UInt8]

    /// The value with these parts.
    public init(name: String, instance: UInt32, part: String, bytes: [UInt8]) {
        self.name = name
        self.instance = instance
        self.part = part
        self.bytes = bytes
    }
}

/// What a fact of the state is about, for finding the bytes it came from.
public enum Subject: Hashable, Sendable {
    case machineType
    case xiveAssignment(LogicalNumber)
    case xiveStatus(LogicalNumber)
    case eventQueue(UInt32)
    case xicsSource(LogicalNumber)
    case context(cpu: UInt32)
    case presenter(cpu: UInt32)
    case bridgePins(UInt64)
    case bridgeMessages(UInt64)
    case virtualDevice(type: String, unitAddress: UInt32)
    case messageBitmap
    case negotiatedModes
    case deviceTree
}

/// Where a fact stands in the file: section, field path and absolute byte offset in the stream.
public struct Site: Hashable, Sendable {
    /// Section that holds the field.
    public var section: String
    /// Instance number: an accident of creation order.
    public var instance: UInt32
    /// Path of the field in the section.
    public var field: String
    /// Byte offset in the stream.
    public var offset: UInt64

    /// The value with these parts.
    public init(section: String, instance: UInt32, field: String, offset: UInt64) {
        self.section = section
        self.instance = instance
        self.field = field
        self.offset = offset
    }
}

/// Rules from which the site of any subject follows, without a row for each number.
///
/// A table of equal elements has one rule: first offset, stride, first key.
public struct SiteRule: Hashable, Sendable {
    /// The kinds of subject that have sites. The raw value is stored.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case machineType
        case xiveAssignment
        case xiveStatus
        case eventQueue
        case xicsSource
        case context
        case presenter
        case bridgePins
        case bridgeMessages
        case virtualDevice
        case messageBitmap
        case negotiatedModes
        case deviceTree
    }

    /// What the rule gives sites of.
    public var kind: Kind
    /// Key of the first element: number, queue index, cpu index, BUID, unit address, or 0.
    public var firstKey: UInt64
    /// Number of elements.
    public var count: UInt64
    /// Bytes from one element to the next.
    public var stride: UInt64
    /// Site of the first element; in `field` an asterisk stands for the element's index.
    public var first: Site

    /// The value with these parts.
    public init(kind: Kind, firstKey: UInt64 = 0, count: UInt64 = 1, stride: UInt64 = 0, first: Site) {
        self.kind = kind
        self.firstKey = firstKey
        self.count = count
        self.stride = stride
        self.first = first
    }

    func site(key: UInt64) -> Site? {
        guard key >= firstKey, key - firstKey < count else { return nil }
        let index = key - firstKey
        var site = first
        let (distance, overflow) = index.multipliedReportingOverflow(by: stride)
        guard !overflow else { return nil }
        site.offset &+= distance
        if let star = site.field.firstIndex(of: "*") {
            site.field.replaceSubrange(star...star, with: String(index))
        }
        return site
    }
}

extension Subject {
    var ruleKey: (kind: SiteRule.Kind, key: UInt64) {
        switch self {
        case .machineType: (.machineType, 0)
        case .xiveAssignment(let number): (.xiveAssignment, UInt64(number.rawValue))
        case .xiveStatus(let number): (.xiveStatus, UInt64(number.rawValue))
        case .eventQueue(let index): (.eventQueue, UInt64(index))
        case .xicsSource(let number): (.xicsSource, UInt64(number.rawValue))
        case .context(let cpu): (.context, UInt64(cpu))
        case .presenter(let cpu): (.presenter, UInt64(cpu))
        case .bridgePins(let buid): (.bridgePins, buid)
        case .bridgeMessages(let buid): (.bridgeMessages, buid)
        case .virtualDevice(_, let address): (.virtualDevice, UInt64(address))
        case .messageBitmap: (.messageBitmap, 0)
        case .negotiatedModes: (.negotiatedModes, 0)
        case .deviceTree: (.deviceTree, 0)
        }
    }
}
