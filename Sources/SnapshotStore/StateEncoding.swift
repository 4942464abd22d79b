import InterruptState

/// Cuts the lists of a state into parts and writes their rows.
///
/// A part holds the rows of one page: of 256 numbers, 32 servers' queues or 256 places of a list. So two states
/// that differ in one number share all parts but one.
struct StateEncoder {
    /// Takes a part: its rôle, its page and its rows, which are never empty.
    let take: (Role, Int64, RowBuffer) throws -> Void
    private var rows = RowBuffer()

    init(take: @escaping (Role, Int64, RowBuffer) throws -> Void) {
        self.take = take
    }

    /// Gives all parts of a state and of the lists of its provenance.
    mutating func encode(_ state: MachineState, _ provenance: Provenance) throws {
        try encode(numbers: state.numbers)
        if let xive = state.xive { try encode(xive) }
        if let xics = state.xics { try encode(xics) }
        try encode(cpus: state.cpus)
        try encode(bridges: state.bridges)
        try encodeDevices(of: state)
        try encodeDeviceTree(of: state)
        try encodeRest(of: state)
        try list(.capability, provenance.capabilities) { $0.text($1) }
        try list(.note, provenance.notes) { $0.text($1) }
    }

    // MARK: - Cutting

    /// Writes elements that bring their own key, cut where the page changes.
    private mutating func cut<Element>(
        _ role: Role, _ elements: some Sequence<Element>, page: (Element) -> Int64,
        write: (inout RowBuffer, Element) -> Void
    ) throws {
        var current: Int64 = 0
        for element in elements {
            let page = page(element)
            if page != current { try flush(role, current) }
            current = page
            write(&rows, element)
        }
        try flush(role, current)
    }

    /// Writes a list whose rows are keyed by their place.
    private mutating func list<Element>(
        _ role: Role, _ elements: [Element], write: (inout RowBuffer, Element) -> Void
    ) throws {
        try cut(role, elements.enumerated(), page: { Int64($0.offset >> 8) }) { rows, element in
            rows.integer(Int64(element.offset))
            write(&rows, element.element)
        }
    }

    private mutating func flush(_ role: Role, _ page: Int64) throws {
        guard !rows.isEmpty else { return }
        try take(role, page, rows)
        rows.removeAll()
    }

    // MARK: - Numbers, queues

    private mutating func encode(numbers: [NumberAssignment]) throws {
        var previous: LogicalNumber?
        var rank: Int64 = 0
        try cut(.number, numbers, page: { Int64($0.number.rawValue >> 8) }) { rows, element in
            rank = element.number == previous ? rank + 1 : 0
            previous = element.number
            rows.integer(element.number.rawValue)
            rows.integer(rank)
            rows.assignment(element)
        }
    }

    private mutating func encode(_ xive: XiveController) throws {
        try cut(.xive, xive.sources, page: { Int64($0.number.rawValue >> 8) }) { rows, source in
            rows.integer(source.number.rawValue)
            rows.integer(source.assignment.rawValue)
            rows.integer(source.status.rawValue)
        }
        try cut(.queue, xive.queues, page: { Int64($0.index >> 8) }) { rows, queue in
            rows.integer(queue.index)
            for word in queue.words { rows.integer(word) }
        }
        guard case .captured(let entries) = xive.contents else { return }
        try cut(.entry, entries, page: { Int64($0.queueIndex >> 8) }) { rows, entry in
            rows.integer(entry.queueIndex)
            rows.integer(entry.position)
            rows.integer(entry.word)
        }
    }

    private mutating func encode(_ xics: XicsController) throws {
        try cut(.xics, xics.sources, page: { Int64($0.number.rawValue >> 8) }) { rows, source in
            rows.integer(source.number.rawValue)
            rows.integer(source.server.rawValue)
            rows.integer(source.priority)
            rows.integer(source.savedPriority)
            rows.integer(source.status.rawValue)
            rows.integer(source.flags.rawValue)
        }
    }

    // MARK: - vCPUs

    private mutating func encode(cpus: [VirtualCPU]) throws {
        try list(.vcpu, cpus) { rows, cpu in
            rows.integer(cpu.index)
            rows.optional(cpu.server?.rawValue)
            rows.text(cpu.serverBasis.rawValue)
            rows.optional(cpu.contextInstance)
        }
        try cut(.context, cpus.enumerated(), page: { Int64($0.offset >> 8) }) { rows, cpu in
            guard let context = cpu.element.context else { return }
            rows.integer(Int64(cpu.offset))
            for start in stride(from: 0, to: ThreadContext.byteCount, by: 4) {
                rows.integer(context.bytes[start..<start + 4].reduce(0) { $0 << 8 | UInt32($1) })
            }
        }
        try cut(.presenter, cpus.enumerated(), page: { Int64($0.offset >> 8) }) { rows, cpu in
            guard let presenter = cpu.element.presenter else { return }
            rows.integer(Int64(cpu.offset))
            rows.integer(presenter.xirr)
            rows.integer(presenter.pendingPriority)
            rows.integer(presenter.mfrr)
        }
    }

    // MARK: - Devices

    private mutating func encode(bridges: [HostBridge]) throws {
        try list(.bridge, bridges) { rows, bridge in
            rows.integer(bridge.buid)
            rows.integer(bridge.instance)
            rows.blob(bridge.oldWindows)
        }
        try cut(.pin, bridges.enumerated(), page: { Int64($0.offset >> 8) }) { rows, bridge in
            for (pin, number) in bridge.element.pins.enumerated() {
                rows.integer(Int64(bridge.offset))
                rows.integer(Int64(pin))
                rows.integer(number.rawValue)
            }
        }
        try cut(.block, bridges.enumerated(), page: { Int64($0.offset >> 8) }) { rows, bridge in
            for (place, block) in bridge.element.messages.enumerated() {
                rows.integer(Int64(bridge.offset))
                rows.integer(Int64(place))
                rows.integer(block.device)
                rows.integer(block.first.rawValue)
                rows.integer(block.count)
            }
        }
    }

    private mutating func encodeDevices(of state: MachineState) throws {
        try list(.device, state.virtualDevices) { rows, device in
            rows.text(device.type)
            rows.integer(device.unitAddress)
            rows.optional(device.number?.rawValue)
            rows.blob(device.queueState)
        }
        try encode(.bitmap, words: state.messageBitmap ?? [])
        try encode(.option, words: state.negotiatedOptions ?? [])
    }

    private mutating func encode(_ role: Role, words: [UInt64]) throws {
        try cut(role, words.enumerated(), page: { _ in 0 }) { rows, word in
            guard word.element != 0 else { return }
            rows.integer(Int64(word.offset))
            rows.integer(word.element)
        }
    }

    private mutating func encodeDeviceTree(of state: MachineState) throws {
        if let blob = state.deviceTreeBlob {
            rows.integer(blob.initialSize)
            rows.blob(blob.bytes)
            try flush(.tree, 0)
        }
        guard let tree = state.deviceTree else { return }
        try list(.treeNumber, tree.numbers) { rows, element in
            rows.integer(element.number.rawValue)
            rows.assignment(element)
        }
        try list(.treeServer, tree.servers) { $0.integer($1.rawValue) }
    }

    // MARK: - The rest, and evidence

    private mutating func encodeRest(of state: MachineState) throws {
        for (place, residue) in state.residues.enumerated() {
            rows.text(residue.name)
            rows.integer(residue.instance)
            rows.text(residue.part)
            rows.blob(residue.bytes)
            try flush(.residue, Int64(place))
        }
        try list(.gap, state.gaps) { rows, gap in
            rows.text(gap.subject)
            rows.text(gap.reason)
        }
        try list(.section, state.origin.sections) { rows, section in
            rows.integer(section.position)
            rows.text(section.name)
            rows.integer(section.instance)
            rows.integer(section.version)
            rows.integer(section.id)
            rows.integer(section.offset)
            rows.integer(section.bodyOffset)
            rows.integer(section.bodyLength)
        }
        try list(.site, state.origin.sites) { rows, rule in
            rows.text(rule.kind.rawValue)
            rows.integer(rule.firstKey)
            rows.integer(rule.count)
            rows.integer(rule.stride)
            rows.text(rule.first.section)
            rows.integer(rule.first.instance)
            rows.text(rule.first.field)
            rows.integer(rule.first.offset)
        }
    }
}
