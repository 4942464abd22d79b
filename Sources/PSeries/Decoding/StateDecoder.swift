import InterruptState
import SavedState

/// Turns the device sections of a pseries guest into its interrupt state.
///
/// Everything is read by field name: from the stream's own description where it has one, from
/// ``Layouts`` where it has none. Nothing is taken from the order of sections except what only the
/// order tells: which thread context belongs to which vCPU.
public enum StateDecoder {
    /// The complete interrupt state that a stream holds.
    ///
    /// - Throws: `missing` where the stream has no pseries interrupt controller, `truncated`,
    ///   `malformed` or `badDescription` with section, field and offset where a section contradicts
    ///   its format.
    public static func decode(_ stream: SavedStream) throws(SavedStateError) -> MachineState {
        do {
            var decoding = Decoding(stream)
            return try decoding.run()
        } catch {
            var located = error
            located.file = located.file ?? stream.name
            throw located
        }
    }
}

/// One run over the sections of a stream.
struct Decoding {
    let stream: SavedStream
    var state: MachineState
    /// vCPU whose sections are being read: contexts and presenters follow their vCPU.
    private var currentCPU: UInt32?
    /// Where each vCPU stands in the state, by its index, until all sections are read.
    private var cpuPlaces: [UInt32: Int] = [:]
    /// Servers of each CPU node of the device tree, thread by thread.
    var coreServers: [[UInt32]] = []

    init(_ stream: SavedStream) {
        self.stream = stream
        state = MachineState(
            facts: MachineFacts(
                typeName: stream.configuration?.machineType, scheme: nil, activeMode: .xics, serverCount: nil,
                serverCountBasis: .none))
    }

    mutating func run() throws(SavedStateError) -> MachineState {
        guard isPSeries else { throw noController() }
        for section in stream.sections { try read(section) }
        guard state.xics != nil || state.xive != nil else { throw noController() }
        recordOrigin()
        resolveMachine()
        resolveServers()
        resolveOwners()
        state.cpus.sort { $0.index < $1.index }
        state.bridges.sort { $0.buid < $1.buid }
        state.virtualDevices.sort { ($0.unitAddress, $0.type) < ($1.unitAddress, $1.type) }
        return state
    }

    /// A pseries machine saves a section `spapr`; PowerNV has controllers of the same names and other layout.
    private var isPSeries: Bool {
        stream.sections.contains { $0.name == "spapr" }
            || stream.configuration?.machineType.hasPrefix("pseries") == true
    }

    private mutating func read(_ section: DeviceSection) throws(SavedStateError) {
        switch section.name {
        case "ics": try readXics(reader(section))
        case "xive-source": try readXiveStatus(reader(section))
        case "spapr-xive": try readXive(reader(section))
        case "cpu_common", "cpu":
            currentCPU = section.instance
            addCPU(section.instance)
        case "xive-tctx": try readContext(reader(section), cpu: currentCPU)
        case "icp/server": try readPresenter(reader(section))
        case "spapr_pci": try readBridge(reader(section))
        case "spapr": try readMachine(reader(section))
        default: try readVirtualDevice(section)
        }
    }

    private mutating func readVirtualDevice(_ section: DeviceSection) throws(SavedStateError) {
        guard let name = VirtualDeviceName(sectionName: section.name) else { return }
        let first = section.layout?.fields.first?.element
        if name.hasNumberInSection || first?.name == "spapr_vio" {
            try readVirtualDevice(reader(section), name: name)
        } else if name.isNVRAM {
            state.virtualDevices.append(
                VirtualDevice(type: name.type, unitAddress: name.unitAddress, number: nil, queueState: []))
        }
    }

    private func reader(_ section: DeviceSection) throws(SavedStateError) -> SectionReader {
        let bytes = try stream.body(of: section)
        guard let layout = section.layout ?? Layouts.layout(of: section, bytes: bytes) else {
            throw SavedStateError(
                .malformed, "its \(bytes.count) bytes do not fit the layout of this section",
                section: "\(section.name) (instance \(section.instance))", offset: section.bodyOffset,
                advice: "the stream does not describe its fields, and the built-in layout is that of QEMU 5.2 to 11.1")
        }
        return SectionReader(section: section, layout: layout, bytes: bytes)
    }

    private func noController() -> SavedStateError {
        let machine = stream.configuration.map { " of machine type \($0.machineType)" } ?? ""
        let found =
            stream.sections.isEmpty
            ? "no device section could be located" : "its \(stream.sections.count) device sections have none"
        return SavedStateError(
            .missing, "this saved state\(machine) has no pseries interrupt controller: \(found)",
            advice: "irqproof reads QEMU pseries guests (sections “ics”, “spapr-xive”)")
    }

    // MARK: - vCPUs

    /// The vCPU with an index, added if it is new.
    mutating func addCPU(_ index: UInt32) {
        guard cpuPlaces[index] == nil else { return }
        cpuPlaces[index] = state.cpus.count
        state.cpus.append(
            VirtualCPU(
                index: index, server: nil, serverBasis: .none, context: nil, contextInstance: nil, presenter: nil))
    }

    mutating func changeCPU(_ index: UInt32, _ change: (inout VirtualCPU) -> Void) {
        addCPU(index)
        guard let place = cpuPlaces[index] else { return }
        change(&state.cpus[place])
    }

    mutating func addGap(_ subject: String, _ reason: String) {
        state.gaps.append(Gap(subject: subject, reason: reason))
    }
}
