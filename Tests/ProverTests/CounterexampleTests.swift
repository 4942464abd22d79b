import Checker
import InterruptState
import PSeries
import Replay
import Scenarios
import Testing

@testable import Prover

/// Counterexamples are scenarios: what `prove` writes, `replay` runs, and the difference is there.
@Suite struct CounterexampleTests {
    private struct Replayed {
        var claim: String
        var observation: String
        var scenario: Scenarios.Scenario
        var run: ScenarioRun
    }

    private func replayed(_ name: String) throws -> [Replayed] {
        let type = try type(name)
        let types = MachineTypeCatalogue(own: [type])
        return try HistoryIndependence(type, bounds: testBounds()).proofs().compactMap { proof in
            guard let found = proof.counterexample else { return nil }
            let scenario = try ScenarioReader.scenario(found.scenario, file: proof.claim, types: types)
            return Replayed(
                claim: proof.claim, observation: found.observation, scenario: scenario,
                run: try ScenarioRun(scenario))
        }
    }

    /// Every counterexample ends different, with the numbers that the search names.
    @Test(arguments: ["pseries-2.7", "pseries-3.0", "pseries-3.1", "pseries-7.2", "pseries-11.1", "sparse"])
    func everyCounterexampleIsReplayedAndEndsDifferent(_ name: String) throws {
        let all = try replayed(name)
        #expect(!all.isEmpty)
        for one in all {
            #expect(one.run.unmet(one.scenario.expectation) == [], "\(one.claim)")
            #expect(one.run.judgement()?.verdict == .different, "\(one.claim)")
            let refusals = one.run.sourceOutcomes.compactMap(\.refusal)
            #expect(refusals.isEmpty || one.run.sourceEnd != nil, "\(one.claim): \(refusals)")
            try compareNumbers(one)
        }
    }

    private func compareNumbers(_ one: Replayed) throws {
        let numbers = one.observation.matches(of: /0x([0-9a-f]+) on (?:the source|a destination|the destination)/)
            .compactMap { UInt32($0.1, radix: 16).map { LogicalNumber($0) } }
        guard numbers.count == 2 else { return }
        let destination = try #require(one.run.loaded ?? one.run.constructed)
        let owner = try #require(one.run.source.owner(of: numbers[0]), "\(one.claim)")
        #expect(destination.owner(of: numbers[1]) == owner, "\(one.claim): \(one.observation)")
    }

    /// A history that does no harm is none: the same machine without it is identical to itself.
    @Test func withoutItsHistoryTheCounterexampleIsIdentical() throws {
        for one in try replayed("pseries-7.2") where one.scenario.destinationSteps != nil {
            var scenario = one.scenario
            scenario.steps = scenario.destinationSteps ?? []
            #expect(try ScenarioRun(scenario).judgement()?.verdict == .identical, "\(one.claim)")
        }
    }
}
