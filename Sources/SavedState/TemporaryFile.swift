import Files
import Glibc

/// A file without a name, gone when it is closed.
final class TemporaryFile: Sendable {
    let descriptor: CInt

    /// Creates a file in the folder that TMPDIR names, else in /tmp.
    init() throws(SavedStateError) {
        do throws(FileFailure) {
            descriptor = try openNamelessFile()
        } catch {
            throw SavedStateError(
                .unreadable, "no temporary file: \(error.reason)", file: temporaryFolder(),
                advice: "set TMPDIR to a folder that can be written")
        }
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
        do throws(FileFailure) {
            try writeAll(bytes[...], to: descriptor)
        } catch {
            throw SavedStateError(
                .unreadable, "the temporary file cannot be written: \(error.reason)",
                advice: "set TMPDIR to a folder with more room")
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
