import Glibc

/// A file that stands at its place whole or not at all.
///
/// It grows beside its place under a name that nobody has taken, and takes the place when it is complete and on the
/// disk; what stood there before is there until then. Symbolic links are followed, like everywhere on the command line.
/// What is no file is refused: a device must not be replaced by one, which a privileged user could.
public final class WholeFile {
    /// Why a file cannot be written: one sentence without the file's name.
    public struct Failure: Error {
        /// The operating system's words, or this type's own.
        public var reason: String
    }

    /// Where the bytes are until the file is finished.
    public let bytesPath: String
    private let place: String?
    private let descriptor: CInt
    private var isFinished = false

    /// Opens a file for the bytes in the folder of its place.
    public init(path: String) throws(Failure) {
        let place = try WholeFile.place(path)
        self.place = place
        bytesPath = place + "." + String(UInt64.random(in: 0 ... .max), radix: 16)
        descriptor = open(bytesPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw WholeFile.failure() }
    }

    /// Opens a file without a place, which nobody else can read and which goes with this object, in the folder that
    /// TMPDIR names, else in /tmp.
    public init() throws(Failure) {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var name = Array((folder + "/irqproof-XXXXXX").utf8CString)
        descriptor = mkstemp(&name)
        guard descriptor >= 0, fcntl(descriptor, F_SETFD, FD_CLOEXEC) >= 0 else { throw WholeFile.failure() }
        unlink(name)
        bytesPath = "/proc/self/fd/\(descriptor)"
        place = nil
    }

    deinit {
        close(descriptor)
        if !isFinished, place != nil { unlink(bytesPath) }
    }

    /// Writes bytes to a file in one go.
    public static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
        let file = try WholeFile(path: path)
        try file.append(bytes[...])
        try file.finish()
    }

    /// Adds bytes.
    public func append(_ bytes: ArraySlice<UInt8>) throws(Failure) {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                throw WholeFile.failure()
            }
        }
    }

    /// Moves the file to its place, if it has one, after it is on the disk. Nothing may be added any more.
    public func finish() throws(Failure) {
        guard let place else { return }
        guard fsync(descriptor) == 0 || errno == EINVAL, rename(bytesPath, place) == 0 else {
            throw WholeFile.failure()
        }
        isFinished = true
    }

    /// Where the file will be: the end of the links that a path leads through.
    private static func place(_ path: String) throws(Failure) -> String {
        var facts = stat()
        guard stat(path, &facts) == 0 else {
            if errno == ENOENT { return path }
            throw failure()
        }
        guard facts.st_mode & S_IFMT == S_IFREG else {
            throw Failure(reason: facts.st_mode & S_IFMT == S_IFDIR ? "is a directory" : "is not a file")
        }
        guard let end = realpath(path, nil) else { throw failure() }
        defer { free(end) }
        return String(cString: end)
    }

    private static func failure() -> Failure {
        Failure(reason: String(cString: strerror(errno)))
    }
}
