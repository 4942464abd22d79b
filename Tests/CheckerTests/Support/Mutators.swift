import InterruptState
import Testing

/// One change of one stored field of a state.
struct Mutator: Sendable, CustomTestStringConvertible {
    /// When a guest can observe the change.
    enum Visibility: Sendable {
        case always, never
        /// Only with this controller in force.
        case under(InterruptMode)

        func holds(_ state: MachineState) -> Bool {
            switch self {
            case .always: true
            case .never: false
            case .under(let mode): state.facts.activeMode == mode
            }
        }
    }

    /// `Type.property` of what it changes.
    let field: String
    let name: String
    let visibility: Visibility
    /// Changes the state; leaves it as it is where it has nothing of the kind.
    let apply: @Sendable (inout MachineState) -> Void

    init(
        _ field: String, _ name: String = "", _ visibility: Visibility,
        _ apply: @escaping @Sendable (inout MachineState) -> Void
    ) {
        self.field = field
        self.name = name
        self.visibility = visibility
        self.apply = apply
    }

    var testDescription: String { name.isEmpty ? field : "\(field) \(name)" }

    static let all: [Mutator] =
        facts + numbers + xive + xics + cpus + bridges + virtualDevices + options + deviceTree + evidence
}

extension MachineState {
    /// Changes the second element of a table, so that neither its first nor its last is hit.
    fileprivate mutating func edit<Element>(
        _ table: WritableKeyPath<MachineState, [Element]>, _ change: (inout Element) -> Void
    ) {
        guard self[keyPath: table].count > 1 else { return }
        change(&self[keyPath: table][1])
    }

    fileprivate mutating func editTree(_ change: (inout DeviceTreeFacts) -> Void) {
        guard var tree = deviceTree else { return }
        change(&tree)
        deviceTree = tree
    }

    /// A number that is claimed and bound in both controllers that exist.
    fileprivate var boundNumber: UInt32 { claimedNumbers.dropFirst(4).first?.rawValue ?? 0 }
}

extension Mutator {
    private static let facts: [Mutator] = [
        Mutator("MachineFacts.typeName", "", .never) { $0.facts.typeName = "pseries-6.2" },
        Mutator("MachineFacts.typeName", "nil", .never) { $0.facts.typeName = nil },
        Mutator("MachineFacts.scheme", "", .never) {
            if $0.facts.scheme == .fixed { $0.facts.scheme = .sequential }
        },
        Mutator("MachineFacts.scheme", "nil", .never) { $0.facts.scheme = nil },
        Mutator("MachineFacts.activeMode", "", .always) {
            $0.facts.activeMode = $0.facts.activeMode == .xive ? .xics : .xive
        },
        Mutator("MachineFacts.serverCount", "", .always) { $0.facts.serverCount = 77 },
        Mutator("MachineFacts.serverCount", "nil", .never) { $0.facts.serverCount = nil },
        Mutator("MachineFacts.serverCountBasis", "", .never) { $0.facts.serverCountBasis = .deviceTree },
        Mutator("MachineState.facts", "", .always) { $0.facts.serverCount = 78 },
    ]

    private static let numbers: [Mutator] = [
        Mutator("MachineState.numbers", "one less", .always) { $0.numbers.removeLast() },
        Mutator("MachineState.numbers", "one more", .always) {
            $0.numbers.append(
                NumberAssignment(
                    number: LogicalNumber(0x1ff0), owner: .virtualDevice(type: "x", unitAddress: 7), basis: .model,
                    kind: .msi))
        },
        Mutator("MachineState.numbers", "twice", .never) { $0.numbers.insert($0.numbers[0], at: 0) },
        Mutator("NumberAssignment.number", "", .always) { state in
            guard let place = state.numbers.indices.last else { return }
            state.numbers[place].number = LogicalNumber(0x13f0)
        },
        Mutator("NumberAssignment.owner", "other device", .always) { state in
            state.edit(\.numbers) { $0.owner = .virtualDevice(type: "x", unitAddress: 7) }
        },
        Mutator("NumberAssignment.owner", "unknown", .never) { state in
            state.edit(\.numbers) { $0.owner = .unknown("Nothing says it.") }
        },
        Mutator("NumberAssignment.basis", "", .never) { state in state.edit(\.numbers) { $0.basis = .allocationOrder }
        },
        Mutator("NumberAssignment.kind", "", .always) { state in
            state.edit(\.numbers) { $0.kind = $0.kind == .lsi ? .msi : .lsi }
        },
        Mutator("NumberAssignment.kind", "nil", .never) { state in state.edit(\.numbers) { $0.kind = nil } },
    ]

    private static let xive: [Mutator] = [
        Mutator("MachineState.xive", "nil", .always) { $0.xive = nil },
        Mutator("XiveController.numberCount", "", .always) { $0.xive?.numberCount += 8 },
        Mutator("XiveController.queueCount", "", .always) { $0.xive?.queueCount += 8 },
        Mutator("XiveController.tableByteOrder", "", .never) { $0.xive?.tableByteOrder = .big },
        Mutator("XiveController.sources", "claim lost", .always) { state in
            state.editXive(state.boundNumber) { $0 = XiveSource(number: $0.number, assignment: .free, status: .off) }
        },
        Mutator("XiveController.sources", "blank one listed", .never) { state in
            guard state.xive != nil else { return }
            state.xive?.sources.append(XiveSource(number: LogicalNumber(0x1fff), assignment: .free, status: .off))
        },
        Mutator("XiveSource.number", "", .always) { state in
            guard let last = state.xive?.sources.lastIndex(where: { $0.assignment.isValid }) else { return }
            state.xive?.sources[last].number = LogicalNumber(0x1ffe)
            state.xive?.sources.sort { $0.number < $1.number }
        },
        Mutator("XiveSource.assignment", "EISN", .under(.xive)) { state in
            state.editXive(state.boundNumber) { $0.assignment.rawValue ^= 0x100 }
        },
        Mutator("XiveSource.status", "PQ", .under(.xive)) { state in
            state.editXive(state.boundNumber) { $0.status.rawValue ^= 2 }
        },
        Mutator("XiveSource.status", "of a free number", .never) { state in
            state.editXive(0x1390) { $0.status.rawValue ^= 1 }
        },
        Mutator("XiveController.queues", "one less", .under(.xive)) { state in
            if state.xive?.queues.isEmpty == false { state.xive?.queues.removeLast() }
        },
        Mutator("EventQueue.index", "", .under(.xive)) { state in
            if state.xive?.queues.isEmpty == false { state.xive?.queues[0].index += 1 }
        },
        Mutator("XiveController.contents", "not captured", .never) { state in
            if state.xive != nil { state.xive?.contents = .notCaptured(reason: "No memory.") }
        },
        Mutator("XiveController.contents", "one entry less", .under(.xive)) { $0.editEntries { $0.removeLast() } },
        Mutator("XiveController.contents", "in another order", .never) { $0.editEntries { $0.reverse() } },
        Mutator("QueueEntry.queueIndex", "", .under(.xive)) { $0.editEntries { $0[1].queueIndex += 8 } },
        Mutator("QueueEntry.position", "", .under(.xive)) { $0.editEntries { $0[1].position += 1 } },
        Mutator("QueueEntry.word", "", .under(.xive)) { $0.editEntries { $0[1].word ^= 0x8000_0000 } },
    ]

    private static let xics: [Mutator] = [
        Mutator("MachineState.xics", "nil", .always) { $0.xics = nil },
        Mutator("XicsController.base", "", .always) { $0.xics?.base = LogicalNumber(0xff8) },
        Mutator("XicsController.numberCount", "", .always) { $0.xics?.numberCount += 8 },
        Mutator("XicsController.sources", "claim lost", .always) { $0.editXics(0x1000) { $0.flags = [] } },
        Mutator("XicsController.sources", "blank one listed", .never) { state in
            guard state.xics != nil else { return }
            state.xics?.sources.append(XicsSource(number: LogicalNumber(0x1fff)))
        },
        Mutator("XicsSource.number", "", .always) { state in
            guard let last = state.xics?.sources.lastIndex(where: \.isClaimed) else { return }
            state.xics?.sources[last].number = LogicalNumber(0x1ffe)
            state.xics?.sources.sort { $0.number < $1.number }
        },
        Mutator("XicsSource.server", "", .under(.xics)) { $0.editXics(0x1000) { $0.server = ServerNumber(99) } },
        Mutator("XicsSource.priority", "", .under(.xics)) { $0.editXics(0x1000) { $0.priority ^= 1 } },
        Mutator("XicsSource.savedPriority", "", .under(.xics)) { $0.editXics(0x1000) { $0.savedPriority ^= 1 } },
        Mutator("XicsSource.status", "", .under(.xics)) { $0.editXics(0x1000) { $0.status = .presented } },
        Mutator("XicsSource.flags", "kind", .always) { $0.editXics(0x1000) { $0.flags = .lsi } },
        Mutator("XicsSource.flags", "reserved", .never) {
            $0.editXics(0x1000) { $0.flags.insert(.init(rawValue: 0x40)) }
        },
        Mutator("XicsSource.priority", "of a free number", .never) { $0.editXics(0x1190) { $0.priority = 0 } },
    ]

    private static let cpus: [Mutator] = [
        Mutator("MachineState.cpus", "one less", .always) { $0.cpus.removeLast() },
        Mutator("MachineState.cpus", "in another order", .never) { $0.cpus.reverse() },
        Mutator("VirtualCPU.index", "", .always) { state in state.edit(\.cpus) { $0.index = 30 } },
        Mutator("VirtualCPU.server", "", .always) { state in state.edit(\.cpus) { $0.server = ServerNumber(30) } },
        Mutator("VirtualCPU.server", "nil", .never) { state in state.edit(\.cpus) { $0.server = nil } },
        Mutator("VirtualCPU.serverBasis", "", .never) { state in state.edit(\.cpus) { $0.serverBasis = .section } },
        Mutator("VirtualCPU.context", "nil", .under(.xive)) { state in state.edit(\.cpus) { $0.context = nil } },
        Mutator("VirtualCPU.contextInstance", "", .never) { state in
            state.edit(\.cpus) { cpu in cpu.contextInstance = cpu.contextInstance.map { $0 + 10 } }
        },
        Mutator("VirtualCPU.contextInstance", "nil", .never) { state in state.edit(\.cpus) { $0.contextInstance = nil }
        },
        Mutator("VirtualCPU.presenter", "nil", .under(.xics)) { state in state.edit(\.cpus) { $0.presenter = nil } },
        Mutator("ThreadContext.bytes", "CPPR", .under(.xive)) { $0.poke(0, 0x11, 5) },
        Mutator("ThreadContext.bytes", "PIPR", .never) { $0.poke(0, 0x17, 5) },
        Mutator("Presenter.xirr", "", .under(.xics)) { state in
            state.edit(\.cpus) { $0.presenter?.xirr = 0xff00_1000 }
        },
        Mutator("Presenter.pendingPriority", "", .under(.xics)) { state in
            state.edit(\.cpus) { $0.presenter?.pendingPriority = 4 }
        },
        Mutator("Presenter.mfrr", "", .under(.xics)) { state in state.edit(\.cpus) { $0.presenter?.mfrr = 4 } },
    ]

    private static let bridges: [Mutator] = [
        Mutator("MachineState.bridges", "one less", .always) { $0.bridges.removeLast() },
        Mutator("MachineState.bridges", "in another order", .never) { $0.bridges.reverse() },
        Mutator("HostBridge.buid", "", .always) { state in state.edit(\.bridges) { $0.buid += 1 } },
        Mutator("HostBridge.instance", "", .never) { state in state.edit(\.bridges) { $0.instance += 10 } },
        Mutator("HostBridge.pins", "", .always) { state in state.edit(\.bridges) { $0.pins[2] = LogicalNumber(0x1250) }
        },
        Mutator("HostBridge.pins", "one less", .always) { state in state.edit(\.bridges) { $0.pins.removeLast() } },
        Mutator("HostBridge.messages", "one less", .always) { state in
            state.edit(\.bridges) { if !$0.messages.isEmpty { $0.messages.removeLast() } }
        },
        Mutator("HostBridge.messages", "in another order", .never) { state in
            state.edit(\.bridges) { $0.messages.reverse() }
        },
        Mutator("HostBridge.oldWindows", "", .never) { state in state.edit(\.bridges) { $0.oldWindows = [1] } },
        Mutator("MessageBlock.device", "", .always) { $0.editMessages { $0.device += 0x100 } },
        Mutator("MessageBlock.first", "", .always) {
            $0.editMessages { $0.first = LogicalNumber($0.first.rawValue + 0x20) }
        },
        Mutator("MessageBlock.count", "", .always) { $0.editMessages { $0.count += 1 } },
    ]

    private static let virtualDevices: [Mutator] = [
        Mutator("MachineState.virtualDevices", "one less", .always) { $0.virtualDevices.removeLast() },
        Mutator("MachineState.virtualDevices", "in another order", .never) { $0.virtualDevices.reverse() },
        Mutator("VirtualDevice.type", "", .always) { state in state.edit(\.virtualDevices) { $0.type = "l-lan2" } },
        Mutator("VirtualDevice.unitAddress", "", .always) { state in
            state.edit(\.virtualDevices) { $0.unitAddress += 1 }
        },
        Mutator("VirtualDevice.number", "", .always) { state in
            state.edit(\.virtualDevices) { $0.number = LogicalNumber(0x11fe) }
        },
        Mutator("VirtualDevice.number", "nil", .never) { state in state.edit(\.virtualDevices) { $0.number = nil } },
        Mutator("VirtualDevice.queueState", "signal", .always) { state in
            state.edit(\.virtualDevices) { if $0.queueState.count > 7 { $0.queueState[7] = 1 } }
        },
        Mutator("VirtualDevice.queueState", "command queue", .never) { state in
            state.edit(\.virtualDevices) { if $0.queueState.count > 7 { $0.queueState[12] = 1 } }
        },
    ]

    private static let options: [Mutator] = [
        Mutator("MachineState.messageBitmap", "a bit", .always) { state in
            var words = state.messageBitmap ?? [UInt64](repeating: 0, count: 52)
            words[51] |= 1 << 63
            state.messageBitmap = words
        },
        Mutator("MachineState.messageBitmap", "a word of nothing", .never) {
            $0.messageBitmap = ($0.messageBitmap ?? []) + [0]
        },
        Mutator("MachineState.negotiatedOptions", "XIVE", .always) { $0.negotiatedOptions?[2] ^= 1 << 49 },
        Mutator("MachineState.negotiatedOptions", "other", .never) { $0.negotiatedOptions?[2] ^= 1 << 48 },
        Mutator("MachineState.negotiatedOptions", "a word of nothing", .never) { $0.negotiatedOptions?.append(0) },
    ]

    private static let deviceTree: [Mutator] = [
        Mutator("MachineState.deviceTree", "nil", .never) { $0.deviceTree = nil },
        Mutator("DeviceTreeFacts.numbers", "one less", .always) { state in state.editTree { $0.numbers.removeLast() } },
        Mutator("DeviceTreeFacts.numbers", "in another order", .never) { state in
            state.editTree { $0.numbers.reverse() }
        },
        Mutator("DeviceTreeFacts.numbers", "basis", .never) { state in state.editTree { $0.numbers[0].basis = .section }
        },
        Mutator("DeviceTreeFacts.servers", "", .always) { state in
            state.editTree { $0.servers.append(ServerNumber(30)) }
        },
        Mutator("DeviceTreeFacts.serverCount", "", .always) { state in state.editTree { $0.serverCount = 77 } },
        Mutator("DeviceTreeFacts.offeredModes", "", .always) { state in state.editTree { $0.offeredModes = 0xc0 } },
        Mutator("MachineState.deviceTreeBlob", "nil", .never) { $0.deviceTreeBlob = nil },
        Mutator("DeviceTreeBlob.initialSize", "", .never) { $0.deviceTreeBlob?.initialSize += 1 },
        Mutator("DeviceTreeBlob.bytes", "", .never) { $0.deviceTreeBlob?.bytes[3] ^= 1 },
    ]

    private static let evidence: [Mutator] = [
        Mutator("MachineState.residues", "one less", .never) { $0.residues.removeLast() },
        Mutator("MachineState.residues", "in another order", .never) { $0.residues.reverse() },
        Mutator("SectionResidue.name", "", .never) { state in state.edit(\.residues) { $0.name = "other" } },
        Mutator("SectionResidue.instance", "", .never) { state in state.edit(\.residues) { $0.instance = 3 } },
        Mutator("SectionResidue.part", "", .never) { state in state.edit(\.residues) { $0.part = "other" } },
        Mutator("SectionResidue.bytes", "", .never) { state in state.edit(\.residues) { $0.bytes = [9] } },
        Mutator("MachineState.gaps", "one less", .never) { $0.gaps.removeLast() },
        Mutator("Gap.subject", "", .never) { $0.gaps[0].subject = "other" },
        Mutator("Gap.reason", "", .never) { $0.gaps[0].reason = "other" },
    ]
}

extension MachineState {
    fileprivate mutating func editEntries(_ change: (inout [QueueEntry]) -> Void) {
        guard case .captured(var entries) = xive?.contents, entries.count > 1 else { return }
        change(&entries)
        xive?.contents = .captured(entries)
    }

    fileprivate mutating func editMessages(_ change: (inout MessageBlock) -> Void) {
        edit(\.bridges) { if !$0.messages.isEmpty { change(&$0.messages[0]) } }
    }
}
