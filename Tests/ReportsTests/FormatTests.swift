import Checker
import Foundation
import InterruptState
import Testing

@testable import Reports

/// What each form promises beyond being well-formed.
@Suite struct FormatTests {
    private func many(_ count: Int, of rule: Rule) -> [Finding] {
        (0..<count).map { Migrations.finding(rule, "finding \($0)", subjects: ["device \($0)"], number: UInt32($0)) }
    }

    private func rule(_ severity: Severity) throws -> Rule {
        try #require(Rule.all.first { $0.severity == severity })
    }

    private func render(_ format: VerificationFormat, _ migration: VerifiedMigration) -> String {
        format.renderer(style: .plain).render(migration)
    }

    private func object(_ text: String) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(text.utf8))
    }

    // MARK: - Red always has a reason

    @Test(arguments: VerificationFormat.allCases)
    func undecidedIsSaidWithItsReason(format: VerificationFormat) {
        var migration = Migrations.migration([], verdict: .undecided)
        migration.verification.notCompared = [NotCompared(subject: "queues", reason: "No memory was captured.")]
        let text = render(format, migration)
        #expect(text.contains("No memory was captured."))
        #expect(text.lowercased().contains("undecided"))
    }

    @Test func undecidedIsAnErrorForMachines() throws {
        let migration = Migrations.migration([], verdict: .undecided)
        #expect(render(.junit, migration).contains("<error message=\"UNDECIDED"))
        #expect(render(.github, migration).contains("::error title=UNDECIDED"))
        #expect((try object(render(.gitlab, migration)) as? [Any])?.count == 1)
        #expect(render(.sarif, migration).contains("\"executionSuccessful\": false"))
    }

    // MARK: - Many verdicts

    @Test func junitOfAMatrixHasACaseForEachCellAndPassesNoneWithoutAVerdict() {
        let cells = MatrixReport.Outcome.allCases.map { outcome in
            MatrixReport.Cell(
                place: [outcome.rawValue, "x"], outcome: outcome, remarks: [.init(rule: "a/b", text: "why")])
        }
        let matrix = MatrixReport(
            title: "all", verdict: .different, summary: "Five cells.", axes: ["a", "b"], cells: cells,
            general: [.init(rule: "", text: "a waiver is of no use")], toolVersion: "0.0.0")
        let text = matrix.junit()
        func count(_ tag: String) -> Int { text.components(separatedBy: "<\(tag) ").count - 1 }
        #expect(count("testcase") == 6 && count("failure") == 2 && count("error") == 1 && count("skipped") == 1)
        #expect(text.contains(#"tests="6" failures="2" errors="1""#))
        #expect(text.contains("a waiver is of no use") && matrix.html().contains("a waiver is of no use"))
    }

    // MARK: - Width

    /// As wide as the terminal at most, and not a word lost.
    @Test(arguments: Migrations.kept) func textIsAsWideAsTheTerminal(name: String) throws {
        let migration = try Migrations.fixture(name)
        let wide = render(.text, migration)
        for width in 40...200 {
            let set = TextRenderer(style: TextStyle(usesColour: false, width: width)).render(migration)
            for line in set.split(separator: "\n") { #expect(line.count <= width, "\(line)") }
            #expect(set.split { $0.isWhitespace } == wide.split { $0.isWhitespace })
            #expect(set.contains("\ncompared  ") && set.contains("\nfound  "))
        }
    }

    @Test func wordLongerThanTheWidthStaysWhole() {
        let style = TextStyle(usesColour: false, width: 40)
        let word = String(repeating: "x", count: 60)
        #expect(style.wrapped("a \(word) b", indent: 2) == ["a", "  " + word, "  b"])
        #expect(style.wrapped("", indent: 2) == [""])
        #expect(style.wrapped("  short", indent: 2) == ["  short"])
    }

    // MARK: - Limits

    @Test(arguments: [(10, 10), (11, 9), (300, 9)])
    func githubGetsTenOfAKindAndTheNumberDropped(count: Int, shown: Int) throws {
        for severity in Severity.allCases {
            let text = render(.github, Migrations.migration(many(count, of: try rule(severity))))
            let commands = text.split(separator: "\n").filter { $0.hasPrefix("::") }
            #expect(commands.count == 10)
            #expect(commands.count { $0.contains("finding ") } == shown)
            if shown < count { #expect(text.contains("\(count - shown) more of severity")) }
        }
    }

    @Test func gitlabReportIsLimitedAndSaysSo() throws {
        let text = render(.gitlab, Migrations.migration(many(1_200, of: try rule(.error))))
        let issues = try #require(try object(text) as? [[String: Any]])
        #expect(issues.count == 1_000)
        #expect(
            issues.last?["description"] as? String
                == "201 more findings are not in this report, which holds at most 1000.")
        #expect(Set(issues.compactMap { $0["fingerprint"] as? String }).count == 1_000)
    }

    @Test func markdownIsLimitedAndSaysSo() throws {
        let text = render(.markdown, Migrations.migration(many(2_000, of: try rule(.error))))
        #expect(text.contains("1950 more findings"))
        #expect(text.utf8.count < 65_536)
    }

    // MARK: - Fingerprints

    @Test func fingerprintIsOfRuleSubjectsAndNumbersAlone() throws {
        let (rule, another) = (try rule(.error), try self.rule(.note))
        let finding = Migrations.finding(rule, "one wording", subjects: ["a", "b"], number: 5)
        let base = FindingIdentity.fingerprints(of: [finding])
        #expect(base[0].count == 64)
        #expect(
            FindingIdentity.fingerprints(of: [Migrations.finding(rule, "another", subjects: ["a", "b"], number: 5)])
                == base)
        #expect(
            FindingIdentity.fingerprints(of: [
                Migrations.finding(another, "one wording", subjects: ["a", "b"], number: 5)
            ]) != base)
        #expect(
            FindingIdentity.fingerprints(of: [Migrations.finding(rule, "one wording", subjects: ["ab"], number: 5)])
                != base)
        #expect(
            FindingIdentity.fingerprints(of: [Migrations.finding(rule, "one wording", subjects: ["a", "b"], number: 6)])
                != base)
        #expect(Set(FindingIdentity.fingerprints(of: [finding, finding])).count == 2)
    }

    // MARK: - JUnit

    @Test(arguments: Migrations.kept) func junitCountsWhatItHolds(name: String) throws {
        let migration = try Migrations.fixture(name)
        let text = render(.junit, migration)
        func count(_ tag: String) -> Int { text.components(separatedBy: "<\(tag) ").count - 1 }
        for (attribute, tag) in [
            ("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped"),
        ] {
            #expect(text.contains(" \(attribute)=\"\(count(tag))\""), "\(attribute) is not \(count(tag))")
        }
        #expect((count("failure") > 0) == (migration.verification.verdict == .different))
    }

    // MARK: - SARIF

    @Test(arguments: Migrations.kept) func sarifNamesItsRulesAndPlaces(name: String) throws {
        let migration = try Migrations.fixture(name, level: .exact)
        let log = try #require(try object(render(.sarif, migration)) as? [String: Any])
        #expect(log["version"] as? String == "2.1.0")
        let run = try #require((log["runs"] as? [[String: Any]])?.first)
        let driver = try #require((run["tool"] as? [String: Any])?["driver"] as? [String: Any])
        let rules = try #require(driver["rules"] as? [[String: Any]])
        let artifacts = try #require(run["artifacts"] as? [[String: Any]])
        #expect(artifacts.count == migration.sides.named.count)
        let results = try #require(run["results"] as? [[String: Any]])
        #expect(results.count == migration.verification.findings.count)
        for (result, finding) in zip(results, migration.verification.findings) {
            let index = try #require(result["ruleIndex"] as? Int)
            #expect(rules[index]["id"] as? String == result["ruleId"] as? String)
            #expect(["error", "warning", "note"].contains(result["level"] as? String))
            let locations = try #require(result["locations"] as? [[String: Any]])
            #expect((1...100).contains(locations.count))
            for location in locations {
                let physical = try #require(location["physicalLocation"] as? [String: Any])
                let artifact = try #require(physical["artifactLocation"] as? [String: Any])
                let place = try #require(artifact["index"] as? Int)
                let listed = artifacts[place]["location"] as? [String: Any]
                #expect(listed?["uri"] as? String == artifact["uri"] as? String)
            }
            let sites = finding.details.flatMap { [$0.sourceSite, $0.otherSite] }.compactMap { $0?.offset }
            let offsets = locations.compactMap {
                (($0["physicalLocation"] as? [String: Any])?["region"] as? [String: Any])?["byteOffset"] as? UInt64
            }
            #expect(offsets == Array(sites.prefix(100)))
            let logical = locations.first?["logicalLocations"] as? [[String: Any]]
            #expect(
                logical?.count == min(100, finding.numbers.ranges.count) + min(100, finding.subjects.count))
        }
    }

    @Test func uriOfAnyPathIsAURI() throws {
        for name in ["a b.mig", "/tmp/ü#1.mig", "C:\\x", "%41", "snap.db#x", "-"] {
            let text = render(.sarif, Migrations.migration([], name: name))
            let run = try #require(((try object(text) as? [String: Any])?["runs"] as? [[String: Any]])?.first)
            let location = (run["artifacts"] as? [[String: Any]])?.first?["location"] as? [String: Any]
            let uri = try #require(location?["uri"] as? String)
            #expect(uri.unicodeScalars.allSatisfy { $0.isASCII && !" #\\\"<>".unicodeScalars.contains($0) }, "\(uri)")
            #expect(uri.removingPercentEncoding == (name.hasPrefix("/") ? "file://" : "") + name)
        }
    }
}
