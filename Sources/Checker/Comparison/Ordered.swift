import InterruptState

extension MachineState {
    /// The same state with every table in the order that the vocabulary promises.
    ///
    /// Decoders keep the promise; a state from elsewhere may not, and must not be compared wrongly for it.
    var ordered: MachineState {
        var state = self
        state.numbers = numbers.ascending { $0.number }.withoutRepetitions
        if let xive {
            state.xive?.sources = xive.sources.ascending { $0.number }
            state.xive?.queues = xive.queues.ascending { $0.index }
            if case .captured(let entries) = xive.contents {
                state.xive?.contents = .captured(
                    entries.ascending { UInt64($0.queueIndex) << 32 | UInt64($0.position) })
            }
        }
        if let xics { state.xics?.sources = xics.sources.ascending { $0.number } }
        state.cpus = cpus.ascending { $0.index }
        state.bridges = bridges.ascending { $0.buid }
        state.virtualDevices = virtualDevices.ascending { DeviceKey($0) }
        return state
    }

    /// Whether the number is claimed under the controller in force or, where that one has no such number, under the other.
    func isClaimed(_ number: LogicalNumber) -> Bool {
        let inXive = xive.map { number.rawValue < $0.numberCount } ?? false
        let inXics = xics.map { $0.contains(number) } ?? false
        let asXive = facts.activeMode == .xive ? inXive : (inXive && !inXics)
        if asXive { return xive?.source(number).assignment.isValid ?? false }
        return xics?.source(number).isClaimed ?? false
    }

    /// Where the table entry of a number of the controller in force stands.
    func tableSubject(_ number: LogicalNumber) -> Subject {
        facts.activeMode == .xive ? .xiveAssignment(number) : .xicsSource(number)
    }

    /// Servers that have a vCPU, or nil where some vCPU's server is not known.
    var knownServers: Set<ServerNumber>? {
        var servers: Set<ServerNumber> = []
        for cpu in cpus {
            guard let server = cpu.server else { return nil }
            servers.insert(server)
        }
        return cpus.isEmpty ? nil : servers
    }
}

extension [NumberAssignment] {
    /// The rows without those that repeat their neighbour: a row said twice says nothing more.
    fileprivate var withoutRepetitions: [NumberAssignment] {
        let isRepeated = { (place: Int) in
            place > 0 && self[place].number == self[place - 1].number && self[place] == self[place - 1]
        }
        guard indices.contains(where: isRepeated) else { return self }
        return indices.filter { !isRepeated($0) }.map { self[$0] }
    }
}

extension XicsController {
    func contains(_ number: LogicalNumber) -> Bool {
        number >= base && number.rawValue - base.rawValue < numberCount
    }
}

/// Identity of a VIO device, in the order of the state.
struct DeviceKey: Comparable, Hashable {
    let unitAddress: UInt32
    let type: String

    init(_ device: VirtualDevice) {
        unitAddress = device.unitAddress
        type = device.type
    }

    static func < (left: DeviceKey, right: DeviceKey) -> Bool {
        left.unitAddress != right.unitAddress ? left.unitAddress < right.unitAddress : left.type < right.type
    }
}
