/// The rest of a stream that cannot be sought, kept in a temporary file: its devices and what follows.
/// The bytes before are gone.
final class SpooledByteSource: ByteSource {
    let byteCount: UInt64
    /// Offset in the stream of the first byte that is kept.
    let start: UInt64
    private let file: TemporaryFile

    /// Keeps what a cursor has read ahead, then all that its source still gives.
    init(_ cursor: borrowing StreamCursor) throws(SavedStateError) {
        start = cursor.position
        file = try TemporaryFile()
        let ahead = cursor.buffered
        var end = start
        try file.write(ahead)
        end += UInt64(ahead.count)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Limits.scanBlock, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = try cursor.source.read(at: end, into: buffer)
            guard count > 0 else { break }
            end += UInt64(count)
            guard end - start <= Limits.spooledBytes else {
                throw SavedStateError(
                    .limit, "the input goes on for more than \(Limits.spooledBytes) bytes behind guest RAM",
                    offset: start)
            }
            try file.write(Array(buffer[0..<count]))
        }
        byteCount = end
    }

    func read(at offset: UInt64, count: Int) throws(SavedStateError) -> [UInt8] {
        guard count >= 0, offset <= byteCount, UInt64(count) <= byteCount - offset else {
            throw SavedStateError(
                .truncated, "the stream ends before the \(count) bytes that are needed here", offset: offset)
        }
        let bytes = try collect(count) { buffer throws(SavedStateError) in try read(at: offset, into: buffer) }
        guard bytes.count == count else {
            throw SavedStateError(.unreadable, "the temporary file became shorter", offset: offset)
        }
        return bytes
    }

    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(SavedStateError) -> Int {
        guard offset < byteCount else { return 0 }
        guard offset >= start else {
            throw SavedStateError(
                .unsupported, "the bytes before the devices were not kept, because the input cannot be sought",
                offset: offset, advice: "write the input to a file, decompressed, to see all of it")
        }
        return try file.read(at: offset - start, into: buffer)
    }
}
