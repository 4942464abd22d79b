import Glibc

/// Why a file cannot be written: one sentence without the file's name.
public struct FileFailure: Error {
    /// The operating system's words, or this module's own.
    public var reason: String

    /// What the last call of the operating system says.
    static var last: FileFailure { FileFailure(reason: String(cString: strerror(errno))) }
}

/// Opens a file without a name, which nobody else can read and which goes when it is closed.
///
/// - Returns: a descriptor, which the caller closes.
public func openNamelessFile() throws(FileFailure) -> CInt {
    var name = Array((temporaryFolder() + "/irqproof-XXXXXX").utf8CString)
    let descriptor = mkstemp(&name)
    guard descriptor >= 0, fcntl(descriptor, F_SETFD, FD_CLOEXEC) >= 0 else { throw .last }
    unlink(name)
    return descriptor
}

/// The folder for files that nobody keeps: the one that `TMPDIR` names, else `/tmp`.
public func temporaryFolder() -> String {
    getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
}

/// Writes all of some bytes where the descriptor stands.
public func writeAll(_ bytes: ArraySlice<UInt8>, to descriptor: CInt) throws(FileFailure) {
    var rest = bytes
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if count > 0 {
            rest = rest.dropFirst(count)
        } else if errno != EINTR {
            throw .last
        }
    }
}
