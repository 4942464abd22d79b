/// An opened migration stream: what it announces and where its device sections stand.
public struct SavedStream: Sendable {
    /// Name of the input, for messages.
    public let name: String
    /// The bytes.
    public let source: any ByteSource
    /// Nil where the stream has none: machine types up to 2.3.
    public let configuration: StreamConfiguration?
    /// Device sections in the order of the stream.
    public let sections: [DeviceSection]
    /// RAM and other iterative sections announced at the head.
    public let liveSections: [LiveSection]
    /// How the device sections were found.
    public let method: LocationMethod
    /// Things worth telling that do not stop the reading, as sentences.
    public let notes: [String]

    /// The value with these parts.
    public init(
        name: String, source: any ByteSource, configuration: StreamConfiguration?, sections: [DeviceSection],
        liveSections: [LiveSection], method: LocationMethod, notes: [String]
    ) {
        self.name = name
        self.source = source
        self.configuration = configuration
        self.sections = sections
        self.liveSections = liveSections
        self.method = method
        self.notes = notes
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
}
