import InterruptState

/// The configuration and status of every number, under the controller in force and under the dormant one.
struct SourceComparison {
    let pair: Pair
    private(set) var findings: [Finding] = []
    /// Differences of the controller that is not in force, for the finding about that controller.
    private(set) var dormant: [Detail] = []
    private let explained: NumberRanges

    /// - Parameter explained: numbers that findings about the map already account for.
    init(_ pair: Pair, explained: NumberRanges, into outcome: inout Outcome) {
        self.pair = pair
        self.explained = explained
        if let mine = pair.source.xive, let theirs = pair.other.xive {
            add(SourceWalk(mine, theirs), &outcome)
        }
        if let mine = pair.source.xics, let theirs = pair.other.xics {
            add(SourceWalk(mine, theirs), &outcome)
        }
        countWalk(&outcome)
        if pair.commonMode == nil { compareAcrossModes(&outcome) }
    }

    private func countWalk(_ outcome: inout Outcome) {
        let mine = pair.source.numberSpace
        let theirs = pair.other.numberSpace
        outcome.counts.numbersWalked += UInt64(
            max(mine.upperBound, theirs.upperBound) - min(mine.lowerBound, theirs.lowerBound))
    }

    private mutating func add(_ walk: SourceWalk, _ outcome: inout Outcome) {
        guard walk.mode == pair.commonMode else {
            addDormant(walk)
            return
        }
        outcome.counts.claimedNumbers += walk.claimedOnSource
        outcome.counts.bindings += walk.claimedOnBoth
        foldClaims(walk.claims, rule: .claimChanged)
        for (key, parts) in grouped(walk.bindings, by: \.key) {
            foldBinding(key, parts.flatMap(\.differences), walk.mode)
        }
        foldEisns(walk.eisns)
        foldStatuses(walk.statuses, walk.mode)
        foldKinds(walk.kinds)
        fold(
            walk.residues, .unclaimedResidue, "hold other left-over configuration", walk.mode,
            severity: pair.exactSeverity)
        if pair.level == .exact { fold(walk.bits, .exactBits, "differ in bits that no guest sees", walk.mode) }
    }

    private mutating func addDormant(_ walk: SourceWalk) {
        foldClaims(walk.claims, rule: .dormantClaims)
        foldKinds(walk.kinds)
        dormant += walk.invisible.map { $0.detail(pair, walk.mode) }
    }

    // MARK: - Claims

    private mutating func foldClaims(_ claims: [(number: LogicalNumber, isOnSource: Bool)], rule: Rule) {
        let open = claims.filter { !explained.contains($0.number) }
        let owned = open.map { claim in
            let state = claim.isOnSource ? pair.source : pair.other
            return (claim, state.owner(of: claim.number).map(DeviceGroup.init) ?? .unknown)
        }
        for (key, members) in grouped(owned, by: { ClaimKey(group: $0.1, isOnSource: $0.0.isOnSource) }) {
            let numbers = NumberRanges(members.map(\.0.number))
            let side = key.isOnSource ? "the source" : pair.otherName
            let circumstance = rule == .dormantClaims ? " under the controller that is not in force" : ""
            let details = members.map { member in
                pair.detail(
                    "\(member.0.number) claim", number: member.0.number, key.isOnSource ? "claimed" : "free",
                    key.isOnSource ? "free" : "claimed", at: pair.source.tableSubject(member.0.number))
            }
            findings.append(
                pair.finding(
                    rule,
                    "\(numbers.text(limit: 8)) of \(key.group.name) \(numbers.count == 1 ? "is" : "are") claimed on "
                        + "\(side) only\(circumstance)",
                    subjects: [key.group.name], numbers: numbers, details: details))
        }
    }

    private struct ClaimKey: Hashable {
        let group: DeviceGroup
        let isOnSource: Bool
    }

    /// The two sides are in different modes: what is claimed can still be compared where both spaces have the number.
    private mutating func compareAcrossModes(_ outcome: inout Outcome) {
        outcome.skip(
            "configuration of numbers, queues and what is pending",
            "The source is in \(pair.source.facts.activeMode.rawValue) mode and \(pair.otherName) in "
                + "\(pair.other.facts.activeMode.rawValue) mode: they are configured in different controllers.")
        let mine = pair.source.claimedNumbers
        let theirs = pair.other.claimedNumbers
        outcome.counts.claimedNumbers += UInt64(mine.count)
        guard !(pair.source.xive != nil && pair.other.xive != nil), !(pair.source.xics != nil && pair.other.xics != nil)
        else { return }
        let common = pair.source.numberSpace.clamped(to: pair.other.numberSpace)
        var claims: [(number: LogicalNumber, isOnSource: Bool)] = []
        mergeSorted(mine, theirs, by: { $0 }) { left, right in
            guard let number = left ?? right, left == nil || right == nil else { return }
            if common.contains(number.rawValue) { claims.append((number, left != nil)) }
        }
        foldClaims(claims, rule: .claimChanged)
    }

    // MARK: - Configuration and status

    private mutating func foldBinding(_ key: String, _ differences: [SourceDifference], _ mode: InterruptMode) {
        let numbers = NumberRanges(differences.map(\.number))
        findings.append(
            pair.finding(
                .sourceBinding,
                "\(numbers.text(limit: 8)): \(key) on \(pair.otherName)", subjects: subjects(numbers), numbers: numbers,
                details: differences.map { $0.detail(pair, mode) }))
    }

    private mutating func foldEisns(_ differences: [SourceDifference]) {
        for (isCleared, members) in grouped(differences, by: { $0.other == "0x0000" }) {
            let numbers = NumberRanges(members.map(\.number))
            let title: String
            if isCleared {
                title = "\(numbers.text(limit: 8)): the EISN is 0 on \(pair.otherName)"
            } else if members.count == 1 {
                title = "\(numbers): EISN \(members[0].source) on the source, \(members[0].other) on \(pair.otherName)"
            } else {
                title = "\(numbers.text(limit: 8)): other EISNs on \(pair.otherName)"
            }
            findings.append(
                pair.finding(
                    .sourceEisn, title, subjects: subjects(numbers), numbers: numbers,
                    details: members.map { $0.detail(pair, .xive) }))
        }
    }

    private mutating func foldStatuses(_ differences: [SourceDifference], _ mode: InterruptMode) {
        for (key, members) in grouped(differences, by: { [$0.source, $0.other] }) {
            let numbers = NumberRanges(members.map(\.number))
            findings.append(
                pair.finding(
                    .sourceStatus,
                    "\(numbers.text(limit: 8)): status \(key[0]) on the source, \(key[1]) on \(pair.otherName)",
                    subjects: subjects(numbers), numbers: numbers, details: members.map { $0.detail(pair, mode) }))
        }
    }

    private mutating func foldKinds(_ differences: [SourceDifference]) {
        let open = differences.filter { !explained.contains($0.number) }
        fold(open, .kindChanged, "are of another kind on \(pair.otherName)", .xics)
    }

    private mutating func fold(
        _ differences: [SourceDifference], _ rule: Rule, _ predicate: String, _ mode: InterruptMode,
        severity: Severity? = nil
    ) {
        guard !differences.isEmpty else { return }
        let numbers = NumberRanges(differences.map(\.number))
        findings.append(
            pair.finding(
                rule, "\(counted(numbers.count, "number")) (\(numbers.text(limit: 8))) \(predicate)",
                severity: severity,
                subjects: subjects(numbers), numbers: numbers, details: differences.map { $0.detail(pair, mode) }))
    }

    /// The owners of the first numbers; a finding about thousands names its numbers only.
    private func subjects(_ numbers: NumberRanges) -> [String] {
        guard numbers.count <= 64 else { return [] }
        return numbers.ranges.flatMap { range in
            (range.lowerBound.rawValue...range.upperBound.rawValue).compactMap { raw in
                pair.source.owner(of: LogicalNumber(raw)).map { DeviceGroup($0).name }
            }
        }
    }
}
