import InterruptState
import PSeries

/// A counterexample as a scenario file, in the form that `irqproof replay` runs.
///
/// The form is that of the module Scenarios, whose reader is the one place that defines it; here it is only written.
struct Scenario {
    /// What the scenario shows.
    var title: String
    /// What is wrong at its end.
    var about: String
    /// The machine that runs first.
    var source: MachineDescription
    /// PCI functions of both machines that ask for messages.
    var functions: [MessageFunction] = []
    /// What happens on the source.
    var steps: [Step]
    /// What the source is held against.
    var destination: Destination
    /// Whether the source ends on its own.
    var endsSource = false

    /// What happens to a machine.
    enum Step: Hashable {
        case messages(MessageFunction, count: UInt32)
        case resetBridge(UInt32)
        case plug(DeviceDescription)
        case unplugBridge(UInt32)
        case plugProcessor(UInt32)
    }

    /// The other side of the comparison.
    enum Destination {
        /// Takes the guest over, built with these devices and vCPUs.
        case migratedTo(devices: [DeviceDescription], processors: [UInt32])
        /// The same machine with another history.
        case same(steps: [Step])
        /// The same machine with the same history, as the builds' authors meant it.
        case intended
    }

    /// The file as YAML.
    var text: String {
        var lines = ["scenario: \"\(title)\"", "about: \"\(about)\"", "machine:"] + machine
        switch destination {
        case .migratedTo(let devices, let processors):
            lines += ["destination:"] + Self.devices(devices, processors, functions).map { "  " + $0 }
            lines += Self.list("steps", steps.map(Self.text) + ["migrate"])
        case .same(let own):
            lines += ["destination: same"] + Self.list("steps", steps.map(Self.text))
            lines += Self.list("destination-steps", own.map(Self.text))
        case .intended:
            lines += ["destination: {behaviour: intended}"] + Self.list("steps", steps.map(Self.text))
        }
        let end = endsSource ? ", ends: source" : ""
        return (lines + ["expect: {verdict: different\(end)}"]).joined(separator: "\n") + "\n"
    }

    private static func list(_ key: String, _ items: [String]) -> [String] {
        items.isEmpty ? ["\(key): []"] : ["\(key):"] + items.map { "  - \($0)" }
    }
}

// MARK: - Machines

extension Scenario {
    private var machine: [String] {
        var lines = ["type: \(source.type.name)"]
        if let cpu = source.processor { lines.append("cpu: \(cpu.rawValue)") }
        lines.append("cpus: \(source.cpus)")
        if let maximum = source.maximumCPUs { lines.append("maxcpus: \(maximum)") }
        if let mode = source.mode { lines.append("ic-mode: \(mode.rawValue)") }
        return (lines + Self.devices(source.devices, source.addedCPUs, functions)).map { "  " + $0 }
    }

    private static func devices(
        _ devices: [DeviceDescription], _ processors: [UInt32], _ functions: [MessageFunction]
    ) -> [String] {
        list("devices", devices.map(text) + processors.map { "core: \($0)" } + functions.map(text))
    }

    private static func text(_ device: DeviceDescription) -> String {
        switch device.kind {
        case .bridge(let index): return "phb: \(index)"
        case .virtual(let kind, let address):
            let name =
                switch kind {
                case .network: "vlan"
                case .scsi: "vscsi"
                case .terminal, .nvram: "vty"
                }
            return address.map { "\(name): 0x" + String($0, radix: 16) } ?? name
        }
    }

    /// A function that offers as many vectors as it ever asks for.
    private static func text(_ function: MessageFunction) -> String {
        let most = function.counts.max() ?? 1
        let offer =
            switch function.kind {
            case .msi: "msi: \(powerOfTwo(atLeast: min(most, 32)))"
            case .msix: "msi-x: \(most)"
            }
        return "pci: {at: \"\(place(function))\", \(offer)}"
    }

    private static func powerOfTwo(atLeast count: UInt32) -> UInt32 {
        count <= 1 ? 1 : 1 << UInt32(UInt32.bitWidth - (count - 1).leadingZeroBitCount)
    }

    private static func place(_ function: MessageFunction) -> String {
        "phb\(function.bridge):\(Owner.functionName(function.slot << 11))"
    }
}

// MARK: - Steps

extension Scenario {
    private static func text(_ step: Step) -> String {
        switch step {
        case .messages(let function, let count):
            let kind = function.kind == .msi ? "msi" : "msi-x"
            return "messages: {of: \"\(place(function))\", count: \(count), kind: \(kind)}"
        case .resetBridge(let index): return "reset-phb: \(index)"
        case .plug(let device): return "plug: {\(text(device))}"
        case .unplugBridge(let index): return "unplug: {phb: \(index)}"
        case .plugProcessor(let index): return "plug: {core: \(index)}"
        }
    }
}
