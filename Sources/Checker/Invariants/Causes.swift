import InterruptState

/// Finds the finding of a comparison that already says why a state violates an invariant.
struct CauseIndex {
    private struct Key: Hashable {
        let rule: Rule
        let subject: String
    }

    private var bySubject: [Key: Int] = [:]
    private var byNumber: [Rule: [(range: ClosedRange<LogicalNumber>, place: Int)]] = [:]
    /// Findings about the machine as a whole, which name no device.
    private var general: [Rule: Int] = [:]
    private let severities: [Severity]

    init(_ findings: [Finding]) {
        severities = findings.map(\.severity)
        for (place, finding) in findings.enumerated() {
            for subject in finding.subjects where bySubject[Key(rule: finding.rule, subject: subject)] == nil {
                bySubject[Key(rule: finding.rule, subject: subject)] = place
            }
            byNumber[finding.rule, default: []] += finding.numbers.ranges.map { ($0, place) }
            if finding.rule.group == "machine", finding.subjects.isEmpty { general[finding.rule] = place }
        }
        for rule in byNumber.keys { byNumber[rule]?.sort { $0.range.lowerBound < $1.range.lowerBound } }
    }

    /// Place of a finding that is at least as bad and names the violation's device, or its number, or the whole machine.
    func place(of violation: Violation) -> Int? {
        for rule in Rule.causes[violation.rule] ?? [] {
            let places = [
                violation.concerns.flatMap { bySubject[Key(rule: rule, subject: $0)] },
                violation.number.flatMap { holder(of: $0, rule) }, general[rule],
            ]
            let found = places.compactMap { $0 }.first { severities[$0] <= violation.rule.severity }
            if let found { return found }
        }
        return nil
    }

    private func holder(of number: LogicalNumber, _ rule: Rule) -> Int? {
        guard let ranges = byNumber[rule] else { return nil }
        let next = ranges.partitionIndex { $0.range.lowerBound <= number }
        guard next > 0, ranges[next - 1].range.contains(number) else { return nil }
        return ranges[next - 1].place
    }
}

extension Rule {
    /// For rules about one state: rules of comparisons that name the cause of a new violation.
    static let causes: [Rule: [Rule]] = [
        .unclaimedDeviceNumber: [.onlyInDestination, .collision, .numberMoved, .ownerChanged, .claimChanged],
        .twoOwners: [.collision, .onlyInDestination, .numberMoved, .ownerChanged],
        .outsideSpace: [.onlyInDestination, .numberMoved, .ownerChanged],
        .unknownOwner: [.onlyInDestination, .claimChanged],
        .kindMismatch: [.kindChanged, .onlyInDestination, .ownerChanged, .collision],
        .messageUnclaimed: [.claimChanged, .onlyInDestination, .numberMoved],
        .messageOverlap: [.numberMoved, .onlyInDestination],
        .bitmapMismatch: [.messageBitmap, .numberMoved, .onlyInDestination, .onlyInSource],
        .dualClaims: [.dormantClaims, .claimChanged, .onlyInDestination, .onlyInSource, .modesOffered],
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
