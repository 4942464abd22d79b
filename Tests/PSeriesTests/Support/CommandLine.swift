import PSeries

/// Reads the options of a QEMU command line on which numbers depend into a description.
struct CommandLine {
    struct Unreadable: Error { var text: String }

    private(set) var description: MachineDescription

    init(_ text: String) throws {
        let words = text.split(separator: " ").map(String.init)
        let machine = words.firstIndex(of: "-M").flatMap { words.indices.contains($0 + 1) ? words[$0 + 1] : nil } ?? ""
        guard let type = MachineType.named(Self.head(machine)) else { throw Unreadable(text: machine) }
        description = MachineDescription(type: type)
        for (name, value) in stride(from: 0, to: words.count - 1, by: 2).map({ (words[$0], words[$0 + 1]) }) {
            try apply(name, value)
        }
    }

    private mutating func apply(_ option: String, _ value: String) throws {
        let properties = Self.properties(value)
        switch option {
        case "-M": try applyMachine(properties)
        case "-cpu": description.processor = MachineType.Processor(rawValue: String(value.prefix { $0 != "_" }))
        case "-smp":
            description.cpus = try number(Self.head(value))
            description.maximumCPUs = try properties["maxcpus"].map(number)
        case "-serial": description.serials = value == "none" ? 0 : 1
        case "-global": description.nvram = try properties["spapr-nvram.reg"].map(number)
        case "-device": try applyDevice(Self.head(value), properties)
        default: throw Unreadable(text: option)
        }
    }

    private mutating func applyMachine(_ properties: [String: String]) throws {
        description.mode = properties["ic-mode"].flatMap(InterruptModeSetting.init(rawValue:))
        description.vsmt = try properties["vsmt"].map(number)
        description.modernHotPlugEvents = properties["modern-hotplug-events"].map { $0 == "on" }
    }

    private mutating func applyDevice(_ name: String, _ properties: [String: String]) throws {
        let kinds: [String: VirtualDeviceKind] = [
            "spapr-vty": .terminal, "spapr-vlan": .network, "spapr-vscsi": .scsi,
        ]
        if let kind = kinds[name] {
            let address = try properties["reg"].map(number)
            description.devices.append(DeviceDescription(.virtual(kind, unitAddress: address)))
        } else if name == "spapr-pci-host-bridge" {
            description.devices.append(DeviceDescription(.bridge(index: try number(properties["index"] ?? ""))))
        } else if name.hasSuffix("-spapr-cpu-core") {
            description.addedCPUs.append(try number(properties["core-id"] ?? ""))
        } else {
            throw Unreadable(text: name)
        }
    }

    private static func head(_ value: String) -> String { String(value.prefix { $0 != "," }) }

    private static func properties(_ value: String) -> [String: String] {
        let pairs = value.split(separator: ",").compactMap { part -> (String, String)? in
            let halves = part.split(separator: "=", maxSplits: 1)
            return halves.count == 2 ? (String(halves[0]), String(halves[1])) : nil
        }
        return Dictionary(pairs) { _, last in last }
    }

    private func number(_ text: String) throws -> UInt32 {
        let parsed = text.hasPrefix("0x") ? UInt32(text.dropFirst(2), radix: 16) : UInt32(text)
        guard let parsed else { throw Unreadable(text: text) }
        return parsed
    }
}
