import ArgumentParser
import Certificate
import Glibc
import InterruptState
import SavedState

/// The option of commands whose verdict can be certified.
struct CertificateOption: ParsableArguments {
    @Option(help: "File for a certificate of the verdict: SQLite, checked with 'irqproof check'.")
    var certificate: String?

    /// Writes the certificate that a command makes, if one is wanted; inputs are digested only then.
    ///
    /// - Parameter inputs: files by their role.
    func write(
        inputs: [(role: String, argument: String)],
        _ make: ([Certificate.Input], Certificate.Tool) throws(CertificateError) -> Certificate
    ) throws {
        guard let certificate else { return }
        let digested = try inputs.map { try Certificate.Input(role: $0.role, argument: $0.argument) }
        let tool = Certificate.Tool(name: "irqproof \(Version.number)", digest: try FileDigest("/proc/self/exe").digest)
        do {
            try make(digested, tool).write(to: certificate)
        } catch {
            throw Trouble("no certificate: \(error)")
        }
    }
}

extension Certificate.Input {
    /// A state, machine description or file of types as the user named it.
    init(role: String, argument: String) throws {
        let (path, label) = InputName.split(argument)
        guard path != "-" else {
            throw Trouble("no certificate: standard input cannot be read again to be digested; save it to a file")
        }
        let file = try FileDigest(path)
        self.init(role: role, digest: file.digest, byteCount: file.byteCount, part: label)
    }
}

/// SHA-256 and size of a whole file.
struct FileDigest {
    let digest: Digest
    private(set) var byteCount: UInt64 = 0

    init(_ path: String) throws {
        let descriptor = try Self.open(path)
        defer { close(descriptor) }
        let progress = Progress("digest of \(path)")
        defer { progress.finish() }
        let builder = DigestBuilder()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Trouble("\(path): \(String(cString: strerror(errno)))") }
            if count == 0 { break }
            builder.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            byteCount += UInt64(count)
            progress.update(byteCount, nil)
        }
        digest = builder.finish()
    }

    /// Opens what has an end and can be read again: a file or a disk, not a pipe or a terminal.
    static func open(_ path: String) throws -> Int32 {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Trouble("\(path): \(String(cString: strerror(errno)))") }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, [S_IFREG, S_IFBLK].contains(facts.st_mode & S_IFMT) else {
            close(descriptor)
            throw Trouble("\(path): not a file")
        }
        return descriptor
    }
}
