import InterruptState
import PSeries

/// A machine description as a command line of QEMU.
///
/// Only what numbers depend on is said: no memory, no firmware, no drives with content. Devices appear in the
/// order of the description, which is the order of their creation.
public struct MachineArguments: Hashable, Sendable {
    /// Arguments of the machine at its start; `-nodefaults` belongs to them, for the description lists everything.
    public private(set) var arguments: [String] = ["-nodefaults"]
    /// Arguments of `device_add` for what is plugged into the running machine, in order.
    public private(set) var plugged: [[String: QMPValue]] = []

    /// The model of vCPU by generation that all builds agree on; the type's default differs between builds.
    private static let models: [MachineType.Processor: String] = [
        .power7: "power7_v2.3", .power8: "power8_v2.0", .power9: "power9_v2.0", .power10: "power10_v2.0",
        .power11: "power11_v2.0",
    ]

    /// The model of vCPU that stands for a generation.
    public static func model(_ processor: MachineType.Processor) -> String { models[processor] ?? "power9_v2.0" }

    /// Translates a description; throws `cannotStart` for what no command line can say.
    public init(_ description: MachineDescription) throws(QEMUError) {
        let type = description.type
        guard type.customMap == nil else {
            throw QEMUError(.cannotStart, "\(type.name) has a number map that no build of QEMU has")
        }
        let model = Self.model(description.processor ?? type.defaultProcessor)
        arguments += ["-machine", Self.machine(description), "-cpu", model, "-smp", Self.processors(description)]
        addBuiltInDevices(description)
        for core in description.addedCPUs { arguments += ["-device", "\(model)-spapr-cpu-core,core-id=\(core)"] }
        for (place, device) in description.devices.enumerated() { try add(device, place: place) }
    }

    private static func machine(_ description: MachineDescription) -> String {
        var words = [description.type.name]
        if let mode = description.mode { words.append("ic-mode=\(mode.rawValue)") }
        if let vsmt = description.vsmt { words.append("vsmt=\(vsmt)") }
        if let events = description.modernHotPlugEvents {
            words.append("modern-hotplug-events=\(events ? "on" : "off")")
        }
        // These types ask for transactional memory, which the emulator has not.
        let asking = MachineTypeVersion(2, 8)...MachineTypeVersion(2, 11)
        if let version = description.type.version, asking.contains(version) { words.append("cap-htm=off") }
        return words.joined(separator: ",")
    }

    private static func processors(_ description: MachineDescription) -> String {
        var words = ["\(description.cpus)"]
        if let maximum = description.maximumCPUs { words.append("maxcpus=\(maximum)") }
        if description.threads != 1 { words.append("threads=\(description.threads)") }
        return words.joined(separator: ",")
    }

    private mutating func addBuiltInDevices(_ description: MachineDescription) {
        for _ in 0..<description.serials { arguments += ["-serial", "null"] }
        if let address = description.nvram {
            arguments += ["-global", "spapr-nvram.reg=\(hexadecimal(UInt64(address)))"]
        }
        for _ in 0..<description.networkCards { arguments += ["-net", "nic,model=spapr-vlan"] }
        for bus in 0..<description.scsiAdapters { arguments += ["-drive", "if=scsi,bus=\(bus),media=cdrom"] }
    }

    private mutating func add(_ device: DeviceDescription, place: Int) throws(QEMUError) {
        var words: [(name: String, value: String)] = []
        let driver: String
        switch device.kind {
        case .bridge(let index):
            driver = "spapr-pci-host-bridge"
            words = [("index", "\(index)"), ("id", "phb\(index)")]
        case .virtual(let kind, let address):
            driver = try Self.driver(of: kind)
            if kind == .terminal {
                arguments += ["-chardev", "null,id=vty\(place)"]
                words.append(("chardev", "vty\(place)"))
            }
            if let address { words.append(("reg", hexadecimal(UInt64(address)))) }
        }
        if device.isHotPlugged {
            plugged.append(Dictionary(words.map { ($0.name, QMPValue.text($0.value)) }) { $1 })
            plugged[plugged.count - 1]["driver"] = .text(driver)
        } else {
            arguments += ["-device", ([driver] + words.map { "\($0.name)=\($0.value)" }).joined(separator: ",")]
        }
    }

    private static func driver(of kind: VirtualDeviceKind) throws(QEMUError) -> String {
        switch kind {
        case .terminal: return "spapr-vty"
        case .network: return "spapr-vlan"
        case .scsi: return "spapr-vscsi"
        case .nvram: throw QEMUError(.cannotStart, "a machine has one NVRAM, which is no device to be added")
        }
    }
}
