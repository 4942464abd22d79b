/// An opened migration stream: what it announces and where its device sections stand.
public struct SavedStream: Sendable {
    /// Name of the input, for messages.
    public let name: String
    /// The bytes of the stream.
    public let source: any ByteSource
    /// Nil where the stream has none: machine types up to 2.3.
    public let configuration: StreamConfiguration?
    /// Device sections in the order of the stream.
    public let sections: [DeviceSection]
    /// Live sections in the order of their START.
    public let liveSections: [LiveSection]
    /// How the device sections were found.
    public let method: LocationMethod
    /// Things worth telling that do not stop the reading, as sentences.
    public let notes: [String]
    /// Why the list of device sections is not complete; nil where it is.
    ///
    /// Only a caller that accepts partial results (`OpenOptions`) ever sees one.
    public let damage: SavedStateError?
    /// Blocks of guest RAM that the stream announces.
    public let blocks: [RAMBlock]
    /// Target page size in bytes, the granule of RAM records.
    public let pageSize: UInt64
    /// Offset of the end mark behind the device sections; nil where it was not found.
    public let endOffset: UInt64?
    /// Where the stream begins in its file: mapped-ram places count from there.
    let fileOffset: UInt64
    /// Where RAM was walked to its end.
    let records: MappedRecords?
    /// For a stream that cannot be sought: a new pass over all of it. Nil where `source` has everything.
    let passes: (@Sendable () throws(SavedStateError) -> PipeByteSource)?

    /// A stream as it was found; `blocks`, `damage` and the like have the values of a plain one.
    public init(
        name: String, source: any ByteSource, configuration: StreamConfiguration?, sections: [DeviceSection],
        liveSections: [LiveSection], method: LocationMethod, notes: [String], damage: SavedStateError? = nil,
        blocks: [RAMBlock] = [], pageSize: UInt64 = 4096, endOffset: UInt64? = nil
    ) {
        self.name = name
        self.source = source
        self.configuration = configuration
        self.sections = sections
        self.liveSections = liveSections
        self.method = method
        self.notes = notes
        self.damage = damage
        self.blocks = blocks
        self.pageSize = pageSize
        self.endOffset = endOffset
        fileOffset = 0
        records = nil
        passes = nil
    }

    /// A stream as it was located; throws what is wrong with it, unless parts are accepted.
    init(
        _ located: LocatedStream, name: String, source: any ByteSource, options: OpenOptions, fileOffset: UInt64 = 0,
        passes: (@Sendable () throws(SavedStateError) -> PipeByteSource)? = nil
    ) throws(SavedStateError) {
        if let damage = located.damage, !options.acceptsPartial { throw damage }
        self.name = name
        self.source = source
        configuration = located.configuration
        sections = located.sections
        liveSections = located.liveSections
        method = located.method
        notes = located.notes
        damage = located.damage
        blocks = located.blocks
        pageSize = located.pageSize
        endOffset = located.endOffset
        self.fileOffset = fileOffset
        records = located.records
        self.passes = passes
    }

    /// The body of a section.
    public func body(of section: DeviceSection) throws(SavedStateError) -> [UInt8] {
        guard let count = Int(exactly: section.bodyLength), section.bodyLength <= source.byteCount else {
            throw SavedStateError(
                .truncated, "the section is larger than the stream", file: name, section: section.name,
                offset: section.offset)
        }
        return try source.read(at: section.bodyOffset, count: count)
    }

    /// A reader over a section, by its own layout or a given one, with every subsection's mark checked.
    ///
    /// Throws `missing` where there is no layout, `badDescription` where the layout is not that of the
    /// bytes: this concerns the one section only, the others stay readable.
    public func reader(of section: DeviceSection, layout: BodyLayout? = nil) throws(SavedStateError) -> SectionReader {
        do throws(SavedStateError) {
            guard let layout = layout ?? section.layout else {
                throw SavedStateError(
                    .missing, "the stream does not describe this section, so its fields are not known",
                    section: "\(section.name) (instance \(section.instance))", offset: section.offset)
            }
            let reader = SectionReader(section: section, layout: layout, bytes: try body(of: section))
            try reader.checkMarks()
            return reader
        } catch {
            var error = error
            error.file = error.file ?? name
            throw error
        }
    }
}
