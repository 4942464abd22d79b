import InterruptState

/// Folds the changes of the number map into findings, one for each cause.
struct MapFolding {
    let pair: Pair
    private var groups: [Group] = []
    private(set) var findings: [Finding] = []

    /// What changed of one device.
    struct Group {
        let key: DeviceGroup
        var changes: [MapChange]

        var moved: [MapChange] { changes.filter(\.isMoved) }
        var source: NumberRanges { NumberRanges(merging: changes.flatMap(\.source.ranges)) }
        var other: NumberRanges { NumberRanges(merging: changes.flatMap(\.other.ranges)) }
        var numbers: NumberRanges { source.union(other) }

        var isVirtual: Bool {
            if case .virtualDevice = key { return true }
            return false
        }

        /// By how much all of it moved, where that is one figure.
        var distance: Int64? {
            guard let first = changes.first?.distance, changes.allSatisfy({ $0.distance == first }) else { return nil }
            return first
        }
    }

    init(_ comparison: MapComparison) {
        pair = comparison.pair
        groups = grouped(comparison.changes, by: \.group).map { Group(key: $0.key, changes: $0.elements) }
        addBareDevices(comparison.lonelyDevices)
        foldCollisions()
        foldMoves()
        foldOwners()
        foldRest()
        foldKinds(comparison.kinds)
    }

    /// Devices on one side only that have no number there.
    private mutating func addBareDevices(_ devices: [(group: DeviceGroup, isOnSource: Bool)]) {
        let present = Set(groups.map(\.key))
        for device in devices where !present.contains(device.group) {
            let rule = device.isOnSource ? Rule.onlyInSource : .onlyInDestination
            let side = device.isOnSource ? "the source" : pair.otherName
            let detail = pair.detail(
                device.group.name, device.isOnSource ? "present" : nil, device.isOnSource ? nil : "present")
            findings.append(
                pair.finding(
                    rule, "\(device.group.name) exists on \(side) only", subjects: [device.group.name],
                    details: [detail]))
        }
    }

    // MARK: - Collisions

    private mutating func foldCollisions() {
        var rest: [Group] = []
        for group in groups {
            let hits = group.changes.compactMap(collision)
            if hits.isEmpty { rest.append(group) } else { findings.append(collisionFinding(group, hits)) }
        }
        groups = rest
    }

    /// The owner that already has a number which the change brings to the other side.
    private func collision(_ change: MapChange) -> (number: LogicalNumber, owner: Owner)? {
        guard let number = change.other.first, change.other.count == 1 else { return nil }
        let rows = (pair.isConstructed ? pair.source : pair.other).assignments(of: number)
        let rivals = rows.map(\.owner).filter { owner in
            guard owner != change.owner, !owner.isUnknown else { return false }
            return !pair.isConstructed || !owner.isDecidedByConstruction
        }
        return rivals.first.map { (number, $0) }
    }

    private func collisionFinding(_ group: Group, _ hits: [(number: LogicalNumber, owner: Owner)]) -> Finding {
        let taken = NumberRanges(hits.map(\.number))
        let rivals = hits.count == 1 ? hits.map { "\($0.owner)" } : names(of: hits.map(\.owner))
        let whose = pair.isConstructed ? "which the source has given to" : "the same as"
        let title =
            "\(group.key.name) has \(group.key.noun(taken.count)) \(taken) on \(pair.otherName), "
            + "\(whose) \(listed(rivals, limit: 3))"
        let rivalDetails = hits.map { hit in
            pair.detail(
                "\(hit.number) owner", number: hit.number, "\(hit.owner)", "\(group.key.name)",
                at: pair.source.tableSubject(hit.number))
        }
        return pair.finding(
            .collision, title, subjects: [group.key.name] + hits.map { DeviceGroup($0.owner).name },
            numbers: group.numbers, details: rivalDetails + details(group))
    }

    /// The groups of the owners, each once.
    private func names(of owners: [Owner]) -> [String] {
        grouped(owners, by: DeviceGroup.init).map(\.key.name)
    }

    // MARK: - Moves

    private mutating func foldMoves() {
        let movers = groups.filter { !$0.moved.isEmpty }
        groups.removeAll { !$0.moved.isEmpty }
        var rest: [Group] = []
        for component in MapFolding.connected(movers) {
            if component.count > 1, isClosed(component) {
                findings.append(exchange(component))
            } else {
                rest += component
            }
        }
        for (distance, members) in grouped(rest, by: \.distance) {
            if let distance, members.count > 1 {
                findings.append(shift(members, distance))
            } else {
                findings += members.map(move)
            }
        }
    }

    /// Groups that are linked because one has now a number that the other had.
    private static func connected(_ groups: [Group]) -> [[Group]] {
        var holders: [ClosedRange<LogicalNumber>: Int] = [:]
        var parent = Array(groups.indices)
        func root(_ index: Int) -> Int {
            var index = index
            while parent[index] != index {
                parent[index] = parent[parent[index]]
                index = parent[index]
            }
            return index
        }
        for (index, group) in groups.enumerated() {
            for change in group.changes {
                for range in change.source.ranges { holders[range] = index }
            }
        }
        for (index, group) in groups.enumerated() {
            for change in group.changes {
                for range in change.other.ranges {
                    if let holder = holders[range] { parent[root(index)] = root(holder) }
                }
            }
        }
        return grouped(groups.indices, by: root).map { $0.elements.map { groups[$0] } }
    }

    /// Whether the groups have together the same numbers on both sides.
    private func isClosed(_ component: [Group]) -> Bool {
        union(component, \.source) == union(component, \.other)
    }

    private func exchange(_ component: [Group]) -> Finding {
        let parts = component.map { "\($0.key.name) (\($0.source) on the source, \($0.other) on \(pair.otherName))" }
        return pair.finding(
            .numberMoved, "Interrupt numbers are exchanged: \(listed(parts))",
            consequence: Rule.ownerChanged.effect, subjects: component.map(\.key.name),
            numbers: union(component, \.numbers), details: component.flatMap(details))
    }

    private func shift(_ members: [Group], _ distance: Int64) -> Finding {
        let from = union(members, \.source)
        let steps = distance.magnitude == 1 ? "one" : "\(distance.magnitude)"
        let title =
            "\(counted(from.count, "number")) of \(counted(members.count, "device")) moved \(distance > 0 ? "up" : "down") "
            + "by \(steps): \(from.text(limit: 6)) of the source \(from.count == 1 ? "is" : "are") "
            + "\(union(members, \.other).text(limit: 6)) on \(pair.otherName)"
        return pair.finding(
            .numberMoved, title, subjects: members.map(\.key.name), numbers: union(members, \.numbers),
            details: members.flatMap(details))
    }

    private func move(_ group: Group) -> Finding {
        let count = max(group.source.count, group.other.count)
        let title =
            "\(group.key.name) has \(group.key.noun(count)) \(group.source.text(limit: 6)) on the source and "
            + "\(group.other.text(limit: 6)) on \(pair.otherName)"
        return pair.finding(
            .numberMoved, title, subjects: [group.key.name], numbers: group.numbers, details: details(group))
    }

    // MARK: - Other owners

    /// Numbers that a device of the source only and a device of the other side only have in common.
    private mutating func foldOwners() {
        var former: [LogicalNumber: Int] = [:]
        for (index, group) in groups.enumerated() {
            for change in group.changes {
                if let number = change.source.first, change.source.count == 1 { former[number] = index }
            }
        }
        var links: [(from: Int, to: Int)] = []
        for (index, group) in groups.enumerated() {
            for change in group.changes {
                if let number = change.other.first, let from = former[number], from != index {
                    links.append((from, index))
                }
            }
        }
        guard !links.isEmpty else { return }
        var used: Set<Int> = []
        for (_, members) in grouped(links, by: { groups[$0.from].isVirtual && groups[$0.to].isVirtual ? -1 : $0.from })
        {
            let indices = Set(members.flatMap { [$0.from, $0.to] }).subtracting(used).sorted()
            guard !indices.isEmpty else { continue }
            used.formUnion(indices)
            findings.append(ownerFinding(indices.map { groups[$0] }))
        }
        groups = groups.indices.filter { !used.contains($0) }.map { groups[$0] }
    }

    private func ownerFinding(_ members: [Group]) -> Finding {
        var before: [LogicalNumber: Owner] = [:]
        for change in members.flatMap(\.changes) {
            if let number = change.source.first { before[number] = change.owner }
        }
        let parts = members.flatMap(\.changes).compactMap { change -> String? in
            guard let number = change.other.first, let owner = before[number] else { return nil }
            return "\(number) (\(owner) on the source, \(change.owner) on \(pair.otherName))"
        }
        return pair.finding(
            .ownerChanged,
            "\(counted(parts.count, "number belongs", plural: "numbers belong")) to another device: "
                + listed(parts, limit: 4),
            subjects: members.map(\.key.name), numbers: union(members, \.numbers), details: members.flatMap(details))
    }

    // MARK: - One side only

    private mutating func foldRest() {
        for group in groups {
            if !group.source.isEmpty { findings.append(lonely(group, onSource: true)) }
            if !group.other.isEmpty { findings.append(lonely(group, onSource: false)) }
        }
        groups = []
    }

    private func lonely(_ group: Group, onSource: Bool) -> Finding {
        let changes = group.changes.filter { onSource ? !$0.source.isEmpty : !$0.other.isEmpty }
        let numbers = onSource ? group.source : group.other
        let side = onSource ? "the source" : pair.otherName
        let state = onSource ? pair.source : pair.other
        let free = numbers.ranges.allSatisfy { !state.isClaimed($0.lowerBound) }
        let title: String
        if group.key == .unknown {
            title =
                "\(counted(numbers.count, "number")) of unknown owner \(numbers.count == 1 ? "is" : "are") claimed on "
                + "\(side) only: \(numbers.text(limit: 8))"
        } else {
            title =
                "\(group.key.name) (\(group.key.noun(numbers.count)) \(numbers.text(limit: 8))) "
                + "\(group.key.isPlural ? "exist" : "exists") on \(side) only"
                + (free && !onSource ? ", where \(numbers.count == 1 ? "it is" : "they are") not claimed" : "")
        }
        return pair.finding(
            onSource ? .onlyInSource : .onlyInDestination, title, subjects: [group.key.name], numbers: numbers,
            details: changes.map(detail))
    }

    // MARK: - Kinds

    private mutating func foldKinds(_ kinds: [(source: NumberAssignment, other: NumberAssignment)]) {
        for (key, rows) in grouped(kinds, by: { DeviceGroup($0.source.owner) }) {
            let numbers = NumberRanges(rows.map(\.source.number))
            let details = rows.map { row in
                pair.detail(
                    "\(row.source.number) kind", number: row.source.number, row.source.kind?.rawValue,
                    row.other.kind?.rawValue, at: pair.source.tableSubject(row.source.number))
            }
            let first = rows[0]
            findings.append(
                pair.finding(
                    .kindChanged,
                    "\(key.name): \(numbers.text(limit: 8)) \(numbers.count == 1 ? "is" : "are") "
                        + "\(first.source.kind?.rawValue ?? "-") on the source and \(first.other.kind?.rawValue ?? "-") on "
                        + pair.otherName,
                    subjects: [key.name], numbers: numbers, details: details))
        }
    }

    // MARK: - Details

    private func details(_ group: Group) -> [Detail] { group.changes.map(detail) }

    private func detail(_ change: MapChange) -> Detail {
        let key = DeviceGroup(change.owner)
        return Detail(
            subject: "number of \(change.owner)", number: change.source.first ?? change.other.first,
            sourceValue: value(change.source, in: pair.source), otherValue: value(change.other, in: pair.other),
            sourceSite: change.source.isEmpty ? nil : key.site(change.source.first, in: pair.source),
            otherSite: change.other.isEmpty ? nil : key.site(change.other.first, in: pair.other))
    }

    private func value(_ numbers: NumberRanges, in state: MachineState) -> String? {
        guard let first = numbers.first else { return nil }
        return "\(numbers)" + (state.isClaimed(first) ? "" : " (not claimed)")
    }

    private func union(_ groups: [Group], _ side: KeyPath<Group, NumberRanges>) -> NumberRanges {
        NumberRanges(merging: groups.flatMap { $0[keyPath: side].ranges })
    }
}
