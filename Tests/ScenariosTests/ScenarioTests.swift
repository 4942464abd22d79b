import Replay
import Scenarios
import Testing

struct LibraryTests {
    @Test(arguments: ScenarioLibrary.all.map(\.name))
    func bundledScenariosEndAsTheySay(_ name: String) throws {
        let entry = try #require(ScenarioLibrary.entry(named: name))
        let scenario = try ScenarioReader.scenario(entry.text, file: name)
        let run = try ScenarioRun(scenario)
        #expect(run.unmet(scenario.expectation) == [])
    }

    /// A break without its repair would not show what repairs it.
    @Test func everySilentBreakHasATwinThatEndsIdentical() throws {
        let names = ScenarioLibrary.all.map(\.name)
        let subjects = [
            "vcpu-order", "vsmt-xive", "vsmt-xics", "maxcpus-xics", "extra-phb", "extra-vio", "sequential-extra-vio",
            "hotplug-events", "hotplug-events-gone", "mode-fallen", "mode-widened", "extra-vcpu", "byte-order",
        ]
        for subject in subjects {
            #expect(names.contains("break-\(subject)"), "\(subject)")
            #expect(names.contains("repaired-\(subject)"), "\(subject)")
        }
        #expect(Set(names).count == names.count)
    }
}
