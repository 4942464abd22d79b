/// A stretch of another source, presented as if it stood alone.
public struct SliceByteSource: ByteSource {
    private let base: any ByteSource
    /// Offset in the other source of the first byte.
    public let start: UInt64
    /// Number of bytes.
    public let byteCount: UInt64

    /// The bytes of `base` from `start` on, `count` of them or all.
    public init(_ base: any ByteSource, from start: UInt64, count: UInt64? = nil) throws(SavedStateError) {
        guard start <= base.byteCount, count ?? 0 <= base.byteCount - start else {
            throw SavedStateError(
                .truncated, "the input has \(base.byteCount) bytes, and its content is said to lie behind",
                offset: start)
        }
        self.base = base
        self.start = start
        byteCount = count ?? base.byteCount - start
    }

    /// Exactly `count` bytes, or `truncated`.
    public func read(at offset: UInt64, count: Int) throws(SavedStateError) -> [UInt8] {
        guard count >= 0, offset <= byteCount, UInt64(count) <= byteCount - offset else {
            throw SavedStateError(
                .truncated, "the stream ends before the \(count) bytes that are needed here", offset: offset)
        }
        return try base.read(at: start + offset, count: count)
    }

    /// Up to as many bytes as the buffer holds; 0 at the end.
    public func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(SavedStateError) -> Int {
        guard offset < byteCount else { return 0 }
        let count = Int(min(UInt64(buffer.count), byteCount - offset))
        return try base.read(at: start + offset, into: UnsafeMutableRawBufferPointer(rebasing: buffer[0..<count]))
    }
}
