import InterruptState

/// The steps of one verification.
struct VerificationRun {
    private let rawSource: MachineState
    private let source: MachineState
    /// The states compared so far, with their tables in order.
    private var destination: MachineState?
    private var constructed: MachineState?
    private let level: Level
    private var outcome = Outcome()
    /// Comparisons that compared nothing, by name.
    private var empty: [String] = []
    private var comparisons = 0

    init(source: MachineState, level: Level) {
        rawSource = source
        self.source = source.ordered
        self.level = level
        noteGaps(source, .source)
    }

    // MARK: - Comparisons

    /// Everything: source against destination after the load.
    mutating func compareLoaded(_ destination: MachineState) {
        comparisons += 1
        noteGaps(destination, .destination)
        let ordered = destination.ordered
        self.destination = ordered
        let pair = Pair(source: source, other: ordered, role: .destination, level: level)
        let before = outcome.counts
        var map = MapComparison(pair, into: &outcome)
        let explained = map.explained
        var findings = MachineComparison(pair, &map, into: &outcome).findings
        findings += MapFolding(map).findings
        let sources = SourceComparison(pair, explained: explained, into: &outcome)
        let queues = QueueComparison(pair, into: &outcome)
        let cpus = CPUComparison(pair, into: &outcome)
        findings += sources.findings + (queues?.findings ?? []) + cpus.findings
        findings += DeviceComparison(pair, explained: explained, into: &outcome).findings
        findings += dormantFinding(pair, sources.dormant + (queues?.dormant ?? []) + cpus.dormant)
        if level == .exact {
            findings += ExactComparison(pair, source: rawSource, other: destination).findings
        }
        outcome.findings += findings
        if outcome.counts.numbersWalked == before.numbersWalked
            || outcome.counts.claimedNumbers == before.claimedNumbers
        {
            empty.append("source and destination")
        }
    }

    private func dormantFinding(_ pair: Pair, _ details: [Detail]) -> [Finding] {
        guard !details.isEmpty else { return [] }
        let title =
            pair.commonMode == nil
            ? "Both controllers hold another state, as the modes in force differ"
            : "The controller that is not in force holds another state"
        return [
            pair.finding(
                .dormantState, "\(title): \(listed(details.map(\.subject), limit: 4))", severity: pair.exactSeverity,
                numbers: NumberRanges(details.compactMap(\.number)), details: details)
        ]
    }

    /// What construction decides: source against destination as built.
    mutating func compareConstructed(_ constructed: MachineState) {
        comparisons += 1
        noteGaps(constructed, .constructed)
        let ordered = constructed.ordered
        self.constructed = ordered
        let pair = Pair(source: source, other: ordered, role: .constructed, level: level)
        var map = MapComparison(pair, into: &outcome)
        var findings = MachineComparison(pair, &map, into: &outcome).findings
        findings += MapFolding(map).findings
        findings += CPUComparison(pair, into: &outcome).findings
        let known = Dictionary(
            outcome.findings.enumerated().map { (MergeKey($0.element), $0.offset) },
            uniquingKeysWith: { first, _ in first })
        for finding in findings { merge(finding, known[MergeKey(finding)]) }
        if outcome.counts.constructedNumbers == 0 { empty.append("source and destination as built") }
    }

    private struct MergeKey: Hashable {
        let rule: Rule
        let subjects: [String]

        init(_ finding: Finding) {
            rule = finding.rule
            subjects = finding.subjects
        }
    }

    /// A cause that shows after the load and in the construction is one finding.
    private mutating func merge(_ finding: Finding, _ place: Int?) {
        guard let place, outcome.findings[place].numbers.isEmpty || outcome.findings[place].numbers == finding.numbers
        else {
            outcome.findings.append(finding)
            return
        }
        if outcome.findings[place].numbers.isEmpty, !finding.numbers.isEmpty {
            outcome.findings[place].title = finding.title
            outcome.findings[place].numbers = finding.numbers
        }
        outcome.findings[place].severity = min(outcome.findings[place].severity, finding.severity)
        outcome.findings[place].scopes += finding.scopes
        let known = Set(outcome.findings[place].details)
        outcome.findings[place].details += finding.details.filter { !known.contains($0) }
    }

    private mutating func noteGaps(_ state: MachineState, _ role: Role) {
        for gap in state.gaps { outcome.skip("\(gap.subject) (\(role))", gap.reason) }
    }

    // MARK: - Invariants

    /// A fault that the source has as well is no difference: it is told as a warning.
    mutating func holdInvariants() {
        let ofSource = Inspection(source).violations
        var shared: Set<Violation.Identity> = []
        let known = Set(ofSource.map(\.identity))
        if let state = destination {
            let violations = Inspection(state).violations
            shared = known.intersection(violations.map(\.identity))
            addNew(violations.filter { !known.contains($0.identity) }, of: state, role: .destination)
        }
        if let state = constructed {
            // Warnings and notes about it do not matter: the load overwrites what they are about.
            let violations = Inspection(state).violations.filter { $0.rule.severity == .error }
            addNew(violations.filter { !known.contains($0.identity) }, of: state, role: .constructed)
        }
        addOfSource(ofSource.filter { shared.contains($0.identity) }, scopes: [.state(.source), .state(.destination)])
        addOfSource(ofSource.filter { !shared.contains($0.identity) }, scopes: [.state(.source)])
    }

    private mutating func addOfSource(_ violations: [Violation], scopes: [Scope]) {
        for (severity, members) in grouped(violations, by: { max($0.rule.severity, .warning) }) {
            outcome.findings += Finding.folding(members, of: source, severity: severity, scopes: scopes)
        }
    }

    /// What a comparison already says becomes a detail of its finding.
    private mutating func addNew(_ violations: [Violation], of state: MachineState, role: Role) {
        let causes = CauseIndex(outcome.findings)
        var rest: [Violation] = []
        for violation in violations {
            if let place = causes.place(of: violation) {
                outcome.findings[place].details.append(violation.detail(state, isOther: true))
            } else {
                rest.append(violation)
            }
        }
        outcome.findings += Finding.folding(rest, of: state, scopes: [.state(role)])
    }

    // MARK: - Result

    func result() -> Verification {
        var notCompared = outcome.notCompared
        for name in empty {
            notCompared.append(NotCompared(subject: name, reason: "There was no claimed number to compare."))
        }
        if comparisons == 0 {
            notCompared.append(
                NotCompared(subject: "the source", reason: "There is no other state to compare it with."))
        }
        let isDifferent = outcome.findings.contains { $0.severity == .error }
        let isDecided = comparisons > 0 && empty.isEmpty
        return Verification(
            verdict: isDifferent ? .different : isDecided ? .identical : .undecided, level: level,
            findings: outcome.findings.inOrder, counts: outcome.counts,
            notCompared: Array(Set(notCompared)).sorted { ($0.subject, $0.reason) < ($1.subject, $1.reason) })
    }
}

extension [Finding] {
    /// Worst first; equals by the catalogue of rules, then by number and title, so that the order never varies.
    var inOrder: [Finding] {
        sorted { left, right in
            if left.severity != right.severity { return left.severity < right.severity }
            if left.rule != right.rule {
                return Rule.order[left.rule.id, default: 0] < Rule.order[right.rule.id, default: 0]
            }
            if left.numbers.first != right.numbers.first {
                return (left.numbers.first?.rawValue ?? 0) < (right.numbers.first?.rawValue ?? 0)
            }
            return left.title < right.title
        }
    }
}
