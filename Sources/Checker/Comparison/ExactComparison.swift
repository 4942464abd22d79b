import InterruptState

/// What the exact level compares beyond what a guest sees: every stored field that no other comparison looks at.
struct ExactComparison {
    /// The states with their tables in order.
    let pair: Pair
    /// The states as they were given, for how they are listed.
    private let listedSource: MachineState
    private let listedOther: MachineState
    private(set) var findings: [Finding] = []
    private var knowledge: [Detail] = []
    private var instances: [Detail] = []
    private var listings: [Detail] = []
    private var deviceFields: [Detail] = []

    init(_ pair: Pair, source: MachineState, other: MachineState) {
        self.pair = pair
        listedSource = source
        listedOther = other
        compareFacts()
        compareNumbers()
        compareControllers()
        compareCPUs()
        compareDevices()
        compareOptions()
        compareTrees()
        compareResidues()
        add(.exactInstance, "Instance numbers differ", instances)
        add(.exactQueueState, "Other fields of devices differ", deviceFields)
        add(.exactKnowledge, "What is known, or where from, differs", knowledge)
        add(.exactListing, "The same entries are listed differently", listings)
    }

    private mutating func add(_ rule: Rule, _ lead: String, _ details: [Detail]) {
        guard !details.isEmpty else { return }
        findings.append(
            pair.finding(
                rule, "\(lead): \(listed(details.map(\.subject), limit: 4))",
                numbers: NumberRanges(details.compactMap(\.number)), details: details))
    }

    private mutating func know(_ subject: String, number: LogicalNumber? = nil, _ left: String?, _ right: String?) {
        if left != right { knowledge.append(pair.detail(subject, number: number, left, right)) }
    }

    /// Notes tables that hold the same entries in another order, twice, or blank ones beside them.
    private mutating func noteListing<Element: Hashable>(
        _ subject: String, _ left: [Element], _ right: [Element], isBlank: (Element) -> Bool = { _ in false }
    ) {
        guard left != right else { return }
        let mine = Set(left.filter { !isBlank($0) })
        let theirs = Set(right.filter { !isBlank($0) })
        if mine == theirs {
            listings.append(
                pair.detail(
                    subject, counted(left.count, "entry", plural: "entries"),
                    counted(right.count, "entry", plural: "entries")))
        }
    }

    // MARK: - Facts and numbers

    private mutating func compareFacts() {
        let mine = pair.source.facts
        let theirs = pair.other.facts
        know("basis of the number of servers", mine.serverCountBasis.rawValue, theirs.serverCountBasis.rawValue)
        if mine.serverCount == nil || theirs.serverCount == nil {
            know("number of possible servers", mine.serverCount.map(String.init), theirs.serverCount.map(String.init))
        }
        if mine.typeName == nil || theirs.typeName == nil { know("machine type", mine.typeName, theirs.typeName) }
        if mine.scheme == nil || theirs.scheme == nil {
            know("number scheme", mine.scheme?.rawValue, theirs.scheme?.rawValue)
        }
    }

    private mutating func compareNumbers() {
        if pair.source.numbers != pair.other.numbers { compareRows("", pair.source.numbers, pair.other.numbers) }
        noteListing("number map", listedSource.numbers, listedOther.numbers)
    }

    /// Rows of one number and owner that differ in what else is known, and rows whose owner is known on one side only.
    private mutating func compareRows(_ prefix: String, _ left: [NumberAssignment], _ right: [NumberAssignment]) {
        let partners = Dictionary(
            right.map { (RowKey(number: $0.number, owner: $0.owner), $0) }, uniquingKeysWith: { first, _ in first })
        let others = Dictionary(grouping: right, by: \.number)
        for row in left {
            let subject = "\(prefix)\(row.number)"
            if let partner = partners[RowKey(number: row.number, owner: row.owner)] {
                know("\(subject) basis", number: row.number, row.basis.rawValue, partner.basis.rawValue)
                if row.kind == nil || partner.kind == nil {
                    know("\(subject) kind", number: row.number, row.kind?.rawValue, partner.kind?.rawValue)
                }
            } else if let theirs = others[row.number], row.owner.isUnknown || theirs.contains(where: \.owner.isUnknown)
            {
                let values = [row.owner.exactText, theirs.map(\.owner.exactText).joined(separator: ", ")]
                know("\(subject) owner", number: row.number, values[0], values[1])
            }
        }
    }

    private struct RowKey: Hashable {
        let number: LogicalNumber
        let owner: Owner
    }

    // MARK: - Controllers and vCPUs

    private mutating func compareControllers() {
        if let mine = listedSource.xive, let theirs = listedOther.xive {
            noteListing("event assignments", mine.sources, theirs.sources, isBlank: \.isBlank)
            noteListing("event queues", mine.queues, theirs.queues, isBlank: \.isBlank)
            compareContents(mine.contents, theirs.contents)
        }
        if let mine = listedSource.xics, let theirs = listedOther.xics {
            noteListing("XICS sources", mine.sources, theirs.sources, isBlank: \.isBlank)
        }
    }

    private mutating func compareContents(_ left: QueueContents, _ right: QueueContents) {
        if case .captured(let mine) = left, case .captured(let theirs) = right {
            noteListing("queue entries", mine, theirs)
        } else {
            let text = { (contents: QueueContents) in
                switch contents {
                case .captured(let entries): "captured, \(counted(entries.count, "entry", plural: "entries"))"
                case .notCaptured(let reason): "not captured: \(reason)"
                }
            }
            know("queue entries", text(left), text(right))
        }
    }

    private mutating func compareCPUs() {
        mergeSorted(pair.source.cpus, pair.other.cpus, by: \.index) { mine, theirs in
            guard let mine, let theirs, mine != theirs else { return }
            know("vCPU \(mine.index) basis of server", mine.serverBasis.rawValue, theirs.serverBasis.rawValue)
            if mine.server == nil || theirs.server == nil {
                know("vCPU \(mine.index) server", mine.server.map { "\($0)" }, theirs.server.map { "\($0)" })
            }
            if mine.contextInstance != theirs.contextInstance {
                instances.append(
                    pair.detail(
                        "vCPU \(mine.index) context", mine.contextInstance.map { "instance \($0)" },
                        theirs.contextInstance.map { "instance \($0)" }, at: .context(cpu: mine.index)))
            }
        }
        noteListing("vCPUs", listedSource.cpus, listedOther.cpus)
    }

    // MARK: - Devices

    private mutating func compareDevices() {
        mergeSorted(pair.source.bridges, pair.other.bridges, by: \.buid) { mine, theirs in
            guard let mine, let theirs, mine != theirs else { return }
            compare(mine, theirs)
        }
        noteListing("host bridges", listedSource.bridges, listedOther.bridges)
        mergeSorted(pair.source.virtualDevices, pair.other.virtualDevices, by: { DeviceKey($0) }) { mine, theirs in
            guard let mine, let theirs, mine != theirs else { return }
            compare(mine, theirs)
        }
        noteListing("VIO devices", listedSource.virtualDevices, listedOther.virtualDevices)
    }

    private mutating func compare(_ mine: HostBridge, _ theirs: HostBridge) {
        let name = Owner.bridgeName(mine.buid)
        if mine.instance != theirs.instance {
            instances.append(
                pair.detail(
                    name, "instance \(mine.instance)", "instance \(theirs.instance)", at: .bridgePins(mine.buid)))
        }
        if mine.oldWindows != theirs.oldWindows {
            deviceFields.append(
                pair.detail(
                    "\(name) windows", bytesText(mine.oldWindows), bytesText(theirs.oldWindows),
                    at: .bridgePins(mine.buid)))
        }
        if Set(mine.messages) == Set(theirs.messages) {
            noteListing("messages of \(name)", mine.messages, theirs.messages)
        } else {
            deviceFields.append(
                pair.detail(
                    "\(name) message blocks", counted(mine.messages.count, "block"),
                    counted(theirs.messages.count, "block"), at: .bridgeMessages(mine.buid)))
        }
    }

    private mutating func compare(_ mine: VirtualDevice, _ theirs: VirtualDevice) {
        let name = DeviceGroup.virtualDevice(type: mine.type, unitAddress: mine.unitAddress).name
        if mine.number == nil || theirs.number == nil {
            know("number in the section of \(name)", mine.number.map { "\($0)" }, theirs.number.map { "\($0)" })
        }
        let left = mine.signalState == nil ? mine.queueState : Array(mine.queueState.dropFirst(8))
        let right = theirs.signalState == nil ? theirs.queueState : Array(theirs.queueState.dropFirst(8))
        if left != right {
            deviceFields.append(
                pair.detail(
                    "\(name) command queue", bytesText(left), bytesText(right),
                    at: .virtualDevice(type: mine.type, unitAddress: mine.unitAddress)))
        }
    }

    // MARK: - Options, tree, residue

    private mutating func compareOptions() {
        if pair.source.messageBitmap != pair.other.messageBitmap, pair.source.givenMessages == pair.other.givenMessages
        {
            let text = { (words: [UInt64]?) in words.map { counted($0.count, "word") } }
            add(
                .exactBits, "The message bitmap is saved differently",
                [
                    pair.detail(
                        "message bitmap", text(pair.source.messageBitmap), text(pair.other.messageBitmap),
                        at: .messageBitmap)
                ])
        }
        let mine = pair.source.otherOptions
        let theirs = pair.other.otherOptions
        guard mine != theirs else { return }
        let count = max(mine?.count ?? 0, theirs?.count ?? 0)
        let value = { (words: [UInt64]?, index: Int) -> String? in
            guard let words, index < words.count else { return nil }
            return hexadecimal(words[index], digits: 16)
        }
        var details = (0..<count).compactMap { index -> Detail? in
            let values = (value(mine, index), value(theirs, index))
            guard values.0 != values.1 else { return nil }
            return pair.detail("option word \(index)", values.0, values.1, at: .negotiatedModes)
        }
        if details.isEmpty {
            details = [
                pair.detail(
                    "option vector", mine.map { _ in "present" }, theirs.map { _ in "present" }, at: .negotiatedModes)
            ]
        }
        add(.exactOptions, "Negotiated options differ", details)
    }

    private mutating func compareTrees() {
        if let mine = pair.source.deviceTree, let theirs = pair.other.deviceTree {
            if mine.numbers != theirs.numbers {
                compareRows("device tree ", mine.numbers, theirs.numbers)
                noteListing("numbers of the device tree", mine.numbers, theirs.numbers)
            }
        } else {
            know(
                "interrupt properties of the device tree", pair.source.deviceTree.map { _ in "present" },
                pair.other.deviceTree.map { _ in "present" })
        }
        let mine = pair.source.deviceTreeBlob
        let theirs = pair.other.deviceTreeBlob
        guard mine != theirs else { return }
        var details: [Detail] = []
        if mine?.initialSize != theirs?.initialSize {
            details.append(
                pair.detail(
                    "initial size of the device tree", mine.map { "\($0.initialSize)" },
                    theirs.map { "\($0.initialSize)" },
                    at: .deviceTree))
        }
        if mine?.bytes != theirs?.bytes {
            details.append(
                pair.detail(
                    "bytes of the device tree", mine.map { bytesText($0.bytes) }, theirs.map { bytesText($0.bytes) },
                    at: .deviceTree))
        }
        add(.exactTree, "The device tree differs", details)
    }

    private mutating func compareResidues() {
        var details: [Detail] = []
        let partners = Dictionary(grouping: pair.other.residues, by: ResidueKey.init)
        let mine = Dictionary(grouping: pair.source.residues, by: ResidueKey.init)
        for key in Set(mine.keys).union(partners.keys).sorted() {
            let left = mine[key]?.map(\.bytes)
            let right = partners[key]?.map(\.bytes)
            if left != right {
                details.append(
                    pair.detail(
                        key.text, left.map { bytesText($0.flatMap { $0 }) }, right.map { bytesText($0.flatMap { $0 }) })
                )
            }
        }
        add(.exactResidue, "Other parts of sections differ", details)
        if details.isEmpty { noteListing("other parts of sections", pair.source.residues, pair.other.residues) }
        compareGaps()
    }

    private mutating func compareGaps() {
        guard pair.source.gaps != pair.other.gaps else { return }
        let mine = Set(pair.source.gaps)
        let theirs = Set(pair.other.gaps)
        for gap in pair.source.gaps where !theirs.contains(gap) { know("gap: \(gap.subject)", gap.reason, nil) }
        for gap in pair.other.gaps where !mine.contains(gap) { know("gap: \(gap.subject)", nil, gap.reason) }
        noteListing("gaps", pair.source.gaps, pair.other.gaps)
    }

    private struct ResidueKey: Hashable, Comparable {
        let name: String
        let instance: UInt32
        let part: String

        init(_ residue: SectionResidue) {
            name = residue.name
            instance = residue.instance
            part = residue.part
        }

        var text: String { "\(name)[\(instance)] \(part)" }

        static func < (left: ResidueKey, right: ResidueKey) -> Bool {
            if left.name != right.name { return left.name < right.name }
            return left.instance != right.instance ? left.instance < right.instance : left.part < right.part
        }
    }
}

/// Up to 32 bytes in hexadecimal, and the length and digest of more.
func bytesText(_ bytes: [UInt8]) -> String {
    if bytes.count > 32 { return "\(bytes.count) bytes, SHA-256 \(Digest(of: bytes))" }
    return bytes.isEmpty ? "none" : bytes.map { String(hexadecimal(UInt64($0), digits: 2).dropFirst(2)) }.joined()
}

extension MachineState {
    /// The negotiated options without the interrupt mode, which is compared by itself.
    var otherOptions: [UInt64]? {
        guard var words = negotiatedOptions else { return nil }
        if words.count > MachineState.xiveOption.word {
            words[MachineState.xiveOption.word] &= ~MachineState.xiveOption.mask
        }
        return words
    }
}

extension Owner {
    var isUnknown: Bool {
        if case .unknown = self { return true }
        return false
    }

    var isMessage: Bool {
        if case .bridgeMessage = self { return true }
        return false
    }

    /// The description, and of an unknown owner the reason.
    var exactText: String {
        if case .unknown(let reason) = self { return "unknown: \(reason)" }
        return description
    }
}
