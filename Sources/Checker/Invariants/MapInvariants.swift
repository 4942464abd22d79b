import InterruptState

extension Inspection {
    // MARK: - Rows of the number map

    /// Every row of the number map against the tables: one walk.
    mutating func checkRows() {
        var cursor = ClaimCursor(state)
        var place = 0
        let rows = state.numbers
        while place < rows.count {
            let number = rows[place].number
            var end = place + 1
            while end < rows.count, rows[end].number == number { end += 1 }
            let answer = cursor.answer(number)
            for index in place..<end { check(rows[index], answer) }
            if end - place > 1 { checkOwners(rows[place..<end]) }
            place = end
        }
    }

    private mutating func check(_ row: NumberAssignment, _ answer: ClaimCursor.Answer) {
        if case .unknown(let reason) = row.owner {
            add(
                Violation(
                    .unknownOwner, "Nothing says by what these numbers are claimed", subject: "\(row.number) owner",
                    number: row.number, value: reason))
        } else if !answer.isInSpace {
            add(
                Violation(
                    .outsideSpace, "Numbers lie outside the number space", subject: "number of \(row.owner)",
                    number: row.number, value: "\(row.number)", concerns: DeviceGroup(row.owner).name))
        } else if !answer.isClaimed {
            let group = DeviceGroup(row.owner)
            add(
                Violation(
                    .unclaimedDeviceNumber, "\(group.name) has numbers that are not claimed", subject: "\(row.number)",
                    number: row.number, value: "\(row.owner)", concerns: group.name, at: state.tableSubject(row.number))
            )
        }
        checkKind(row, answer)
    }

    private mutating func checkKind(_ row: NumberAssignment, _ answer: ClaimCursor.Answer) {
        let inTable = answer.flags.flatMap(\.kind)
        let isAmbiguous = answer.flags?.isSuperset(of: [.lsi, .msi]) ?? false
        let isOdd = differ(row.owner.kind, row.kind) || differ(row.owner.kind, inTable) || differ(row.kind, inTable)
        guard isAmbiguous || isOdd else { return }
        let table = answer.flags.map { hexadecimal(UInt64($0.rawValue)) } ?? "none"
        add(
            Violation(
                .kindMismatch, "The kind of a number does not fit its owner", subject: "\(row.number) kind",
                number: row.number, value: "\(row.owner), known as \(row.kind?.rawValue ?? "nothing"), flags \(table)",
                concerns: DeviceGroup(row.owner).name, at: .xicsSource(row.number)))
    }

    private func differ(_ left: SourceKind?, _ right: SourceKind?) -> Bool {
        guard let left, let right else { return false }
        return left != right
    }

    private mutating func checkOwners(_ rows: ArraySlice<NumberAssignment>) {
        let owners = Set(rows.map(\.owner).filter { !$0.isUnknown })
        guard owners.count > 1, let number = rows.first?.number else { return }
        let names = owners.map { "\($0)" }.sorted()
        add(
            Violation(
                .twoOwners, "Numbers have more than one owner", subject: "\(number)", number: number,
                value: listed(names), concerns: owners.map { DeviceGroup($0).name }.sorted().first))
    }

    // MARK: - Claims

    /// Claimed numbers without a row, left-over configuration of free ones, and the two controllers of a dual machine.
    mutating func checkClaims() {
        checkRowless()
        checkResidue()
        if let xive = state.xive, let xics = state.xics { checkDual(xive, xics) }
    }

    private mutating func checkRowless() {
        var place = 0
        for number in state.claimedNumbers {
            while place < state.numbers.count, state.numbers[place].number < number { place += 1 }
            if place < state.numbers.count, state.numbers[place].number == number { continue }
            add(
                Violation(
                    .unknownOwner, "Nothing says by what these numbers are claimed", subject: "\(number) owner",
                    number: number, value: "The number map has no row for it.", at: state.tableSubject(number)))
        }
    }

    private mutating func checkResidue() {
        let residue: [LogicalNumber]
        switch state.facts.activeMode {
        case .xive: residue = state.xive?.sources.filter { !$0.assignment.isValid && !$0.isBlank }.map(\.number) ?? []
        case .xics: residue = state.xics?.sources.filter { !$0.isClaimed && !$0.isBlank }.map(\.number) ?? []
        }
        for number in residue {
            add(
                Violation(
                    .unclaimedResidue, "Free numbers hold left-over configuration", subject: "\(number)",
                    number: number,
                    value: residueText(number), at: state.tableSubject(number)))
        }
    }

    private func residueText(_ number: LogicalNumber) -> String {
        if state.facts.activeMode == .xics { return state.xics?.source(number).configurationText ?? "" }
        guard let source = state.xive?.source(number) else { return "" }
        return "\(hexadecimal(source.assignment.rawValue, digits: 16)), \(source.status.text)"
    }

    private mutating func checkDual(_ xive: XiveController, _ xics: XicsController) {
        let external = xive.sources.filter { $0.assignment.isValid && xics.contains($0.number) }.map(\.number)
        let claimed = xics.sources.filter { $0.isClaimed && $0.number.rawValue < xive.numberCount }.map(\.number)
        mergeSorted(external, claimed, by: { $0 }) { mine, theirs in
            guard mine == nil || theirs == nil, let number = mine ?? theirs else { return }
            add(
                Violation(
                    .dualClaims, "The two controllers have not the same numbers claimed", subject: "\(number) claims",
                    number: number, value: "claimed in \(mine == nil ? "XICS" : "XIVE") only",
                    concerns: state.owner(of: number).map { DeviceGroup($0).name }, at: .xiveAssignment(number)))
        }
    }

    // MARK: - Messages

    /// The tables of message blocks against each other, against the claims and against the bitmap.
    mutating func checkMessages() {
        let blocks = state.bridges.flatMap { bridge in
            bridge.messages.compactMap { block in
                block.range.map { Block(bridge: bridge.buid, device: block.device, range: $0) }
            }
        }.sorted { $0.range.lowerBound < $1.range.lowerBound }
        checkOverlaps(blocks)
        checkBlockClaims(blocks)
        checkBitmap(NumberRanges(merging: blocks.map(\.range)))
    }

    private struct Block {
        let bridge: UInt64
        let device: UInt32
        let range: ClosedRange<LogicalNumber>

        var group: DeviceGroup { .messages(bridge: bridge, device: device) }
        var numbers: NumberRanges { NumberRanges(merging: [range]) }
    }

    private mutating func checkOverlaps(_ blocks: [Block]) {
        guard var widest = blocks.first else { return }
        for block in blocks.dropFirst() {
            if block.range.lowerBound <= widest.range.upperBound {
                let last = min(block.range.upperBound, widest.range.upperBound)
                add(
                    Violation(
                        .messageOverlap, "Blocks of message numbers overlap", subject: block.group.name,
                        number: block.range.lowerBound, numbers: NumberRanges(merging: [block.range.lowerBound...last]),
                        value: "\(block.numbers) and \(widest.numbers) of \(widest.group.name)",
                        concerns: block.group.name,
                        at: .bridgeMessages(block.bridge)))
            }
            if block.range.upperBound > widest.range.upperBound { widest = block }
        }
    }

    private mutating func checkBlockClaims(_ blocks: [Block]) {
        guard !blocks.isEmpty else { return }
        let claimed = NumberRanges(state.claimedNumbers)
        let free = NumberRanges(merging: blocks.map(\.range)).subtracting(claimed)
        guard !free.isEmpty else { return }
        for block in blocks {
            let lacking = block.numbers.subtracting(claimed)
            guard let first = lacking.first else { continue }
            add(
                Violation(
                    .messageUnclaimed, "\(block.group.name) have numbers that are not claimed", subject: "\(lacking)",
                    number: first, numbers: lacking, value: "block \(block.numbers)", concerns: block.group.name,
                    at: .bridgeMessages(block.bridge)))
        }
    }

    private mutating func checkBitmap(_ given: NumberRanges) {
        guard state.facts.scheme == .fixed else { return }
        let marked = state.givenMessages
        for (numbers, value) in [
            (marked.subtracting(given), "marked, in no table"), (given.subtracting(marked), "in a table, not marked"),
        ] {
            for range in numbers.ranges {
                let part = NumberRanges(merging: [range])
                add(
                    Violation(
                        .bitmapMismatch, "The bitmap of message numbers does not fit the bridges' tables",
                        subject: "\(part)",
                        number: range.lowerBound, numbers: part, value: value, at: .messageBitmap))
            }
        }
    }
}

extension Owner {
    /// The kind that such an owner always has.
    var kind: SourceKind? {
        switch self {
        case .bridgePin: .lsi
        case .interprocessor, .epow, .hotPlug, .virtualDevice, .bridgeMessage: .msi
        case .unknown: nil
        }
    }
}

extension XicsSource.Flags {
    /// The kind that the flags say, if they say one.
    var kind: SourceKind? {
        if contains(.lsi) { return .lsi }
        return contains(.msi) ? .msi : nil
    }
}
