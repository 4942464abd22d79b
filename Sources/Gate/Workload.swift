import InterruptState
import PSeries

/// Something that a guest does around a migration, for any machine: written as a scenario for each.
public enum Workload: String, CaseIterable, Sendable {
    /// Nothing: the machine moves as it was built.
    case idle
    /// As a guest boots: queues, every number bound, interrupts taken before and after.
    case boot
    /// Numbers masked, unbound and bound again in every way; queues of several sizes, set up and taken away.
    case masked
    /// Message blocks asked for, given back and asked for in another order.
    case messages
    /// Interrupts raised while no vCPU takes any, and taken after the move.
    case pending
    /// A dual machine's guest that used XICS and then chooses XIVE.
    case `switch`
    /// A host bridge plugged in before the move.
    case plug
    /// An interrupt presented to a vCPU and not yet taken, which many builds lose.
    case inFlight = "in-flight"

    /// Whether it means something on a machine.
    func applies(to type: MachineType, mode: InterruptModeSetting, topology: Topology) -> Bool {
        switch self {
        case .switch: mode == .dual
        case .plug: type.bridgeHotPlug
        case .messages: !topology.inventory.functions.isEmpty
        default: true
        }
    }

    /// The scenario's text.
    func text(type: MachineType, mode: InterruptModeSetting, topology: Topology) -> String {
        var writer = WorkloadWriter(type: type, mode: mode, topology: topology)
        writer.write(self)
        return writer.text
    }
}

/// Writes the steps of a workload, as YAML.
private struct WorkloadWriter {
    private let type: MachineType
    private let mode: InterruptModeSetting
    private let topology: Topology
    private var machine: [String] = []
    private var destination: [String] = []
    private var steps: [String] = []
    private var title = ""
    private var eisns: [(number: String, eisn: Int)] = []

    init(type: MachineType, mode: InterruptModeSetting, topology: Topology) {
        self.type = type
        self.mode = mode
        self.topology = topology
        machine = ["type: \(type.name)"]
        if type.offeredModes != [.legacy] { machine.append("ic-mode: \(mode.rawValue)") }
        if mode.hasXive, !type.defaultProcessor.supportsXive { machine.append("cpu: power9") }
        machine += topology.lines
    }

    /// The scenario.
    var text: String {
        var lines = ["scenario: \(title) on \(type.name), \(mode.rawValue), \(topology.name)", "machine:"]
        lines += machine.map { "  " + $0 }
        lines += destination.isEmpty ? ["destination: same"] : ["destination:"] + destination.map { "  " + $0 }
        lines += ["steps:"] + steps.map { "  " + $0 }
        return lines.joined(separator: "\n") + "\nexpect: {load: accepted, verdict: identical}\n"
    }

    private var isXive: Bool { mode != .xics && mode != .legacy }
    private var inventory: Topology.Inventory { topology.inventory }
    /// The server number of a vCPU; the emulator has one thread a core.
    private func server(_ index: UInt32) -> UInt32 {
        index * (inventory.spacing ?? type.serverSpacing.vsmt(threads: 1))
    }
    private var lastCPU: UInt32 { inventory.cpus.last ?? 0 }

    mutating func write(_ workload: Workload) {
        title = workload.rawValue
        switch workload {
        case .idle: steps = ["- migrate"]
        case .boot: boot()
        case .masked: mask()
        case .messages: churn()
        case .pending: pend()
        case .switch: switchMode()
        case .plug: plug()
        case .inFlight: present()
        }
    }

    // MARK: - Parts

    /// Negotiation, vCPUs, a queue for each, everything bound, every vCPU open.
    private mutating func setUp(isOpen: Bool = true) {
        steps.append("- negotiate: \(isXive ? "xive" : "xics")")
        for (place, cpu) in inventory.cpus.enumerated() {
            if cpu != 0 {
                steps += ["- start: \(server(cpu))", "  gives: 0"]
            }
            guard isXive else { continue }
            let page = hexadecimal(0x200_0000 + UInt64(place) * 0x10_0000)
            steps += ["- queue: {server: \(server(cpu)), page: \(page)}", "  gives: H_SUCCESS"]
            bind("ipi \(server(cpu))", to: cpu)
        }
        bind("epow", to: lastCPU)
        if type.modernHotPlugEvents { bind("hot-plug", to: 0) }
        for address in inventory.virtualDevices { bind("vio@\(String(address, radix: 16))", to: 0) }
        for bridge in inventory.bridges {
            for pin in 0..<4 { bind("phb\(bridge).pin\(pin)", to: lastCPU) }
        }
        for function in inventory.functions {
            steps.append("- messages: {of: \"\(function.place)\", count: \(function.vectors)}")
            for vector in 0..<function.vectors { bind("\(function.place)/\(vector)", to: vector == 0 ? lastCPU : 0) }
        }
        if isOpen { open() }
    }

    private mutating func bind(_ number: String, to cpu: UInt32) {
        let eisn = 0x10 + eisns.count
        eisns.append((number, eisn))
        let priority = isXive ? 6 : 5
        let name = isXive ? ", eisn: \(hexadecimal(UInt64(eisn)))" : ""
        steps += [
            "- bind: {number: \"\(number)\", server: \(server(cpu)), priority: \(priority)\(name)}",
            "  gives: H_SUCCESS",
        ]
    }

    private mutating func open() {
        for cpu in inventory.cpus { steps += ["- open:", "  cpu: \(cpu)"] }
    }

    private mutating func take(_ numbers: String..., on cpu: UInt32) {
        let wanted = numbers.map { "\"\($0)\"" }.joined(separator: ", ")
        steps += ["- take:", "  cpu: \(cpu)", "  gives: \(numbers.isEmpty ? "none" : "[\(wanted)]")"]
    }

    private var terminal: String { "vio@\(String(inventory.virtualDevices.first ?? 0, radix: 16))" }

    /// Every kind of interrupt that a build can be made to raise, each raised and taken.
    private mutating func use() {
        if inventory.hasTerminal {
            steps.append("- raise: \(terminal)")
            take(terminal, on: 0)
        }
        steps.append("- raise: epow")
        take("epow", on: lastCPU)
        for cpu in inventory.cpus.dropFirst() {
            steps.append("- interrupt: \(server(cpu))")
            take(isXive ? "ipi \(server(cpu))" : "2", on: cpu)
        }
        if let card = inventory.functions.first(where: \.isCard), type.stream.shortBridgeSection {
            steps.append("- raise: \"\(card.place)/0\"")
            take("\(card.place)/0", on: lastCPU)
        }
        take(on: 0)
    }

    /// What the guest can ask of every number.
    private mutating func ask() {
        for (number, _) in eisns {
            steps.append(
                isXive ? "- hcall: [H_INT_GET_SOURCE_CONFIG, 0, \"\(number)\"]" : "- rtas: [get-xive, \"\(number)\"]")
        }
        guard isXive else { return }
        for cpu in inventory.cpus { steps.append("- hcall: [H_INT_GET_QUEUE_CONFIG, 1, \(server(cpu)), 6]") }
    }

    // MARK: - Workloads

    private mutating func boot() {
        setUp()
        use()
        steps.append("- migrate")
        ask()
        use()
    }

    private mutating func mask() {
        setUp()
        let numbers = eisns.map(\.number)
        for (place, number) in numbers.enumerated() {
            switch place % 4 {
            case 0: steps.append("- mask: \"\(number)\"")
            case 1 where isXive:
                steps.append("- hcall: [H_INT_SET_SOURCE_CONFIG, 1, \"\(number)\", 0, 3, 0]")
            case 2 where isXive:
                steps.append("- hcall: [H_INT_SET_SOURCE_CONFIG, 0, \"\(number)\", 0, 0xff, 0]")
            case 1: steps += ["- rtas: [int-off, \"\(number)\"]", "- rtas: [int-on, \"\(number)\"]"]
            case 2: steps.append("- rtas: [set-xive, \"\(number)\", 0, 0xff]")
            default: break
            }
        }
        if isXive {
            steps += [
                "- queue: {server: 0, priority: 3, page: 0x1000000, size: 0x1000, notify: once}",
                "- queue: {server: 0, priority: 0, page: 0x1200000, size: 0x200000}",
                "- queue: {server: 0, priority: 1, page: 0x1001000, size: 0x1000}",
                "- hcall: [H_INT_SET_QUEUE_CONFIG, 0, 0, 1, 0, 0]",
            ]
        }
        steps.append("- migrate")
        ask()
        for number in numbers { bindAgain(number) }
        use()
    }

    private mutating func bindAgain(_ number: String) {
        guard let place = eisns.firstIndex(where: { $0.number == number }) else { return }
        let isOfLast =
            number == "epow" || number.contains("pin") || number.hasSuffix("/0") || number == "ipi \(server(lastCPU))"
        let cpu = number.hasPrefix("ipi") ? Self.index(number, inventory.cpus, server) : isOfLast ? lastCPU : 0
        let eisn = isXive ? ", eisn: \(hexadecimal(UInt64(eisns[place].eisn)))" : ""
        steps.append("- bind: {number: \"\(number)\", server: \(server(cpu)), priority: \(isXive ? 6 : 5)\(eisn)}")
    }

    private static func index(_ ipi: String, _ cpus: [UInt32], _ server: (UInt32) -> UInt32) -> UInt32 {
        cpus.first { "ipi \(server($0))" == ipi } ?? 0
    }

    private mutating func churn() {
        setUp()
        let functions = inventory.functions
        for function in functions { release(function.place) }
        for function in functions.reversed() {
            steps.append("- messages: {of: \"\(function.place)\", count: \(max(1, function.vectors - 1))}")
        }
        if let first = functions.first {
            steps.append("- messages: {of: \"\(first.place)\", count: 2}")
            bindAgain("\(first.place)/0")
        }
        steps.append("- migrate")
        for function in functions { steps.append("- messages: {of: \"\(function.place)\", count: 1}") }
        ask()
    }

    /// `ibm,change-msi` with no vectors.
    private mutating func release(_ place: String) {
        let parts = place.dropFirst(3).split { ":.".contains($0) }.compactMap { UInt32($0, radix: 16) }
        guard parts.count == 3 else { return }
        let address = hexadecimal(UInt64(parts[1]) << 11 | UInt64(parts[2]) << 8)
        let low = hexadecimal(0x2000_0000 + UInt64(parts[0]))
        steps += ["- rtas: [change-msi, \(address), 0x8000000, \(low), 4, 0, 1]", "  gives: 0"]
    }

    private mutating func pend() {
        setUp(isOpen: false)
        for _ in 0..<2 {
            steps.append("- raise: epow")
            if inventory.hasTerminal { steps.append("- raise: \(terminal)") }
        }
        for cpu in inventory.cpus.dropFirst() { steps.append("- interrupt: \(server(cpu))") }
        steps.append("- migrate")
        ask()
        open()
        for _ in 0..<3 {
            for cpu in inventory.cpus { steps += ["- take:", "  cpu: \(cpu)"] }
        }
        use()
    }

    private mutating func switchMode() {
        steps += [
            "- rtas: [set-xive, epow, 0, 5]", "  gives: 0", "- rtas: [set-xive, phb0.pin0, 0, 3]", "  gives: 0",
            "- rtas: [int-off, phb0.pin0]", "- hcall: [H_CPPR, 0xff]",
        ]
        setUp()
        steps += ["- rtas: [set-xive, epow, 0, 5]", "  gives: 0xffffffff"]
        use()
        steps.append("- migrate")
        ask()
        use()
    }

    private mutating func plug() {
        let bridge: UInt32 = 9
        setUp()
        // The guest is told of it, by the hot-plug source or by EPOW.
        steps += ["- plug: {phb: \(bridge)}"]
        for cpu in inventory.cpus { steps += ["- take:", "  cpu: \(cpu)"] }
        let added = "  - phb: \(bridge)"
        if let place = topology.lines.firstIndex(of: "devices:") {
            destination = Array(topology.lines[place...]) + [added]
        } else if let line = topology.lines.first(where: { $0.hasPrefix("devices: [") }) {
            destination = [line.dropLast() + ", {phb: \(bridge)}]"]
        } else {
            destination = ["devices: [{phb: \(bridge)}]"]
        }
        for pin in 0..<4 { bind("phb\(bridge).pin\(pin)", to: 0) }
        use()
        steps.append("- migrate")
        ask()
        use()
    }

    private mutating func present() {
        setUp()
        steps += ["- raise: epow", "- migrate"]
        take("epow", on: lastCPU)
        use()
    }
}
