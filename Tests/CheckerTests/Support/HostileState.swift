import InterruptState
import SeededRandom

/// A state that no machine ever had: random values, extremes, tables out of order, repetitions.
struct HostileState {
    private var random: SeededGenerator

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    mutating func state() -> MachineState {
        var state = MachineState(
            facts: MachineFacts(
                typeName: flip() ? "a" : nil, scheme: flip() ? .fixed : nil, activeMode: flip() ? .xive : .xics,
                serverCount: flip() ? word() : nil, serverCountBasis: .none))
        state.numbers = list {
            NumberAssignment(number: $0.number(), owner: $0.owner(), basis: .model, kind: $0.kind())
        }
        if flip() { state.xive = xive() }
        if flip() { state.xics = xics() }
        state.cpus = list { $0.cpu() }
        state.bridges = list { $0.bridge() }
        state.virtualDevices = list { hostile in
            VirtualDevice(
                type: "x", unitAddress: hostile.small(), number: hostile.flip() ? hostile.number() : nil,
                queueState: hostile.list { UInt8(truncatingIfNeeded: $0.word()) })
        }
        state.messageBitmap = flip() ? list { UInt64($0.word()) << 32 | UInt64($0.word()) } : nil
        state.negotiatedOptions = flip() ? list { UInt64($0.word()) << 20 } : nil
        if flip() {
            state.deviceTree = DeviceTreeFacts(
                numbers: list {
                    NumberAssignment(number: $0.number(), owner: $0.owner(), basis: .deviceTree, kind: $0.kind())
                }, servers: list { ServerNumber($0.small()) }, serverCount: flip() ? word() : nil,
                offeredModes: flip() ? UInt8(truncatingIfNeeded: word()) : nil)
        }
        state.gaps = list { Gap(subject: "s\($0.small())", reason: "r") }
        return state
    }

    // MARK: - Values

    private mutating func flip() -> Bool { Bool.random(using: &random) }
    private mutating func small() -> UInt32 { UInt32.random(in: 0..<4, using: &random) }

    /// A small number, an extreme, or anything.
    private mutating func word() -> UInt32 {
        switch UInt32.random(in: 0..<4, using: &random) {
        case 0: small()
        case 1: UInt32.max - small()
        case 2: 0x1000 + UInt32.random(in: 0..<0x1000, using: &random)
        default: UInt32.random(in: 0...UInt32.max, using: &random)
        }
    }

    private mutating func number() -> LogicalNumber { LogicalNumber(flip() ? 0x1000 + small() : word()) }
    private mutating func kind() -> SourceKind? { [.msi, .lsi, nil].randomElement(using: &random) ?? nil }

    private mutating func list<Element>(_ make: (inout HostileState) -> Element) -> [Element] {
        (0..<UInt32.random(in: 0..<6, using: &random)).map { _ in make(&self) }
    }

    private mutating func owner() -> Owner {
        switch UInt32.random(in: 0..<7, using: &random) {
        case 0: .interprocessor(word())
        case 1: .epow
        case 2: .hotPlug
        case 3: .virtualDevice(type: "x", unitAddress: small())
        case 4: .bridgePin(bridge: UInt64(small()), pin: UInt8(small()))
        case 5: .bridgeMessage(bridge: UInt64(small()), device: small(), vector: word())
        default: .unknown("reason \(small())")
        }
    }

    // MARK: - Tables

    private mutating func xive() -> XiveController {
        XiveController(
            numberCount: word(), queueCount: word(), tableByteOrder: flip() ? .little : .big,
            sources: list { hostile in
                XiveSource(
                    number: hostile.number(),
                    assignment: EventAssignment(rawValue: UInt64(hostile.word()) << 32 | UInt64(hostile.word())),
                    status: SourceStatus(rawValue: UInt8(truncatingIfNeeded: hostile.word())))
            },
            queues: list { hostile in
                EventQueue(
                    index: hostile.word(), w0: hostile.word(), w1: hostile.word(), w2: hostile.word(),
                    w3: hostile.word(),
                    w4: hostile.word(), w5: hostile.word(), w6: hostile.word(), w7: hostile.word())
            },
            contents: flip()
                ? .notCaptured(reason: "r\(small())")
                : .captured(list { QueueEntry(queueIndex: $0.word(), position: $0.word(), word: $0.word()) }))
    }

    private mutating func xics() -> XicsController {
        XicsController(
            base: LogicalNumber(word()), numberCount: word(),
            sources: list { hostile in
                XicsSource(
                    number: hostile.number(), server: ServerNumber(hostile.word()),
                    priority: UInt8(truncatingIfNeeded: hostile.word()), savedPriority: UInt8(hostile.small()),
                    status: .init(rawValue: UInt8(truncatingIfNeeded: hostile.word())),
                    flags: .init(rawValue: UInt8(truncatingIfNeeded: hostile.word())))
            })
    }

    private mutating func cpu() -> VirtualCPU {
        let bytes = (0..<64).map { _ in UInt8(truncatingIfNeeded: word()) }
        return VirtualCPU(
            index: flip() ? small() : word(), server: flip() ? ServerNumber(word()) : nil, serverBasis: .none,
            context: flip() ? ThreadContext(bytes: bytes) : nil, contextInstance: flip() ? small() : nil,
            presenter: flip() ? Presenter(xirr: word(), pendingPriority: 1, mfrr: UInt8(small())) : nil)
    }

    private mutating func bridge() -> HostBridge {
        HostBridge(
            buid: flip() ? UInt64(small()) : UInt64.max - UInt64(small()), instance: small(),
            pins: list { $0.number() },
            messages: list { MessageBlock(device: $0.small(), first: $0.number(), count: $0.word()) },
            oldWindows: list { UInt8($0.small()) })
    }
}
