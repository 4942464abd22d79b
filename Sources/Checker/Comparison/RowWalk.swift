import InterruptState

/// One walk through the number maps of both states: which owners have not the same number.
struct RowWalk {
    private(set) var onlySource: [NumberAssignment] = []
    private(set) var onlyOther: [NumberAssignment] = []
    /// Same number, same owner, another kind.
    private(set) var kinds: [(source: NumberAssignment, other: NumberAssignment)] = []
    /// Numbers whose owner is not known on one side or on both.
    private(set) var unknown: [LogicalNumber] = []
    /// Rows of equal owner on both sides.
    private(set) var compared: UInt64 = 0
    private let isConstructed: Bool

    init(_ pair: Pair) {
        isConstructed = pair.isConstructed
        walk(pair.source.numbers, pair.other.numbers)
    }

    private mutating func walk(_ left: [NumberAssignment], _ right: [NumberAssignment]) {
        var i = 0
        var j = 0
        while i < left.count || j < right.count {
            if i < left.count, j < right.count, isSame(left[i], right[j]) {
                accept(left[i])
                i += 1
                j += 1
                continue
            }
            let number = min(
                i < left.count ? left[i].number : LogicalNumber(.max),
                j < right.count ? right[j].number : LogicalNumber(.max))
            let leftEnd = RowWalk.end(of: number, in: left, from: i)
            let rightEnd = RowWalk.end(of: number, in: right, from: j)
            compare(left[i..<leftEnd], right[j..<rightEnd])
            i = leftEnd
            j = rightEnd
        }
    }

    private func isSame(_ left: NumberAssignment, _ right: NumberAssignment) -> Bool {
        left.number == right.number && left.kind == right.kind && left.owner == right.owner
    }

    private static func end(of number: LogicalNumber, in rows: [NumberAssignment], from first: Int) -> Int {
        var end = first
        while end < rows.count, rows[end].number == number { end += 1 }
        return end
    }

    private mutating func accept(_ row: NumberAssignment) {
        if row.owner.isUnknown {
            unknown.append(row.number)
        } else if !isConstructed || row.owner.isDecidedByConstruction {
            compared += 1
        }
    }

    /// The rows of one number: none, one or, where owners collide, several on each side.
    private mutating func compare(_ left: ArraySlice<NumberAssignment>, _ right: ArraySlice<NumberAssignment>) {
        var partners = Dictionary(grouping: right.reversed(), by: \.owner)
        var leftRest: [NumberAssignment] = []
        for row in left {
            if let partner = partners[row.owner]?.popLast() {
                accept(row)
                noteKinds(row, partner)
            } else {
                leftRest.append(row)
            }
        }
        let rightRest = right.filter { row in partners[row.owner]?.popLast() != nil }
        settle(leftRest, rightRest)
    }

    /// What has no partner by owner: an unknown owner excuses a row of the other side, anything else is a change.
    private mutating func settle(_ left: [NumberAssignment], _ right: [NumberAssignment]) {
        let leftUnknown = left.filter(\.owner.isUnknown)
        let rightUnknown = right.filter(\.owner.isUnknown)
        var leftKnown = left.filter { !$0.owner.isUnknown }
        var rightKnown = right.filter { !$0.owner.isUnknown }
        excuse(leftUnknown, &rightKnown)
        excuse(rightUnknown, &leftKnown)
        onlySource += leftKnown.filter(takesPart)
        onlyOther += rightKnown.filter(takesPart)
        guard !isConstructed else {
            if right.isEmpty { unknown += leftUnknown.map(\.number) }
            if left.isEmpty { unknown += rightUnknown.map(\.number) }
            return
        }
        if right.isEmpty { onlySource += leftUnknown }
        if left.isEmpty { onlyOther += rightUnknown }
        for (mine, theirs) in zip(leftUnknown, rightUnknown) {
            noteKinds(mine, theirs)
            unknown.append(mine.number)
        }
    }

    private mutating func excuse(_ unknowns: [NumberAssignment], _ known: inout [NumberAssignment]) {
        for row in unknowns {
            guard let partner = known.popLast() else { return }
            unknown.append(row.number)
            noteKinds(row, partner)
        }
    }

    private mutating func noteKinds(_ left: NumberAssignment, _ right: NumberAssignment) {
        guard let mine = left.kind, let theirs = right.kind, mine != theirs else { return }
        if isConstructed, !takesPart(left) { return }
        kinds.append((left, right))
    }

    private func takesPart(_ row: NumberAssignment) -> Bool {
        !isConstructed || row.owner.isDecidedByConstruction
    }
}
