import BuildReplay
import QEMUControl
import Scenarios
import Testing

/// Bundled scenarios on real builds: what holds on the model holds there.
@Suite(.needsQEMU) struct BuildReplayTests {
    /// Scenarios whose end is the same on every build.
    private static let names = [
        "cas-switch", "phb-hotplug", "linux-xive", "msi-churn", "break-vcpu-order", "break-vsmt-xive",
        "break-maxcpus-xics", "break-extra-phb", "break-extra-vio", "break-hotplug-events", "break-mode-fallen",
        "repaired-extra-vio", "refused-vio-order",
    ]

    @Test(arguments: names)
    func aBundledScenarioEndsAsItSays(_ name: String) throws {
        let text = try #require(ScenarioLibrary.entry(named: name)?.text)
        let scenario = try ScenarioReader.scenario(text, file: name)
        // The release that the scenarios are written for.
        guard let build = Builds.present.first(where: { $0.release == "7.2" }) else { return }
        var stage = BuildStage(scenario, source: build.path, destinations: [build.path], limit: .seconds(60))
        let run = try ScenarioRun(scenario, on: &stage)
        #expect(run.unmet(scenario.expectation) == [])
    }

    @Test func whatNoBuildCanBeIsToldBeforeAnythingRuns() throws {
        let build = try #require(Builds.present.last)
        let text = "machine: {type: pseries-7.2, map: sparse}\ndestination: same\nsteps: [migrate]"
        let scenario = try ScenarioReader.scenario(text, file: "test")
        var stage = BuildStage(scenario, source: build.path, destinations: [build.path])
        #expect(throws: BuildTrouble.self) { try ScenarioRun(scenario, on: &stage) }
        #expect(stage.starts <= 1)
    }

    @Test func theTimeLimitEndsACell() throws {
        let build = try #require(Builds.present.last)
        let text = "machine: {type: pseries-7.2}\ndestination: same\nsteps: [open, migrate]"
        let scenario = try ScenarioReader.scenario(text, file: "test")
        var stage = BuildStage(scenario, source: build.path, destinations: [build.path], limit: .zero)
        #expect(throws: BuildTrouble.self) { try ScenarioRun(scenario, on: &stage) }
    }
}
