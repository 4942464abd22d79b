import InterruptState

/// What devices hold beside their numbers, the bitmap of messages, and what the guest was told by its device tree.
struct DeviceComparison {
    let pair: Pair
    private(set) var findings: [Finding] = []

    /// - Parameter explained: numbers that findings about the map already account for.
    init(_ pair: Pair, explained: NumberRanges, into outcome: inout Outcome) {
        self.pair = pair
        compareSignals()
        compareBitmaps(explained)
        compareTrees(&outcome)
    }

    // MARK: - VIO signal state

    /// `signal_state` is the first of the fields: the guest's switch for the device's interrupt (H_VIO_SIGNAL).
    private mutating func compareSignals() {
        mergeSorted(pair.source.virtualDevices, pair.other.virtualDevices, by: { DeviceKey($0) }) { mine, theirs in
            guard let mine, let theirs, mine.signalState != theirs.signalState else { return }
            let name = DeviceGroup.virtualDevice(type: mine.type, unitAddress: mine.unitAddress).name
            let detail = pair.detail(
                "\(name) signal state", mine.signalState.map(DeviceComparison.text),
                theirs.signalState.map(DeviceComparison.text),
                at: .virtualDevice(type: mine.type, unitAddress: mine.unitAddress))
            findings.append(
                pair.finding(
                    .deviceSignal,
                    "\(name): signal state \(detail.sourceValue ?? "none") on the source and "
                        + "\(detail.otherValue ?? "none") on \(pair.otherName)",
                    subjects: [name], numbers: NumberRanges(mine.number.map { [$0] } ?? []), details: [detail]))
        }
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        "0x" + bytes.map { String(hexadecimal(UInt64($0), digits: 2).dropFirst(2)) }.joined()
    }

    // MARK: - Bitmap

    private mutating func compareBitmaps(_ explained: NumberRanges) {
        let mine = pair.source.givenMessages
        let theirs = pair.other.givenMessages
        guard mine != theirs else { return }
        let onlyMine = mine.subtracting(theirs).subtracting(explained)
        let onlyTheirs = theirs.subtracting(mine).subtracting(explained)
        guard !onlyMine.isEmpty || !onlyTheirs.isEmpty else { return }
        var parts: [String] = []
        if !onlyMine.isEmpty { parts.append("\(onlyMine.text(limit: 6)) on the source only") }
        if !onlyTheirs.isEmpty { parts.append("\(onlyTheirs.text(limit: 6)) on \(pair.otherName) only") }
        let details =
            onlyMine.ranges.map { detail($0, "given out", "free") }
            + onlyTheirs.ranges.map { detail($0, "free", "given out") }
        findings.append(
            pair.finding(
                .messageBitmap, "The bitmap has message numbers given out: \(listed(parts))",
                numbers: onlyMine.union(onlyTheirs), details: details))
    }

    private func detail(_ range: ClosedRange<LogicalNumber>, _ left: String, _ right: String) -> Detail {
        pair.detail(
            "message bitmap \(NumberRanges(merging: [range]))", number: range.lowerBound, left, right,
            at: .messageBitmap)
    }

    // MARK: - Device tree

    private mutating func compareTrees(_ outcome: inout Outcome) {
        guard let mine = pair.source.deviceTree, let theirs = pair.other.deviceTree else {
            let sides = [
                pair.source.deviceTree == nil ? "the source" : nil, pair.other.deviceTree == nil ? pair.otherName : nil,
            ].compactMap { $0 }
            outcome.skip(
                "interrupt properties of the device tree",
                "\(listed(sides)) carr\(sides.count == 1 ? "ies" : "y") none." + pair.gapReason("device tree"))
            return
        }
        var details = treeNumbers(mine, theirs)
        func add(_ subject: String, _ left: String?, _ right: String?) {
            if left != right { details.append(pair.detail(subject, left, right, at: .deviceTree)) }
        }
        add("servers", text(mine.servers), text(theirs.servers))
        add("number of servers", mine.serverCount.map(String.init), theirs.serverCount.map(String.init))
        add("modes offered", mine.offeredModes.map(DeviceTreeText.modes), theirs.offeredModes.map(DeviceTreeText.modes))
        guard !details.isEmpty else { return }
        findings.append(
            pair.finding(
                .deviceTreeChanged, "The device trees differ: \(listed(details.map(\.subject), limit: 4))",
                numbers: NumberRanges(details.compactMap(\.number)), details: details))
    }

    private func text(_ servers: [ServerNumber]) -> String {
        servers.map { "\($0)" }.joined(separator: " ")
    }

    /// Rows of the trees that have no equal row in the other tree.
    private func treeNumbers(_ left: DeviceTreeFacts, _ right: DeviceTreeFacts) -> [Detail] {
        let key = { (row: NumberAssignment) in TreeRow(number: row.number, owner: row.owner, kind: row.kind) }
        let mine = left.numbers.map(key)
        let theirs = right.numbers.map(key)
        guard mine != theirs else { return [] }
        let onlyMine = mine.filter { [all = Set(theirs)] in !all.contains($0) }
        let onlyTheirs = theirs.filter { [all = Set(mine)] in !all.contains($0) }
        return onlyMine.map { pair.detail("node of \($0.owner)", number: $0.number, $0.text, nil, at: .deviceTree) }
            + onlyTheirs.map { pair.detail("node of \($0.owner)", number: $0.number, nil, $0.text, at: .deviceTree) }
    }

    private struct TreeRow: Hashable {
        let number: LogicalNumber
        let owner: Owner
        let kind: SourceKind?

        var text: String { "\(number) \(kind?.rawValue ?? "")" }
    }
}

extension VirtualDevice {
    /// The first eight bytes of the queue state, or nil where the section has none.
    var signalState: ArraySlice<UInt8>? {
        queueState.count >= 8 ? queueState.prefix(8) : nil
    }
}

/// The words of the device tree as text.
enum DeviceTreeText {
    /// 0x00 XICS, 0x40 XIVE, 0x80 both.
    static func modes(_ byte: UInt8) -> String {
        switch byte {
        case 0x00: "xics"
        case 0x40: "xive"
        case 0x80: "xics and xive"
        default: hexadecimal(UInt64(byte), digits: 2)
        }
    }
}

extension MachineState {
    /// The numbers whose bits are set in the bitmap of messages; bit b of word w is 0x1300 + 64w + b.
    var givenMessages: NumberRanges {
        var numbers = NumberRanges()
        for (word, bits) in (messageBitmap ?? []).enumerated() {
            var rest = bits
            while rest != 0 {
                let low = rest.trailingZeroBitCount
                let run = (~(rest >> UInt64(low))).trailingZeroBitCount
                let first = 0x1300 + 64 * UInt64(word) + UInt64(low)
                let last = first + UInt64(run) - 1
                guard last <= UInt64(UInt32.max) else { return numbers }
                numbers.append(LogicalNumber(UInt32(first))...LogicalNumber(UInt32(last)))
                rest &= low + run >= 64 ? 0 : UInt64.max << UInt64(low + run)
            }
        }
        return numbers
    }
}
