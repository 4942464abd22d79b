import ArgumentParser
import Certificate
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
    let byteCount: UInt64

    init(_ path: String) throws {
        let progress = Progress("digest of \(path)")
        defer { progress.finish() }
        let builder = DigestBuilder()
        var count: UInt64 = 0
        try FilePieces.forEach(of: path) { piece in
            builder.update(piece)
            count += UInt64(piece.count)
            progress.update(count, nil)
        }
        byteCount = count
        digest = builder.finish()
    }
}
