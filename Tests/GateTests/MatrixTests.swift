import PSeries
import Replay
import Scenarios
import Testing

@testable import Gate

@Suite struct MatrixTests {
    private func build(_ name: String, _ types: Set<String>) -> GateBuild {
        GateBuild(name: name, path: "/" + name, version: name, digest: "", machineTypes: types)
    }

    private func matrix(_ change: (inout Policy) -> Void = { _ in }) throws -> Matrix {
        var policy = Policy(candidate: Policy.Build(name: "new", path: "new"))
        policy.references = [Policy.Build(name: "old", path: "old")]
        change(&policy)
        let builds = [
            build("old", ["pseries-2.7", "pseries-3.1", "pseries-7.2"]),
            build("new", ["pseries-3.1", "pseries-7.2", "pseries-10.0"]),
        ]
        let topologies = try policy.topologies.map { try Topology(name: $0, text: Topology.bundledText($0) ?? "") }
        let scenarios = policy.scenarios.map { name -> GateScenario in
            Workload(rawValue: name).map { .workload($0) }
                ?? .own(name: name, text: ScenarioLibrary.entry(named: name)?.text ?? "")
        }
        return try Matrix(policy: policy, builds: builds, topologies: topologies, scenarios: scenarios)
    }

    @Test func aPatternThatNamesNothingIsToldAndLeavesTheGateUndecided() throws {
        let matrix = try matrix { $0.machineTypes = ["pseries-2.*"] }
        #expect(matrix.cells.isEmpty)
        #expect(matrix.gaps.contains { $0.contains("pseries-2.*") })
        let policy = Policy(candidate: Policy.Build(name: "new", path: "new"))
        let day = try #require(Day("2026-01-01"))
        let report = GateReport(policy: policy, builds: [], matrix: matrix, results: [:], today: day)
        #expect(report.verdict == .undecided)
    }

    @Test func onlyTypesThatBothBuildsHaveAreCrossed() throws {
        #expect(Set(try matrix().cells.map(\.machineType)) == ["pseries-3.1", "pseries-7.2"])
    }

    @Test func everyCellHasAScenarioThatReads() throws {
        let matrix = try matrix()
        #expect(Set(matrix.cells.map(\.id)).count == matrix.cells.count)
        for cell in matrix.cells {
            let text = try #require(matrix.text(of: cell))
            let scenario = try ScenarioReader.scenario(text, file: cell.id)
            #expect(scenario.source.type.name == cell.machineType)
            #expect(scenario.steps.contains { $0.action == .migrate })
        }
    }

    /// What a workload demands must hold on the model, where nothing is lost that is not meant to be.
    @Test func workloadsEndIdenticalOnTheModelOfABuildWithoutLosses() throws {
        let matrix = try matrix { $0.scenarios.removeAll { $0 == "in-flight" } }
        for cell in matrix.cells {
            var scenario = try ScenarioReader.scenario(try #require(matrix.text(of: cell)), file: cell.id)
            scenario.source.build = .qemu11p1
            scenario.destination?.build = .qemu11p1
            #expect(try ScenarioRun(scenario).unmet(scenario.expectation) == [], "\(cell.id)")
        }
    }

    @Test(arguments: [1, 2, 3, 7, 50])
    func shardsAreDisjointCompleteAndOfOneSize(_ count: Int) throws {
        let matrix = try matrix()
        let shards = try (1...count).map { try #require(Shard("\($0)/\(count)")) }
        let parts = shards.map { matrix.cells(ofShard: $0).map(\.ordinal) }
        #expect(parts.flatMap { $0 }.sorted() == Array(matrix.cells.indices))
        let sizes = parts.map(\.count)
        #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
    }

    @Test func aScenarioWithAMachineOfItsOwnIsOneCellARoute() throws {
        let matrix = try matrix { $0.scenarios = ["break-extra-phb"] }
        #expect(matrix.cells.map(\.id) == ["old>new/pseries-7.2/xive/own/break-extra-phb"])
    }

    @Test(arguments: [
        ("*", "", true), ("a*c", "abbc", true), ("a*c", "abbd", false), ("a?c", "abc", true), ("a?c", "ac", false),
        ("*/smp/*", "x/smp/boot", true), ("", "", true), ("", "a", false), ("a**b", "ab", true),
        ("*a*b*c", "xxaxbxbxc", true),
    ])
    func aGlobMatchesAsAShellsDoes(_ pattern: String, _ text: String, _ matches: Bool) {
        #expect(Glob(pattern).matches(text) == matches)
    }
}
