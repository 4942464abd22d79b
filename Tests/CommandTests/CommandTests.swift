import CaptureSupport
import Foundation
import Testing

/// What a user meets at the command line: statuses, one-line errors, files left as they were.
@Suite struct CommandTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func stream(_ capture: String, as name: String) throws -> String {
        try folder.write(Fixtures.capture(capture).stream(), to: name)
    }

    // MARK: - Trouble

    /// Every unreadable input: one line that names it, status 2, nothing on standard output.
    private func expectTrouble(_ outcome: Tool.Outcome, naming name: String) {
        #expect(outcome.status == 2)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errorLines.count == 1, "\(outcome.errors)")
        #expect(outcome.errors.hasPrefix("irqproof: "))
        #expect(outcome.errors.contains(name))
    }

    @Test func fileThatIsNotThereIsTrouble() throws {
        expectTrouble(try Tool.run("inspect", folder.path("absent")), naming: "absent")
    }

    @Test func directoryIsTrouble() throws {
        expectTrouble(try Tool.run("inspect", "/tmp"), naming: "directory")
    }

    @Test func deviceThatNeverEndsIsTrouble() throws {
        expectTrouble(try Tool.run("inspect", "/dev/zero"), naming: "/dev/zero")
    }

    @Test func emptyFileIsTrouble() throws {
        expectTrouble(try Tool.run("inspect", folder.write([], to: "empty")), naming: "empty")
    }

    @Test func fileOfAnotherKindIsTrouble() throws {
        let path = try folder.write(Array("just text, and enough of it to look at".utf8), to: "text")
        expectTrouble(try Tool.run("inspect", path), naming: "text")
    }

    @Test(arguments: [5, 12, 40, 4096, 1_000_000])
    func cutStreamIsTroubleWithAnOffset(length: Int) throws {
        let whole = try Fixtures.capture("q7.2_7.2_xive_A_reset").stream()
        let outcome = try Tool.run("inspect", folder.write(Array(whole.prefix(length)), to: "cut"))
        expectTrouble(outcome, naming: "cut")
        #expect(outcome.errors.contains("byte"))
    }

    @Test func foreignDatabaseIsTroubleAndStaysAsItIs() throws {
        let path = folder.path("foreign.db")
        let made = Process()
        made.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        made.arguments = ["sqlite3", path, "CREATE TABLE t (a)"]
        try made.run()
        made.waitUntilExit()
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        expectTrouble(try Tool.run("list", path), naming: "foreign.db")
        let source = try stream("q7.2_7.2_xive_A_reset", as: "source")
        expectTrouble(try Tool.run("import", source, "--into", path), naming: "foreign.db")
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }

    @Test func importOfOneBadFileStoresNone() throws {
        let good = try stream("q7.2_7.2_xive_A_reset", as: "good")
        let bad = try folder.write([1, 2, 3], to: "bad")
        let outcome = try Tool.run("import", good, bad, "--into", folder.path("none.db"))
        #expect(outcome.status == 2)
        #expect(!FileManager.default.fileExists(atPath: folder.path("none.db")))
    }

    @Test func unknownSnapshotIsTroubleThatNamesThoseThereAre() throws {
        let source = try stream("q7.2_7.2_xive_A_reset", as: "source")
        #expect(try Tool.run("import", source, "--into", folder.path("s.db"), "--name", "first").status == 0)
        let outcome = try Tool.run("inspect", folder.path("s.db") + "#second")
        expectTrouble(outcome, naming: "second")
        #expect(outcome.errors.contains("first"))
    }

    // MARK: - Usage

    @Test func wrongUsageIsSixtyFour() throws {
        let source = try stream("q7.2_7.2_xive_A_reset", as: "source")
        #expect(try Tool.run("verify", source).status == 64)
        #expect(try Tool.run("inspect").status == 64)
        #expect(try Tool.run("no-such-command").status == 64)
        #expect(try Tool.run("import", source, source, "--into", "x", "--name", "y").status == 64)
    }

    // MARK: - Verdicts

    @Test func identicalGuestIsZero() throws {
        let source = try stream("lx_q7.2_7.2_xive", as: "source")
        let destination = try stream("lxchain_7.2_xive_q7.2-q10.0/dst", as: "destination")
        let outcome = try Tool.run("verify", source, destination)
        #expect(outcome.status == 0)
        #expect(outcome.output.hasPrefix("IDENTICAL"))
        #expect(outcome.output.contains("8192 numbers walked"))
    }

    @Test func exchangedContextsAreOneAndNamed() throws {
        let pair = "brk_vcpu_order_xive"
        let outcome = try Tool.run(
            "verify", stream("\(pair)/src", as: "source"), stream("\(pair)/dst", as: "destination"), "--constructed",
            stream("\(pair)/dst-alone", as: "built"))
        #expect(outcome.status == 1)
        #expect(outcome.output.hasPrefix("DIFFERENT"))
        #expect(outcome.output.contains("context/exchanged"))
    }

    @Test func snapshotEqualsTheStreamItWasReadFrom() throws {
        let source = try stream("lx_q7.2_7.2_xive", as: "source")
        let stored = folder.path("s.db")
        #expect(try Tool.run("import", source, "--into", stored).status == 0)
        #expect(try Tool.run("verify", source, stored, "--level", "exact").status == 0)
        #expect(try Tool.run("list", stored).output.contains("source"))
    }

    // MARK: - Output

    @Test func coloursStayAwayFromPipes() throws {
        let source = try stream("q7.2_7.2_xive_A_reset", as: "source")
        #expect(!(try Tool.run("inspect", source).output.contains("\u{1b}")))
        #expect(try Tool.run("inspect", source, "--color", "always").output.contains("\u{1b}"))
    }

    @Test(arguments: [["inspect"], ["verify"]])
    func jsonIsJSONWithASchema(command: [String]) throws {
        let source = try stream("lx_q7.2_7.2_xive", as: "source")
        let inputs = command == ["verify"] ? [source, source] : [source]
        let outcome =
            inputs.count == 2
            ? try Tool.run("verify", inputs[0], inputs[1], "--format", "json")
            : try Tool.run("inspect", inputs[0], "--format", "json")
        let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
        #expect(object?["schema"] as? String == "irqproof/\(command[0])/1")
    }
}
