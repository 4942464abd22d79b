/// A stream that is held in memory.
public struct MemoryByteSource: ByteSource {
    /// The stream.
    public let bytes: [UInt8]

    /// A source over bytes that the caller has.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Number of bytes.
    public var byteCount: UInt64 { UInt64(bytes.count) }

    /// Exactly `count` bytes, or `truncated`.
    public func read(at offset: UInt64, count: Int) throws(SavedStateError) -> [UInt8] {
        guard count >= 0, offset <= byteCount, UInt64(count) <= byteCount - offset else {
            throw SavedStateError(
                .truncated, "the stream ends before the \(count) bytes that are needed here", offset: offset)
        }
        return Array(bytes[Int(offset)..<Int(offset) + count])
    }

    /// Up to as many bytes as the buffer holds; 0 at the end.
    public func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(SavedStateError) -> Int {
        guard offset < byteCount else { return 0 }
        let rest = bytes[Int(offset)..<min(bytes.count, Int(offset) + buffer.count)]
        buffer.copyBytes(from: rest)
        return rest.count
    }
}
