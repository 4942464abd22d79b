import CaptureSupport
import Checker
import Foundation
import Testing

/// Files of released versions, kept as they were written: what is stored once can be read for ever.
@Suite struct CompatibilityTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Fixtures/compatibility").standardizedFileURL

    /// Snapshot files of each released schema, and the content digests that their snapshots had.
    private static let files: [(name: String, digests: [String: String])] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasPrefix("schema-") && $0.hasSuffix(".json") }.sorted().compactMap { name in
            guard let data = try? Data(contentsOf: folder.appending(path: name)),
                let digests = try? JSONDecoder().decode([String: String].self, from: data)
            else { return nil }
            return (name.replacing(".json", with: ".db"), digests)
        }
    }()

    @Test func thereIsAFileOfEverySchema() {
        #expect(Self.files.map(\.name) == ["schema-1.db"])
    }

    @Test func snapshotsOfOlderFilesAreReadAndAreWhatTheyWere() throws {
        let temporary = try TemporaryFolder()
        for file in Self.files {
            let before = try Data(contentsOf: Self.folder.appending(path: file.name))
            let path = try temporary.write([UInt8](before), to: file.name)
            #expect(try Tool.run("fsck", path).status == 0)
            let listing = try Tool.run("list", path, "--format", "json")
            let object = try JSONSerialization.jsonObject(with: Data(listing.output.utf8)) as? [String: Any]
            let snapshots = try #require(object?["snapshots"] as? [[String: Any]])
            let found = Dictionary(
                uniqueKeysWithValues: snapshots.map { ($0["name"] as? String ?? "", $0["digest"] as? String ?? "") })
            #expect(found == file.digests)
            for name in file.digests.keys {
                #expect(try Tool.run("inspect", "\(path)#\(name)").status == 0)
                #expect(try Tool.run("verify", "\(path)#\(name)", "\(path)#\(name)").status == 0)
            }
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
        }
    }

    /// The canonical form is an interface: the same machine has the digest that it had in every release.
    @Test func theSameMachineHasTheSameDigestAsEver() throws {
        let temporary = try TemporaryFolder()
        let stored = temporary.path("now.db")
        let digests = try #require(Self.files.first?.digests)
        for name in digests.keys.sorted() where name.hasPrefix("q") {
            let stream = try temporary.write(Fixtures.capture(name).stream(), to: "stream")
            let outcome = try Tool.run("import", stream, "--into", stored, "--name", name)
            #expect(outcome.output.contains(digests[name] ?? "nothing"), "\(outcome.output)")
        }
    }

    /// A rule that a script looks for must not vanish or change its name.
    @Test func everyReleasedRuleIsStillThere() throws {
        let known = try String(contentsOf: Self.folder.appending(path: "rules.txt"), encoding: .utf8)
            .split(separator: "\n").map(String.init)
        #expect(known.count > 50)
        #expect(Set(known).subtracting(Rule.all.map(\.id)).isEmpty)
    }

    @Test func aFileOfANewerReleaseIsRefusedWithItsVersion() throws {
        let temporary = try TemporaryFolder()
        let path = try temporary.write(
            [UInt8](Data(contentsOf: Self.folder.appending(path: "schema-1.db"))), to: "newer.db")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["sqlite3", path, "PRAGMA user_version = 7"]
        try process.run()
        process.waitUntilExit()
        let outcome = try Tool.run("list", path)
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("7") && outcome.errors.contains("newer"), "\(outcome.errors)")
    }
}
