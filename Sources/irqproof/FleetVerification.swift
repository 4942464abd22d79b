import Checker
import Dispatch
import InterruptState
import Reports
import SnapshotStore
import Synchronization

/// Verifications of many snapshots of one file, by parallel workers.
///
/// Equal states have equal digests, and are verified once however often they were stored. Of the others a few are held
/// in memory at a time, so that memory does not grow with the file.
struct FleetVerification {
    /// Snapshots of one state: the first stands for all.
    struct Group: Sendable {
        var id: Int64
        var names: [String]
    }

    /// What came of a pair of groups.
    struct Result: Sendable {
        var source: String
        var destination: String
        var verdict: Verdict
        /// Rules of the findings, or why a state could not be read.
        var reasons: [String]
        /// Pairs of snapshots that this stands for.
        var pairs: Int
    }

    let path: String
    let level: Level
    /// At least one.
    let workers: Int

    /// States that are held against all others at a time. One of 8,192 claimed numbers takes some megabytes.
    private static let blockSize = 32

    /// One snapshot as the source, every other one as a destination.
    func against(_ name: String) throws -> [Result] {
        let store = try Stores.open(path)
        let source = try store.snapshot(.name(name)).state
        let groups = FleetVerification.groups(try store.list().filter { $0.name != name })
        return try each(groups) { group, state in
            [FleetVerification.result(Side(name, source), Side(group.names[0], state), group.names.count, level)]
        }
    }

    /// Every snapshot as the source of every later one.
    func allPairs() throws -> [Result] {
        let store = try Stores.open(path)
        let groups = FleetVerification.groups(try store.list())
        var results = try each(groups.filter { $0.names.count > 1 }) { group, state in
            let count = group.names.count
            return [
                FleetVerification.result(
                    Side(group.names[0], state), Side(group.names[1], state), count * (count - 1) / 2, level)
            ]
        }
        for start in stride(from: 0, to: groups.count, by: FleetVerification.blockSize) {
            let end = min(start + FleetVerification.blockSize, groups.count)
            let block = try groups[start..<end].map { group in
                (group, Side(group.names[0], try store.snapshot(.id(group.id)).state))
            }
            results += FleetVerification.within(block, level)
            results += try each(Array(groups[end...])) { group, state in
                block.map { other, side in
                    FleetVerification.result(
                        side, Side(group.names[0], state), other.names.count * group.names.count, level)
                }
            }
        }
        return results
    }

    private static func within(_ block: [(Group, Side)], _ level: Level) -> [Result] {
        block.indices.flatMap { first in
            block[(first + 1)...].map { other, side in
                result(block[first].1, side, block[first].0.names.count * other.names.count, level)
            }
        }
    }

    /// A named state.
    private struct Side: Sendable {
        var name: String
        var state: MachineState

        init(_ name: String, _ state: MachineState) {
            self.name = name
            self.state = state
        }
    }

    /// Snapshots by content, in the order of their first.
    private static func groups(_ summaries: [SnapshotSummary]) -> [Group] {
        var places: [Digest: Int] = [:]
        var groups: [Group] = []
        for summary in summaries {
            if let place = places[summary.digest] {
                groups[place].names.append(summary.name)
            } else {
                places[summary.digest] = groups.count
                groups.append(Group(id: summary.id, names: [summary.name]))
            }
        }
        return groups
    }

    private static func result(_ source: Side, _ destination: Side, _ pairs: Int, _ level: Level) -> Result {
        let verification = Checker.verify(
            source: source.state, destination: destination.state, constructed: nil, level: level)
        let reasons = verification.findings.filter { $0.severity == .error }.map(\.rule.id)
        return Result(
            source: source.name, destination: destination.name, verdict: verification.verdict,
            reasons: Array(Set(reasons)).sorted(), pairs: pairs)
    }

    // MARK: - Workers

    /// Reads the state of each group once and passes it on, in several workers with a connection each.
    ///
    /// - Returns: what `body` gave, in the order of the groups. A state that cannot be read is an error of all.
    private func each(
        _ groups: [Group], _ body: @escaping @Sendable (Group, MachineState) -> [Result]
    ) throws -> [Result] {
        let next = Atomic<Int>(0)
        let found = Mutex<[(place: Int, results: [Result])]>([])
        let failure = Mutex<StoreError?>(nil)
        let path = path
        DispatchQueue.concurrentPerform(iterations: max(1, min(workers, groups.count))) { _ in
            do throws(StoreError) {
                let store = try SnapshotStore.open(path: path)
                var own: [(place: Int, results: [Result])] = []
                while true {
                    let place = next.wrappingAdd(1, ordering: .relaxed).oldValue
                    guard place < groups.count, failure.withLock({ $0 }) == nil else { break }
                    own.append((place, body(groups[place], try store.snapshot(.id(groups[place].id)).state)))
                }
                found.withLock { $0 += own }
            } catch {
                failure.withLock { $0 = $0 ?? error }
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
        return found.withLock { $0 }.sorted { $0.place < $1.place }.flatMap(\.results)
    }
}

extension FleetVerification.Result {
    /// As reports show it.
    var entry: FleetReport.Entry {
        FleetReport.Entry(
            source: source, destination: destination, verdict: verdict, reasons: reasons, pairs: pairs)
    }
}
