import InterruptState
import PSeries

/// What came of loading a stream.
public enum LoadResult: Hashable, Sendable {
    /// Refused, with QEMU's words. The process would end; the machine is as the load left it.
    case refused(String)
    case accepted
}

extension Machine {
    /// Loads a stream into this machine, which must have been built and not run.
    ///
    /// What the stream carries replaces what is there; what construction decides stays: which devices there are and
    /// what they raise, vsmt, the number of servers, which numbers are level ones. QEMU checks a few fields and
    /// section names and takes the rest in silence, and so does this.
    public mutating func load(_ saved: SavedMachine) -> LoadResult {
        if let typeName = saved.typeName, typeName != setup.type.name {
            return .refused("Machine type received is '\(typeName)' and local is '\(setup.type.name)'")
        }
        isLoaded = true
        if let memory = saved.memory { board.memory = memory }
        let wanted = Registry(self)
        var xiveStatuses: [XiveSource] = []
        for section in saved.sections {
            guard wanted.contains(section) else {
                return .refused("Unknown savevm section or instance '\(section.name)' \(section.instance)")
            }
            if let reason = load(section, of: saved, statuses: &xiveStatuses) {
                return .refused(reason)
            }
        }
        if let order = saved.tableByteOrder, order != setup.hostByteOrder { xive?.swapTables() }
        finishLoad(saved)
        return .accepted
    }

    /// Names and instances of the sections that this machine has.
    private struct Registry {
        private var known: Set<String>

        init(_ machine: Machine) {
            known = Set(machine.save().sections.map { "\($0.name) \($0.instance)" })
            for index in machine.board.processors.indexes { known.insert("spapr_cpu \(index)") }
            // Types up to 2.9 register a presenter for every possible vCPU.
            if !machine.setup.type.stream.noDummyPresenters {
                for index in 0..<machine.setup.maximumProcessors { known.insert("icp/server \(index)") }
            }
        }

        func contains(_ section: SavedMachine.Section) -> Bool {
            known.contains("\(section.name) \(section.instance)")
        }
    }

    /// Loads one section; the reason where it is refused.
    private mutating func load(
        _ section: SavedMachine.Section, of saved: SavedMachine, statuses: inout [XiveSource]
    ) -> String? {
        switch section.content {
        case .xics(let saved):
            return loadXics(saved)
        case .xiveStatus(let count, let sources):
            guard let xive, count == xive.numberCount else {
                return Machine.mismatch(xive?.numberCount ?? 0, count)
            }
            statuses = sources
            return nil
        case .xiveTables(let count, let queueCount, let sources, let queues):
            return loadTables(count, queueCount, sources, queues, statuses)
        case .processor(let segments, let version):
            if let segments, segments > board.build.segmentVersion {
                return "cpu/slb: incoming version_id \(segments) is too new for local version_id "
                    + "\(board.build.segmentVersion)"
            }
            if let version, let own = processorVersion, version != own {
                return "error while loading state for instance \(hexadecimal(UInt64(section.instance))) "
                    + "of device 'cpu'"
            }
            return nil
        case .presenter(let presenter):
            guard let row = board.processors.row(index: section.instance) else { return nil }
            let isKnown = board.behaviour == .intended && saved.presenterOwners[section.instance] == true
            xics?.loadPresenter(row, presenter, ownerKnown: isKnown)
            return nil
        case .context(let context):
            guard let row = xive?.contextInstances.firstIndex(of: section.instance) else { return nil }
            xive?.setContext(row, context, processors: board.processors)
            return nil
        case .virtualDevice(let address, let number, let queueState):
            return loadVirtualDevice(address, number, queueState)
        case .bridge(let buid, let pins, let messages):
            return loadBridge(section.instance, buid, pins, messages, saved.functions[buid] ?? [])
        case .machine(let options, let bitmap, let tree):
            loadMachine(options, bitmap, tree)
            return board.end.map { "\($0)" }
        case .presence:
            guard section.name == "spapr_iommu", section.version > board.build.iommuVersion else { return nil }
            return "savevm: unsupported version \(section.version) for 'spapr_iommu' v\(board.build.iommuVersion)"
        }
    }

    /// As QEMU prints an EQUAL field that is not: the destination's value first.
    private static func mismatch(_ own: some BinaryInteger, _ saved: some BinaryInteger) -> String {
        "\(String(own, radix: 16)) != \(String(saved, radix: 16))"
    }

    private mutating func loadXics(_ saved: XicsController) -> String? {
        guard let count = xics?.numberCount, count == saved.numberCount else {
            return Machine.mismatch(xics?.numberCount ?? 0, saved.numberCount)
        }
        xics?.loadSources(saved.sources)
        return nil
    }

    private mutating func loadTables(
        _ count: UInt32, _ queueCount: UInt32, _ sources: [XiveSource], _ queues: [EventQueue], _ statuses: [XiveSource]
    ) -> String? {
        guard let own = xive?.numberCount, own == count else { return Machine.mismatch(xive?.numberCount ?? 0, count) }
        guard xive?.queueCount == queueCount else { return "Missing section footer for spapr-xive" }
        xive?.loadTables(sources: statuses.isEmpty ? sources : statuses, queues: queues)
        return nil
    }

    private mutating func loadVirtualDevice(
        _ address: UInt32, _ number: LogicalNumber, _ queueState: [UInt8]
    ) -> String? {
        guard let place = virtualDevices.firstIndex(where: { $0.unitAddress == address }) else { return nil }
        let own = virtualDevices[place].number
        guard own == number else { return Machine.mismatch(own.rawValue, number.rawValue) }
        virtualDevices[place].queueState = queueState
        return nil
    }

    private mutating func loadBridge(
        _ instance: UInt32, _ buid: UInt64, _ pins: [LogicalNumber], _ messages: [MessageBlock],
        _ functions: [FunctionPart]
    ) -> String? {
        guard let place = bridges.firstIndex(where: { $0.instance == instance }) else { return nil }
        guard bridges[place].buid == buid else { return Machine.mismatch(bridges[place].buid, buid) }
        for (own, saved) in zip(bridges[place].pins, pins) where own != saved {
            return Machine.mismatch(own.rawValue, saved.rawValue)
        }
        bridges[place].blocks = messages
        bridges[place].load(functions)
        plan.load(blocks: messages, bridge: bridges[place].index)
        return nil
    }

    private mutating func loadMachine(_ options: [UInt64]?, _ bitmap: [UInt64]?, _ tree: DeviceTreeFacts?) {
        if let options, options.count == negotiatedOptions.count { setNegotiated(options) }
        plan.load(messageWords: bitmap) { number in xics?.isClaimed(number) ?? false }
        if let tree, setup.type.stream.deviceTree { guestTree = tree }
        selectController()
        // Presenters of vCPUs that were plugged in have their sections later (`spapr_irq_post_load`, `hw/ppc/spapr_irq.c`).
        guard activeMode == .xics else { return }
        for row in 0..<board.processors.count where board.end == nil { xics?.resend(row, on: &board) }
    }

    /// What happens once every section is there: what a vCPU has pending does not raise its input, unless it was sent again.
    private mutating func finishLoad(_ saved: SavedMachine) {
        for (row, index) in board.processors.indexes.enumerated() {
            if isPending(row), raisesAfterLoad { board.processors.lines[row] = true }
            if let isHalted = saved.haltedProcessors[index] { board.processors.halted[row] = isHalted }
            guard board.behaviour == .shipped else { continue }
            board.processors.deaf[row] = row != 0 && board.build.forgetsStartedProcessors
            board.processors.checkstops[row] = board.build.losesMachineChecks
        }
    }

    private var raisesAfterLoad: Bool {
        board.behaviour == .intended || (activeMode == .xive && board.build.raisesContextAfterLoad)
    }

    private func isPending(_ row: Int) -> Bool {
        switch activeMode {
        case .xics: xics?.presenters[row].presented ?? 0 != 0
        case .xive: xive?.register(row, OSRing.nsr) ?? 0 & 0x80 != 0
        }
    }
}
