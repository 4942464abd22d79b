import CZlib

/// Decompression by the system's zlib, always to a known size.
enum Inflate {
    /// A raw deflate stream without header (qcow2 clusters); bytes behind its end are ignored.
    static func raw(_ bytes: [UInt8], count: Int) -> [UInt8]? {
        run(bytes, count: count, windowBits: -15)
    }

    /// A zlib stream (RAM pages).
    static func zlib(_ bytes: [UInt8], count: Int) -> [UInt8]? {
        run(bytes, count: count, windowBits: 15)
    }

    /// Exactly `count` bytes, or nil where the stream is damaged, shorter or longer.
    private static func run(_ bytes: [UInt8], count: Int, windowBits: CInt) -> [UInt8]? {
        var stream = z_stream()
        let size = CInt(MemoryLayout<z_stream>.size)
        guard inflateInit2_(&stream, windowBits, ZLIB_VERSION, size) == Z_OK else { return nil }
        defer { inflateEnd(&stream) }
        var input = bytes
        // One byte more than wanted, so that a stream that goes on is noticed.
        var output = [UInt8](repeating: 0, count: count + 1)
        let status = input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(clamping: source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(clamping: target.count)
                return inflate(&stream, Z_FINISH)
            }
        }
        guard status == Z_STREAM_END, stream.avail_out == 1 else { return nil }
        output.removeLast()
        return output
    }
}
