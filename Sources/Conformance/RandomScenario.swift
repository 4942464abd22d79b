import PSeries
import SeededRandom

/// A seeded random scenario: its machine, and steps that can be taken away one by one.
struct RandomScenario {
    /// Keys of the machine.
    var machine: [String]
    /// Each one step, a line or more of YAML.
    var steps: [String]

    /// The text that the scenario reader takes.
    var text: String {
        let lines = ["scenario: random", "machine:"] + machine.map { "  " + $0 } + ["destination: same", "steps:"]
        let steps = steps.isEmpty ? ["- load8: 0x100000"] : steps
        return (lines + steps.map { "  " + $0.replacing("\n", with: "\n  ") }).joined(separator: "\n") + "\n"
    }

    /// A scenario for a machine type.
    ///
    /// - Parameters:
    ///   - build: name of the model's build profile.
    ///   - length: how many steps.
    init(seed: UInt64, type: MachineType, build: String, length: Int) {
        var writer = RandomWriter(seed: seed, type: type)
        machine = writer.machine(build: build)
        steps = writer.steps(length)
    }
}

private struct RandomWriter {
    private var random: SeededGenerator
    private let type: MachineType
    private let mode: InterruptModeSetting
    private let spacing: UInt32
    private var isXive = false
    private var isStarted = false

    init(seed: UInt64, type: MachineType) {
        random = SeededGenerator(seed: seed)
        self.type = type
        mode = type.offeredModes.randomElement(using: &random) ?? .legacy
        spacing = type.serverSpacing.vsmt(threads: 1)
    }

    // MARK: - Machine

    mutating func machine(build: String) -> [String] {
        var lines = ["type: \(type.name)", "build: \"\(build)\"", "cpus: 2"]
        // Types before 2.7 have no vCPUs that are not there from the beginning.
        if let version = type.version, version >= MachineTypeVersion(2, 7) { lines.append("maxcpus: 4") }
        if type.offeredModes != [.legacy] { lines.append("ic-mode: \(mode.rawValue)") }
        if mode.hasXive, !type.defaultProcessor.supportsXive { lines.append("cpu: power9") }
        lines += [
            "devices:", "  - phb: 2", "  - vscsi: 0x2000", "  - pci: {model: nec-usb-xhci, at: \"phb0:01.0\"}",
            "  - pci: {model: e1000e, at: \"phb2:02.0\"}",
        ]
        return lines
    }

    // MARK: - Steps

    mutating func steps(_ length: Int) -> [String] {
        var steps: [String] = []
        if pick(4) != 0 { steps.append(negotiate()) }
        for _ in 0..<length { steps.append(step()) }
        if pick(3) == 0 {
            steps.insert("- migrate", at: Int.random(in: 0...steps.count, using: &random))
        }
        return steps
    }

    private mutating func step() -> String {
        switch pick(20) {
        case 0: return pick(4) == 0 ? negotiate() : start()
        case 1...7: return isXive || mode == .xive ? xiveCall() : xicsCall()
        case 8: return isXive ? xicsCall() : xiveCall()
        case 9...11: return act()
        case 12...13: return messages()
        case 14: return pick(6) == 0 ? "- reset" : "- open" + cpu()
        case 15...16: return raise()
        default: return isXive ? access() : "- take" + (pick(2) == 0 ? ":" + cpuLine() : "")
        }
    }

    private mutating func negotiate() -> String {
        let wantsXive = mode == .xive || mode == .dual && pick(4) != 0
        if !isStarted { isXive = wantsXive }
        return "- negotiate: \(wantsXive ? "xive" : "xics")"
    }

    private mutating func start() -> String {
        isStarted = true
        return "- start: \(spacing)"
    }

    /// The second vCPU acts only where the guest started it.
    private mutating func cpu() -> String { isStarted && pick(3) == 0 ? ":\n  cpu: 1" : "" }
    private mutating func cpuLine() -> String { "\n  cpu: \(isStarted && pick(2) == 0 ? 1 : 0)" }
    private mutating func actor() -> String { isStarted && pick(3) == 0 ? "\n  cpu: 1" : "" }

    private mutating func xiveCall() -> String {
        let (flags, number, target, priority) = (flags(), number(), target(), priority())
        let arguments: [String]
        switch pick(10) {
        case 0: arguments = ["H_INT_GET_SOURCE_INFO", flags, number]
        case 1, 2: arguments = ["H_INT_SET_SOURCE_CONFIG", flags, number, target, priority, value()]
        case 3: arguments = ["H_INT_GET_SOURCE_CONFIG", flags, number]
        case 4: arguments = ["H_INT_GET_QUEUE_INFO", flags, target, priority]
        case 5: arguments = ["H_INT_SET_QUEUE_CONFIG", flags, target, priority, page(), size()]
        case 6: arguments = ["H_INT_GET_QUEUE_CONFIG", flags, target, priority]
        case 7, 8: arguments = ["H_INT_ESB", flags, number, offset(), value()]
        default:
            let other = ["H_INT_SYNC", "H_INT_RESET", "H_INT_SET_OS_REPORTING_LINE", "H_INT_GET_OS_REPORTING_LINE"]
            arguments = [one(of: other), flags, number]
        }
        return "- hcall: [\(arguments.joined(separator: ", "))]" + actor()
    }

    private mutating func xicsCall() -> String {
        switch pick(9) {
        case 0: return "- hcall: [H_CPPR, \(one(of: ["0", "4", "5", "6", "0xff", "0x105"]))]" + actor()
        case 1: return "- hcall: [H_IPI, \(target()), \(one(of: ["0", "4", "7", "0xff", "0x104"]))]" + actor()
        case 2: return "- hcall: [H_IPOLL, \(target())]" + actor()
        case 3: return "- hcall: [H_XIRR]" + actor()
        case 4:
            let words = ["0xff000002", "0xff001000", "0x5001000", "0xff001200", "0", "0xff000000", "0x100ff001100"]
            return "- hcall: [H_EOI, \(one(of: words))]" + actor()
        case 5, 6: return "- rtas: [set-xive, \(number()), \(target32()), \(one(of: priorities))]"
        case 7: return "- rtas: [\(one(of: ["int-on", "int-off"])), \(number())]"
        default: return "- rtas: [get-xive, \(number())]"
        }
    }

    private mutating func act() -> String {
        let server = one(of: ["0", "0", "\(spacing)"])
        switch pick(5) {
        case 0 where isXive:
            return "- queue: {server: \(server), page: \(page()), size: \(one(of: ["0x1000", "0x10000"])), "
                + "notify: \(one(of: ["always", "always", "once"]))}"
        case 0, 1, 2:
            let eisn = isXive ? ", eisn: \(hexadecimal(random.next() & 0x7fff_ffff))" : ""
            return "- bind: {number: \(number(isClaimed: true)), server: \(server), priority: 6\(eisn)}"
        case 3: return "- mask: \(number(isClaimed: true))"
        default: return "- interrupt: \(server)" + actor()
        }
    }

    private mutating func messages() -> String {
        let places = [("phb0:01.0", "0x800", "0x20000000"), ("phb2:02.0", "0x1000", "0x20000002")]
        let (place, address, low) = places[pick(2)]
        switch pick(4) {
        case 0: return "- messages: {of: \"\(place)\", count: \(1 + pick(5)), kind: \(one(of: ["msi", "msi-x"]))}"
        case 1:
            let arguments = [address, "0x8000000", low, one(of: ["1", "3", "4", "0"]), "\(pick(20))", "1"]
            return "- rtas: [change-msi, \(arguments.joined(separator: ", "))]"
        case 2:
            return "- rtas: [query-interrupt-source-number, \(address), 0x8000000, \(low), \(pick(6))]"
        default: return "- rtas: [change-msi, 0x1800, 0x8000000, \(low), 4, 1, 1]"
        }
    }

    private mutating func raise() -> String {
        switch pick(4) {
        case 0: return "- raise: vio@71000000"
        case 1: return "- \(one(of: ["assert", "deassert"])): \"phb2:02.0\""
        default: return "- raise: epow"
        }
    }

    /// Loads and stores to the pages of sources and to the thread's management area.
    private mutating func access() -> String {
        if pick(2) == 0 {
            let number: UInt64 = [0, 1, 0x1000, 0x1100, 0x1200, 0x1300][pick(6)]
            let offsets: [UInt64] = [0, 0x1_0000, 0x1_0800, 0x1_0c00, 0x1_0d00, 0x1_0e00, 0x1_0f00, 0x1_0400]
            let address = 0x0006_0100_0000_0000 + number << 17 + offsets[pick(offsets.count)]
            let isStore = pick(2) == 0
            return "- \(isStore ? "store64" : "load64"): "
                + (isStore ? "[\(hexadecimal(address)), 0]" : hexadecimal(address)) + actor()
        }
        let base: UInt64 = 0x0006_0302_031a_0000
        switch pick(5) {
        case 0, 1:
            let priority = one(of: ["0", "3", "6", "7", "8", "0xff"])
            return "- store8: [\(hexadecimal(base + 0x11)), \(priority)]" + actor()
        case 2: return "- load16: \(hexadecimal(base + 0x810))" + actor()
        case 3: return "- load64: \(hexadecimal(base + 0x10))" + actor()
        default: return "- store8: [\(hexadecimal(base + 0x812)), \(pick(8))]" + actor()
        }
    }

    // MARK: - Values

    private let priorities = ["0", "3", "5", "6", "6", "7", "0xff", "0x105"]

    private mutating func flags() -> String { one(of: ["0", "0", "0", "0", "1", "1", "2", "2", "3", "4", "0x100"]) }

    private mutating func number(isClaimed: Bool = false) -> String {
        let claimed = [
            "epow", "epow", "hot-plug", "vio@71000000", "vio@2000", "phb0.pin0", "phb2.pin2", "phb2.pin2", "ipi 0",
        ]
        if isClaimed || pick(4) != 0 { return one(of: claimed) }
        return one(of: [
            "\(spacing)", "3", "0xfff", "0x1002", "0x1300", "0x1301", "0x1304", "0x13ff", "0x1fff", "0x2000",
            "0x100001000", "0xffffffffffffffff",
        ])
    }

    private mutating func target() -> String {
        one(of: ["0", "0", "0", "\(spacing)", "\(spacing)", "\(2 * spacing)", "9", "0x100000000"])
    }

    private mutating func target32() -> String { one(of: ["0", "0", "\(spacing)", "\(2 * spacing)", "9"]) }
    private mutating func priority() -> String {
        one(of: ["6", "6", "6", "5", "0", "7", "0xff", "0x106", "0x1ff", "0xffffffffffffffff"])
    }

    private mutating func page() -> String {
        one(of: ["0x1000000", "0x2000000", "0x2100000", "0x3000000", "0x4000000"])
    }

    private mutating func size() -> String { one(of: ["12", "16", "16", "21", "24", "0", "13", "11", "0x10c", "64"]) }

    private mutating func offset() -> String {
        one(of: [
            "0", "0x400", "0x800", "0x800", "0xc00", "0xc00", "0xd00", "0xe00", "0xf00", "0x10000", "0x1fff8",
            "0x20000",
            "0x20008",
        ])
    }

    private mutating func value() -> String {
        one(of: ["0", "0x10", "0x7fffffff", "0xffffffff", hexadecimal(random.next())])
    }

    private func hexadecimal(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }

    private mutating func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }
    private mutating func one(of words: [String]) -> String { words[pick(words.count)] }
}
