import Glibc

/// The bytes of a regular file or a block device, by positioned reads.
///
/// Opened read-only, never locked, never mapped: a file that shrinks while it is read gives an error.
public final class FileByteSource: ByteSource {
    /// As the caller gave it.
    public let path: String
    /// Size of the file when it was opened.
    public let byteCount: UInt64
    private let descriptor: CInt

    /// Opens a file; throws `unreadable` where the system refuses or the path names something else.
    ///
    /// - Parameter path: as the caller gave it; it appears in messages.
    public convenience init(path: String) throws(SavedStateError) {
        // Without O_NONBLOCK the open of a FIFO would wait for a writer.
        try self.init(descriptor: Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), path: path)
    }

    /// Takes over a descriptor, which may be the failure of a call just made.
    init(descriptor: CInt, path: String) throws(SavedStateError) {
        guard descriptor >= 0 else { throw Self.refused(path, "cannot be opened", errno) }
        do throws(SavedStateError) {
            byteCount = try Self.size(of: descriptor, path: path)
        } catch {
            close(descriptor)
            throw error
        }
        self.path = path
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Exactly `count` bytes; `truncated` where the file is, or has become, too short.
    public func read(at offset: UInt64, count: Int) throws(SavedStateError) -> [UInt8] {
        guard count >= 0, offset <= byteCount, UInt64(count) <= byteCount - offset else {
            throw SavedStateError(
                .truncated, "the file ends before the \(count) bytes that are needed here", file: path, offset: offset)
        }
        let bytes = try collect(count) { buffer throws(SavedStateError) in try read(at: offset, into: buffer) }
        guard bytes.count == count else {
            throw SavedStateError(
                .truncated, "the file became shorter while it was read", file: path,
                offset: offset &+ UInt64(bytes.count))
        }
        return bytes
    }

    /// Up to as many bytes as the buffer holds, fewer only at the end.
    public func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(SavedStateError) -> Int {
        guard offset < byteCount, let base = buffer.baseAddress else { return 0 }
        let wanted = Int(min(UInt64(buffer.count), byteCount - offset))
        var done = 0
        while done < wanted {
            guard let position = off_t(exactly: offset + UInt64(done)) else { break }
            let count = pread(descriptor, base + done, wanted - done, position)
            if count > 0 {
                done += count
            } else if count == 0 {
                break
            } else if errno != EINTR {
                throw Self.refused(path, "cannot be read", errno, offset: offset &+ UInt64(done))
            }
        }
        return done
    }

    /// A descriptor of its own for the same file, positioned; the caller closes it.
    func reopen(at offset: UInt64) throws(SavedStateError) -> CInt {
        // By descriptor, not by path: the path may mean another file by now.
        let copy = Glibc.open("/proc/self/fd/\(descriptor)", O_RDONLY | O_CLOEXEC)
        guard copy >= 0 else { throw Self.refused(path, "cannot be opened again", errno) }
        guard let position = off_t(exactly: offset), lseek(copy, position, SEEK_SET) >= 0 else {
            close(copy)
            throw Self.refused(path, "cannot be positioned", errno, offset: offset)
        }
        return copy
    }

    private static func size(of descriptor: CInt, path: String) throws(SavedStateError) -> UInt64 {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw refused(path, "cannot be examined", errno) }
        switch status.st_mode & S_IFMT {
        case S_IFREG:
            return UInt64(clamping: status.st_size)
        case S_IFBLK:
            return UInt64(clamping: lseek(descriptor, 0, SEEK_END))
        case S_IFDIR:
            throw SavedStateError(
                .unreadable, "is a directory", file: path, advice: "name the file with the saved state in it")
        default:
            throw SavedStateError(
                .unreadable, "is a pipe, a socket or a character device, which cannot be read in any order",
                file: path, advice: "write its content to a file first, or give it as standard input with “-”")
        }
    }

    private static func refused(
        _ path: String, _ what: String, _ number: CInt, offset: UInt64? = nil
    ) -> SavedStateError {
        SavedStateError(.unreadable, "\(what): \(String(cString: strerror(number)))", file: path, offset: offset)
    }
}
