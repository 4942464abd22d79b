import Checker
import InterruptState
import PSeries
import SavedState
import SnapshotStore

/// Says which interrupts of a guest are not what they were, and keeps both states.
///
///     moved BEFORE AFTER STATES.db
@main
struct Moved {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard arguments.count == 3, let store = arguments.last else { return print("usage: moved BEFORE AFTER STATES.db") }
        let states = try arguments.dropLast().map(read)
        try keep(states, in: store)
        report(Checker.verify(source: states[0], destination: states[1], constructed: nil))
    }

    /// A file of any supported form, decoded.
    private static func read(_ path: String) throws -> MachineState {
        let stream = try SavedStateFile.open(path: path).state().open()
        return try StateDecoder.decode(stream)
    }

    private static func keep(_ states: [MachineState], in path: String) throws {
        let provenance = Provenance(
            filePath: "", fileSize: 0, container: "example", machineType: states[0].facts.typeName, capabilities: [],
            toolVersion: "example", importTime: "2025-01-01T00:00:00Z", notes: [])
        let snapshots = zip(["before", "after"], states).map { name, state in
            NewSnapshot(name: name, state: state, provenance: provenance)
        }
        _ = try SnapshotStore.create(path: path).add(snapshots, replacing: true)
    }

    private static func report(_ verification: Verification) {
        print("\(verification.verdict): \(verification.counts.numbersWalked) numbers compared")
        for finding in verification.findings where finding.severity == .error {
            print("\(finding.rule.id): \(finding.title)")
        }
    }
}
