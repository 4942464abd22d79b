import InterruptState

/// A pseries machine to be described in a test: what a command line says, in the order in which it says it.
struct Machine {
    enum Controllers {
        case xics, xive, dual
    }

    enum Device: Hashable {
        case bridge(UInt32)
        case virtual(String, UInt32)
    }

    var type = "pseries-7.2"
    var scheme = NumberScheme.fixed
    var controllers = Controllers.xive
    /// For a dual machine; the others have no choice.
    var hasNegotiatedXive = false
    /// Indices of vCPUs in the order of their creation.
    var cpus: [UInt32] = [0, 1]
    var maximumCPUs: UInt32 = 4
    var vsmt: UInt32 = 1
    var hasHotPlugEvents = true
    var devices: [Device] = [.virtual("vty", 0x7100_0000), .virtual("nvram", 0x7100_0001), .bridge(0), .bridge(1)]

    var serverCount: UInt32 { maximumCPUs * vsmt }

    /// The machine as reset leaves it.
    func build() -> MachineState {
        let mode: InterruptMode =
            switch controllers {
            case .xics: .xics
            case .xive: .xive
            case .dual: hasNegotiatedXive ? .xive : .xics
            }
        var state = MachineState(
            facts: MachineFacts(
                typeName: type, scheme: scheme, activeMode: mode, serverCount: serverCount, serverCountBasis: .model))
        state.numbers = rows().sorted { $0.number < $1.number }
        addControllers(to: &state)
        state.cpus = virtualCPUs()
        addDevices(to: &state)
        state.negotiatedOptions = [UInt64](repeating: 0, count: 32)
        if mode == .xive { state.negotiatedOptions?[2] = 1 << 49 }
        state.deviceTree = DeviceTreeFacts(
            numbers: state.numbers.filter { if case .interprocessor = $0.owner { false } else { true } },
            servers: state.cpus.compactMap(\.server), serverCount: serverCount,
            offeredModes: controllers == .dual ? 0x80 : controllers == .xive ? 0x40 : 0)
        return state
    }

    // MARK: - Numbers

    private func rows() -> [NumberAssignment] {
        var owners: [(Owner, LogicalNumber)] = []
        var next: UInt32 = 0x1000
        func add(_ owner: Owner, fixed: UInt32) {
            let number = scheme == .fixed ? fixed : next
            owners.append((owner, LogicalNumber(number)))
            next += 1
        }
        add(.epow, fixed: 0x1000)
        if hasHotPlugEvents { add(.hotPlug, fixed: 0x1001) }
        for device in devices {
            switch device {
            case .virtual(let type, let address):
                let fixed = 0x1100 | (address >= 0x7100_0000 ? address & 0xff : address >> 12 & 0xff)
                add(.virtualDevice(type: type, unitAddress: address), fixed: fixed)
            case .bridge(let index):
                for pin in UInt8(0)..<4 {
                    add(.bridgePin(bridge: Machine.buid(index), pin: pin), fixed: 0x1200 + 4 * index + UInt32(pin))
                }
            }
        }
        if controllers != .xics {
            owners += (0..<serverCount).map { (.interprocessor($0), LogicalNumber($0)) }
        }
        return owners.map { owner, number in
            let isLine = if case .bridgePin = owner { true } else { false }
            return NumberAssignment(number: number, owner: owner, basis: .model, kind: isLine ? .lsi : .msi)
        }
    }

    static func buid(_ index: UInt32) -> UInt64 { Owner.firstBridge + UInt64(index) }

    private func addControllers(to state: inout MachineState) {
        if controllers != .xics {
            state.xive = XiveController(
                numberCount: 0x2000, queueCount: 8 * serverCount, tableByteOrder: .little,
                sources: state.numbers.map { XiveSource(number: $0.number, assignment: .claimed, status: .off) },
                queues: [], contents: .captured([]))
        }
        if controllers != .xive {
            state.xics = XicsController(
                base: LogicalNumber(0x1000), numberCount: scheme == .fixed ? 0x1000 : 0x400,
                sources: state.numbers.filter { $0.number.rawValue >= 0x1000 }.map {
                    XicsSource(number: $0.number, flags: $0.kind == .lsi ? .lsi : .msi)
                })
        }
    }

    private func virtualCPUs() -> [VirtualCPU] {
        cpus.enumerated().map { instance, index in
            let server = ServerNumber(index * vsmt)
            return VirtualCPU(
                index: index, server: server, serverBasis: .model,
                context: controllers == .xics ? nil : .reset(server: server),
                contextInstance: controllers == .xics ? nil : UInt32(instance),
                presenter: controllers == .xive ? nil : .reset)
        }.sorted { $0.index < $1.index }
    }

    private func addDevices(to state: inout MachineState) {
        var instance: UInt32 = 0
        for device in devices {
            switch device {
            case .bridge(let index):
                let pins = state.numbers.filter { row in
                    if case .bridgePin(Machine.buid(index), _) = row.owner { true } else { false }
                }.map(\.number)
                state.bridges.append(
                    HostBridge(buid: Machine.buid(index), instance: instance, pins: pins, messages: [], oldWindows: []))
                instance += 1
            case .virtual(let type, let address):
                let row = state.numbers.first { $0.owner == .virtualDevice(type: type, unitAddress: address) }
                let isSilent = type == "nvram"
                state.virtualDevices.append(
                    VirtualDevice(
                        type: type, unitAddress: address, number: isSilent ? nil : row?.number,
                        queueState: isSilent ? [] : [UInt8](repeating: 0, count: 24)))
            }
        }
        state.bridges.sort { $0.buid < $1.buid }
        state.virtualDevices.sort { $0.unitAddress < $1.unitAddress }
    }
}

// MARK: - What a guest does

extension MachineState {
    /// Changes the table entry of a number under XIVE, listing it if it is not.
    mutating func editXive(_ number: UInt32, _ change: (inout XiveSource) -> Void) {
        guard var xive else { return }
        let number = LogicalNumber(number)
        var source = xive.source(number)
        change(&source)
        xive.sources.removeAll { $0.number == number }
        if !source.isBlank { xive.sources.insert(source, at: xive.sources.partitionIndex { $0.number < number }) }
        self.xive = xive
    }

    /// Changes the table entry of a number under XICS, listing it if it is not.
    mutating func editXics(_ number: UInt32, _ change: (inout XicsSource) -> Void) {
        guard var xics else { return }
        let number = LogicalNumber(number)
        var source = xics.source(number)
        change(&source)
        xics.sources.removeAll { $0.number == number }
        if !source.isBlank { xics.sources.insert(source, at: xics.sources.partitionIndex { $0.number < number }) }
        self.xics = xics
    }

    mutating func editQueue(_ index: UInt32, _ change: (inout EventQueue) -> Void) {
        guard var xive else { return }
        var queue = xive.queue(index)
        change(&queue)
        xive.queues.removeAll { $0.index == index }
        if !queue.isBlank { xive.queues.insert(queue, at: xive.queues.partitionIndex { $0.index < index }) }
        self.xive = xive
    }

    mutating func editCPU(_ index: UInt32, _ change: (inout VirtualCPU) -> Void) {
        guard let place = cpus.firstIndex(where: { $0.index == index }) else { return }
        change(&cpus[place])
    }

    /// Sets a byte of a vCPU's thread context.
    mutating func poke(_ cpu: UInt32, _ byte: Int, _ value: UInt8) {
        editCPU(cpu) { cpu in
            guard var bytes = cpu.context?.bytes else { return }
            bytes[byte] = value
            cpu.context = ThreadContext(bytes: bytes)
        }
    }

    /// Binds a number in the controller in force.
    mutating func bind(_ number: UInt32, server: UInt32, priority: UInt8 = 6, eisn: UInt32 = 0x20) {
        switch facts.activeMode {
        case .xive:
            let end = UInt64(server * 8 + UInt32(priority))
            editXive(number) {
                $0.assignment = EventAssignment(rawValue: 0x8000_0000_0000_0000 | end << 32 | UInt64(eisn))
                $0.status = SourceStatus(rawValue: 0)
            }
        case .xics:
            editXics(number) {
                $0.server = ServerNumber(server)
                $0.priority = priority
                $0.savedPriority = priority
            }
        }
    }

    /// Enables the queue of a server: 64 KiB, at an address of its own.
    mutating func enableQueue(server: UInt32, priority: UInt32 = 6, nextIndex: UInt32 = 0) {
        editQueue(server * 8 + priority) { queue in
            queue.w0 = 0xc004_0000
            queue.w1 = 0x0040_0000 | nextIndex
            queue.w2 = 0
            queue.w3 = 0x0200_0000 + server << 20 + priority << 16
            queue.w6 = 0x400 + server
            queue.w7 = priority << 16
        }
    }

    /// Gives a block of message numbers to a PCI function.
    mutating func giveMessages(bridge: UInt32, device: UInt32, first: UInt32, count: UInt32) {
        let buid = Machine.buid(bridge)
        guard let place = bridges.firstIndex(where: { $0.buid == buid }) else { return }
        bridges[place].messages.append(MessageBlock(device: device, first: LogicalNumber(first), count: count))
        for vector in 0..<count {
            let number = LogicalNumber(first + vector)
            numbers.insert(
                NumberAssignment(
                    number: number, owner: .bridgeMessage(bridge: buid, device: device, vector: vector),
                    basis: .section,
                    kind: .msi),
                at: numbers.partitionIndex { $0.number < number })
            editXive(number.rawValue) {
                $0.assignment = EventAssignment(rawValue: $0.assignment.rawValue | EventAssignment.claimed.rawValue)
            }
            editXics(number.rawValue) { $0.flags = .msi }
            if facts.scheme == .fixed { mark(number.rawValue) }
        }
    }

    private mutating func mark(_ number: UInt32) {
        var words = messageBitmap ?? [UInt64](repeating: 0, count: 52)
        let bit = Int(number) - 0x1300
        if words.indices.contains(bit / 64) { words[bit / 64] |= 1 << UInt64(bit % 64) }
        messageBitmap = words
    }

    /// What QEMU makes of this machine when it loads the source's stream: tables and trees are overwritten,
    /// contexts go by instance, presenters by index, and devices keep the numbers they were built with.
    func loading(_ source: MachineState) -> MachineState {
        var loaded = self
        if xive != nil, let tables = source.xive { loaded.xive = tables }
        if xics != nil, let tables = source.xics { loaded.xics = tables }
        loaded.negotiatedOptions = source.negotiatedOptions
        loaded.messageBitmap = source.messageBitmap
        loaded.deviceTree = source.deviceTree
        loaded.facts.serverCount = source.facts.serverCount
        if xive != nil, xics != nil {
            loaded.facts.activeMode = (source.negotiatedOptions?[2] ?? 0) & 1 << 49 != 0 ? .xive : .xics
        }
        for place in cpus.indices {
            if let sender = source.cpus.first(where: { $0.contextInstance == cpus[place].contextInstance }),
                cpus[place].context != nil, sender.context != nil
            {
                loaded.cpus[place].context = sender.context
            }
            if let sender = source.cpus.first(where: { $0.index == cpus[place].index }) {
                if cpus[place].presenter != nil { loaded.cpus[place].presenter = sender.presenter ?? .reset }
                loaded.cpus[place].server = sender.server
            }
        }
        for place in bridges.indices {
            loaded.bridges[place].messages = source.bridges.first { $0.buid == bridges[place].buid }?.messages ?? []
        }
        let present = Set(bridges.map(\.buid))
        loaded.numbers += source.numbers.filter { row in
            guard case .bridgeMessage(let bridge, _, _) = row.owner else { return false }
            return present.contains(bridge)
        }
        // Numbers that the stream claims and no device of this machine has.
        let own = Set(loaded.numbers.map(\.number))
        loaded.numbers += source.numbers.filter { !own.contains($0.number) && $0.owner.isEventSource }
        loaded.numbers.sort { $0.number < $1.number }
        for place in virtualDevices.indices {
            if let same = source.virtualDevices.first(where: { $0.unitAddress == virtualDevices[place].unitAddress }) {
                loaded.virtualDevices[place].queueState = same.queueState
            }
        }
        return loaded
    }
}

extension Owner {
    fileprivate var isEventSource: Bool { self == .epow || self == .hotPlug }
}
