import CaptureSupport
import Foundation
import Testing

/// One test for each promise of the page on the threat model, named as there.
@Suite struct ThreatModelTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func store(_ names: [String]) throws -> String {
        let stream = try folder.write(Fixtures.capture("q7.2_7.2_xive_A_reset").stream(), to: "guest.mig")
        let path = folder.path("s.db")
        for name in names {
            #expect(try Tool.run("import", stream, "--into", path, "--name", name, "--replace").status == 0)
        }
        return path
    }

    private func sql(_ path: String, _ statement: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["sqlite3", path, statement]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    private func hasControlCharacters(_ text: String) -> Bool {
        text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || (0x7f..<0xa0).contains($0.value) }
    }

    // MARK: - Evidence

    @Test func aChangedSnapshotIsNotReadAndTheOthersAre() throws {
        let path = try store(["one", "two"])
        #expect(try Tool.run("fsck", path).status == 0)
        try sql(path, "UPDATE snapshot SET vcpu_count = vcpu_count + 1 WHERE name = 'two'")
        let check = try Tool.run("fsck", path)
        #expect(check.status == 1)
        #expect(check.output.contains("damaged  two"))
        #expect(check.output.contains("1 of 2 snapshots can be trusted"))
        #expect(try Tool.run("inspect", path + "#two").status == 2)
        #expect(try Tool.run("inspect", path + "#one").status == 0)
    }

    @Test func aSnapshotFileExecutesNothingOfItsOwn() throws {
        let path = try store(["one"])
        try sql(path, "CREATE TRIGGER t AFTER INSERT ON snapshot BEGIN DELETE FROM provenance; END")
        for command in [["list", path], ["inspect", path], ["fsck", path]] {
            #expect(try Tool.run(command).status == 2, "\(command)")
        }
    }

    // MARK: - Text

    @Test func textOfFilesNeverReachesTheTerminalRaw() throws {
        let hostile = "\u{1b}]0;owned\u{07}\u{202e}<script>]]>\u{9b}31m"
        let path = try store([hostile])
        let scenario = try folder.write(
            Array(
                #"""
                scenario: "x\e]0;owned\a"
                machine: {type: pseries-7.2, ic-mode: xive}
                destination: same
                steps: [{hcall: [H_INT_RESET, 0], gives: 7}]
                """#.utf8), to: "s.yaml")
        let broken = try folder.write(Array("machine: {type: \"\\e[31mred\"}\n".utf8), to: "b.yaml")
        let trace = try folder.write(Array("spapr_xive_claim_irq lisn=0x1\u{1b}[31m lsi=0\n".utf8), to: "trace.log")
        for command in [
            ["list", path], ["inspect", path], ["verify", path, path], ["fsck", path],
            ["inspect", path + "#" + hostile],
            ["inspect", path + "#\u{1b}[0m"], ["replay", scenario], ["inspect", broken], ["replay", broken],
            ["replay", "--trace", trace, "--source", broken], ["replay", "--trace", trace, "--source", "pseries-7.2"],
            ["import", scenario, "--into", folder.path("t.db"), "--name", hostile], ["inspect", hostile],
        ] {
            let outcome = try Tool.run(command)
            #expect(!hasControlCharacters(outcome.output + outcome.errors), "\(command)")
        }
    }

    // MARK: - Input

    @Test func aScenarioCannotNameAProgramOrAFile() throws {
        for line in ["exec: /bin/true", "machine: {type: pseries-7.2, kernel: /etc/passwd}", "include: /etc/passwd"] {
            let text = "machine: {type: pseries-7.2}\n\(line)\n"
            let outcome = try Tool.run("replay", try folder.write(Array(text.utf8), to: "s.yaml"))
            #expect(outcome.status == 2, "\(line)")
        }
    }

    /// A program that leaves a trace if it is run.
    private func program(_ name: String) throws -> String {
        let text = "#!/bin/sh\necho > '\(folder.path("\(name)-ran"))'\n"
        let path = try folder.write(Array(text.utf8), to: name)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        return path
    }

    private func hasRun(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: folder.path("\(name)-ran"))
    }

    /// Its own builds are the programs that a policy names, and none of them runs where the command line names others.
    @Test func aPolicyNamesNoProgramBeyondItsBuilds() throws {
        let (old, new) = (try program("old"), try program("new"))
        let (else1, else2) = (try program("else1"), try program("else2"))
        let policy = try folder.write(Array("reference: \(old)\ncandidate: \(new)\n".utf8), to: "p.yaml")
        let outcome = try Tool.run("gate", "--policy", policy, "--candidate", else2, "--reference", else1, "--list")
        #expect(outcome.status == 2)
        #expect(!hasRun("old") && !hasRun("new") && hasRun("else1"))
        let more = try folder.write(
            Array("reference: \(old)\ncandidate: \(new)\nhook: \(else1)\n".utf8), to: "more.yaml")
        #expect(try Tool.run("gate", "--policy", more, "--list").status == 2)
        #expect(!hasRun("old") && !hasRun("new"))
    }

    @Test func aSettingsFileThatWasFoundNamesNoProgram() throws {
        _ = try program("qemu-system-ppc64-9.9")
        let settings = try folder.write(Array("builds: .\n".utf8), to: ".irqproof.yaml")
        let found = try Tool.shell("cd \"$1\" && exec \"$IRQPROOF\" doctor", folder.path("."))
        #expect(found.status == 2 && found.errors.contains("IRQPROOF_BUILDS"))
        #expect(!hasRun("qemu-system-ppc64-9.9"))
        _ = try Tool.run(["doctor"], environment: ["IRQPROOF_CONFIG": settings])
        #expect(hasRun("qemu-system-ppc64-9.9"))
    }

    /// Aliases of aliases, and nesting without end: an error or an answer, and soon.
    @Test func aSmallFileCannotAskForMuch() throws {
        var bomb = "machine: {type: pseries-7.2}\na0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1..<30 {
            bomb += "a\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", "))]\n"
        }
        bomb += "steps: *a29\n"
        let deep = "machine: " + String(repeating: "[", count: 400_000)
        let deepBlock = "machine:\n" + (1..<1200).map { String(repeating: " ", count: $0) + "- \n" }.joined()
        for text in [bomb, deep, deepBlock] {
            let outcome = try Tool.run("replay", try folder.write(Array(text.utf8), to: "s.yaml"))
            #expect(outcome.status == 2, "\(outcome.errors.prefix(200))")
            #expect(outcome.errorLines.count == 1)
        }
    }

    @Test func specialFilesAreRefused() throws {
        let fifo = folder.path("fifo")
        #expect(mkfifo(fifo, 0o600) == 0)
        let guest = try folder.write(Fixtures.capture("q7.2_7.2_xive_A_reset").stream(), to: "guest.mig")
        let policy = try folder.write(Array("reference: \(fifo)\ncandidate: /dev/zero\n".utf8), to: "p.yaml")
        for command in [
            ["list", fifo], ["list", "/dev/zero"], ["fsck", "/dev/zero"], ["fsck", fifo], ["replay", "/dev/zero"],
            ["inspect", "/dev/zero"], ["import", "/dev/zero", "--into", folder.path("t.db")],
            ["import", folder.path("absent"), "--into", "/dev/null"], ["fsck", "/"],
            ["inspect", fifo], ["verify", guest, fifo], ["replay", fifo], ["map", fifo],
            ["replay", "--trace", fifo, "--source", fifo], ["check", fifo], ["check", "/dev/zero"],
            ["gate", "--policy", fifo], ["gate", "--policy", "/dev/zero"], ["gate", "--policy", policy],
            ["import", guest, "--into", fifo], ["verify", guest, guest, "--certificate", fifo],
            ["verify", guest, guest, "--certificate", folder.path(".")], ["init", fifo, "--force"],
        ] {
            #expect(try Tool.run(command).status == 2, "\(command)")
        }
        let facts = try FileManager.default.attributesOfItem(atPath: fifo)
        #expect(facts[.type] as? FileAttributeType != .typeRegular)
    }

    /// Links are followed to the file that they name, and stay.
    @Test func symbolicLinksAreFollowed() throws {
        let guest = try folder.write(Fixtures.capture("q7.2_7.2_xive_A_reset").stream(), to: "guest.mig")
        for (name, command) in [
            ("s.db", ["import", guest, "--into"]), ("c.cert", ["verify", guest, guest, "--certificate"]),
        ] {
            let (file, link) = (folder.path(name), folder.path("link-" + name))
            if name == "c.cert" { _ = try folder.write([], to: name) }
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file)
            #expect(try Tool.run(command + [link]).status == 0)
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == file)
            #expect(try Tool.run(name == "s.db" ? "fsck" : "check", file).status == 0)
        }
        let loop = folder.path("loop")
        try FileManager.default.createSymbolicLink(atPath: loop, withDestinationPath: loop)
        #expect(try Tool.run("inspect", loop).status == 2)
    }

    // MARK: - Output

    @Test func nothingIsLeftBesideTheSnapshotFile() throws {
        let path = try store(["one"])
        #expect(try Tool.run("inspect", path).status == 0)
        #expect(try Tool.run("import", folder.path("absent"), "--into", path).status == 2)
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path("."))
        #expect(Set(left) == ["guest.mig", "s.db"])
    }
}
