import InterruptState

extension Inspection {
    // MARK: - XIVE in force

    /// Event assignments, queues and thread contexts.
    mutating func checkXive() {
        guard let xive = state.xive else { return }
        let servers = state.knownServers.map { SmallNumberSet($0.map(\.rawValue)) }
        let enabled = SmallNumberSet(xive.queues.filter(\.isEnabled).map(\.index))
        for source in xive.sources where source.assignment.isValid {
            check(source, queueCount: xive.queueCount, enabled: enabled, servers: servers)
        }
        for queue in xive.queues where queue.isEnabled { check(queue, servers: servers) }
        checkEntries(xive)
        checkContexts()
    }

    private mutating func check(
        _ source: XiveSource, queueCount: UInt32, enabled: SmallNumberSet, servers: SmallNumberSet?
    ) {
        let assignment = source.assignment
        var place: String { EventQueueText.name(assignment.queueIndex) }
        let isBlockWrong = assignment.queueBlock != 0
        if isBlockWrong {
            add(fault(.sourceQueueBlock, "Numbers name a block other than 0", source, "\(assignment.queueBlock)"))
        }
        guard !assignment.isMasked else { return }
        let server = ServerNumber(assignment.queueIndex >> 3)
        if assignment.queueIndex >= queueCount {
            add(fault(.sourceQueueOutside, "Numbers are bound to an event queue beyond the table", source, place))
        } else if let servers, !servers.contains(server.rawValue) {
            add(fault(.sourceServerMissing, "Numbers are bound to server \(server), which has no vCPU", source, place))
        } else if !enabled.contains(assignment.queueIndex) {
            add(fault(.sourceQueueDisabled, "Numbers are bound to \(place), which is not enabled", source, place))
        }
        if assignment.queueIndex & 7 == 7 {
            add(fault(.sourceReservedPriority, "Numbers are bound to the reserved priority 7", source, place))
        }
    }

    private func fault(_ rule: Rule, _ lead: String, _ source: XiveSource, _ value: String) -> Violation {
        Violation(
            rule, lead, subject: "\(source.number)", number: source.number, value: value,
            concerns: state.owner(of: source.number).map { DeviceGroup($0).name }, at: .xiveAssignment(source.number))
    }

    private mutating func check(_ queue: EventQueue, servers: SmallNumberSet?) {
        let name = EventQueueText.name(queue.index)
        func fault(_ rule: Rule, _ lead: String, _ value: String) {
            add(Violation(rule, lead, subject: name, value: value, concerns: name, at: .eventQueue(queue.index)))
        }
        let target = queue.server.map { "server \($0)" } ?? "NVT \(hexadecimal(UInt64(queue.w6), digits: 8))"
        if let servers, !(queue.server.map { servers.contains($0.rawValue) } ?? false) {
            fault(.queueServerMissing, "Event queues notify a server that has no vCPU", target)
        } else if queue.server != queue.tableServer || queue.priority != queue.tablePriority {
            fault(
                .queueTarget, "Event queues notify another target than their place stands for",
                "\(target), priority \(queue.priority)")
        }
        if queue.address % queue.byteCount != 0 {
            fault(.queueAlignment, "Event queues are not aligned to their size", EventQueueText.placement(queue))
        }
        if queue.nextIndex >= queue.entryCount {
            fault(
                .queueIndexRange, "The next entry lies beyond the event queue",
                "\(queue.nextIndex) of \(queue.entryCount)")
        }
        if queue.tablePriority == 7 {
            fault(.queueReservedPriority, "Event queues of the reserved priority 7 are enabled", "")
        }
    }

    /// What stands in the queues, as far as guest memory was read.
    private mutating func checkEntries(_ xive: XiveController) {
        func fault(_ rule: Rule, _ lead: String, _ queue: UInt32, _ value: String) -> Violation {
            let name = EventQueueText.name(queue)
            return Violation(rule, lead, subject: name, value: value, concerns: name, at: .eventQueue(queue))
        }
        for queue in xive.queues where queue.isEnabled && state.gaps.contains(.entriesOutsideMemory(of: queue)) {
            let value = EventQueueText.placement(queue)
            add(fault(.queueOutsideMemory, "Event queues lie outside of guest memory", queue.index, value))
        }
        guard case .captured(let entries) = xive.contents else { return }
        let shown = SmallNumberSet(xive.sources.filter(\.assignment.isValid).map(\.assignment.eisn))
        let written = Dictionary(grouping: entries, by: \.queueIndex)
        for queue in xive.queues where queue.isEnabled {
            let entries = written[queue.index] ?? []
            let strange = Set(entries.map(\.eisn).filter { !shown.contains($0) }).sorted()
            if !strange.isEmpty {
                let value =
                    "EISN " + strange.prefix(4).map { hexadecimal(UInt64($0)) }.joined(separator: ", ")
                let rest = strange.count > 4 ? " and \(strange.count - 4) more" : ""
                let lead = "Entries in event queues show numbers that no claimed source has"
                add(fault(.queueUnknownEntry, lead, queue.index, value + rest))
            }
            if UInt64(entries.count) == UInt64(queue.entryCount) {
                let lead = "Event queues have gone round, over entries that may not have been read"
                add(fault(.queueWrapped, lead, queue.index, "\(entries.count) entries"))
            }
        }
    }

    private mutating func checkContexts() {
        var holders: [ServerNumber: UInt32] = [:]
        for cpu in state.cpus {
            guard let context = cpu.context else { continue }
            func fault(_ rule: Rule, _ lead: String, _ value: String) {
                add(
                    Violation(
                        rule, lead, subject: "vCPU \(cpu.index)", value: value, concerns: "vCPU \(cpu.index)",
                        at: .context(cpu: cpu.index)))
            }
            let answers = context.server.map { "server \($0)" } ?? "no server"
            if let server = cpu.server, context.server != server {
                fault(
                    .contextWrongServer, "Thread contexts answer for another server than that of their vCPU",
                    "\(answers), is server \(server)")
            }
            if let server = context.server, context.isValid {
                if let holder = holders[server] {
                    fault(
                        .contextDuplicateServer, "Thread contexts answer for the same server",
                        "\(answers), as vCPU \(holder)")
                }
                holders[server] = cpu.index
            }
            if context.notificationStatus != 0 || context.pendingBits != 0 {
                let fields = ContextText.fields(context).prefix(3).map { "\($0.name) \($0.value)" }
                fault(.contextPending, "Interrupts are pending in thread contexts", fields.joined(separator: ", "))
            }
        }
    }

    // MARK: - XICS in force

    /// Source entries and presenters.
    mutating func checkXics() {
        if let servers = state.knownServers.map({ SmallNumberSet($0.map(\.rawValue)) }), let xics = state.xics {
            for source in xics.sources
            where source.isClaimed && !source.isMasked && !servers.contains(source.server.rawValue) {
                add(
                    Violation(
                        .sourceServerMissing, "Numbers are bound to server \(source.server), which has no vCPU",
                        subject: "\(source.number)", number: source.number, value: "server \(source.server)",
                        concerns: state.owner(of: source.number).map { DeviceGroup($0).name },
                        at: .xicsSource(source.number)))
            }
        }
        for cpu in state.cpus {
            guard let presenter = cpu.presenter, presenter.presented != 0 else { continue }
            add(
                Violation(
                    .presenterPending, "Interrupts are being presented", subject: "vCPU \(cpu.index)",
                    value: presentedText(presenter), concerns: "vCPU \(cpu.index)", at: .presenter(cpu: cpu.index)))
        }
    }

    private func presentedText(_ presenter: Presenter) -> String {
        if presenter.presented == 2 { return "an inter-processor interrupt" }
        let number = LogicalNumber(presenter.presented)
        return "\(number)" + (state.owner(of: number).map { " of \($0)" } ?? "")
    }

    // MARK: - Device tree

    /// What the guest was told against what the machine has.
    mutating func checkTree() {
        guard let tree = state.deviceTree else { return }
        checkTreeNumbers(tree)
        if let servers = state.knownServers {
            for server in tree.servers where !servers.contains(server) {
                add(
                    Violation(
                        .deviceTreeServer, "The device tree names servers that no vCPU has",
                        subject: "server \(server)",
                        value: "", concerns: "server \(server)", at: .deviceTree))
            }
        }
        if let told = tree.serverCount, let has = state.facts.serverCount, told != has {
            add(
                Violation(
                    .deviceTreeServerCount, "The device tree tells another number of servers",
                    subject: "number of servers",
                    value: "told \(told), has \(has)", at: .deviceTree))
        }
        checkTreeModes(tree)
    }

    private mutating func checkTreeModes(_ tree: DeviceTreeFacts) {
        guard let told = tree.offeredModes else { return }
        let has = state.offeredModes
        let byte: UInt8 = has.count == 2 ? 0x80 : has == [.xive] ? 0x40 : 0x00
        guard told != byte, !has.isEmpty else { return }
        add(
            Violation(
                .deviceTreeModes, "The device tree offers other interrupt modes", subject: "modes offered",
                value: "told \(DeviceTreeText.modes(told)), has \(DeviceTreeText.modes(byte))", at: .deviceTree))
    }

    /// A device that the tree gives another number. A device that is not there was unplugged: no fault.
    private mutating func checkTreeNumbers(_ tree: DeviceTreeFacts) {
        let astray = tree.numbers.filter { row in
            !state.assignments(of: row.number).contains { $0.owner == row.owner }
        }
        guard !astray.isEmpty else { return }
        let told = Dictionary(grouping: astray, by: \.owner)
        for row in state.numbers {
            for other in told[row.owner] ?? [] {
                if case .unknown = row.owner { continue }
                add(
                    Violation(
                        .deviceTreeNumber, "The device tree tells other numbers than devices have",
                        subject: "\(row.owner)",
                        number: row.number, value: "told \(other.number), has \(row.number)",
                        concerns: DeviceGroup(row.owner).name, at: .deviceTree))
            }
        }
    }
}
