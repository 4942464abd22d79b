import Descriptions
import PSeries
import Scenarios
import Testing

@testable import Gate

@Suite struct BaselineTests {
    private static let text = """
        machine: {type: pseries-7.2, ic-mode: xive, devices: [{phb: 1}]}
        destination: same
        steps:
          - negotiate: xive
          - queue: {server: 0, page: 0x2000000}
          - bind: {number: epow, server: 0, eisn: 0x10}
          - raise: epow
          - migrate
        """
    private static let cell = Cell(
        route: ["a", "a"], machineType: "pseries-7.2", mode: "xive", topology: "minimal", scenario: "boot")

    private func record(_ change: (String) -> String = { $0 }) throws -> CellRecord {
        let scenario = try ScenarioReader.scenario(change(Self.text), file: "test")
        return try #require(CellRecord(try ScenarioRun(scenario)))
    }

    private func baseline() throws -> Baseline {
        Baseline(version: "7.2 \"x\"", records: [Self.cell.recordID: try record()])
    }

    @Test(arguments: ["", "irqproof-baseline: 2", "irqproof-baseline: 1\nqemu: x\ncells: {}\nfacts: {}"])
    func whatIsNoBaselineIsRefused(_ text: String) {
        #expect(throws: DescriptionError.self) { try Baseline(parsing: text) }
    }

    @Test func whatIsWrittenIsReadAgain() throws {
        let baseline = try baseline()
        #expect(try Baseline(parsing: baseline.text) == baseline)
        #expect(try Baseline(parsing: baseline.text).text == baseline.text)
    }

    @Test func aChangeByHandIsNoticed() throws {
        let text = try baseline().text
        let changed = text.replacing("msi ", with: "lsi ")
        try #require(changed != text)
        #expect(throws: DescriptionError.self) { try Baseline(parsing: changed) }
    }

    @Test func theSameRunHasNoFindings() throws {
        #expect(try baseline().findings(of: Self.cell, record: record()).isEmpty)
    }

    @Test(arguments: [
        ("{phb: 1}", "{phb: 2}", "baseline/map"), ("eisn: 0x10", "eisn: 0x11", "baseline/binding"),
        ("page: 0x2000000", "page: 0x3000000", "baseline/queue"), ("- raise: epow", "- open", "baseline/context"),
        ("ic-mode: xive", "ic-mode: dual", "baseline/machine"),
    ])
    func aChangeIsFoundWhereItIs(_ old: String, _ new: String, _ rule: String) throws {
        let findings = try baseline().findings(of: Self.cell, record: record { $0.replacing(old, with: new) })
        #expect(findings.map(\.rule).contains(rule))
        #expect(findings.allSatisfy { $0.severity == "error" && !$0.details.isEmpty })
    }

    @Test func whatWasNotRecordedOrNotRunIsTold() throws {
        var other = Self.cell
        other.scenario = "idle"
        #expect(try baseline().findings(of: other, record: record()).map(\.rule) == ["baseline/not-recorded"])
        #expect(try baseline().findings(without: [other]).map(\.rule) == ["baseline/not-run"])
        #expect(try baseline().findings(without: [Self.cell]).isEmpty)
    }
}
