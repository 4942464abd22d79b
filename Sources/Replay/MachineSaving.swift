import InterruptState
import PSeries

extension Machine {
    /// The machine as a stream carries it, in the order in which QEMU registers the sections.
    public func save() -> SavedMachine {
        let state = snapshot()
        var sections = controllerSections(state)
        for row in 0..<firstPluggedRow { sections += processorSections(state, row) }
        // Terminals and NVRAM of the machine stand before PHB 0, what -device made after it.
        let builtIn = Int(setup.serialCount) + 1
        for device in virtualDevices.prefix(builtIn) { sections += SavedMachine.sections(of: device.saved, setup) }
        for (order, bridge) in bridges.enumerated() {
            sections += SavedMachine.sections(of: bridge.saved, setup)
            guard order == 0 else { continue }
            sections.append(
                SavedMachine.Section(
                    name: "spapr", instance: 0, version: 3,
                    content: .machine(
                        options: state.negotiatedOptions, bitmap: state.messageBitmap, tree: state.deviceTree)))
        }
        for device in virtualDevices.dropFirst(builtIn) {
            sections += SavedMachine.sections(of: device.saved, setup)
        }
        for row in firstPluggedRow..<board.processors.count { sections += processorSections(state, row) }
        let version = setup.type.stream.configurationAndFooters ? setup.type.name : nil
        var saved = SavedMachine(typeName: version, sections: sections)
        saved.memory = board.memory
        saved.tableByteOrder = state.xive?.tableByteOrder
        for (row, index) in board.processors.indexes.enumerated() {
            saved.haltedProcessors[index] = board.processors.halted[row]
            if let xics { saved.presenterOwners[index] = xics.knowsOwner(row) }
        }
        for bridge in bridges { saved.functions[bridge.buid] = bridge.functions }
        return saved
    }

    private func controllerSections(_ state: MachineState) -> [SavedMachine.Section] {
        SavedMachine.controllerSections(state)
    }

    private func processorSections(_ state: MachineState, _ row: Int) -> [SavedMachine.Section] {
        let index = board.processors.indexes[row]
        guard let processor = state.cpus.first(where: { $0.index == index }) else { return [] }
        return SavedMachine.sections(
            of: processor, segmentVersion: board.build.segmentVersion, processorVersion: processorVersion,
            hasProcessorSection: setup.type.stream.processorSection)
    }

    /// Version of the processor that the machine runs, where the description settles it.
    var processorVersion: UInt32? {
        if let version = setup.processorVersion { return version }
        guard (setup.processor ?? setup.type.defaultProcessor) == .power9 else { return nil }
        return board.build.power9Alias
    }
}

extension VirtualDevicePart {
    fileprivate var saved: VirtualDevice {
        VirtualDevice(
            type: type, unitAddress: unitAddress, number: type == "nvram" ? nil : number, queueState: queueState)
    }
}

extension BridgePart {
    fileprivate var saved: HostBridge {
        HostBridge(buid: buid, instance: instance, pins: pins, messages: blocks, oldWindows: [])
    }
}

extension SavedMachine {
    /// The sections that a stream in this state has, in the order that the state tells.
    ///
    /// Sections say nothing that the state does not: a state without its own sections is that of a machine whose
    /// devices stand in the order of their addresses and whose vCPUs stand in the order of their contexts.
    public init(_ state: MachineState, build: BuildProfile?) {
        self.init(typeName: state.facts.typeName, sections: SavedMachine.controllerSections(state))
        tableByteOrder = state.xive?.tableByteOrder
        let order = state.cpus.sorted {
            ($0.contextInstance ?? $0.index, $0.index) < ($1.contextInstance ?? $1.index, $1.index)
        }
        for processor in order {
            sections += SavedMachine.sections(
                of: processor, segmentVersion: build?.segmentVersion, processorVersion: nil,
                hasProcessorSection: false)
        }
        for device in state.virtualDevices { sections += SavedMachine.sections(of: device, build) }
        for bridge in state.bridges.sorted(by: { $0.instance < $1.instance }) {
            sections += SavedMachine.sections(of: bridge, build)
        }
        sections.append(
            Section(
                name: "spapr", instance: 0, version: 3,
                content: .machine(
                    options: state.negotiatedOptions, bitmap: state.messageBitmap, tree: state.deviceTree)))
        guard !state.origin.sections.isEmpty else { return }
        let places = Dictionary(
            state.origin.sections.map { (Key(name: $0.name, instance: $0.instance), $0.position) },
            uniquingKeysWith: { first, _ in first })
        sections = sections.enumerated().sorted { left, right in
            let (a, b) = (Key(left.element), Key(right.element))
            return (places[a] ?? .max, left.offset) < (places[b] ?? .max, right.offset)
        }
        .map(\.element)
    }

    private struct Key: Hashable {
        var name: String
        var instance: UInt32

        init(name: String, instance: UInt32) {
            self.name = name
            self.instance = instance
        }

        init(_ section: Section) {
            self.init(name: section.name, instance: section.instance)
        }
    }

    static func controllerSections(_ state: MachineState) -> [Section] {
        var sections: [Section] = []
        if let xics = state.xics { sections.append(Section(name: "ics", instance: 0, content: .xics(xics))) }
        if let xive = state.xive {
            sections.append(
                Section(
                    name: "xive-source", instance: 0,
                    content: .xiveStatus(numberCount: xive.numberCount, xive.sources)))
            sections.append(
                Section(
                    name: "spapr-xive", instance: 0,
                    content: .xiveTables(
                        numberCount: xive.numberCount, queueCount: xive.queueCount, sources: xive.sources,
                        queues: xive.queues)))
        }
        return sections
    }

    static func sections(
        of processor: VirtualCPU, segmentVersion: UInt32?, processorVersion: UInt32?, hasProcessorSection: Bool
    ) -> [Section] {
        var sections = [
            Section(name: "cpu_common", instance: processor.index, content: .presence),
            Section(
                name: "cpu", instance: processor.index, version: 5,
                content: .processor(segmentVersion: segmentVersion, processorVersion: processorVersion)),
        ]
        if let presenter = processor.presenter {
            sections.append(Section(name: "icp/server", instance: processor.index, content: .presenter(presenter)))
        }
        if let context = processor.context {
            sections.append(
                Section(
                    name: "xive-tctx", instance: processor.contextInstance ?? processor.index,
                    content: .context(context)))
        }
        if hasProcessorSection {
            sections.append(Section(name: "spapr_cpu", instance: processor.index, content: .presence))
        }
        return sections
    }

    static func sections(of device: VirtualDevice, _ setup: MachineSetup) -> [Section] {
        sections(of: device, setup.build)
    }

    static func sections(of bridge: HostBridge, _ setup: MachineSetup) -> [Section] {
        sections(of: bridge, setup.build)
    }

    /// Names of sections (`hw/char/spapr_vty.c`, `hw/net/spapr_llan.c`, `hw/scsi/spapr_vscsi.c`,
    /// `hw/nvram/spapr_nvram.c`).
    static let deviceSectionNames = [
        "vty": "spapr_vty", "l-lan": "spapr_llan", "v-scsi": "spapr_vscsi", "nvram": "spapr_nvram",
    ]

    static func sectionName(type: String, unitAddress: UInt32) -> String {
        let suffix = deviceSectionNames[type] ?? "spapr_\(type)"
        return "\(type)@\(String(unitAddress, radix: 16))/\(suffix)"
    }

    static func sections(of device: VirtualDevice, _ build: BuildProfile?) -> [Section] {
        let name = sectionName(type: device.type, unitAddress: device.unitAddress)
        var sections: [Section] = []
        if VirtualDeviceSetup(type: device.type, unitAddress: nil).hasIOMMU {
            sections.append(
                Section(
                    name: "spapr_iommu", instance: device.unitAddress, version: build?.iommuVersion ?? 0,
                    content: .presence))
        }
        if let number = device.number {
            let content = Content.virtualDevice(
                unitAddress: device.unitAddress, number: number, queueState: device.queueState)
            sections.append(Section(name: name, instance: 0, content: content))
        } else {
            sections.append(Section(name: name, instance: 0, content: .presence))
        }
        return sections
    }

    static func sections(of bridge: HostBridge, _ build: BuildProfile?) -> [Section] {
        let index = UInt32(truncatingIfNeeded: bridge.buid & 0xff)
        let windows = (0..<2).map { window in
            Section(
                name: "spapr_iommu", instance: 0x8000_0000 | index << 8 | UInt32(window),
                version: build?.iommuVersion ?? 0, content: .presence)
        }
        let content = Content.bridge(buid: bridge.buid, pins: bridge.pins, messages: bridge.messages)
        return windows + [Section(name: "spapr_pci", instance: bridge.instance, version: 2, content: content)]
    }
}
