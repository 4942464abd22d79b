import InterruptState
import SeededRandom

extension SeededGenerator {
    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }
    mutating func chance(_ oneIn: Int) -> Bool { below(oneIn) == 0 }
    mutating func word() -> UInt32 { UInt32(truncatingIfNeeded: next()) }
    mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: next()) }
    mutating func bytes(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count { withUnsafeBytes(of: next()) { bytes += $0 } }
        return Array(bytes.prefix(count))
    }
    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
    mutating func maybe<Value>(_ value: (inout SeededGenerator) -> Value) -> Value? { chance(3) ? nil : value(&self) }

    /// Small, large and boundary values.
    mutating func edgy() -> UInt32 { pick([0, 1, 0xff, 0x7fff_ffff, 0x8000_0000, .max, word()]) }

    mutating func edgy64() -> UInt64 { pick([0, 1, 0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000, .max, next()]) }

    /// Names as a hostile stream may have them.
    mutating func name() -> String {
        pick([
            "", "vty", "l-lan", "it's", "say \"x\"", "two\nlines", "nul\0inside", "Größe", "日本", "e\u{301}", "\u{e9}",
            "'; DROP TABLE snapshot; --", "\u{1b}[31mred", "-", "\\x41", "🖥️", String(repeating: "long ", count: 200),
        ])
    }

    /// Ascending, each once.
    mutating func keys(_ count: Int, below bound: UInt32) -> [UInt32] {
        Set((0..<count).map { _ in word() % bound }).sorted()
    }
}

extension MachineState {
    /// A state of any shape that the types allow, orders kept.
    static func random(_ random: inout SeededGenerator) -> MachineState {
        var state = MachineState(
            facts: MachineFacts(
                typeName: random.maybe { $0.pick(["pseries-7.2", "", "pseries-3.0", $0.name()]) },
                scheme: random.maybe { $0.pick(NumberScheme.allCases) },
                activeMode: random.pick(InterruptMode.allCases), serverCount: random.maybe { $0.edgy() },
                serverCountBasis: random.pick(Basis.allCases)))
        state.numbers = random.keys(random.below(40), below: 0x2000).flatMap { number in
            (0..<(random.chance(8) ? 3 : 1)).map { _ in random.assignment(LogicalNumber(number)) }
        }
        state.xive = random.maybe { $0.xive() }
        state.xics = random.maybe { $0.xics() }
        state.cpus = (0..<random.below(6)).map { _ in random.cpu() }
        state.bridges = (0..<random.below(4)).map { _ in random.bridge() }
        state.virtualDevices = (0..<random.below(5)).map { _ in
            VirtualDevice(
                type: random.name(), unitAddress: random.edgy(),
                number: random.maybe { LogicalNumber($0.edgy()) }, queueState: random.bytes(random.pick([0, 24])))
        }
        state.messageBitmap = random.maybe { r in (0..<r.pick([0, 52])).map { _ in r.chance(2) ? 0 : r.edgy64() } }
        state.negotiatedOptions = random.maybe { r in (0..<r.pick([0, 32])).map { _ in r.chance(2) ? 0 : r.edgy64() } }
        state.deviceTreeBlob = random.maybe {
            DeviceTreeBlob(initialSize: $0.edgy(), bytes: $0.bytes($0.pick([0, 100, 100, 100, 6000])))
        }
        state.deviceTree = random.maybe { $0.deviceTree() }
        state.residues = (0..<random.below(5)).map { _ in
            SectionResidue(
                name: random.name(), instance: random.edgy(), part: random.name(),
                bytes: random.bytes(random.pick([0, 3, 40, 40, 40, 5000])))
        }
        state.gaps = (0..<random.below(4)).map { _ in Gap(subject: random.name(), reason: random.name()) }
        state.origin = random.origin()
        return state
    }
}

extension MachineState {
    /// A state with rows of every kind: each fact from the first random state that has it.
    static func rich(seed: UInt64) -> MachineState {
        var random = SeededGenerator(seed: seed)
        var rich = MachineState.random(&random)
        for _ in 0..<100 {
            let other = MachineState.random(&random)
            if rich.numbers.count < 5 { rich.numbers = other.numbers }
            if !(rich.xive?.isRich ?? false) { rich.xive = other.xive }
            if (rich.xics?.sources.count ?? 0) < 5 { rich.xics = other.xics }
            let isServed = rich.cpus.contains { $0.context != nil } && rich.cpus.contains { $0.presenter != nil }
            if !isServed { rich.cpus = other.cpus }
            let isWired = rich.bridges.contains { !$0.pins.isEmpty } && rich.bridges.contains { !$0.messages.isEmpty }
            if !isWired { rich.bridges = other.bridges }
            if rich.virtualDevices.isEmpty { rich.virtualDevices = other.virtualDevices }
            if rich.messageBitmap?.contains(where: { $0 != 0 }) != true { rich.messageBitmap = other.messageBitmap }
            if rich.negotiatedOptions?.contains(where: { $0 != 0 }) != true {
                rich.negotiatedOptions = other.negotiatedOptions
            }
            rich.deviceTreeBlob = rich.deviceTreeBlob ?? other.deviceTreeBlob
            if rich.deviceTree?.numbers.isEmpty != false || rich.deviceTree?.servers.isEmpty != false {
                rich.deviceTree = other.deviceTree
            }
            if rich.residues.isEmpty { rich.residues = other.residues }
            if rich.gaps.isEmpty { rich.gaps = other.gaps }
            if rich.origin.sections.isEmpty || rich.origin.sites.isEmpty { rich.origin = other.origin }
        }
        return rich
    }
}

extension XiveController {
    fileprivate var isRich: Bool {
        guard case .captured(let entries) = contents else { return false }
        return !entries.isEmpty && !sources.isEmpty && !queues.isEmpty
    }
}

extension SeededGenerator {
    fileprivate mutating func owner() -> Owner {
        switch below(7) {
        case 0: .interprocessor(edgy())
        case 1: .epow
        case 2: .hotPlug
        case 3: .virtualDevice(type: name(), unitAddress: edgy())
        case 4: .bridgePin(bridge: pick([Owner.firstBridge, Owner.firstBridge + 255, edgy64()]), pin: byte())
        case 5: .bridgeMessage(bridge: pick([Owner.firstBridge + 3, edgy64()]), device: edgy(), vector: edgy())
        default: .unknown(name())
        }
    }

    fileprivate mutating func assignment(_ number: LogicalNumber) -> NumberAssignment {
        NumberAssignment(
            number: number, owner: owner(), basis: pick(Basis.allCases), kind: maybe { $0.pick(SourceKind.allCases) })
    }

    fileprivate mutating func xive() -> XiveController {
        let sources = keys(below(60), below: 0x2000).map { number in
            XiveSource(
                number: LogicalNumber(number),
                assignment: pick([.claimed, .free, EventAssignment(rawValue: edgy64())]),
                status: pick([.off, SourceStatus(rawValue: byte())]))
        }
        let queues = keys(below(20), below: 600).map { index in
            EventQueue(
                index: index, w0: pick([0xc004_0000, edgy()]), w1: edgy(), w2: edgy(), w3: edgy(), w4: edgy(),
                w5: edgy(), w6: pick([0x400, edgy()]), w7: edgy())
        }
        let entries = keys(below(10), below: 4000).map { key in
            QueueEntry(queueIndex: key >> 2, position: key & 3, word: edgy())
        }
        return XiveController(
            numberCount: edgy(), queueCount: edgy(), tableByteOrder: pick(TableByteOrder.allCases), sources: sources,
            queues: queues, contents: chance(2) ? .captured(entries) : .notCaptured(reason: name()))
    }

    fileprivate mutating func xics() -> XicsController {
        XicsController(
            base: LogicalNumber(edgy()), numberCount: edgy(),
            sources: keys(below(40), below: 0x2000).map { number in
                XicsSource(
                    number: LogicalNumber(number), server: ServerNumber(edgy()), priority: pick([0xff, 5, byte()]),
                    savedPriority: byte(), status: XicsSource.Status(rawValue: byte()),
                    flags: XicsSource.Flags(rawValue: pick([0, 1, 2, byte()])))
            })
    }

    fileprivate mutating func cpu() -> VirtualCPU {
        VirtualCPU(
            index: edgy(), server: maybe { ServerNumber($0.edgy()) }, serverBasis: pick(Basis.allCases),
            context: maybe { $0.chance(2) ? .reset(server: ServerNumber(3)) : ThreadContext(bytes: $0.bytes(64)) }
                ?? nil,
            contextInstance: maybe { $0.edgy() },
            presenter: maybe { Presenter(xirr: $0.edgy(), pendingPriority: $0.byte(), mfrr: $0.byte()) })
    }

    fileprivate mutating func bridge() -> HostBridge {
        HostBridge(
            buid: pick([Owner.firstBridge, edgy64()]), instance: edgy(),
            pins: (0..<pick([0, 4, 5])).map { _ in LogicalNumber(edgy()) },
            messages: (0..<below(4)).map { _ in
                MessageBlock(device: edgy(), first: LogicalNumber(edgy()), count: edgy())
            }, oldWindows: bytes(pick([0, 36])))
    }

    fileprivate mutating func deviceTree() -> DeviceTreeFacts {
        DeviceTreeFacts(
            numbers: (0..<below(10)).map { _ in assignment(LogicalNumber(edgy())) },
            servers: (0..<below(4)).map { _ in ServerNumber(edgy()) }, serverCount: maybe { $0.edgy() },
            offeredModes: maybe { $0.byte() })
    }

    fileprivate mutating func origin() -> MachineState.Origin {
        MachineState.Origin(
            sections: (0..<below(5)).map { _ in
                SectionRecord(
                    position: edgy(), name: name(), instance: edgy(), version: edgy(), id: edgy(), offset: edgy64(),
                    bodyOffset: edgy64(), bodyLength: edgy64())
            },
            sites: (0..<below(5)).map { _ in
                SiteRule(
                    kind: pick(SiteRule.Kind.allCases), firstKey: edgy64(), count: edgy64(), stride: edgy64(),
                    first: Site(section: name(), instance: edgy(), field: name(), offset: edgy64()))
            })
    }
}
