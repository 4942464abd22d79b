import BuildReplay
import InterruptState
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

    /// The payload and the debugger's stub know nothing of each other's course.
    @Test(arguments: ["linux-xive", "linux-xics", "msi-churn", "break-vcpu-order", "break-mode-fallen"])
    func bothWaysOfCallingTellTheSame(_ name: String) throws {
        let text = try #require(ScenarioLibrary.entry(named: name)?.text)
        let scenario = try ScenarioReader.scenario(text, file: name)
        // The stub of 5.2 makes no step while an interrupt waits.
        for build in Builds.present where build.release != "5.2" {
            let runs = try GuestDriver.Way.allCases.map { way in
                var stage = BuildStage(
                    scenario, source: build.path, destinations: [build.path], way: way, limit: .seconds(60))
                return try ScenarioRun(scenario, on: &stage)
            }
            #expect(runs[0].sourceOutcomes.map(\.results) == runs[1].sourceOutcomes.map(\.results), "\(build.release)")
            #expect(
                runs[0].destinationOutcomes.map(\.results) == runs[1].destinationOutcomes.map(\.results),
                "\(build.release)")
            #expect(runs[0].unmet(scenario.expectation) == runs[1].unmet(scenario.expectation), "\(build.release)")
            #expect(runs[0].failures == runs[1].failures, "\(build.release)")
        }
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

    @Test func devicesGoWhenTheGuestLetsThemGo() throws {
        // Builds before 10.0 do not outlive the bridge.
        let build = try #require(Builds.present.last)
        let bridge = build.release == "5.2" || build.release == "7.2" ? "phb: 9" : "phb: 2"
        let text = """
            machine: {type: pseries-5.2, build: "\(build.release)", ic-mode: xics, cpus: 1, maxcpus: 4, devices: [
              {phb: 2}, {core: 2}, {pci: {model: e1000e, at: "phb0:02.0"}}]}
            steps:
              - bind: {number: epow, server: 0}
              - open
              - unplug: {core: 0}
              - take: 0
                gives: none
              - unplug: {core: 2}
              - take: 0
                gives: epow
              - unplug: {pci: {model: e1000e, at: "phb0:02.0"}}
              - take: 0
                gives: epow
              - unplug: {\(bridge)}
            """
        let scenario = try ScenarioReader.scenario(text, file: "test")
        var stage = BuildStage(scenario, source: build.path, destinations: [], limit: .seconds(60))
        let run = try ScenarioRun(scenario, on: &stage)
        #expect(run.failures == [])
        #expect(
            run.sourceOutcomes.map { $0.refusal != nil }.prefix(7) == [false, false, true, false, false, false, false])
        #expect(run.source.cpus.map(\.index) == [0])
        #expect(run.source.bridges.count == (bridge == "phb: 2" ? 1 : 2))
    }
}
