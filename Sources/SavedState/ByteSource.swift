/// Random access to the bytes of a saved state, whatever holds them.
///
/// Offsets are those of the *stream*: a container (an image with a header, a disk snapshot) presents
/// the stream inside it as if it stood alone. Reads are positioned reads, never a memory map: a file
/// that shrinks while it is read must give an error, not end the process.
public protocol ByteSource: Sendable {
    /// Number of bytes of the stream.
    var byteCount: UInt64 { get }

    /// Reads exactly `count` bytes at `offset`, or throws `truncated` or `unreadable`.
    func read(at offset: UInt64, count: Int) throws(SavedStateError) -> [UInt8]

    /// Reads up to `buffer.count` bytes at `offset` into a buffer; 0 at the end.
    ///
    /// For scans, which must not allocate for each block.
    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(SavedStateError) -> Int
}
