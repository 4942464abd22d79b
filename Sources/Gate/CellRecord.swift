import InterruptState
import Scenarios

/// What a baseline keeps of a cell: facts a guest can see, each a key and a value, small enough to be read in a diff.
public struct CellRecord: Hashable, Sendable {
    /// The machine as built: number space, modes, every number decided by construction.
    public var map: [String: String] = [:]
    /// The guest's machine when it was saved: bindings, queues, vCPUs, message numbers.
    public var state: [String: String] = [:]
    /// What each step gave.
    public var steps: [String: String] = [:]

    /// Nothing.
    public init() {}

    /// Nil where the machine was never built.
    init?(_ run: ScenarioRun) {
        guard let constructed = run.constructed else { return nil }
        addMap(of: constructed)
        addState(of: run.source)
        for outcome in run.sourceOutcomes {
            let values = outcome.results.map { hexadecimal($0) }.joined(separator: " ")
            steps["line \(outcome.line)"] = outcome.refusal ?? (values.isEmpty ? "none" : values)
        }
    }

    private mutating func addMap(of state: MachineState) {
        map["machine mode"] = state.facts.activeMode.rawValue
        map["machine modes"] = state.offeredModes.map(\.rawValue).joined(separator: " ")
        map["machine servers"] = state.facts.serverCount.map { String($0) } ?? "unknown"
        let space = state.numberSpace
        map["machine numbers"] =
            "\(hexadecimal(UInt64(space.lowerBound), digits: 4)) to \(hexadecimal(UInt64(space.upperBound), digits: 4))"
        for row in state.numbers { map["number \(row.number)"] = Self.text(row) }
        for cpu in state.cpus {
            map["vCPU \(cpu.index)"] = "server " + (cpu.server.map { String($0.rawValue) } ?? "unknown")
        }
    }

    private static func text(_ row: NumberAssignment) -> String {
        "\(row.kind?.rawValue ?? "unknown") \(row.owner)"
    }

    private mutating func addState(of saved: MachineState) {
        state["machine mode"] = saved.facts.activeMode.rawValue
        for row in saved.numbers where !row.owner.isDecidedByConstruction {
            state["number \(row.number)"] = Self.text(row)
        }
        for number in saved.claimedNumbers { addBinding(number, saved) }
        for queue in saved.xive?.queues ?? [] where queue.isEnabled { addQueue(queue, saved) }
        for cpu in saved.cpus { addContext(cpu, saved.facts.activeMode) }
    }

    private mutating func addBinding(_ number: LogicalNumber, _ saved: MachineState) {
        let binding = saved.configuration(number)
        var words = [binding.isMasked ? "masked" : "open"]
        words.append("server " + (binding.server.map { String($0.rawValue) } ?? "none"))
        words.append("priority \(binding.priority)")
        if let eisn = binding.eisn { words.append("eisn \(hexadecimal(UInt64(eisn)))") }
        switch saved.facts.activeMode {
        case .xive:
            let status = saved.xive?.sources.first { $0.number == number }?.status
            if let status { words.append("\(status)") }
        case .xics:
            let status = saved.xics?.sources.first { $0.number == number }?.status
            if let status { words.append("status \(hexadecimal(UInt64(status.rawValue), digits: 2))") }
        }
        state["binding \(number)"] = words.joined(separator: ", ")
    }

    private mutating func addQueue(_ queue: EventQueue, _ saved: MachineState) {
        let name = "\(queue.tableServer.rawValue)/\(queue.tablePriority)"
        state["queue \(name)"] =
            "at \(hexadecimal(queue.address)), \(queue.byteCount) bytes, generation \(queue.generation), "
            + "index \(queue.nextIndex), notifies \(queue.alwaysNotifies ? "always" : "once")"
        guard case .captured(let all) = saved.xive?.contents else { return }
        let entries = all.filter { $0.queueIndex == queue.index }
        guard !entries.isEmpty else { return }
        state["queue \(name) entries"] = entries.map {
            "\($0.position):\(hexadecimal(UInt64($0.word), digits: 8))"
        }.joined(separator: " ")
    }

    private mutating func addContext(_ cpu: VirtualCPU, _ mode: InterruptMode) {
        var words = ["server " + (cpu.server.map { String($0.rawValue) } ?? "unknown")]
        switch mode {
        case .xive:
            // The OS ring's NSR, CPPR and IPB; what else the ring has is derived, or names of the hypervisor.
            guard let registers = cpu.context?.bytes else { break }
            for (name, place) in [("NSR", 16), ("CPPR", 17), ("IPB", 18)] {
                words.append("\(name) \(hexadecimal(UInt64(registers[place]), digits: 2))")
            }
        case .xics:
            guard let presenter = cpu.presenter else { break }
            words.append("XIRR \(hexadecimal(UInt64(presenter.xirr), digits: 8))")
            words.append("pending \(hexadecimal(UInt64(presenter.pendingPriority), digits: 2))")
            words.append("MFRR \(hexadecimal(UInt64(presenter.mfrr), digits: 2))")
        }
        state["vCPU \(cpu.index)"] = words.joined(separator: ", ")
    }

    // MARK: - Comparison

    /// What another run of the cell does otherwise.
    func differences(from other: CellRecord) -> [CellFinding] {
        let differences = Self.differences(map, other.map) + Self.differences(state, other.state)
        var groups: [String: [Difference]] = [:]
        for difference in differences { groups[Self.rule(of: difference.key).id, default: []].append(difference) }
        let steps = Self.differences(steps, other.steps)
        if !steps.isEmpty { groups[GateRule.baselineStep.id] = steps }
        return groups.keys.sorted().compactMap { id in
            guard let rule = GateRule.named(id), let group = groups[id] else { return nil }
            return Self.finding(rule, group)
        }
    }

    private struct Difference {
        var key: String
        var text: String
    }

    private static func differences(_ recorded: [String: String], _ found: [String: String]) -> [Difference] {
        Set(recorded.keys).union(found.keys).sorted().compactMap { key in
            guard recorded[key] != found[key] else { return nil }
            return Difference(key: key, text: "\(key): \(recorded[key] ?? "none") -> \(found[key] ?? "none")")
        }
    }

    private static func rule(of key: String) -> GateRule {
        switch key.prefix(while: { $0 != " " }) {
        case "number": .baselineMap
        case "binding": .baselineBinding
        case "queue": .baselineQueue
        case "vCPU": .baselineContext
        default: .baselineMachine
        }
    }

    private static func finding(_ rule: GateRule, _ differences: [Difference]) -> CellFinding? {
        let keys = Array(Set(differences.map(\.key))).sorted()
        let more = keys.count > 4 ? " and \(keys.count - 4) more" : ""
        let found = Found(rule, "\(rule.summary): \(keys.prefix(4).joined(separator: ", "))\(more)", keys)
        guard var finding = CellRun.told([found]).first else { return nil }
        finding.details = differences.map(\.text)
        return finding
    }
}
