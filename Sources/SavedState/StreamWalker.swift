/// Header of a section: of a device or of the START of a live section.
struct SectionHeader: Hashable, Sendable {
    var id: UInt32
    var name: [UInt8]
    var instance: UInt32
    var version: UInt32
    /// Offset of the mark byte.
    var offset: UInt64
    var bodyOffset: UInt64
}

/// A command of the stream, with its own data; a package's stream bytes follow it.
struct StreamCommand: Hashable, Sendable {
    var code: UInt16
    var offset: UInt64
    var dataOffset: UInt64
    var length: UInt16

    /// Code of the command that has a piece of stream behind it.
    static let package: UInt16 = 7
    static let postcopyAdvise: UInt16 = 3
    /// The highest code in use (QEMU 11.1).
    static let last: UInt16 = 11
}

/// One step of a walk.
enum StreamItem {
    case start(LiveSection)
    /// PART or END of the live section of this index.
    case live(Int, isEnd: Bool)
    case command(StreamCommand)
    /// A device; the cursor stands at its body, of which the stream does not tell the length.
    case device(SectionHeader)
    case end
}

/// Walks a stream forwards, item by item, passing over everything live.
struct StreamWalker<Sink: PageSink>: ~Copyable {
    var cursor: StreamCursor
    private(set) var configuration: StreamConfiguration?
    private(set) var liveSections: [LiveSection] = []
    var ram: RAMRecords
    var sink: Sink
    /// Whether sections have footers; unknown before the first live section has ended.
    private(set) var hasFooters: Bool?
    private(set) var notes: [String] = []
    private var indexes: [UInt32: Int] = [:]

    /// Reads the head of a stream.
    ///
    /// - Parameters:
    ///   - pageSize: from the self-description where it is known.
    init(
        _ source: any ByteSource, sink: Sink, pageSize: UInt64?, fileOffset: UInt64 = 0, end: UInt64? = nil
    ) throws(SavedStateError) {
        cursor = StreamCursor(source, end: end)
        let configuration = try StreamHead.read(&cursor)
        ram = RAMRecords(pageSize: try Self.pageSize(pageSize, configuration))
        ram.hasAddresses = configuration?.capabilities.contains("x-ignore-shared") ?? false
        ram.isMapped = configuration?.capabilities.contains("mapped-ram") ?? false
        ram.fileOffset = fileOffset
        self.configuration = configuration
        self.sink = sink
    }

    private static func pageSize(
        _ described: UInt64?, _ configuration: StreamConfiguration?
    ) throws(SavedStateError) -> UInt64 {
        if let described { return described }
        guard let bits = configuration?.targetPageBits else { return 4096 }
        guard (10...20).contains(bits) else {
            throw SavedStateError(.malformed, "the configuration claims pages of 2^\(bits) bytes")
        }
        return 1 << UInt64(bits)
    }

    /// The next item, with everything live in it passed over.
    mutating func next() throws(SavedStateError) -> StreamItem {
        let offset = cursor.position
        guard let mark = try cursor.peek() else { throw cursor.truncated("the next section") }
        switch mark {
        case Mark.eof:
            try cursor.skip(1, "the end mark")
            return .end
        case Mark.start: return .start(try start())
        case Mark.part, Mark.end: return try live(isEnd: mark == Mark.end)
        case Mark.full: return .device(try header())
        case Mark.command: return .command(try command())
        default:
            throw SavedStateError(
                .malformed, "an item begins with the unknown mark 0x\(hexadecimal(UInt64(mark), digits: 2))",
                offset: offset)
        }
    }

    /// Reads a section header at the cursor.
    mutating func header() throws(SavedStateError) -> SectionHeader {
        let offset = cursor.position
        try cursor.skip(1, "a section header")
        let id: UInt32 = try cursor.integer("a section header")
        let name = try cursor.name("a section's name")
        guard !name.isEmpty else {
            throw SavedStateError(.malformed, "a section has an empty name", offset: offset)
        }
        let instance: UInt32 = try cursor.integer("a section header")
        let version: UInt32 = try cursor.integer("a section header")
        return SectionHeader(
            id: id, name: name, instance: instance, version: version, offset: offset, bodyOffset: cursor.position)
    }

    private mutating func start() throws(SavedStateError) -> LiveSection {
        let header = try header()
        let section = LiveSection(
            name: printable(header.name), instance: header.instance, version: header.version, id: header.id,
            offset: header.offset)
        guard liveSections.count < Limits.liveSections else {
            throw SavedStateError(.limit, "the stream has more than \(Limits.liveSections) live sections")
        }
        guard indexes.updateValue(liveSections.count, forKey: section.id) == nil else {
            throw SavedStateError(
                .malformed, "two live sections have the id \(section.id)", section: section.name,
                offset: section.offset)
        }
        liveSections.append(section)
        try payload(of: section, isStart: true)
        return section
    }

    private mutating func live(isEnd: Bool) throws(SavedStateError) -> StreamItem {
        let offset = cursor.position
        try cursor.skip(1, "a live section")
        let id: UInt32 = try cursor.integer("a live section")
        guard let index = indexes[id] else {
            throw SavedStateError(
                .malformed, "data for the live section with id \(id), which was not announced", offset: offset)
        }
        try payload(of: liveSections[index], isStart: false)
        return .live(index, isEnd: isEnd)
    }

    private mutating func payload(of section: LiveSection, isStart: Bool) throws(SavedStateError) {
        switch section.name {
        case "ram":
            guard section.version == 4 else {
                throw SavedStateError(
                    .unsupported, "RAM records of version \(section.version), only version 4 is in use since 2009",
                    section: "ram", offset: section.offset)
            }
            try ram.read(&cursor, into: &sink)
        case "spapr/htab": try LivePayload.skipHashTable(&cursor, isStart: isStart)
        case "dirty-bitmap": try LivePayload.skipDirtyBitmaps(&cursor)
        case "block": try LivePayload.skipDisks(&cursor)
        default:
            throw SavedStateError(
                .unsupported, "the content of this live section is not known, so nothing behind it can be found",
                section: section.name, offset: section.offset)
        }
        try footer(of: section.id, section.name)
    }

    /// Consumes a footer. The first section tells whether the stream has them; then all have or none.
    mutating func footer(of id: UInt32, _ name: String) throws(SavedStateError) {
        if hasFooters == nil { hasFooters = try cursor.isNext(Self.footer(id)) }
        guard hasFooters == true else { return }
        let offset = cursor.position
        let found = try cursor.bytes(Int(min(5, cursor.remaining)), "a section footer")
        guard found == Self.footer(id) else {
            throw SavedStateError(
                .malformed, "the footer of the section is missing or wrong: “\(printable(found))”", section: name,
                offset: offset)
        }
    }

    /// The bytes of a section's footer.
    static func footer(_ id: UInt32) -> [UInt8] {
        [Mark.footer, UInt8(id >> 24), UInt8(id >> 16 & 0xff), UInt8(id >> 8 & 0xff), UInt8(id & 0xff)]
    }

    private mutating func command() throws(SavedStateError) -> StreamCommand {
        let offset = cursor.position
        try cursor.skip(1, "a command")
        let code: UInt16 = try cursor.integer("a command")
        let length: UInt16 = try cursor.integer("a command")
        let command = StreamCommand(code: code, offset: offset, dataOffset: cursor.position, length: length)
        try cursor.skip(UInt64(length), "a command")
        if code == StreamCommand.postcopyAdvise, length == 16 { ram.mayHavePageSizes = true }
        if code == 0 || code > StreamCommand.last {
            notes.append("an unknown command \(code) at byte \(offset) was skipped by its length")
        }
        return command
    }
}
