import CertificateCheck
import Checker
import Files
import InterruptState

/// Evidence of a verdict that can be checked without this program: one SQLite file.
///
/// The same verdict of the same inputs has the same bytes. See the article <doc:Format>.
public struct Certificate: Hashable, Sendable {
    /// The whole file.
    public let bytes: [UInt8]

    /// A file that the verdict is about.
    public struct Input: Hashable, Sendable {
        /// Its part: `source`, `destination`, `constructed`, `first`, `second` or `types`.
        public var role: String
        /// Digest of the whole file.
        public var digest: Digest
        /// Size of the file in bytes.
        public var byteCount: UInt64
        /// Snapshot in the file, if the user named one.
        public var part: String?

        /// A file by its digest.
        public init(role: String, digest: Digest, byteCount: UInt64, part: String? = nil) {
            self.role = role
            self.digest = digest
            self.byteCount = byteCount
            self.part = part
        }
    }

    /// The program that gave the verdict.
    public struct Tool: Hashable, Sendable {
        /// Name and version.
        public var name: String
        /// Digest of the program's file.
        public var digest: Digest

        /// A program.
        public init(name: String, digest: Digest) {
            self.name = name
            self.digest = digest
        }
    }

    /// Finishes a filled database, and has it checked by the module that shares nothing with the verdict's makers.
    ///
    /// - Throws: where the independent rules do not come to the same verdict: then there is nothing to certify.
    init(checking database: Database) throws(CertificateError) {
        bytes = try database.finish()
        do {
            _ = try CertificateCheck.check(bytes)
        } catch {
            throw CertificateError("the rules of the certificate do not confirm the verdict: \(error)")
        }
    }

    /// Writes the file whole or not at all.
    public func write(to path: String) throws(CertificateError) {
        do {
            try WholeFile.write(bytes, to: path)
        } catch {
            throw CertificateError("\(path): \(error.reason)")
        }
    }
}

extension Database {
    /// The rows that every certificate has.
    func fillHead(
        _ kind: CertificateKind, level: String?, inputs: [Certificate.Input], tool: Certificate.Tool
    ) throws(CertificateError) {
        try insert(
            "certificate",
            [
                .integer(1), .text(kind.rawValue), Value(CertificateSchema.version), Value(level), .text(tool.name),
                .text(tool.digest.description), .text(CertificateSchema.digest(kind)),
            ])
        for (place, input) in inputs.enumerated() {
            try insert(
                "input",
                [
                    Value(place), .text(input.role), .text(input.digest.description), Value(input.byteCount),
                    Value(input.part),
                ])
        }
    }

    /// The obligations as the rules give them now: the checker asks them again.
    func fillObligations() throws(CertificateError) {
        try run("INSERT INTO obligation SELECT comparison, rule, items, failed FROM obligation_now ORDER BY 1, 2")
    }
}
