import InterruptState

/// What `irqproof inspect` shows of a state, for a person at a terminal.
public struct StateText {
    private let state: MachineState
    private let style: TextStyle
    private let showsAll: Bool
    private let showsQueues: Bool

    /// - Parameters:
    ///   - showsAll: also free numbers that carry leftovers, queues that are not enabled, and sections.
    ///   - showsQueues: also the entries of event queues.
    public init(_ state: MachineState, style: TextStyle, showsAll: Bool, showsQueues: Bool) {
        self.state = state
        self.style = style
        self.showsAll = showsAll
        self.showsQueues = showsQueues
    }

    /// The whole picture as lines: machine, numbers, queues, contexts or presenters, gaps.
    public func lines() -> [String] {
        var lines = machine()
        lines += block("Numbers", numbers())
        if state.xive != nil { lines += block("Event queues", queues()) }
        if showsQueues { lines += QueueText(state, style: style, showsAll: showsAll).lines() }
        lines += block("vCPUs", cpus())
        if showsAll { lines += block("Sections", sections()) }
        if !state.gaps.isEmpty {
            lines += ["", style.text("Not known", .heading)]
            lines += state.gaps.map { "  \($0.subject): \(printable($0.reason))" }
        }
        return lines
    }

    private func block(_ title: String, _ table: TextTable) -> [String] {
        guard !table.isEmpty else { return ["", style.text(title, .heading), "  none"] }
        return ["", style.text(title, .heading)] + table.lines(style).map { "  " + $0 }
    }

    // MARK: - Machine

    private func machine() -> [String] {
        let modes = state.offeredModes.map { $0.rawValue.uppercased() }.joined(separator: " and ")
        let scheme =
            switch state.facts.scheme {
            case .fixed: "fixed number map (3.1 and later)"
            case .sequential: "sequential allocator (up to 3.0)"
            case nil: "unknown number map"
            }
        let servers = state.facts.serverCount.map { "\($0) possible servers" } ?? "number of servers not known"
        let space = state.numberSpace
        let claimed = state.claimedNumbers.count
        return [
            style.text(printable(state.facts.typeName ?? "machine type not named"), .heading)
                + ": \(state.facts.activeMode.rawValue.uppercased()) in force, machine has \(modes)",
            "  \(scheme), \(servers), \(state.cpus.count) vCPUs, \(state.bridges.count) PCI host bridges",
            "  \(claimed) of \(space.count) numbers claimed "
                + "(\(LogicalNumber(space.lowerBound))..\(LogicalNumber(space.isEmpty ? 0 : space.upperBound - 1)))",
        ]
    }

    // MARK: - Numbers

    private func numbers() -> TextTable {
        switch state.facts.activeMode {
        case .xive: xiveNumbers()
        case .xics: xicsNumbers()
        }
    }

    /// The numbers to show, ascending: owned or claimed ones of the space, with `--all` every one that is not blank.
    private func shownNumbers(_ listed: [LogicalNumber]) -> [LogicalNumber] {
        let space = state.numberSpace
        let owned = state.numbers.map(\.number).filter { space.contains($0.rawValue) }
        return Array(Set(listed).union(owned)).sorted()
    }

    private func xiveNumbers() -> TextTable {
        var table = TextTable(["NUMBER", "KIND", "OWNER", "PQ", ">SERVER/PRIO", ">EISN", "QUEUE"])
        guard let xive = state.xive else { return table }
        let listed = xive.sources.filter { showsAll || $0.assignment.isValid }.map(\.number)
        for number in shownNumbers(listed) {
            let source = xive.source(number)
            let assignment = source.assignment
            let configuration = state.configuration(number)
            let target = configuration.server.map { "\($0)/\(configuration.priority)" } ?? "masked"
            let queue = assignment.isMasked ? "" : place(xive.queue(assignment.queueIndex))
            table.add(
                [number.description, kind(number), owner(number, isClaimed: assignment.isValid)]
                    + [source.status.description.replacing(" ", with: "")]
                    + (assignment.isValid || assignment != .free
                        ? [target, hexadecimal(UInt64(assignment.eisn)), queue] : ["", "", ""]))
        }
        return table
    }

    private func xicsNumbers() -> TextTable {
        var table = TextTable(["NUMBER", "KIND", "OWNER", ">SERVER", ">PRIORITY", ">SAVED", "STATUS"])
        guard let xics = state.xics else { return table }
        let listed = xics.sources.filter { showsAll || $0.isClaimed }.map(\.number)
        for number in shownNumbers(listed) {
            let source = xics.source(number)
            table.add([
                number.description, kind(number), owner(number, isClaimed: source.isClaimed),
                source.server.description, priority(source.priority), priority(source.savedPriority),
                status(source.status),
            ])
        }
        return table
    }

    private func kind(_ number: LogicalNumber) -> String {
        state.assignments(of: number).first?.kind?.rawValue ?? "?"
    }

    private func owner(_ number: LogicalNumber, isClaimed: Bool) -> String {
        let owners = state.assignments(of: number).map { printable($0.owner.description) }
        let text = owners.isEmpty ? "none" : owners.joined(separator: " and ")
        return isClaimed ? text : text + " (free)"
    }

    private func priority(_ value: UInt8) -> String {
        value == 0xff ? "masked" : String(value)
    }

    private func status(_ status: XicsSource.Status) -> String {
        let names: [(XicsSource.Status, String)] = [
            (.asserted, "asserted"), (.sent, "sent"), (.rejected, "rejected"), (.maskedPending, "masked-pending"),
            (.presented, "presented"), (.queued, "queued"),
        ]
        let set = names.filter { status.contains($0.0) }.map(\.1).joined(separator: " ")
        return set.isEmpty ? "-" : set
    }

    // MARK: - Queues, vCPUs, sections

    private func place(_ queue: EventQueue) -> String {
        queue.isEnabled ? "@\(hexadecimal(queue.address))" : "not enabled"
    }

    private func queues() -> TextTable {
        var table = TextTable([
            ">SERVER/PRIO", "ADDRESS", ">SIZE", ">NEXT", ">GENERATION", "NOTIFY", "STATE",
        ])
        for queue in state.xive?.queues ?? [] where showsAll || queue.isEnabled {
            let notify = queue.alwaysNotifies ? "always" : "once (ESn \(pq(queue.notificationStatus)))"
            let named = queue.server.map { "\($0)/\(queue.priority)" } ?? "-/-"
            let table8 = "\(queue.tableServer)/\(queue.tablePriority)"
            table.add([
                table8, place(queue), size(queue.byteCount), "\(queue.nextIndex)/\(queue.entryCount)",
                String(queue.generation), notify,
                queue.isEnabled ? (named == table8 ? "enabled" : "enabled, notifies \(named)") : "not enabled",
            ])
        }
        return table
    }

    private func pq(_ bits: UInt8) -> String {
        (bits & 2 != 0 ? "P" : "-") + (bits & 1 != 0 ? "Q" : "-")
    }

    private func size(_ bytes: UInt64) -> String {
        bytes >= 1 << 20 ? "\(bytes >> 20) MiB" : "\(bytes >> 10) KiB"
    }

    private func cpus() -> TextTable {
        switch state.facts.activeMode {
        case .xive: contexts()
        case .xics: presenters()
        }
    }

    private func contexts() -> TextTable {
        var table = TextTable([">VCPU", ">SERVER", ">CONTEXT", ">CAM SERVER", "NSR", "CPPR", "IPB", "PIPR", "W2"])
        for cpu in state.cpus {
            let server = cpu.server?.description ?? "?"
            guard let context = cpu.context, let instance = cpu.contextInstance else {
                table.add([String(cpu.index), server, "none"])
                continue
            }
            table.add([
                String(cpu.index), server, String(instance), context.server?.description ?? "none",
                byte(context.notificationStatus), byte(context.currentPriority), byte(context.pendingBits),
                byte(context.pendingPriority), hexadecimal(UInt64(context.word2(.os)), digits: 8),
            ])
        }
        return table
    }

    private func presenters() -> TextTable {
        var table = TextTable([">VCPU", ">SERVER", "XIRR", "PENDING PRIORITY", "MFRR", "PRESENTED"])
        for cpu in state.cpus {
            let server = cpu.server?.description ?? "?"
            guard let presenter = cpu.presenter else {
                table.add([String(cpu.index), server, "none"])
                continue
            }
            let presented =
                presenter.presented == 0 ? "-" : hexadecimal(UInt64(presenter.presented), digits: 4)
            table.add([
                String(cpu.index), server, hexadecimal(UInt64(presenter.xirr), digits: 8),
                byte(presenter.pendingPriority), byte(presenter.mfrr), presented,
            ])
        }
        return table
    }

    private func byte(_ value: UInt8) -> String {
        String(hexadecimal(UInt64(value), digits: 2).dropFirst(2))
    }

    private func sections() -> TextTable {
        var table = TextTable([">OFFSET", ">BYTES", "NAME", ">INSTANCE", ">VERSION"])
        for section in state.origin.sections {
            table.add([
                String(section.offset), String(section.bodyLength), printable(section.name), String(section.instance),
                String(section.version),
            ])
        }
        return table
    }
}
