import CaptureSupport
import Checker
import Foundation
import InterruptState
import PSeries
import Prover
import Testing

@testable import Reports

/// The tool's JSON against the tool's schemas.
@Suite struct SchemaTests {
    /// A validator that accepts everything would prove nothing.
    @Test func validatorSeesFaults() throws {
        let validator = try SchemaValidator(JSONSchema.list.text)
        #expect(try validator.faults(#"{"schema": "irqproof/list/1", "snapshots": []}"#).isEmpty)
        #expect(try !validator.faults(#"{"schema": "irqproof/list/2", "snapshots": []}"#).isEmpty)
        #expect(try !validator.faults(#"{"schema": "irqproof/list/1"}"#).isEmpty)
        #expect(try !validator.faults(#"{"schema": "irqproof/list/1", "snapshots": [{}]}"#).isEmpty)
        #expect(try !validator.faults(#"{"schema": "irqproof/list/1", "snapshots": [], "more": 1}"#).isEmpty)
    }

    @Test(arguments: Migrations.kept, Level.allCases) func verifyFollowsItsSchema(name: String, level: Level) throws {
        let report = JSONRenderer().render(try Migrations.fixture(name, level: level))
        #expect(try SchemaValidator(JSONSchema.verify.text).faults(report) == [])
    }

    // MARK: - SARIF's own schema

    private func sarif() throws -> SchemaValidator {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(
            path: "Schemas/sarif-2.1.0.json")
        return try SchemaValidator(String(contentsOf: file, encoding: .utf8), refusesUnnamed: false)
    }

    @Test(arguments: [
        #"{"version": "2.1.0"}"#, #"{"version": "2.1", "runs": []}"#, #"{"version": "2.1.0", "runs": [{}]}"#,
        #"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "results": [{"message": {}}]}]}"#,
        #"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "results": [{"message": {"text": "x"}, "level": "bad"}]}]}"#,
        #"{"version": "2.1.0", "runs": [], "more": 1}"#,
    ])
    func publishedSchemaSeesFaults(log: String) throws {
        #expect(try !sarif().faults(log).isEmpty)
    }

    @Test(arguments: Migrations.kept, Level.allCases)
    func sarifFollowsThePublishedSchema(name: String, level: Level) throws {
        let log = SARIFRenderer().render(try Migrations.fixture(name, level: level))
        #expect(try sarif().faults(log) == [])
    }

    @Test(arguments: HostileTextTests.names) func sarifOfHostileNamesFollowsThePublishedSchema(name: String) throws {
        let finding = Migrations.finding(Rule.all[0], name, subjects: [name], number: 7)
        #expect(try sarif().faults(SARIFRenderer().render(Migrations.migration([finding], name: name))) == [])
    }

    // MARK: - The tool's other forms

    @Test(arguments: [
        "lx_q7.2_7.2_xive", "lx_q7.2_7.2_xics", "lx_q7.2_3.0_legacy", "ram_q7.2_7.2_xive_C", "q5.2_5.2_dual_A_reset",
        "q5.2_2.12_legacy_B_reset",
    ])
    func inspectFollowsItsSchema(name: String) throws {
        let state = try Migrations.state(Fixtures.capture(name))
        let report = InspectionReport.json(
            state, findings: Checker.inspect(state),
            evidence: Evidence(name: name, facts: [("container", "migration stream")], notes: ["a note"]))
        #expect(try SchemaValidator(JSONSchema.inspect.text).faults(report) == [])
    }

    @Test func listFollowsItsSchema() throws {
        let state = try Migrations.state(Fixtures.capture("q7.2_7.2_xive_A_reset"))
        let entry = ListReport.Entry(
            name: "a", machineType: nil, mode: .xive, claimedCount: 1, queueCount: 2, cpuCount: 3,
            importTime: "2025-01-01T00:00:00Z", digest: state.digest().description, file: "a.mig")
        #expect(try SchemaValidator(JSONSchema.list.text).faults(ListReport.json([entry])) == [])
    }

    @Test func explainFollowsItsSchema() throws {
        #expect(try SchemaValidator(JSONSchema.explain.text).faults(RuleReport.json(Rule.all)) == [])
    }

    // MARK: - Number maps

    private func machine(_ name: String) throws -> MachineDescription {
        MachineDescription(type: try #require(MachineType.named(name)))
    }

    @Test(arguments: ["pseries-2.7", "pseries-3.0", "pseries-7.2"]) func mapFollowsItsSchema(name: String) throws {
        let report = MapReport.json(try MachineMap(machine(name)))
        #expect(try SchemaValidator(JSONSchema.map.text).faults(report) == [])
    }

    @Test(arguments: [("pseries-3.0", "pseries-3.1"), ("pseries-4.1", "pseries-4.2"), ("pseries-7.1", "pseries-7.2")])
    func compareFollowsItsSchema(first: String, second: String) throws {
        let report = ComparisonReport.json(MachineComparison(try machine(first), try machine(second)))
        #expect(try SchemaValidator(JSONSchema.compare.text).faults(report) == [])
    }

    @Test func classesFollowTheirSchema() throws {
        let report = ClassesReport.json(MachineTypeClasses(MachineType.all))
        #expect(try SchemaValidator(JSONSchema.classes.text).faults(report) == [])
    }

    @Test(arguments: ["pins", "vcpu"]) func proveFollowsItsSchema(claim: String) throws {
        let statement = Statement([try machine("pseries-7.2").type], bounds: Bounds())
        let report = ProofReport.json(statement.proofs { $0.hasPrefix(claim) })
        #expect(try SchemaValidator(JSONSchema.prove.text).faults(report) == [])
    }

    // MARK: - The tool itself

    @Test func configAndDoctorFollowTheirSchemas() throws {
        let settings = SettingsReport(file: nil, settings: [.init(name: "types", value: nil, origin: "default")])
        #expect(try SchemaValidator(JSONSchema.config.text).faults(settings.json()) == [])
        let items = DoctorReport.State.allCases.map { DoctorReport.Item(name: "x", state: $0, detail: "y") }
        let doctor = DoctorReport(groups: [.init(title: "All", items: items)])
        #expect(try SchemaValidator(JSONSchema.doctor.text).faults(doctor.json()) == [])
        #expect(doctor.hasBroken)
    }
}
