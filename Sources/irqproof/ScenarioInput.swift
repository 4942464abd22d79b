import Checker
import Glibc
import InterruptState
import PSeries
import Replay
import Reports
import Scenarios
import SnapshotStore

/// A scenario given where a state is expected: it is run, and each of its moments is a state.
struct ScenarioInput {
    /// A moment of a run that has a state; the raw value is how users and snapshots name it.
    enum Moment: String, CaseIterable {
        /// The source when it was saved, or at its end where nothing migrates.
        case source
        /// The destination as built.
        case constructed
        /// The destination after the load, or at its end where nothing migrates.
        case loaded
        /// The source after the steps that follow the migration, as if it had stayed.
        case sourceContinued = "source-continued"
        /// The destination after the steps that follow the migration.
        case destinationContinued = "destination-continued"
    }

    /// As the user named the scenario.
    let name: String
    /// The states that the run has, in the order of its moments.
    let states: [(moment: Moment, state: MachineState)]

    /// The text of a scenario and its name: from a file, standard input or the library.
    static func text(_ path: String) throws -> String {
        if path != "-", !TextFile.exists(path) {
            if let entry = ScenarioLibrary.entry(named: path) { return entry.text }
            let near = MachineType.namesNear(path, among: ScenarioLibrary.all.map(\.name)).joined(separator: ", ")
            throw Trouble("\(path) is neither a file nor a bundled scenario; near it: \(near)")
        }
        return try TextFile.read(path, limit: ScenarioReader.sizeLimit)
    }

    /// Whether a path leads to a scenario: a file of text with the key `machine`, or the name of a bundled one.
    ///
    /// Saved VMs and snapshot files are binary, so that a look at the content decides, never the name.
    static func recognizes(path: String) -> Bool {
        guard TextFile.exists(path) else { return ScenarioLibrary.entry(named: path) != nil }
        var facts = stat()
        guard stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG, facts.st_size <= ScenarioReader.sizeLimit,
            let text = try? TextFile.read(path, limit: ScenarioReader.sizeLimit)
        else { return false }
        return ScenarioReader.recognizes(text)
    }

    /// Runs the scenario of a file.
    init(path: String) throws {
        let scenario: Scenario
        do {
            scenario = try ScenarioReader.scenario(ScenarioInput.text(path), file: path)
        } catch let error as ScenarioError {
            throw Trouble(error.description)
        }
        do {
            self.init(try ScenarioRun(scenario), name: path)
        } catch {
            throw Trouble("\(path): the source cannot be built: \(error.description)")
        }
    }

    /// The states of a run.
    init(_ run: ScenarioRun, name: String) {
        self.name = name
        let all: [(Moment, MachineState?)] = [
            (.source, run.source), (.constructed, run.constructed), (.loaded, run.loaded),
            (.sourceContinued, run.continued?.source), (.destinationContinued, run.continued?.destination),
        ]
        states = all.compactMap { moment, state in state.map { (moment, $0) } }
    }

    /// The state that a label names; without a label the source's.
    func state(_ label: String?) throws -> MachineState {
        let wanted = label ?? Moment.source.rawValue
        guard let found = states.first(where: { $0.moment.rawValue == wanted }) else {
            let names = states.map(\.moment.rawValue).joined(separator: ", ")
            throw Trouble("\(name): the scenario has no state “\(wanted)”; it has \(names)")
        }
        return found.state
    }

    /// The states as snapshots, each named after scenario and moment.
    func snapshots(named base: String) -> [NewSnapshot] {
        states.map { moment, state in
            NewSnapshot(
                name: "\(base) \(moment.rawValue)", state: state, provenance: Provenance(scenario: name, state))
        }
    }
}

extension Provenance {
    /// A state that a scenario made.
    init(scenario: String, _ state: MachineState) {
        self.init(
            filePath: scenario, fileSize: 0, container: "scenario", deviceDigest: nil,
            machineType: state.facts.typeName, capabilities: [], toolVersion: Version.number,
            importTime: Console.now(), notes: [])
    }
}
