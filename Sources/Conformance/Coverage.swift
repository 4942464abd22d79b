import InterruptState
import PSeries
import Replay
import Scenarios

/// How often everything that the model knows was drawn.
struct Coverage {
    private var counts: [String: Int] = [:]

    init() {}

    /// Of the steps of a scenario; of none where it cannot be read.
    init(of text: String) {
        guard let scenario = try? ScenarioReader.scenario(text, file: "scenario") else { return }
        let mode = scenario.source.mode ?? scenario.source.type.defaultMode
        add("mode \(mode.rawValue)")
        for step in scenario.steps {
            for name in Self.names(of: step.action) { add(name) }
            if mode == .dual, case .negotiate(let chosen) = step.action { add("dual, chosen \(chosen.rawValue)") }
        }
    }

    mutating func add(_ other: Coverage) { counts.merge(other.counts) { $0 + $1 } }

    private mutating func add(_ name: String) { counts[name, default: 0] += 1 }

    /// Every name with its count, in a line; then those that were never drawn.
    var summary: String {
        let drawn = counts.keys.sorted().map { "\($0) \(counts[$0] ?? 0)" }.joined(separator: ", ")
        let missing = Self.expected.filter { counts[$0] == nil }
        return "  drawn: \(drawn)\n  never drawn: \(missing.isEmpty ? "nothing" : missing.joined(separator: ", "))"
    }

    /// All that a scenario can ask for and a build can be asked for.
    private static let expected: [String] =
        Hypercall.allCases.map(\.name) + RTASCall.allCases.map(\.name)
        + InterruptModeSetting.allCases.map {
            "mode \($0.rawValue)"
        } + [
            "dual, chosen xive", "dual, chosen xics", "load 1", "load 2", "load 4", "load 8", "store 1", "store 2",
            "store 4", "store 8", "queue", "bind", "mask", "messages", "raise", "raise message", "pin", "interrupt",
            "open", "take", "plug bridge", "plug function", "plug core", "unplug bridge", "unplug function",
            "unplug core", "reset", "migrate",
        ]

    private static func names(of action: Scenario.Action) -> [String] {
        switch action {
        case .negotiate: [Hypercall.clientArchitectureSupport.name]
        case .hypercall(let opcode, _): [Hypercall(rawValue: opcode)?.name ?? "unknown hypercall"]
        case .rtas(let token, _, _): [Hypercall.rtas.name, RTASCall(rawValue: token)?.name ?? "unknown RTAS call"]
        case .start: [Hypercall.rtas.name, RTASCall.startCPU.name]
        case .load(_, let count): ["load \(count)"]
        case .store(_, _, let count): ["store \(count)"]
        case .raise(.message): ["raise message"]
        case .plug(let device): ["plug \(kind(of: device))"]
        case .unplug(let device): ["unplug \(kind(of: device))"]
        case .queue: ["queue"]
        case .bind: ["bind"]
        case .mask: ["mask"]
        case .messages: ["messages"]
        case .raise: ["raise"]
        case .pin: ["pin"]
        case .interrupt: ["interrupt"]
        case .open: ["open"]
        case .take: ["take"]
        case .reset: ["reset"]
        case .resetBridge: ["reset-phb"]
        case .migrate: ["migrate"]
        }
    }

    private static func kind(of device: DeviceSetup) -> String {
        switch device {
        case .virtual: "VIO device"
        case .bridge: "bridge"
        case .function: "function"
        case .core: "core"
        }
    }
}
