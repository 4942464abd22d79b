import InterruptState

@testable import CaptureSupport

extension InfoPic {
    /// What `info pic` should have printed of a state, without the queue entries, which are in guest memory.
    init(of state: MachineState) {
        self.init()
        switch state.facts.activeMode {
        case .xive: printXive(state)
        case .xics: printXics(state)
        }
    }

    /// The print with the queue entries left out.
    var withoutQueueEntries: InfoPic {
        var pic = self
        for index in pic.xiveSources.indices { pic.xiveSources[index].queue?.words = [] }
        return pic
    }

    private mutating func printXive(_ state: MachineState) {
        guard let xive = state.xive else { return }
        // QEMU lists vCPUs in order of creation, which is how the instances of their contexts are numbered.
        let cpus = state.cpus.sorted { ($0.contextInstance ?? .max) < ($1.contextInstance ?? .max) }
        contexts = cpus.compactMap { cpu in
            cpu.context.map { Context(cpuIndex: cpu.index, rings: Self.rings($0)) }
        }
        xiveSources = state.claimedNumbers.compactMap { number in
            guard let kind = Kind(state, number) else { return nil }
            let source = xive.source(number)
            let assignment = source.assignment
            let descriptor = xive.queue(assignment.queueIndex)
            let isShown = !assignment.isMasked && descriptor.isValid
            return XiveSource(
                number: number.rawValue, kind: kind, p: source.status.p, q: source.status.q,
                isAsserted: source.status.isAsserted, isMasked: assignment.isMasked, eisn: assignment.eisn,
                queue: isShown ? Self.queue(descriptor, number, state) : nil)
        }
    }

    private static func rings(_ context: ThreadContext) -> [RingName: [UInt8]] {
        let offsets: [(RingName, ThreadContext.Ring)] = [
            (.user, .user), (.os, .os), (.pool, .pool), (.physical, .physical),
        ]
        return Dictionary(
            uniqueKeysWithValues: offsets.map { name, ring in
                (name, Array(context.bytes[ring.rawValue..<ring.rawValue + 12]))
            })
    }

    private static func queue(_ descriptor: EventQueue, _ number: LogicalNumber, _ state: MachineState) -> Queue {
        let configuration = state.configuration(number)
        return Queue(
            server: configuration.server?.rawValue ?? .max, priority: configuration.priority,
            nextIndex: descriptor.nextIndex, entryCount: descriptor.entryCount, address: descriptor.address,
            generation: descriptor.generation, words: [])
    }

    private mutating func printXics(_ state: MachineState) {
        guard let xics = state.xics else { return }
        let base = xics.base.rawValue
        xicsRange = base...(base + xics.numberCount - 1)
        presenters = state.cpus.compactMap { cpu in
            guard let presenter = cpu.presenter else { return nil }
            return Presenter(
                cpuIndex: cpu.index, xirr: presenter.xirr, pendingPriority: presenter.pendingPriority,
                mfrr: presenter.mfrr)
        }
        xicsSources = state.claimedNumbers.compactMap { number in
            guard let kind = Kind(state, number) else { return nil }
            let source = xics.source(number)
            return XicsSource(
                number: number.rawValue, kind: kind, priority: source.priority, status: source.status.rawValue)
        }
    }
}

extension InfoPic.Kind {
    fileprivate init?(_ state: MachineState, _ number: LogicalNumber) {
        switch state.assignments(of: number).first?.kind {
        case .msi: self = .msi
        case .lsi: self = .lsi
        case nil: return nil
        }
    }
}
