import CaptureSupport
import Foundation
import Testing

/// The forms in which a saved VM comes, as a user gives them.
@Suite struct FormTests {
    private let folder: TemporaryFolder
    private let guest: String

    init() throws {
        folder = try TemporaryFolder()
        guest = try folder.write(Fixtures.capture("q5.2_2.12_legacy_A_reset").stream(), to: "guest")
    }

    private var plain: String {
        get throws { try withoutNames(Tool.run("inspect", guest, "--format", "json").output) }
    }

    /// The document without what tells where it came from.
    private func withoutNames(_ document: String) throws -> String {
        let start = try #require(document.range(of: "\"machine\""), "\(document.prefix(200))")
        return String(document[start.lowerBound...])
    }

    @Test(arguments: ["cat", "gzip -c", "xz -0 -c", "bzip2 -c"])
    func aStreamThroughAPipeIsTheSameAsTheFile(program: String) throws {
        let outcome = try Tool.shell("\(program) \"$1\" | \"$IRQPROOF\" inspect - --format json", guest)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try withoutNames(outcome.output) == plain)
    }

    /// A writer that hands out its first bytes one by one must not be taken for another form.
    @Test func theFirstBytesMayComeOneByOne() throws {
        let script = """
            { head -c 1 "$1.gz"; sleep 0.05; head -c 3 "$1.gz" | tail -c 2; sleep 0.05; tail -c +4 "$1.gz"; } |
            "$IRQPROOF" inspect - --format json
            """
        _ = try Tool.shell("gzip -c \"$1\" >\"$1.gz\"", guest)
        let outcome = try Tool.shell(script, guest)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try withoutNames(outcome.output) == plain)
    }

    @Test(arguments: ["printf ''", "printf Q", "printf '\\037\\213'", "printf QFI", "head -c 40 /dev/zero"])
    func aPipeWithTooLittleInItIsTrouble(source: String) throws {
        let outcome = try Tool.shell("\(source) | \"$IRQPROOF\" inspect -")
        #expect(outcome.status == 2)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errorLines.count == 1, "\(outcome.errors)")
    }

    @Test func aCutCompressedStreamIsTroubleInTheProgramsWords() throws {
        let outcome = try Tool.shell("gzip -c \"$1\" | head -c 3000 | \"$IRQPROOF\" inspect -", guest)
        #expect(outcome.status == 2)
        #expect(outcome.errorLines.count == 1, "\(outcome.errors)")
    }

    @Test func aDiskImageThroughAPipeSaysWhatToDo() throws {
        let outcome = try Tool.shell("{ printf 'QFI\\373'; head -c 5000 /dev/zero; } | \"$IRQPROOF\" inspect -")
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("name the file"))
    }

    /// A save image and the stream in it are one guest: equal digests of their snapshots.
    @Test func aLibvirtImageHasTheDigestOfItsStream() throws {
        let stream = try Fixtures.capture("q5.2_2.12_legacy_A_reset").stream()
        var head = Array("LibvirtQemudSave".utf8)
        let text = Array("<domain/>\0".utf8)
        for value in [2, UInt32(text.count), 1, 0, 0] { head += withUnsafeBytes(of: value.littleEndian) { Array($0) } }
        let image = head + [UInt8](repeating: 0, count: 92 - head.count) + text + stream
        let path = try folder.write(image, to: "image")
        let outcome = try Tool.run("import", guest, path, "--into", folder.path("both.db"))
        #expect(outcome.status == 0, "\(outcome.errors)")
        let digests = outcome.output.split(separator: "\n").compactMap { $0.split(separator: " ").last }
        #expect(digests.count == 2)
        #expect(Set(digests).count == 1)
    }

    @Test func theLedgerAddsUp() throws {
        let outcome = try Tool.run("inspect", guest, "--ledger", "--format", "json")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let data = try #require(outcome.output.data(using: .utf8))
        let document = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let entries = try #require(document["entries"] as? [[String: Any]])
        let size = try #require(FileManager.default.attributesOfItem(atPath: guest)[.size] as? Int)
        #expect(document["schema"] as? String == "irqproof/ledger/1")
        #expect(entries.compactMap { $0["bytes"] as? Int }.reduce(0, +) == size)
        #expect((document["unknown_sections"] as? [Any])?.isEmpty == true)
    }

    @Test func theLedgerOfACutStreamShowsWhatThereIsAndIsTrouble() throws {
        let whole = try Fixtures.capture("q5.2_2.12_legacy_A_reset").stream()
        let cut = try folder.write(Array(whole.dropLast(20_000)), to: "cut")
        let outcome = try Tool.run("inspect", cut, "--ledger")
        #expect(outcome.status == 2)
        #expect(outcome.output.contains("not understood"))
        #expect(outcome.errorLines.count == 1)
    }

    @Test func aSnapshotFileHasNoLedger() throws {
        let store = folder.path("store.db")
        #expect(try Tool.run("import", guest, "--into", store).status == 0)
        let outcome = try Tool.run("inspect", store, "--ledger")
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("snapshot file"))
    }
}
