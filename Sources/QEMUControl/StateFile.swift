import Glibc

/// A state in a file of its own, written whole or not at all.
///
/// It grows beside its final place under a name that is taken by nobody, and moves there when it is complete.
public struct StateFile: StateSink {
    /// Where it will be.
    public let path: String
    private let temporary: TemporaryFile

    /// Where the bytes are until it is finished.
    public var bytesPath: String { temporary.path }

    /// Opens a file for writing in the folder of its final place.
    public init(path: String) throws(QEMUError) {
        self.path = path
        temporary = try TemporaryFile(beside: path)
    }

    /// Writes the next bytes.
    public mutating func take(_ bytes: ArraySlice<UInt8>) throws(QEMUError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(temporary.descriptor.number, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                throw .system("\(path): cannot be written", errno)
            }
        }
    }

    /// Moves the file to its place, after it is on the disk.
    public consuming func finish() throws(QEMUError) {
        guard fsync(temporary.descriptor.number) == 0 || errno == EINVAL else {
            throw .system("\(path): cannot be written", errno)
        }
        guard rename(temporary.path, path) == 0 else { throw .system("\(path): cannot be written", errno) }
        temporary.isKept = true
    }
}

/// A file that is removed unless it was kept.
private final class TemporaryFile {
    let path: String
    let descriptor: Descriptor
    var isKept = false

    init(beside final: String) throws(QEMUError) {
        path = final + "." + String(UInt64.random(in: 0 ... .max), radix: 16)
        let number = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard number >= 0 else { throw .system("\(final): cannot be written", errno) }
        descriptor = Descriptor(number)
    }

    deinit {
        if !isKept { unlink(path) }
    }
}
