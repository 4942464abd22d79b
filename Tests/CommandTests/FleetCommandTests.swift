import CaptureSupport
import Foundation
import Testing

/// Many snapshots in one file: listings that choose, and verifications of all of them.
@Suite struct FleetCommandTests {
    private let folder: TemporaryFolder
    private let database: String

    /// Two builds of the same machine at reset, the same twice, and another one.
    init() throws {
        folder = try TemporaryFolder()
        database = folder.path("fleet.db")
        for (name, capture, build) in [
            ("old", "q7.2_5.2_dual_A_reset", "7.2"), ("new", "q11.1_5.2_dual_A_reset", "11.1"),
            ("copy", "q7.2_5.2_dual_A_reset", "7.2"), ("other", "q7.2_5.2_xive_B_reset", "7.2"),
        ] {
            let stream = try folder.write(Fixtures.capture(capture).stream(), to: name)
            let outcome = try Tool.run("import", stream, "--into", database, "--name", name, "--build", build)
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
    }

    private func listed(_ conditions: String...) throws -> [String] {
        let outcome = try Tool.run(["list", database] + conditions.flatMap { ["--where", $0] })
        #expect(outcome.status == 0, "\(outcome.errors)")
        return outcome.output.split(separator: "\n").dropFirst().map { String($0.prefix { $0 != " " }) }
    }

    @Test func unknownKeyIsUsage() throws {
        #expect(try Tool.run("list", database, "--where", "colour=red").status == 64)
        #expect(try Tool.run("list", database, "--where", "mode").status == 64)
    }

    @Test func listChoosesByEveryKey() throws {
        #expect(try listed("name=no*").isEmpty)
        #expect(try listed("name=o*") == ["old", "other"])
        #expect(try listed("machine=pseries-5.?") == ["old", "new", "copy", "other"])
        #expect(try listed("mode=xive") == ["other"])
        #expect(try listed("build=7.2") == ["old", "copy", "other"])
        #expect(try listed("owner=PHB 7 LSI pin 0") == ["other"])
        #expect(try listed("owner=PHB 1 LSI*", "build=11.*") == ["new"])
    }

    @Test func againstNamesWhatDiffers() throws {
        let outcome = try Tool.run("verify", database, "--against", "old", "--jobs", "2")
        #expect(outcome.status == 1)
        #expect(outcome.output.contains("different  old -> other"))
        #expect(outcome.output.contains("3 pairs, 2 identical, 1 different, 0 undecided"))
        #expect(try Tool.run("verify", database, "--against", "nobody").status == 2)
    }

    @Test func allPairsCountsEveryPairOnce() throws {
        let outcome = try Tool.run("verify", database, "--all-pairs")
        #expect(outcome.status == 1)
        #expect(outcome.output.contains("6 pairs, 3 identical, 3 different, 0 undecided"))
        let json = try Tool.run("verify", database, "--all-pairs", "--format", "json")
        let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        #expect(object?["schema"] as? String == "irqproof/fleet/1")
    }

    @Test func fleetOptionsGoWithAFileAlone() throws {
        #expect(try Tool.run("verify", database, database, "--all-pairs").status == 64)
        #expect(try Tool.run("verify", database, "--all-pairs", "--against", "old").status == 64)
        #expect(try Tool.run("verify", database, "--all-pairs", "--jobs", "0").status == 64)
    }

    @Test func oneDamagedSnapshotMakesTheWholeUndecided() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["sqlite3", database, "UPDATE snapshot SET vcpu_count = 9 WHERE name = 'new'"]
        try process.run()
        process.waitUntilExit()
        let outcome = try Tool.run("verify", database, "--against", "old")
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("new"))
    }
}
