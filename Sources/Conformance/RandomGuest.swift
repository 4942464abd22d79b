import PSeries
import Replay
import Scenarios
import SeededRandom

/// Draws what a machine is and what happens on it, keeping track of what the guest may do next.
struct RandomGuest {
    private var random: SeededGenerator
    let type: MachineType
    private let build: BuildProfile
    private let mode: InterruptModeSetting
    let spacing: UInt32
    /// Devices of the machine now.
    private(set) var devices: PluggedDevices
    private(set) var isXive = false
    /// Indexes of vCPUs that the guest started.
    private var started: [UInt32] = []
    /// vCPUs that the machine ever had. TCG has room for the threads of so many as fit, and ends QEMU with the next, though
    /// others went (`tcg_register_thread`, `tcg/tcg.c`; 11.1).
    private var processorsMade = 2
    private static let mostProcessors = 4

    init(seed: UInt64, type: MachineType, build: BuildProfile) {
        random = SeededGenerator(seed: seed)
        self.type = type
        self.build = build
        devices = PluggedDevices([], type: type)
        mode = type.offeredModes.randomElement(using: &random) ?? .legacy
        spacing = type.serverSpacing.vsmt(threads: 1)
    }

    var hasXive: Bool { isXive || mode == .xive }

    // MARK: - Machine

    mutating func machine() -> [String] {
        var lines = ["type: \(type.name)", "build: \"\(build.name)\"", "cpus: 2"]
        var devices = [
            "phb: 2", "vscsi: 0x2000", "vlan: 0x3000", "pci: {model: nec-usb-xhci, at: \"phb0:01.0\"}",
            "pci: {model: e1000e, at: \"phb2:02.0\"}", "pci: {model: e1000e, at: \"phb0:03.0\"}",
        ]
        // Types before 2.7 have no vCPUs that are not there from the beginning.
        if canPlug {
            lines.append("maxcpus: \(Self.mostProcessors)")
            if pick(2) == 0 {
                devices.append("core: 2")
                processorsMade += 1
            }
        }
        if type.offeredModes != [.legacy] { lines.append("ic-mode: \(mode.rawValue)") }
        if mode.hasXive, !type.defaultProcessor.supportsXive { lines.append("cpu: power9") }
        if pick(6) == 0 { lines.append("hotplug-events: \(pick(2) == 0 ? "on" : "off")") }
        self.devices = PluggedDevices(devices, type: type)
        return lines
    }

    private var canPlug: Bool { type.version.map { $0 >= MachineTypeVersion(2, 7) } ?? false }

    // MARK: - Steps

    mutating func step() -> String {
        switch pick(42) {
        case 0: return pick(4) == 0 ? negotiate() : start()
        case 1: return start()
        case 2...14: return hasXive ? xiveCall() : xicsCall()
        case 15...16: return hasXive ? xicsCall() : xiveCall()
        case 17...22: return act()
        case 23...26: return messages()
        case 27: return pick(6) == 0 ? reset() : "- open" + actor(":")
        case 28: return canPlug ? plug() : odd()
        case 29: return canPlug ? unplug() : odd()
        case 30: return odd()
        case 31...34: return raise()
        default: return hasXive && pick(8) != 0 ? access() : "- take" + actor(":")
        }
    }

    mutating func negotiate() -> String {
        let wantsXive = mode == .xive || mode == .dual && pick(3) != 0
        // A mode that the machine lacks ends it.
        if pick(60) == 0 { return "- negotiate: \(wantsXive ? "xics" : "xive")" }
        if started.isEmpty { isXive = wantsXive }
        return "- negotiate: \(wantsXive ? "xive" : "xics")"
    }

    private mutating func start() -> String {
        let index = UInt32(1 + pick(3))
        guard pick(10) != 0 else { return "- start: \(pick(20))" }
        if index == 1 || devices.has("core: \(index)"), !started.contains(index) { started.append(index) }
        return "- start: \(index * spacing)"
    }

    private mutating func reset() -> String {
        started = []
        isXive = false
        return "- reset"
    }

    /// Another vCPU than the first acts only where the guest started it.
    mutating func actor(_ prefix: String = "") -> String {
        guard let index = started.randomElement(using: &random), pick(3) == 0 else { return "" }
        return "\(prefix)\n  cpu: \(index)"
    }

    // MARK: - Devices

    private static let places = ["phb2:02.0", "phb0:03.0", "phb0:05.0", "phb2:06.0"]

    private mutating func pluggable() -> String {
        switch pick(3) {
        case 0: "core: \(2 + pick(2))"
        case 1: "phb: \([2, 5][pick(2)])"
        default: "pci: {model: e1000e, at: \"\(Self.places[pick(4)])\"}"
        }
    }

    private mutating func plug() -> String {
        let device = pluggable()
        if device.hasPrefix("core"), !devices.has(device) {
            guard processorsMade < Self.mostProcessors else { return "- plug: {core: 0}" }
            processorsMade += 1
        }
        let step = "- plug: {\(device)}"
        devices.note(step)
        return step
    }

    private mutating func unplug() -> String {
        let device = pluggable()
        let survives = device.hasPrefix("phb") ? build.survivesBridgeUnplug : build.survivesProcessorUnplug
        guard survives || device.hasPrefix("pci") else { return "- unplug: {core: 0}" }
        let step = "- unplug: {\(device)}"
        devices.note(step)
        started.removeAll { $0 > 1 && !devices.has("core: \($0)") }
        return step
    }

    // MARK: - Values

    mutating func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }
    mutating func one(of words: [String]) -> String { words[pick(words.count)] }
    mutating func anything() -> UInt64 { random.next() }
}
