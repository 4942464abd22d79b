/// The self-description at the end of a stream: every device section in order, with its fields.
struct StreamDescription: Sendable {
    /// Target page size in bytes, the mask of RAM records; nil where the description does not say.
    var pageSize: UInt64?
    var devices: [DescribedDevice]
    /// What is odd and does not stop the reading.
    var notes: [String]
}

/// What the self-description says of one device section.
struct DescribedDevice: Sendable {
    /// Name as in the section's header, byte for byte.
    var name: [UInt8]
    var instance: UInt32
    /// Nil for old-style devices, of which only the size is known.
    var version: UInt32?
    /// Offsets are those of the section's body.
    var layout: BodyLayout
}
