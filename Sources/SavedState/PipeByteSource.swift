import Glibc
import Synchronization

/// Bytes that come once and in order: standard input, the output of a decompressing program.
///
/// Reading forwards is all it can; what is passed over is gone.
final class PipeByteSource: ByteSource {
    /// The end of a pipe is not known before it is reached.
    let byteCount = UInt64.max
    private let descriptor: CInt
    private let name: String
    /// The program that writes into the pipe, asked at the end whether all went well.
    private let program: DecompressionProgram?
    private let position = Mutex<UInt64>(0)

    /// Takes over the descriptor.
    init(descriptor: CInt, name: String, program: DecompressionProgram? = nil) {
        self.descriptor = descriptor
        self.name = name
        self.program = program
    }

    deinit {
        close(descriptor)
    }

    func read(at offset: UInt64, count: Int) throws(SavedStateError) -> [UInt8] {
        let bytes = try collect(count) { buffer throws(SavedStateError) in try read(at: offset, into: buffer) }
        guard bytes.count == count else {
            throw SavedStateError(
                .truncated, "the input ends before the \(count) bytes that are needed here", file: name, offset: offset)
        }
        return bytes
    }

    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(SavedStateError) -> Int {
        var current = position.withLock { $0 }
        guard offset >= current else {
            throw SavedStateError(
                .unsupported, "the input cannot be read backwards", file: name, offset: offset,
                advice: "write it to a file first")
        }
        while current < offset {
            let part = UnsafeMutableRawBufferPointer(
                rebasing: buffer[0..<Int(min(UInt64(buffer.count), offset - current))])
            let count = try fill(part)
            guard count > 0 else { break }
            current += UInt64(count)
        }
        let count = current == offset ? try fill(buffer) : 0
        let end = current + UInt64(count)
        position.withLock { $0 = end }
        return count
    }

    /// Reads until the buffer is full or the input ends.
    private func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(SavedStateError) -> Int {
        guard let base = buffer.baseAddress else { return 0 }
        var done = 0
        while done < buffer.count {
            let count = Glibc.read(descriptor, base + done, buffer.count - done)
            if count > 0 {
                done += count
            } else if count == 0 {
                try program?.finish()
                break
            } else if errno != EINTR {
                throw SavedStateError(
                    .unreadable, "cannot be read: \(String(cString: strerror(errno)))", file: name)
            }
        }
        return done
    }
}
