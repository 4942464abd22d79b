import InterruptState

@testable import Checker

private let xics = Machine(controllers: .xics)
private let dual = Machine(controllers: .dual)
private let legacy: Machine = {
    var machine = Machine(controllers: .xics)
    machine.scheme = .sequential
    return machine
}()

/// A XIVE guest with one bound number and its queue.
@Sendable private func bound(_ state: inout MachineState) {
    state.bind(0x1100, server: 1)
    state.enableQueue(server: 1, nextIndex: 7)
}

extension RuleCase {
    static let all: [RuleCase] =
        machine + map + mapOfOne + cpus + sources + queues + devices + exact

    private static let machine: [RuleCase] = [
        .loaded(.modeInForce, of: dual, broken: { $0.facts.activeMode = .xive }),
        .constructed(
            .modesOffered, xics, broken: dual, sound: xics),
        .inspection(.modeUnavailable, of: xics, broken: { $0.facts.activeMode = .xive }),
        .loaded(
            .negotiatedMode, broken: { $0.negotiatedOptions?[2] = 0 }, sound: { $0.negotiatedOptions?[3] = 1 }),
        .loaded(.numberSpace, broken: { $0.xive?.numberCount = 0x1400 }),
        .constructed(
            .serverCount, xics, broken: Machine(controllers: .xics, maximumCPUs: 8),
            sound: Machine(controllers: .xics, maximumCPUs: 4)),
        .inspection(
            .queueCount, broken: { $0.xive?.queueCount = 24 }, sound: { $0.facts.serverCount = nil }),
        RuleCase(rule: .tableByteOrder) {
            var built = Machine().build()
            built.xive?.tableByteOrder = .big
            return Checker.verify(source: Machine().build(), destination: nil, constructed: built).findings
        } sound: {
            Checker.verify(source: Machine().build(), destination: nil, constructed: Machine().build()).findings
        },
        .constructed(
            .machineType, Machine(), broken: Machine(type: "pseries-6.2"), sound: Machine()),
        .loaded(
            .numberScheme, broken: { $0.facts.scheme = .sequential }, sound: { $0.facts.scheme = nil }),
        .constructed(
            .bridgeOrder, Machine(devices: [.bridge(0), .bridge(1), .bridge(2)]),
            broken: Machine(devices: [.bridge(0), .bridge(2), .bridge(1)]),
            sound: Machine(devices: [.bridge(0), .virtual("vty", 0x7100_0000), .bridge(1), .bridge(2)])),
    ]

    private static let map: [RuleCase] = [
        .constructed(
            .collision, legacy,
            broken: {
                var machine = legacy
                machine.devices.append(.virtual("l-lan", 0x3000))
                return machine
            }(), sound: legacy, prepare: { $0.giveMessages(bridge: 0, device: 0x800, first: 0x100c, count: 2) }),
        .constructed(
            .numberMoved, legacy,
            broken: {
                var machine = legacy
                machine.devices.swapAt(0, 1)
                return machine
            }(), sound: legacy),
        .constructed(
            .ownerChanged, Machine(devices: [.virtual("v-scsi", 0x7100_0002)]),
            broken: Machine(devices: [.virtual("l-lan", 0x7100_0002)]),
            sound: Machine(devices: [.virtual("v-scsi", 0x7100_0002)])),
        .constructed(
            .onlyInSource, Machine(), broken: Machine(hasHotPlugEvents: false), sound: Machine()),
        .constructed(
            .onlyInDestination, Machine(hasHotPlugEvents: false), broken: Machine(),
            sound: Machine(hasHotPlugEvents: false)),
        .loaded(
            .kindChanged, of: xics, broken: { $0.editXics(0x1100) { $0.flags = .lsi } },
            sound: { $0.numbers[3].kind = nil }),
        .loaded(
            .claimChanged, of: xics, broken: { $0.editXics(0x1100) { $0.flags = [] } },
            sound: { $0.editXics(0x1105) { $0.priority = 0 } }),
        .loaded(
            .messageBitmap, prepare: { $0.giveMessages(bridge: 0, device: 0x800, first: 0x1300, count: 2) },
            broken: { $0.messageBitmap?[0] |= 0x8000 }, sound: { $0.messageBitmap?.append(0) }),
        .loaded(
            .dormantClaims, of: dual,
            broken: { $0.editXive(0x1100) { $0.assignment = .free } },
            sound: { $0.editXive(0x1100) { $0.assignment.rawValue |= 0x10 } }),
        .loaded(
            .dormantState, of: dual, broken: { $0.editXive(0x1100) { $0.assignment.rawValue |= 0x10 } }),
    ]

    private static let mapOfOne: [RuleCase] = [
        .inspection(
            .twoOwners,
            broken: { state in
                state.numbers.insert(
                    NumberAssignment(
                        number: state.numbers[4].number, owner: .virtualDevice(type: "x", unitAddress: 1),
                        basis: .model,
                        kind: .msi), at: 5)
            },
            sound: { state in
                state.numbers.insert(
                    NumberAssignment(
                        number: state.numbers[4].number, owner: .unknown("Nothing says it."), basis: .none, kind: .msi),
                    at: 5)
            }),
        .inspection(
            .unclaimedDeviceNumber, broken: { $0.editXive(0x1205) { $0.assignment = .free } },
            sound: { $0.editXive(0x1209) { $0.assignment = .free } }),
        .inspection(.outsideSpace, broken: { $0.xive?.numberCount = 0x1204 }, sound: { $0.xive?.numberCount = 0x1208 }),
        .inspection(
            .kindMismatch, of: xics, broken: { $0.editXics(0x1200) { $0.flags = .msi } },
            sound: { $0.editXics(0x1200) { $0.flags = .init(rawValue: 0x11) } }),
        .inspection(
            .messageOverlap,
            broken: {
                $0.giveMessages(bridge: 0, device: 0x800, first: 0x1300, count: 4)
                $0.giveMessages(bridge: 1, device: 0x800, first: 0x1303, count: 1)
            },
            sound: {
                $0.giveMessages(bridge: 0, device: 0x800, first: 0x1300, count: 4)
                $0.giveMessages(bridge: 1, device: 0x800, first: 0x1304, count: 1)
            }),
        .inspection(
            .messageUnclaimed,
            broken: {
                $0.giveMessages(bridge: 0, device: 0x800, first: 0x1300, count: 4)
                $0.editXive(0x1302) { $0.assignment = .free }
            }, sound: { $0.giveMessages(bridge: 0, device: 0x800, first: 0x1300, count: 4) }),
        .inspection(
            .bitmapMismatch,
            broken: {
                $0.giveMessages(bridge: 0, device: 0x800, first: 0x1300, count: 4)
                $0.messageBitmap?[0] = 0x7
            },
            sound: {
                $0.giveMessages(bridge: 0, device: 0x800, first: 0x1300, count: 4)
                $0.facts.scheme = nil
                $0.messageBitmap = nil
            }),
        .inspection(
            .dualClaims, of: dual, broken: { $0.editXive(0x1100) { $0.assignment = .free } },
            sound: { $0.editXive(0x1100) { $0.assignment.rawValue |= 5 } }),
        .inspection(
            .unknownOwner, broken: { $0.numbers[4].owner = .unknown("Nothing says it.") }),
        .inspection(
            .unclaimedResidue, broken: { $0.editXive(0x1300) { $0.assignment.rawValue = 0x10 } },
            sound: { $0.editXive(0x1100) { $0.assignment.rawValue |= 0x10 } }),
    ]

    private static let cpus: [RuleCase] = [
        .constructed(
            .missingCPU, Machine(cpus: [0, 1, 2]), broken: Machine(cpus: [0, 1]), sound: Machine(cpus: [0, 1, 2])),
        .constructed(
            .extraCPU, Machine(cpus: [0, 1]), broken: Machine(cpus: [0, 1, 2]), sound: Machine(cpus: [0, 1])),
        .constructed(
            .serverChanged, Machine(controllers: .xics, maximumCPUs: 2, vsmt: 8),
            broken: Machine(controllers: .xics, maximumCPUs: 16, vsmt: 1),
            sound: Machine(controllers: .xics, maximumCPUs: 2, vsmt: 8)),
        .inspection(
            .missingPart, broken: { $0.editCPU(1) { $0.context = nil } },
            sound: { $0.editCPU(1) { $0.presenter = nil } }),
        .constructed(
            .contextExchanged, Machine(cpus: [0, 2, 1]), broken: Machine(cpus: [0, 1, 2]),
            sound: Machine(cpus: [0, 2, 1])),
        .loaded(.contextState, broken: { $0.poke(1, 0x11, 5) }, sound: { $0.poke(1, 0x17, 5) }),
        .inspection(
            .contextWrongServer, broken: { $0.poke(1, 0x1b, 3) }, sound: { $0.editCPU(1) { $0.server = nil } }),
        .inspection(
            .contextDuplicateServer, broken: { $0.poke(1, 0x1b, 0) },
            sound: {
                $0.poke(1, 0x1b, 0)
                $0.poke(1, 0x18, 0)
            }),
        .inspection(.contextPending, broken: { $0.poke(1, 0x12, 2) }, sound: { $0.poke(1, 0x11, 5) }),
        .loaded(
            .presenterState, of: xics, broken: { $0.editCPU(1) { $0.presenter?.mfrr = 4 } }),
        .inspection(
            .presenterPending, of: xics, broken: { $0.editCPU(1) { $0.presenter?.xirr = 0xff00_0002 } },
            sound: { $0.editCPU(1) { $0.presenter?.xirr = 0xff00_0000 } }),
    ]

    private static let sources: [RuleCase] = [
        .loaded(
            .sourceBinding, prepare: bound,
            broken: { $0.bind(0x1100, server: 0) }, sound: { $0.bind(0x1100, server: 1) }),
        .loaded(
            .sourceEisn, prepare: bound,
            broken: { $0.bind(0x1100, server: 1, eisn: 0x21) }, sound: { $0.bind(0x1100, server: 1, eisn: 0x20) }),
        .loaded(
            .sourceStatus, broken: { $0.editXive(0x1100) { $0.status.rawValue = 3 } },
            sound: { $0.editXive(0x1108) { $0.status.rawValue = 3 } }),
        .inspection(
            .sourceServerMissing, broken: { $0.bind(0x1100, server: 2) }, sound: { $0.bind(0x1100, server: 1) }),
        .inspection(.sourceQueueOutside, broken: { $0.bind(0x1100, server: 4) }, sound: { $0.bind(0x1100, server: 3) }),
        .inspection(
            .sourceQueueBlock, broken: { $0.editXive(0x1100) { $0.assignment.rawValue |= 1 << 56 } },
            sound: { $0.editXive(0x1108) { $0.assignment.rawValue |= 1 << 56 } }),
        .inspection(.sourceQueueDisabled, broken: { $0.bind(0x1100, server: 1) }, sound: bound),
        .inspection(
            .sourceReservedPriority, broken: { $0.bind(0x1100, server: 1, priority: 7) },
            sound: { $0.bind(0x1100, server: 1, priority: 6) }),
    ]

    private static let queues: [RuleCase] = [
        .loaded(.queueConfiguration, prepare: bound, broken: { $0.editQueue(14) { $0.w3 += 0x10000 } }),
        .loaded(
            .queuePosition, prepare: bound, broken: { $0.editQueue(14) { $0.w1 += 1 } },
            sound: { $0.editQueue(14) { $0.w1 ^= 0x8000_0000 } }),
        .loaded(
            .queueStatus, prepare: bound, broken: { $0.editQueue(14) { $0.w1 ^= 0x8000_0000 } },
            sound: { $0.editQueue(14) { $0.w1 += 1 } }),
        .loaded(
            .queueEntries,
            prepare: {
                bound(&$0)
                $0.xive?.contents = .captured([QueueEntry(queueIndex: 14, position: 6, word: 0x8000_0010)])
            },
            broken: { $0.xive?.contents = .captured([QueueEntry(queueIndex: 14, position: 6, word: 0x8000_0011)]) },
            sound: { $0.xive?.contents = .notCaptured(reason: "No memory.") }),
        .inspection(
            .queueServerMissing, broken: { $0.enableQueue(server: 2) }, sound: { $0.enableQueue(server: 1) }),
        .inspection(
            .queueTarget,
            broken: {
                $0.enableQueue(server: 1)
                $0.editQueue(14) { $0.w6 = 0x400 }
            }, sound: { $0.enableQueue(server: 1) }),
        .inspection(
            .queueAlignment,
            broken: {
                $0.enableQueue(server: 1)
                $0.editQueue(14) { $0.w3 += 0x1000 }
            }, sound: { $0.editQueue(14) { $0.w3 = 0x1000 } }),
        .inspection(
            .queueIndexRange, broken: { $0.enableQueue(server: 1, nextIndex: 16_384) },
            sound: { $0.enableQueue(server: 1, nextIndex: 16_383) }),
        .inspection(
            .queueReservedPriority, broken: { $0.enableQueue(server: 1, priority: 7) },
            sound: { $0.enableQueue(server: 1, priority: 5) }),
        .inspection(
            .queueOutsideMemory,
            broken: { state in
                bound(&state)
                let queues = state.xive?.queues.filter(\.isEnabled) ?? []
                state.gaps += queues.map { .entriesOutsideMemory(of: $0) }
            },
            sound: { state in
                bound(&state)
                state.gaps.append(Gap(subject: "the entries of queue 0/0", reason: "not known"))
            }),
        .inspection(
            .queueUnknownEntry, broken: { $0.write(eisn: 0x77, count: 1) },
            sound: { state in state.write(eisn: state.eisn(of: 0x1100), count: 1) }),
        .inspection(
            .queueWrapped, broken: { state in state.write(eisn: state.eisn(of: 0x1100), count: 16_384) },
            sound: { state in state.write(eisn: state.eisn(of: 0x1100), count: 16_383) }),
    ]

    private static let devices: [RuleCase] = [
        .loaded(
            .deviceSignal, broken: { $0.virtualDevices[0].queueState[7] = 1 },
            sound: { $0.virtualDevices[0].queueState[8] = 1 }),
        .loaded(
            .deviceTreeChanged, broken: { $0.deviceTree?.serverCount = 9 }, sound: { $0.deviceTree = nil }),
        .inspection(
            .deviceTreeNumber, broken: { $0.deviceTree?.numbers[2].number = LogicalNumber(0x1105) },
            sound: { $0.deviceTree?.numbers[2].owner = .virtualDevice(type: "unplugged", unitAddress: 5) }),
        .inspection(
            .deviceTreeServerCount, broken: { $0.deviceTree?.serverCount = 9 },
            sound: { $0.deviceTree?.serverCount = nil }),
        .inspection(
            .deviceTreeServer, broken: { $0.deviceTree?.servers.append(ServerNumber(3)) },
            sound: { $0.deviceTree?.servers.removeLast() }),
        .inspection(
            .deviceTreeModes, broken: { $0.deviceTree?.offeredModes = 0x80 },
            sound: { $0.deviceTree?.offeredModes = nil }),
    ]

    private static let exact: [RuleCase] = [
        .loaded(.exactBits, .exact, broken: { $0.poke(1, 0x17, 5) }),
        .loaded(.exactInstance, .exact, broken: { $0.bridges[1].instance = 7 }),
        .loaded(
            .exactQueueState, .exact, broken: { $0.virtualDevices[0].queueState[9] = 1 },
            sound: { $0.virtualDevices[0].queueState[7] = 1 }),
        .loaded(
            .exactOptions, .exact, broken: { $0.negotiatedOptions?[0] = 1 }, sound: { $0.negotiatedOptions?[2] = 0 }),
        .loaded(
            .exactTree, .exact, broken: { $0.deviceTreeBlob = DeviceTreeBlob(initialSize: 1, bytes: [1]) }),
        .loaded(
            .exactResidue, .exact,
            broken: { $0.residues = [SectionResidue(name: "spapr", instance: 0, part: "timebase", bytes: [1])] }),
        .loaded(
            .exactKnowledge, .exact, broken: { $0.numbers[3].basis = .section },
            sound: { $0.numbers[3].owner = .virtualDevice(type: "x", unitAddress: 7) }),
        .loaded(.exactListing, .exact, broken: { $0.numbers.swapAt(3, 4) }),
    ]
}

extension MachineState {
    /// Binds a number and puts entries with an EISN into its queue, from the beginning on.
    fileprivate mutating func write(eisn: UInt32, count: UInt32) {
        bound(&self)
        let entries = (0..<count).map { QueueEntry(queueIndex: 8 + 6, position: $0, word: 0x8000_0000 | eisn) }
        xive?.contents = .captured(entries)
    }

    /// What the queue shows for a number.
    fileprivate func eisn(of number: UInt32) -> UInt32 {
        var state = self
        bound(&state)
        return state.xive?.sources.first { $0.number.rawValue == number }?.assignment.eisn ?? 0
    }
}
