import CaptureSupport
import Foundation
import SavedState
import Testing

/// What must become of each made-up file under `Fixtures/containers`: valid ones and ones with a single fault.
struct Vector: Sendable, CustomTestStringConvertible {
    var name: String
    var outcome: Outcome

    var testDescription: String { name }

    enum Outcome: Sendable {
        /// Both devices are found, in this way, and one of the notes says this.
        case found(LocationMethod, note: String? = nil)
        /// As before, and the second section cannot be read for this reason.
        case unreadable(SavedStateError.Code, String)
        /// The file is refused for this reason.
        case refused(SavedStateError.Code, String)
    }

    static let all: [Vector] = streams + descriptions + sections + memory + images

    private static let streams = [
        Vector(name: "00-ok", outcome: .found(.tail)),
        Vector(name: "01-empty", outcome: .refused(.notASavedState, "empty")),
        Vector(name: "03-version2", outcome: .refused(.unsupported, "version 2")),
        Vector(name: "04-version9", outcome: .refused(.unsupported, "version 9")),
        Vector(name: "07-cut-in-ram", outcome: .refused(.truncated, "a RAM page")),
        Vector(name: "08-cut-in-header", outcome: .refused(.truncated, "a section's name")),
        Vector(name: "25-no-footers", outcome: .found(.tail)),
        Vector(name: "27-unknown-section-type", outcome: .found(.tail, note: "unknown mark 0x0b")),
        Vector(name: "28-unknown-command", outcome: .found(.forward, note: "unknown command 77")),
        Vector(name: "29-part-unknown-id", outcome: .found(.tail, note: "id 42, which was not announced")),
        Vector(name: "36-trailing-zeros", outcome: .found(.forward, note: "5000 bytes follow")),
        Vector(name: "37-trailing-garbage", outcome: .found(.forward, note: "3000 bytes follow")),
        Vector(name: "47-qevm-inside-page", outcome: .found(.tail)),
    ]

    private static let descriptions = [
        Vector(name: "05-cut-in-json", outcome: .found(.footers, note: "while the self-description is read")),
        Vector(name: "09-vmdesc-len-short", outcome: .found(.footers, note: "the text ends too early")),
        Vector(name: "11-vmdesc-lies-size", outcome: .found(.footers, note: "does not match the data")),
        Vector(name: "12-array-len-huge", outcome: .found(.footers, note: "2147483647 × 4 bytes")),
        Vector(name: "13-negative-size", outcome: .found(.footers, note: "not a whole number")),
        Vector(name: "15-size-2p63", outcome: .found(.footers, note: "not a whole number")),
        Vector(name: "16-size-product-overflow", outcome: .found(.footers, note: "more than the stream has")),
        Vector(name: "17-deep-nesting", outcome: .found(.footers, note: "nests deeper than 64")),
        Vector(name: "39-json-brace-in-length", outcome: .found(.tail)),
        Vector(name: "40-json-root-array", outcome: .found(.footers, note: "is not an object")),
        Vector(name: "41-json-no-devices", outcome: .found(.footers, note: "no member “devices”")),
    ]

    private static let sections = [
        Vector(name: "19-duplicate-id", outcome: .found(.tail, note: "have the same id 3")),
        Vector(name: "20-name-nonutf8", outcome: .found(.footers, note: #"icp/\xffserve"#)),
        Vector(name: "21-name-len-0", outcome: .refused(.malformed, "an empty name")),
        Vector(name: "23-footer-id-wrong", outcome: .refused(.truncated, "section's id 3")),
        Vector(name: "24-footer-missing", outcome: .refused(.truncated, "section's id 3")),
        Vector(name: "43-subsection-name-wrong", outcome: .unreadable(.badDescription, "is not where it is described")),
        Vector(name: "44-subsection-missing", outcome: .found(.footers, note: "17 bytes")),
        Vector(name: "45-instance-differs", outcome: .found(.footers, note: "instance 1 in its header")),
    ]

    private static let memory = [
        Vector(name: "31-ram-continue-first", outcome: .found(.tail, note: "is the first")),
        Vector(name: "32-ram-unknown-block", outcome: .found(.tail, note: "the block “zz”")),
        Vector(name: "33-ram-offset-outside", outcome: .found(.tail, note: "page 0x900000")),
        Vector(name: "35-xbzrle-overlong", outcome: .found(.tail, note: "claims 65535 bytes")),
    ]

    private static let images = [
        Vector(name: "48-partial-libvirt", outcome: .refused(.unsupported, "not complete")),
        Vector(name: "49-libvirt-ok", outcome: .found(.tail)),
        Vector(name: "51-libvirt-format99", outcome: .refused(.unsupported, "format 99")),
        Vector(name: "52-cookie-beyond", outcome: .refused(.malformed, "cookie at 900")),
        Vector(name: "53-qcow2-no-snapshots", outcome: .refused(.missing, "no snapshots")),
    ]
}

@Suite struct VectorTests {
    private func open(_ vector: Vector) throws -> SavedStream {
        let file = Fixtures.root.appending(path: "containers/\(vector.name).bin.xz")
        let bytes = try Compressed.bytes(file)
        return try SavedStateFile.open(MemoryByteSource(bytes), name: vector.name).state().open()
    }

    @Test(arguments: Vector.all) func aFileGivesItsDevicesOrTheReasonWhyNot(_ vector: Vector) throws {
        switch vector.outcome {
        case .found(let method, let note):
            let stream = try open(vector)
            #expect(stream.sections.count == 2)
            #expect(stream.sections.last?.name == "toy" && stream.sections.last?.instance == 7)
            #expect(stream.method == method)
            if let note { #expect(stream.notes.contains { $0.contains(note) }, "\(stream.notes)") }
            if method != .footers, note == nil { #expect(stream.notes.isEmpty, "\(stream.notes)") }
        case .unreadable(let code, let reason):
            let stream = try open(vector)
            let section = try #require(stream.sections.last)
            let error = #expect(throws: SavedStateError(code, "")) { try stream.reader(of: section) }
            #expect(error?.message.contains(reason) == true, "\(String(describing: error))")
            #expect(throws: Never.self) { try stream.reader(of: stream.sections[0]) }
        case .refused(let code, let reason):
            let error = #expect(throws: SavedStateError(code, "")) { try open(vector) }
            let text = error.map(\.description) ?? ""
            #expect(text.contains(reason), "\(text)")
            #expect(code == .notASavedState || code == .missing || error?.offset != nil, "\(text)")
        }
    }

    @Test func everyFileHasItsExpectation() throws {
        let files = try Fixtures.names(in: "containers").filter { $0.hasSuffix(".bin.xz") }
        #expect(Set(files.map { String($0.dropLast(7)) }) == Set(Vector.all.map(\.name)))
    }
}
