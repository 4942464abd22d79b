import Glibc

/// A file without a name, gone when it is closed.
final class TemporaryFile: Sendable {
    let descriptor: CInt

    /// Creates a file in the folder that TMPDIR names, else in /tmp.
    init() throws(SavedStateError) {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var name = Array((folder + "/irqproof-XXXXXX").utf8CString)
        let descriptor = mkstemp(&name)
        guard descriptor >= 0, fcntl(descriptor, F_SETFD, FD_CLOEXEC) >= 0 else {
            throw SavedStateError(
                .unreadable, "no temporary file: \(String(cString: strerror(errno)))", file: folder,
                advice: "set TMPDIR to a folder that can be written")
        }
        unlink(name)
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// A descriptor of its own for what was written, from its first byte on; the caller closes it.
    func reopened() throws(SavedStateError) -> CInt {
        let copy = dup(descriptor)
        guard copy >= 0, fcntl(copy, F_SETFD, FD_CLOEXEC) >= 0, lseek(copy, 0, SEEK_SET) == 0 else {
            throw SavedStateError(.unreadable, "the temporary file cannot be read: \(String(cString: strerror(errno)))")
        }
        return copy
    }

    /// Appends bytes.
    func write(_ bytes: [UInt8]) throws(SavedStateError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done)
            }
            if count > 0 {
                done += count
            } else if errno != EINTR {
                throw SavedStateError(
                    .unreadable, "the temporary file cannot be written: \(String(cString: strerror(errno)))",
                    advice: "set TMPDIR to a folder with more room")
            }
        }
    }

    /// The first bytes, at most `count`.
    func read(upTo count: Int) throws(SavedStateError) -> [UInt8] {
        try collect(count) { buffer throws(SavedStateError) in try read(at: 0, into: buffer) }
    }

    /// Reads up to as many bytes as the buffer holds, fewer only at the end.
    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(SavedStateError) -> Int {
        guard let base = buffer.baseAddress else { return 0 }
        var done = 0
        while done < buffer.count, let position = off_t(exactly: offset + UInt64(done)) {
            let count = pread(descriptor, base + done, buffer.count - done, position)
            if count > 0 {
                done += count
            } else if count == 0 {
                break
            } else if errno != EINTR {
                throw SavedStateError(
                    .unreadable, "the temporary file cannot be read: \(String(cString: strerror(errno)))")
            }
        }
        return done
    }
}
