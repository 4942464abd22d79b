import InterruptState
import PSeries
import SavedState

/// A stream put together from section bodies, without self-description: what the decoder must cope with.
struct SyntheticStream {
    private var bytes: [UInt8] = []
    private var sections: [DeviceSection] = []
    var machineType = "pseries-7.2"

    mutating func add(_ name: String, instance: UInt32 = 0, version: UInt32 = 1, _ body: [UInt8]) {
        sections.append(
            DeviceSection(
                position: sections.count, name: name, instance: instance, version: version,
                id: UInt32(sections.count), offset: UInt64(bytes.count), bodyOffset: UInt64(bytes.count),
                bodyLength: UInt64(body.count), layout: nil))
        bytes += body
    }

    var stream: SavedStream {
        SavedStream(
            name: "synthetic", source: MemoryByteSource(bytes),
            configuration: StreamConfiguration(machineType: machineType, machineTypeOffset: 13), sections: sections,
            liveSections: [], method: .footers, notes: [])
    }

    /// The sections that a state encodes to, with the vCPUs' in the order of their contexts' creation.
    init(encoding state: MachineState) {
        let encoded = SectionEncoder.encode(state)
        machineType = state.facts.typeName ?? ""
        for section in encoded where ["ics", "xive-source", "spapr-xive", "spapr_pci"].contains(section.name) {
            add(section.name, instance: section.instance, section.bytes)
        }
        for cpu in state.cpus.sorted(by: { ($0.contextInstance ?? $0.index) < ($1.contextInstance ?? $1.index) }) {
            add("cpu", instance: cpu.index, [])
            for section in encoded {
                let isContext = section.name == "xive-tctx" && section.instance == cpu.contextInstance
                let isPresenter = section.name == "icp/server" && section.instance == cpu.index
                if isContext || isPresenter { add(section.name, instance: section.instance, section.bytes) }
            }
        }
        for device in state.virtualDevices where device.number == nil {
            add("\(device.type)@\(String(device.unitAddress, radix: 16))/spapr_nvram", [0, 0, 0, 0])
        }
        for section in encoded where section.part == .head {
            add(section.name.hasSuffix("/") ? section.name + "spapr_vty" : section.name, section.bytes)
        }
        var machine = [UInt8](repeating: 0, count: 16)
        for section in encoded {
            guard case .subsection(let name) = section.part else { continue }
            machine += [5, UInt8(name.utf8.count)] + Array(name.utf8) + [0, 0, 0, 1] + section.bytes
        }
        add("spapr", machine)
    }

    init() {}
}

/// Big-endian words.
func words(_ values: UInt32...) -> [UInt8] {
    values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value >> UInt32(24 - 8 * $0)) } }
}
