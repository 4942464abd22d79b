import InterruptState

/// One value of one number that differs.
struct SourceDifference {
    let number: LogicalNumber
    /// What it is: `server`, `EISN`.
    let what: StaticString
    let source: String
    let other: String
    let isStatus: Bool

    init(_ number: LogicalNumber, _ what: StaticString, _ source: String, _ other: String, isStatus: Bool = false) {
        self.number = number
        self.what = what
        self.source = source
        self.other = other
        self.isStatus = isStatus
    }

    func detail(_ pair: Pair, _ mode: InterruptMode) -> Detail {
        let place: Subject =
            mode == .xics ? .xicsSource(number) : isStatus ? .xiveStatus(number) : .xiveAssignment(number)
        return pair.detail("\(number) \(what)", number: number, source, other, at: place)
    }
}

/// What the walk through the tables of one controller found, whichever controller it is.
struct SourceWalk {
    let mode: InterruptMode
    /// Claimed on one side only.
    var claims: [(number: LogicalNumber, isOnSource: Bool)] = []
    /// What a guest sees of numbers claimed on both sides, by rule.
    var bindings: [(key: String, differences: [SourceDifference])] = []
    var eisns: [SourceDifference] = []
    var statuses: [SourceDifference] = []
    var kinds: [SourceDifference] = []
    /// Anything of numbers that are free on both sides.
    var residues: [SourceDifference] = []
    /// Bits of claimed numbers that no guest sees.
    var bits: [SourceDifference] = []
    /// Numbers claimed on the source, and on both sides.
    var claimedOnSource: UInt64 = 0
    var claimedOnBoth: UInt64 = 0

    /// What no guest sees while the controller is not in force: all but claims and kinds, which outlast a reset.
    var invisible: [SourceDifference] {
        bindings.flatMap(\.differences) + eisns + statuses + residues + bits
    }
}

extension SourceWalk {
    /// Compares the event assignments and the status of every number. Linear in the numbers listed.
    init(_ left: XiveController, _ right: XiveController) {
        self.init(mode: .xive)
        mergeSorted(left.sources, right.sources, by: \.number) { mine, theirs in
            guard let number = (mine ?? theirs)?.number else { return }
            let blank = XiveSource(number: number, assignment: .free, status: .off)
            compare(mine ?? blank, theirs ?? blank)
        }
    }

    private mutating func compare(_ left: XiveSource, _ right: XiveSource) {
        let number = left.number
        if left.assignment.isValid { claimedOnSource += 1 }
        guard left.assignment.isValid == right.assignment.isValid else {
            claims.append((number, left.assignment.isValid))
            return
        }
        if left.assignment.isValid { claimedOnBoth += 1 }
        if left == right { return }
        guard left.assignment.isValid else {
            note(&residues, number, "free assignment", left.assignment.rawValue, right.assignment.rawValue, digits: 16)
            note(
                &residues, number, "free status", left.status.rawValue, right.status.rawValue, digits: 2, isStatus: true
            )
            return
        }
        compareAssignments(number, left.assignment, right.assignment)
        if left.status.visible != right.status.visible {
            statuses.append(
                SourceDifference(
                    number, "status", left.status.text, right.status.text, isStatus: true))
        }
        note(
            &bits, number, "reserved status bits", left.status.rawValue & 0xf8, right.status.rawValue & 0xf8, digits: 2,
            isStatus: true)
    }

    private mutating func compareAssignments(
        _ number: LogicalNumber, _ left: EventAssignment, _ right: EventAssignment
    ) {
        var differences: [SourceDifference] = []
        if left.isMasked != right.isMasked {
            differences.append(
                SourceDifference(
                    number, "mask", left.isMasked ? "masked" : "unmasked", right.isMasked ? "masked" : "unmasked"))
        }
        note(&differences, number, "server", left.queueIndex >> 3, right.queueIndex >> 3)
        note(&differences, number, "priority", left.queueIndex & 7, right.queueIndex & 7)
        note(&differences, number, "queue block", left.queueBlock, right.queueBlock)
        if !differences.isEmpty { bindings.append((bindingKey(differences), differences)) }
        note(&eisns, number, "EISN", left.eisn, right.eisn, digits: 4)
        let reserved: UInt64 = 0x7000_0000_0000_0000
        note(
            &bits, number, "reserved assignment bits", left.rawValue & reserved, right.rawValue & reserved, digits: 16)
    }

    /// Compares every number of two XICS source controllers. Linear in the numbers listed.
    init(_ left: XicsController, _ right: XicsController) {
        self.init(mode: .xics)
        mergeSorted(left.sources, right.sources, by: \.number) { mine, theirs in
            guard let number = (mine ?? theirs)?.number else { return }
            compare(mine ?? XicsSource(number: number), theirs ?? XicsSource(number: number))
        }
    }

    private mutating func compare(_ left: XicsSource, _ right: XicsSource) {
        let number = left.number
        if left.isClaimed { claimedOnSource += 1 }
        guard left.isClaimed == right.isClaimed else {
            claims.append((number, left.isClaimed))
            return
        }
        if left.isClaimed { claimedOnBoth += 1 }
        if left == right { return }
        guard left.isClaimed else {
            if left.configurationText != right.configurationText {
                residues.append(
                    SourceDifference(number, "free entry", left.configurationText, right.configurationText))
            }
            return
        }
        var differences: [SourceDifference] = []
        note(&differences, number, "server", left.server.rawValue, right.server.rawValue)
        note(&differences, number, "priority", left.priority, right.priority, digits: 2)
        note(&differences, number, "saved priority", left.savedPriority, right.savedPriority, digits: 2)
        if !differences.isEmpty { bindings.append((bindingKey(differences), differences)) }
        note(&statuses, number, "status", left.status.rawValue, right.status.rawValue, digits: 2)
        note(&kinds, number, "kind flags", left.flags.rawValue & 3, right.flags.rawValue & 3, digits: 1)
        note(&bits, number, "reserved flags", left.flags.rawValue & 0xfc, right.flags.rawValue & 0xfc, digits: 2)
    }

    /// Bindings fold by what happened to them: the server that replaced a server, else the other values.
    private func bindingKey(_ differences: [SourceDifference]) -> String {
        let masks = differences.filter { "\($0.what)" == "mask" }
        let servers = differences.filter { "\($0.what)" == "server" }
        let decisive = !masks.isEmpty ? masks : !servers.isEmpty ? servers : differences
        return decisive.map { "\($0.what) \($0.source) on the source and \($0.other)" }.joined(separator: ", ")
    }

    private func note<Value: FixedWidthInteger>(
        _ list: inout [SourceDifference], _ number: LogicalNumber, _ what: StaticString, _ left: Value, _ right: Value,
        digits: Int? = nil, isStatus: Bool = false
    ) {
        guard left != right else { return }
        let text = { (value: Value) in
            digits.map { hexadecimal(UInt64(truncatingIfNeeded: value), digits: $0) } ?? String(value)
        }
        list.append(SourceDifference(number, what, text(left), text(right), isStatus: isStatus))
    }
}

extension SourceStatus {
    /// P, Q and the level of the line.
    var visible: UInt8 { rawValue & 7 }

    /// `P=1 Q=0`, and whether the line is asserted.
    var text: String {
        "P=\(p ? 1 : 0) Q=\(q ? 1 : 0)" + (isAsserted ? " asserted" : "")
    }
}

extension XicsSource {
    /// All of a free entry in one line.
    var configurationText: String {
        "server \(server), priority \(hexadecimal(UInt64(priority), digits: 2)), "
            + "saved \(hexadecimal(UInt64(savedPriority), digits: 2)), "
            + "status \(hexadecimal(UInt64(status.rawValue), digits: 2)), "
            + "flags \(hexadecimal(UInt64(flags.rawValue), digits: 2))"
    }
}
