import Glibc

/// A file that stands at its place whole or not at all.
///
/// It grows beside its place under a name that nobody has taken, and takes the place when it is complete and on the
/// disk; what stood there before is there until then. Symbolic links are followed, like everywhere on the command line.
/// What is no file is refused: a device must not be replaced by one, which a privileged user could.
public final class WholeFile {
    /// Where the bytes are until the file is finished.
    public let bytesPath: String
    private let place: String?
    private let descriptor: CInt
    private var isFinished = false

    /// Opens a file for the bytes in the folder of its place.
    public init(path: String) throws(FileFailure) {
        let place = try WholeFile.place(path)
        self.place = place
        bytesPath = place + "." + String(UInt64.random(in: 0 ... .max), radix: 16)
        descriptor = open(bytesPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw .last }
    }

    /// Opens a file without a place, which nobody else can read and which goes with this object, in the folder that
    /// TMPDIR names, else in /tmp.
    public init() throws(FileFailure) {
        descriptor = try openNamelessFile()
        bytesPath = "/proc/self/fd/\(descriptor)"
        place = nil
    }

    deinit {
        close(descriptor)
        if !isFinished, place != nil { unlink(bytesPath) }
    }

    /// Writes bytes to a file in one go.
    public static func write(_ bytes: [UInt8], to path: String) throws(FileFailure) {
        let file = try WholeFile(path: path)
        try file.append(bytes[...])
        try file.finish()
    }

    /// Adds bytes.
    public func append(_ bytes: ArraySlice<UInt8>) throws(FileFailure) {
        try writeAll(bytes, to: descriptor)
    }

    /// Moves the file to its place, if it has one, after it is on the disk. Nothing may be added any more.
    public func finish() throws(FileFailure) {
        guard let place else { return }
        guard fsync(descriptor) == 0 || errno == EINVAL, rename(bytesPath, place) == 0 else { throw .last }
        isFinished = true
    }

    /// Where the file will be: the end of the links that a path leads through.
    private static func place(_ path: String) throws(FileFailure) -> String {
        var facts = stat()
        guard stat(path, &facts) == 0 else {
            if errno == ENOENT { return path }
            throw .last
        }
        guard facts.st_mode & S_IFMT == S_IFREG else {
            throw FileFailure(reason: facts.st_mode & S_IFMT == S_IFDIR ? "is a directory" : "is not a file")
        }
        guard let end = realpath(path, nil) else { throw .last }
        defer { free(end) }
        return String(cString: end)
    }
}
