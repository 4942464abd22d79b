import Synchronization

/// What came of the scenarios so far.
struct Tally {
    private let first: UInt64
    private let last: UInt64
    private let limit: Int
    private let done: Set<UInt64>
    private var upcoming: UInt64
    private var agreed = 0
    private var differences = 0
    private var overdue = 0
    private var troubles = 0
    private var coverage = Coverage()

    init(first: UInt64, count: Int, limit: Int, done: Set<UInt64>) {
        self.first = first
        last = first &+ UInt64(max(0, count))
        self.limit = limit
        self.done = done
        upcoming = first
    }

    /// Whether anything but agreement was found.
    var hasFindings: Bool { findings > 0 }

    private var findings: Int { differences + overdue + troubles }

    /// The next seed; nil where there is none, or where enough was found.
    mutating func next() -> UInt64? {
        while upcoming < last, done.contains(upcoming) { upcoming += 1 }
        guard upcoming < last, findings < limit else { return nil }
        defer { upcoming += 1 }
        return upcoming
    }

    mutating func note(_ outcome: Trial.Outcome, _ drawn: Coverage, seed: UInt64) {
        coverage.add(drawn)
        switch outcome {
        case .same: agreed += 1
        case .trouble(let reason):
            troubles += 1
            FileOutput.line("seed \(seed): cannot be run: \(reason)")
        case .overdue(let reason, let scenario):
            overdue += 1
            FileOutput.line("seed \(seed): not over in time: \(reason)\n\(scenario.text)")
        case .different(let scenario, let differences):
            self.differences += 1
            FileOutput.line("seed \(seed), shortest scenario:")
            FileOutput.line(scenario.text + differences.prefix(8).map { "# \($0)\n" }.joined())
        }
    }

    var summary: String {
        let earlier = done.filter { (first..<last).contains($0) }.count
        return "seeds \(first) to \(upcoming &- 1): \(agreed + earlier) agree (\(earlier) of them in earlier runs), "
            + "\(differences) differ, \(overdue) not over in time, \(troubles) cannot be run\n" + coverage.summary
    }
}

/// A tally that several threads keep.
final class SharedTally: Sendable {
    private let tally: Mutex<Tally>

    init(_ tally: Tally) {
        self.tally = Mutex(tally)
    }

    /// The tally as it is now.
    var result: Tally { tally.withLock { $0 } }

    func next() -> UInt64? { tally.withLock { $0.next() } }

    func note(_ outcome: Trial.Outcome, _ drawn: Coverage, seed: UInt64) {
        tally.withLock { $0.note(outcome, drawn, seed: seed) }
    }
}
