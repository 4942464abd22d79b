import ArgumentParser
import Checker
import InterruptState
import Replay
import Reports
import Scenarios
import SnapshotStore

// Recorded runs: `irqproof replay --trace`.
extension ReplayCommand {
    /// Limit of a trace log in bytes: an hour of a busy guest is some hundred megabytes.
    private static let traceLimit = 1 << 30

    /// Replays a log, and compares where it ends with what was saved.
    func replay(trace: String, on source: String) throws {
        let run = try traceRun(trace, on: source)
        guard run.applied > 0 || loading != nil else { throw Trouble("\(trace): no line of it is an interrupt event") }
        if let into {
            let state = run.machine.snapshot()
            let snapshot = NewSnapshot(name: trace, state: state, provenance: Provenance(scenario: trace, state))
            try Stores.create(into).add([snapshot], replacing: true)
        }
        let ignored = run.ignored.values.reduce(0, +)
        var lines = ["replayed        \(run.applied) events, \(ignored) that say nothing of the state"]
        lines += run.contradictions.map { "contradiction   \($0)" }
        let comparison = try saved.map { TraceComparison(run, saved: try Input($0, readsQueues: false).state) }
        if let comparison {
            let counts = comparison.counts.map { "\($0.count) \($0.subject)" }
            lines.append("compared        \(counts.joined(separator: ", "))")
            lines += comparison.differences.map { "different       \($0)" }
        }
        lines += run.gaps.map { "not determined  \($0.subject): \($0.reason)" }
        lines += (comparison?.open ?? []).map { "not reached     \($0)" }
        Console.write(lines.map(printable))
        let isAsSaved = comparison?.differences.isEmpty ?? true
        throw run.contradictions.isEmpty && isAsSaved ? ExitStatus.identical : ExitStatus.different
    }

    private func traceRun(_ trace: String, on source: String) throws -> TraceRun {
        do {
            let setup = try machine(source, basedOn: nil)
            let state = try loading.map { SavedMachine(try Input($0, readsQueues: false).state, build: nil) }
            let machine = try Machine(setup)
            return TraceRun(machine, log: try TextFile.read(trace, limit: Self.traceLimit), loading: state)
        } catch let error as ScenarioError {
            throw Trouble(error.description)
        } catch let error as ConstructionError {
            throw Trouble("\(source): the machine cannot be built: \(error.description)")
        }
    }
}
