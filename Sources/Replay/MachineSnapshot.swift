import InterruptState
import PSeries

// What the machine is, in the vocabulary that everything meets in.
extension Machine {
    /// The complete interrupt state.
    ///
    /// Queue contents are the entries that were written; nothing of a model is unknown, so there are no gaps.
    public func snapshot() -> MachineState {
        var state = MachineState(
            facts: MachineFacts(
                typeName: setup.type.name, scheme: scheme, activeMode: activeMode,
                serverCount: board.processors.serverCount, serverCountBasis: .model))
        state.xive = xiveState
        state.xics = xics.map {
            XicsController(base: LogicalNumber($0.base), numberCount: $0.numberCount, sources: $0.storedSources)
        }
        state.cpus = processorStates
        state.bridges = bridgeStates
        state.virtualDevices = virtualDevices.map {
            VirtualDevice(
                type: $0.type, unitAddress: $0.unitAddress, number: $0.type == "nvram" ? nil : $0.number,
                queueState: $0.queueState)
        }
        state.virtualDevices.sort { ($0.unitAddress, $0.type) < ($1.unitAddress, $1.type) }
        state.messageBitmap = plan.messageWords
        state.negotiatedOptions = savesOptions ? negotiatedOptions : nil
        state.deviceTree = setup.type.stream.deviceTree ? guestTree : nil
        state.numbers = numberRows
        return state
    }

    /// Nil under a map that no release has.
    private var scheme: NumberScheme? {
        if case .sparse = setup.type.map { nil } else { setup.type.scheme }
    }

    private var xiveState: XiveController? {
        guard let xive else { return nil }
        let queues = xive.storedQueues
        return XiveController(
            numberCount: xive.numberCount, queueCount: xive.queueCount, tableByteOrder: setup.hostByteOrder,
            sources: xive.storedSources, queues: queues, contents: .captured(queues.flatMap(entries(of:))))
    }

    /// Entries of a queue that were written, in pages that were.
    private func entries(of queue: EventQueue) -> [QueueEntry] {
        guard queue.isEnabled else { return [] }
        let bounds = queue.address..<queue.address &+ queue.byteCount
        var result: [QueueEntry] = []
        for page in board.memory.pages(in: bounds) {
            let first = UInt32((page.address &- bounds.lowerBound) / 4)
            result += page.bytes.withUnsafeBytes { queue.writtenEntries($0, from: first) }
        }
        return result
    }

    private var processorStates: [VirtualCPU] {
        let rows = 0..<board.processors.count
        return rows.map { row in
            VirtualCPU(
                index: board.processors.indexes[row], server: board.processors.servers[row], serverBasis: .model,
                context: xive?.context(row), contextInstance: xive?.contextInstances[row],
                presenter: xics?.presenters[row])
        }
        .sorted { $0.index < $1.index }
    }

    private var bridgeStates: [HostBridge] {
        let states = bridges.map { bridge in
            HostBridge(
                buid: bridge.buid, instance: bridge.instance, pins: bridge.pins,
                messages: bridge.blocks.sorted { $0.device < $1.device }, oldWindows: [])
        }
        return states.sorted { $0.buid < $1.buid }
    }

    // MARK: - Owners

    /// What each device raises, and what is claimed beyond that.
    private var numberRows: [NumberAssignment] {
        var rows = constructedRows(basis: .model)
        if let xive {
            let servers = board.processors.serverCount
            for index in 0..<min(servers, xive.numberCount) {
                guard let number = setup.type.map.number(of: .interprocessor(index), servers: servers) else { continue }
                rows.append(row(number, .interprocessor(index), .model, else: .msi))
            }
        }
        for bridge in bridges {
            for block in bridge.blocks {
                for vector in 0..<block.count {
                    let owner = Owner.bridgeMessage(bridge: bridge.buid, device: block.device, vector: vector)
                    rows.append(row(LogicalNumber(block.first.rawValue &+ vector), owner, .model, else: .msi))
                }
            }
        }
        let owned = Set(rows.map(\.number))
        for number in claimedNumbers where !owned.contains(number) {
            rows.append(row(number, .unknown("no device of this machine raises it"), .none, else: nil))
        }
        return rows.sorted()
    }

    /// The rows of what construction decides, IPIs aside.
    private func constructedRows(basis: Basis) -> [NumberAssignment] {
        var rows = [row(epow, .epow, basis, else: .msi)]
        if let hotPlug { rows.append(row(hotPlug, .hotPlug, basis, else: .msi)) }
        for device in virtualDevices {
            let owner = Owner.virtualDevice(type: device.type, unitAddress: device.unitAddress)
            rows.append(row(device.number, owner, basis, else: .msi))
        }
        for bridge in bridges {
            for (pin, number) in bridge.pins.enumerated() {
                rows.append(row(number, .bridgePin(bridge: bridge.buid, pin: UInt8(pin)), basis, else: .lsi))
            }
        }
        return rows
    }

    private func row(
        _ number: LogicalNumber, _ owner: Owner, _ basis: Basis, else kind: SourceKind?
    ) -> NumberAssignment {
        var kind = kind
        if let xics, xics.bounds.contains(number.rawValue) { kind = xics.source(number.rawValue).kind ?? kind }
        return NumberAssignment(number: number, owner: owner, basis: basis, kind: kind)
    }

    private var claimedNumbers: [LogicalNumber] {
        let xives = xive?.storedSources.filter(\.assignment.isValid).map(\.number) ?? []
        let others = xics?.storedSources.filter(\.isClaimed).map(\.number) ?? []
        return Array(Set(xives).union(others)).sorted()
    }

    /// What the guest is told now: the interrupt properties of a device tree made at this moment.
    func currentTree() -> DeviceTreeFacts {
        var rows = constructedRows(basis: .deviceTree)
        for place in rows.indices where rows[place].kind == nil { rows[place].kind = .msi }
        return DeviceTreeFacts(
            numbers: rows.sorted(), servers: board.processors.servers.sorted(),
            serverCount: board.processors.serverCount, offeredModes: offeredModes)
    }

    /// Whether the negotiated vector is saved: where the platform offers more than types before 2.8 did, which is hot-plug
    /// events where there are any, and from 2.10 on the resizing of the hash table (`spapr_ov5_cas_needed`, 5.2 and 7.2).
    private var savesOptions: Bool {
        guard let version = setup.type.version else { return setup.type.stream.negotiatedOptions }
        return hotPlug != nil || version >= MachineTypeVersion(2, 10)
    }

    private var offeredModes: UInt8 {
        switch mode {
        case .xive: 0x40
        case .dual: 0x80
        case .legacy, .xics: 0
        }
    }
}

extension Machine {
    /// The number that an interrupt has on this machine, nil where the machine has no such interrupt.
    public func number(of owner: Owner) -> LogicalNumber? {
        switch owner {
        case .epow: return epow
        case .hotPlug: return hotPlug
        case .virtualDevice(_, let address): return number(of: .virtualDevice(unitAddress: address))
        case .bridgePin(let bridge, let pin):
            guard let part = bridges.first(where: { $0.buid == bridge }), pin < part.pins.count else { return nil }
            return part.pins[Int(pin)]
        case .bridgeMessage(let bridge, let device, let vector):
            guard let index = Owner.bridgeIndex(bridge) else { return nil }
            return number(of: .message(bridge: index, configurationAddress: device, vector: vector))
        case .interprocessor:
            guard xive != nil else { return nil }
            return setup.type.map.number(of: owner, servers: board.processors.serverCount)
        case .unknown: return nil
        }
    }
}
