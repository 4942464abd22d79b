import InterruptState

/// The number map of both states: numbers, owners, kinds, devices.
struct MapComparison {
    let pair: Pair
    private(set) var changes: [MapChange] = []
    private(set) var kinds: [(source: NumberAssignment, other: NumberAssignment)] = []
    /// The numbers of all changes: what findings about the map account for.
    private(set) var explained = NumberRanges()
    /// Devices that exist on one side only, with or without numbers.
    private(set) var lonelyDevices: [(group: DeviceGroup, isOnSource: Bool)] = []

    init(_ pair: Pair, into outcome: inout Outcome) {
        self.pair = pair
        let walk = RowWalk(pair)
        kinds = walk.kinds
        if pair.isConstructed { outcome.counts.constructedNumbers += walk.compared }
        pairMoves(walk.onlySource, walk.onlyOther)
        compareBridges(&outcome)
        compareVirtualDevices(&outcome)
        changes.removeAll(where: isDormantInterprocessor)
        gatherLonelyBridges()
        explained = NumberRanges(merging: changes.flatMap { $0.source.ranges + $0.other.ranges })
        noteUnknown(walk.unknown, &outcome)
    }

    private func noteUnknown(_ numbers: [LogicalNumber], _ outcome: inout Outcome) {
        guard !numbers.isEmpty else { return }
        let name = pair.isConstructed ? "owners of numbers, as built" : "owners of numbers"
        outcome.skip(
            "\(name): \(NumberRanges(numbers).text(limit: 8))",
            "The owner is not known on one side or on both; the numbers were compared as far as known.")
    }

    // MARK: - Rows

    private mutating func pairMoves(_ left: [NumberAssignment], _ right: [NumberAssignment]) {
        var partners = Dictionary(grouping: right.reversed(), by: \.owner)
        for row in left {
            let partner = partners[row.owner]?.popLast()
            changes.append(MapChange(row.owner, source: row.number, other: partner?.number))
            if let partner, let mine = row.kind, let theirs = partner.kind, mine != theirs {
                kinds.append((row, partner))
            }
        }
        for row in right where partners[row.owner]?.popLast() != nil {
            changes.append(MapChange(row.owner, source: nil, other: row.number))
        }
    }

    /// A dual machine in XICS mode has its inter-processor numbers claimed in a controller that is not in force;
    /// a number map made from the one in force does not list them.
    private func isDormantInterprocessor(_ change: MapChange) -> Bool {
        guard change.group == .interprocessor, !change.isMoved else { return false }
        let state = change.other.isEmpty ? pair.other : pair.source
        guard state.facts.activeMode == .xics, let xive = state.xive else { return false }
        guard let number = change.source.first ?? change.other.first else { return false }
        return xive.source(number).assignment.isValid
    }

    // MARK: - Devices

    private mutating func compareBridges(_ outcome: inout Outcome) {
        var common: UInt64 = 0
        var found: [MapChange] = []
        var lonely: [(DeviceGroup, Bool)] = []
        mergeSorted(pair.source.bridges, pair.other.bridges, by: \.buid) { mine, theirs in
            guard let buid = (mine ?? theirs)?.buid else { return }
            if mine != nil, theirs != nil { common += 1 } else { lonely.append((.bridge(buid), mine != nil)) }
            found += pinChanges(buid, mine?.pins ?? [], theirs?.pins ?? [])
            if !pair.isConstructed { found += messageChanges(buid, mine?.messages ?? [], theirs?.messages ?? []) }
        }
        if !pair.isConstructed { outcome.counts.bridges += common }
        lonelyDevices += lonely
        add(found)
    }

    private func pinChanges(_ buid: UInt64, _ left: [LogicalNumber], _ right: [LogicalNumber]) -> [MapChange] {
        guard left != right else { return [] }
        return (0..<max(left.count, right.count)).compactMap { pin in
            let mine = pin < left.count ? left[pin] : nil
            let theirs = pin < right.count ? right[pin] : nil
            if mine == theirs { return nil }
            return MapChange(.bridgePin(bridge: buid, pin: UInt8(clamping: pin)), source: mine, other: theirs)
        }
    }

    private func messageChanges(_ buid: UInt64, _ left: [MessageBlock], _ right: [MessageBlock]) -> [MapChange] {
        guard left != right else { return [] }
        let mine = Dictionary(grouping: left, by: \.device)
        let theirs = Dictionary(grouping: right, by: \.device)
        return Set(mine.keys).union(theirs.keys).sorted().compactMap { device in
            let blocks = [mine[device] ?? [], theirs[device] ?? []].map { $0.sorted { $0.first < $1.first } }
            if blocks[0] == blocks[1] { return nil }
            return MapChange(
                .bridgeMessage(bridge: buid, device: device, vector: 0),
                source: NumberRanges(merging: blocks[0].compactMap(\.range)),
                other: NumberRanges(merging: blocks[1].compactMap(\.range)))
        }
    }

    private mutating func compareVirtualDevices(_ outcome: inout Outcome) {
        var common: UInt64 = 0
        var found: [MapChange] = []
        var lonely: [(DeviceGroup, Bool)] = []
        mergeSorted(pair.source.virtualDevices, pair.other.virtualDevices, by: { DeviceKey($0) }) { mine, theirs in
            guard let device = mine ?? theirs else { return }
            let owner = Owner.virtualDevice(type: device.type, unitAddress: device.unitAddress)
            if mine != nil, theirs != nil { common += 1 } else { lonely.append((DeviceGroup(owner), mine != nil)) }
            // A section without a number (nvram) says nothing; its row in the map does.
            guard mine?.number != theirs?.number else { return }
            if mine != nil, theirs != nil, mine?.number == nil || theirs?.number == nil { return }
            found.append(MapChange(owner, source: mine?.number, other: theirs?.number))
        }
        if !pair.isConstructed { outcome.counts.virtualDevices += common }
        lonelyDevices += lonely
        add(found)
    }

    /// Adds what the devices say beyond the rows of the map: nothing where the two agree.
    private mutating func add(_ found: [MapChange]) {
        guard !found.isEmpty else { return }
        let knownOwners = Set(changes.map(\.owner))
        let knownGroups = Set(changes.map(\.group))
        changes += found.filter { change in
            if case .messages = change.group { return !knownGroups.contains(change.group) }
            return !knownOwners.contains(change.owner)
        }
    }

    /// Messages of a bridge that is missing on one side belong to the bridge's finding.
    private mutating func gatherLonelyBridges() {
        let lonely = Set(lonelyDevices.map(\.group))
        guard !lonely.isEmpty else { return }
        for index in changes.indices {
            if case .messages(let bridge, _) = changes[index].group, lonely.contains(.bridge(bridge)) {
                changes[index].group = .bridge(bridge)
            }
        }
    }

    /// Hands over the changes of one group, which another finding explains.
    mutating func take(_ group: DeviceGroup) -> [MapChange] {
        let taken = changes.filter { $0.group == group }
        changes.removeAll { $0.group == group }
        return taken
    }
}
