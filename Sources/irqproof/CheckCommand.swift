import ArgumentParser
import CertificateCheck
import Glibc
import InterruptState
import Reports

/// `irqproof check`: whether a certificate is to be believed.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check a certificate: recompute its verdict from the facts in it.",
        usage: "irqproof check [OPTION]... CERTIFICATE [INPUT]...",
        discussion: Help.text(
            """
            The facts are held against their digests, every obligation and the verdict are recomputed by rules of
            the checker's own, and the seal over all bytes is checked. With INPUTs, each of them must be one of the
            files that the certificate is of.

            Example: irqproof check move.cert before.mig after.mig
                     irqproof verify before.mig after.mig --certificate move.cert
                     sqlite3 move.cert 'SELECT * FROM verdict'

            Exit codes: 0 accepted (whatever its verdict), 1 rejected, 2 no certificate or trouble, 64 usage.
            """)
    )

    @Argument(help: "The certificate.")
    var certificate: String

    @Argument(help: "Files that it is of: saved states, snapshot files, descriptions.")
    var inputs: [String] = []

    @OptionGroup var output: OutputOptions

    func run() throws {
        let result: CertificateReport.Result
        do {
            let acceptance = try CertificateCheck.check(try Self.bytes(certificate))
            result = try held(acceptance)
        } catch let rejection as Rejection {
            result = .rejected(place: rejection.place, reason: rejection.reason)
        } catch let fault as NoCertificate {
            throw Trouble("\(certificate): \(fault)")
        }
        Console.write(
            output.format == .json
                ? CertificateReport.json(result) : CertificateReport.text(result, style: Console.style(output.color)))
        if case .rejected = result { throw ExitStatus.different }
    }

    /// Finds each given file among the inputs of the certificate.
    private func held(_ acceptance: CertificateCheck.Acceptance) throws -> CertificateReport.Result {
        var names: [Int: String] = [:]
        for path in inputs {
            let digest = try FileDigest(path).digest.description
            let places = acceptance.inputs.indices.filter { acceptance.inputs[$0].sha256 == digest }
            guard !places.isEmpty else {
                return .rejected(place: "input \(path)", reason: "is none of the files that the certificate is of")
            }
            for place in places { names[place] = path }
        }
        return .accepted(acceptance, inputNames: names)
    }

    /// The largest certificate that is read: one of a machine with a million numbers has 200 MB.
    private static let limit = 1 << 30

    private static func bytes(_ path: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try FilePieces.forEach(of: path) { piece in
            bytes += piece
            guard bytes.count <= limit else { throw Trouble("\(path): larger than any certificate") }
        }
        return bytes
    }
}
