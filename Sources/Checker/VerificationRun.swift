import InterruptState

/// The steps of one verification.
struct VerificationRun {
    private let rawSource: MachineState
    private let source: MachineState
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
        let pair = Pair(source: source, other: destination.ordered, role: .destination, level: level)
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
        let pair = Pair(source: source, other: constructed.ordered, role: .constructed, level: level)
        var map = MapComparison(pair, into: &outcome)
        var findings = MachineComparison(pair, &map, into: &outcome).findings
        findings += MapFolding(map).findings
        findings += CPUComparison(pair, into: &outcome).findings
        for finding in findings { merge(finding) }
        if outcome.counts.constructedNumbers == 0 { empty.append("source and destination as built") }
    }

    /// A cause that shows after the load and in the construction is one finding.
    private mutating func merge(_ finding: Finding) {
        let place = outcome.findings.firstIndex {
            $0.rule == finding.rule && $0.subjects == finding.subjects
                && ($0.numbers == finding.numbers || $0.numbers.isEmpty)
                && !$0.scopes.contains(.comparison(.constructed))
        }
        guard let place else {
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
    mutating func holdInvariants(destination: MachineState?, constructed: MachineState?) {
        let ofSource = Inspection(source).violations
        var shared: Set<Violation.Identity> = []
        let known = Set(ofSource.map(\.identity))
        if let destination {
            let state = destination.ordered
            let violations = Inspection(state).violations
            shared = known.intersection(violations.map(\.identity))
            addNew(violations.filter { !known.contains($0.identity) }, of: state, role: .destination)
        }
        if let constructed {
            let state = constructed.ordered
            // Warnings and notes about it do not matter: the load overwrites what they are about.
            let violations = Inspection(state).violations.filter { $0.rule.severity == .error }
            addNew(violations.filter { !known.contains($0.identity) }, of: state, role: .constructed)
        }
        addOfSource(ofSource.filter { shared.contains($0.identity) }, scopes: [.state(.source), .state(.destination)])
        addOfSource(ofSource.filter { !shared.contains($0.identity) }, scopes: [.state(.source)])
    }

    private mutating func addOfSource(_ violations: [Violation], scopes: [Scope]) {
        for (severity, members) in grouped(violations, by: { max($0.rule.severity, .warning) }) {
            outcome.findings += Finding.folding(members, of: source, severity: severity, scopes: scopes, isSource: true)
        }
    }

    private mutating func addNew(_ violations: [Violation], of state: MachineState, role: Role) {
        let rest = violations.filter { !absorb($0, of: state) }
        outcome.findings += Finding.folding(rest, of: state, scopes: [.state(role)], isSource: false)
    }

    /// Adds a fault to the finding of a comparison that already says it, as a detail.
    private mutating func absorb(_ violation: Violation, of state: MachineState) -> Bool {
        let causes = Rule.causes[violation.rule] ?? []
        guard !causes.isEmpty else { return false }
        let place = outcome.findings.firstIndex { finding in
            guard causes.contains(finding.rule) else { return false }
            if let concern = violation.concerns, finding.subjects.contains(concern) { return true }
            return violation.number.map(finding.numbers.contains) ?? false
        }
        guard let place else { return false }
        let detail = violation.detail(state, isSource: false)
        if !outcome.findings[place].details.contains(detail) { outcome.findings[place].details.append(detail) }
        return true
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

extension Rule {
    /// For rules about one state: rules of comparisons that name the cause of a new violation.
    static let causes: [Rule: Set<Rule>] = [
        .unclaimedDeviceNumber: [.onlyInDestination, .collision, .numberMoved, .ownerChanged, .claimChanged],
        .twoOwners: [.collision, .onlyInDestination, .numberMoved, .ownerChanged],
        .outsideSpace: [.onlyInDestination, .numberMoved, .ownerChanged],
        .unknownOwner: [.onlyInDestination, .claimChanged],
        .kindMismatch: [.kindChanged, .onlyInDestination, .ownerChanged, .collision],
        .messageUnclaimed: [.claimChanged, .onlyInDestination, .numberMoved],
        .messageOverlap: [.numberMoved, .onlyInDestination],
        .bitmapMismatch: [.messageBitmap, .numberMoved, .onlyInDestination, .onlyInSource],
        .dualClaims: [.dormantClaims, .claimChanged, .onlyInDestination, .onlyInSource],
        .contextWrongServer: [.contextExchanged, .serverChanged, .contextState],
        .contextDuplicateServer: [.contextExchanged, .contextState, .extraCPU],
        .sourceServerMissing: [.sourceBinding, .missingCPU, .serverChanged],
        .sourceQueueDisabled: [.sourceBinding],
        .sourceQueueBlock: [.sourceBinding],
        .sourceQueueOutside: [.sourceBinding],
        .sourceReservedPriority: [.sourceBinding],
        .queueServerMissing: [.queueConfiguration, .missingCPU, .serverChanged],
        .queueTarget: [.queueConfiguration],
        .queueAlignment: [.queueConfiguration],
        .queueIndexRange: [.queueConfiguration, .queuePosition],
        .queueReservedPriority: [.queueConfiguration],
        .contextPending: [.contextState, .contextExchanged],
        .presenterPending: [.presenterState],
        .missingPart: [.contextState, .presenterState, .extraCPU],
        .deviceTreeModes: [.modesOffered],
        .deviceTreeServerCount: [.serverCount, .deviceTreeChanged],
        .deviceTreeServer: [.missingCPU, .deviceTreeChanged],
        .deviceTreeNumber: [.numberMoved, .deviceTreeChanged],
        .queueCount: [.serverCount],
        .modeUnavailable: [.modeInForce, .modesOffered],
    ]
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
