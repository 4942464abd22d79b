import CSQLite
import CaptureSupport
import Certificate
import CertificateCheck
import Checker
import InterruptState
import PSeries
import SavedState

/// A certificate opened for changes, as somebody would who wants to forge one.
final class Forgery {
    private var handle: OpaquePointer?

    init(_ bytes: [UInt8]) throws {
        guard sqlite3_open_v2(":memory:", &handle, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK else { throw Failure() }
        guard let copy = sqlite3_malloc64(UInt64(bytes.count)) else { throw Failure() }
        bytes.withUnsafeBytes { if let base = $0.baseAddress { copy.copyMemory(from: base, byteCount: $0.count) } }
        let flags = UInt32(SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE)
        let size = sqlite3_int64(bytes.count)
        guard
            sqlite3_deserialize(handle, "main", copy.assumingMemoryBound(to: UInt8.self), size, size, flags)
                == SQLITE_OK
        else { throw Failure() }
        try run("PRAGMA ignore_check_constraints = ON")
        try run("PRAGMA foreign_keys = OFF")
    }

    deinit { sqlite3_close_v2(handle) }

    struct Failure: Error {}

    func run(_ sql: String) throws {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw Failure() }
    }

    /// The rows of a query as text.
    func rows(_ query: String) throws -> [[String]] {
        var statement: OpaquePointer?
        defer { sqlite3_finalize(statement) }
        guard sqlite3_prepare_v2(handle, query, -1, &statement, nil) == SQLITE_OK else { throw Failure() }
        var rows: [[String]] = []
        while sqlite3_step(statement) == SQLITE_ROW {
            rows.append(
                (0..<sqlite3_column_count(statement)).map { column in
                    sqlite3_column_text(statement, column).map { String(cString: $0) } ?? "NULL"
                })
        }
        return rows
    }

    /// How many rows were changed, added or deleted.
    var changes: Int { Int(sqlite3_total_changes(handle)) }

    /// The changed file, with the old seal.
    func bytes() throws -> [UInt8] {
        var size: sqlite3_int64 = 0
        guard let copy = sqlite3_serialize(handle, "main", &size, 0) else { throw Failure() }
        defer { sqlite3_free(copy) }
        return Array(UnsafeBufferPointer(start: copy, count: Int(size)))
    }

    /// The changed file under a seal that fits: what a forger makes who knows how seals are made.
    func resealed() throws -> [UInt8] {
        try run("UPDATE seal SET sha256 = '\(CertificateSeal.placeholder)'")
        guard let bytes = CertificateSeal.sealed(try bytes()) else { throw Failure() }
        return bytes
    }
}

/// Whether a certificate is taken for good.
func isAccepted(_ bytes: [UInt8], findsCause: Bool = true) -> Bool {
    (try? CertificateCheck.check(bytes, findsCause: findsCause)) != nil
}

let testTool = Certificate.Tool(name: "irqproof test", digest: Digest(of: [1]))

/// The states of a pair, and their certificate.
struct CertifiedPair {
    var source: MachineState
    var destination: MachineState?
    var constructed: MachineState?

    init(_ pair: CapturePair) throws {
        source = try StateDecoder.decode(pair.source.open())
        destination = try pair.destination.map { try StateDecoder.decode($0.open()) }
        constructed = try pair.constructed.map { try StateDecoder.decode($0.open()) }
    }

    init(source: MachineState, destination: MachineState?) {
        self.source = source
        self.destination = destination
    }

    func verification(_ level: Level = .guestVisible) -> Verification {
        Checker.verify(source: source, destination: destination, constructed: constructed, level: level)
    }

    func certificate(_ verification: Verification) throws -> Certificate {
        let roles =
            ["source"] + (destination == nil ? [] : ["destination"]) + (constructed == nil ? [] : ["constructed"])
        return try Certificate.states(
            verification, source: source, destination: destination, constructed: constructed,
            inputs: roles.map { Certificate.Input(role: $0, digest: Digest(of: Array($0.utf8)), byteCount: 5) },
            tool: testTool)
    }
}

/// A digest as the certificate writes it.
enum SHA256Text {
    static func of(_ text: String) -> String { Digest(of: Array(text.utf8)).description }
}

extension Capture {
    /// The saved stream, opened.
    func open() throws -> SavedStream {
        try SavedStream.open(MemoryByteSource(stream()), name: name)
    }
}

extension MachineState {
    /// The same state without most of the bytes that are compared as a whole: tests by the thousand are quicker.
    var shortened: MachineState {
        var state = self
        state.deviceTreeBlob?.bytes = Array(deviceTreeBlob?.bytes.prefix(40) ?? [])
        state.residues = residues.prefix(6).map { residue in
            var short = residue
            short.bytes = Array(residue.bytes.prefix(20))
            return short
        }
        return state
    }
}
