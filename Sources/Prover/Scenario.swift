import PSeries

/// A scenario file: a machine, what happens to it, and the destination that its guest moves to.
///
/// ```yaml
/// scenario: two VIO devices in another order        # what it shows
/// source:                                           # a machine description
///   machine: pseries-3.0
///   devices: [...]
/// steps:                                            # in order, on the source
///   - enable: {function: phb0.slot1, kind: msix, vectors: 2}
///   - disable: {function: phb0.slot1}
///   - reset-phb: 0
///   - plug-phb: 1
///   - unplug-phb: 1
///   - plug-vcpu: 3
/// destination:                                      # a machine description, built cold
///   machine: pseries-3.0
///   devices: [...]
/// destination-steps: [...]                          # on the destination before the comparison, if any
/// expect: different                                 # or identical
/// ```
struct Scenario {
    var title: String
    var source: MachineDescription
    var steps: [String]
    var destination: MachineDescription
    var destinationSteps: [String] = []

    /// The file as YAML.
    var text: String {
        var lines = ["scenario: \"\(title)\"", "source:"] + Self.machine(source)
        lines += Self.list("steps", steps)
        lines += ["destination:"] + Self.machine(destination)
        if !destinationSteps.isEmpty { lines += Self.list("destination-steps", destinationSteps) }
        return (lines + ["expect: different"]).joined(separator: "\n") + "\n"
    }

    private static func list(_ key: String, _ items: [String]) -> [String] {
        items.isEmpty ? ["\(key): []"] : ["\(key):"] + items.map { "  - \($0)" }
    }

    private static func machine(_ machine: MachineDescription) -> [String] {
        var lines = ["machine: \(machine.type.name)"]
        if let cpu = machine.processor { lines.append("cpu: \(cpu.rawValue)") }
        lines.append("cpus: \(machine.cpus)")
        if let maximum = machine.maximumCPUs { lines.append("maxcpus: \(maximum)") }
        if !machine.addedCPUs.isEmpty {
            lines.append("added-cpus: [\(machine.addedCPUs.map { String($0) }.joined(separator: ", "))]")
        }
        if let mode = machine.mode { lines.append("ic-mode: \(mode.rawValue)") }
        if !machine.devices.isEmpty {
            lines.append("devices:")
            lines += machine.devices.map { "  - \(device($0))" }
        }
        return lines.map { "  " + $0 }
    }

    private static func device(_ device: DeviceDescription) -> String {
        switch device.kind {
        case .virtual(let kind, let address):
            let names: [VirtualDeviceKind: String] = [
                .terminal: "vty", .network: "vlan", .scsi: "vscsi", .nvram: "nvram",
            ]
            return "\(names[kind] ?? kind.rawValue): \(address.map { "0x" + String($0, radix: 16) } ?? "")"
        case .bridge(let index):
            return "phb: \(index)"
        }
    }
}
