import BuildReplay
import InterruptState
import Replay
import Scenarios

/// The model and a build on the same scenario.
enum Comparison {
    /// What both do otherwise, as sentences; empty where they agree.
    ///
    /// - Throws: where the scenario cannot be run at all.
    static func differences(_ text: String, build: String) throws -> [String] {
        let scenario = try ScenarioReader.scenario(text, file: "scenario")
        let model = try ScenarioRun(scenario)
        var stage = BuildStage(scenario, source: build, destinations: [build], limit: .seconds(60))
        let real = try ScenarioRun(scenario, on: &stage)
        var differences = outcomes("source", model.sourceOutcomes, real.sourceOutcomes)
        differences += outcomes("destination", model.destinationOutcomes, real.destinationOutcomes)
        guard differences.isEmpty else { return differences }
        if model.sourceEnd.map(kind) != real.sourceEnd.map(kind) {
            return ["the model \(words(model.sourceEnd)), the build \(words(real.sourceEnd))"]
        }
        guard real.sourceEnd == nil else { return [] }
        differences += states("when it was saved", model.source, real.source)
        if let model = model.loaded, let real = real.loaded { differences += states("as loaded", model, real) }
        if let model = model.continued, let real = real.continued {
            differences += states("of the source in the end", model.source, real.source)
            differences += states("of the destination in the end", model.destination, real.destination)
        }
        return differences
    }

    private static func kind(_ end: MachineEnd) -> String {
        switch end {
        case .crashed: "crashed"
        case .aborted: "aborted"
        case .exited: "exited"
        case .poweredOff: "powered off"
        }
    }

    private static func words(_ end: MachineEnd?) -> String { end.map { "\($0)" } ?? "runs" }

    // MARK: - Steps

    private static func outcomes(
        _ side: String, _ model: [ScenarioRun.Outcome], _ real: [ScenarioRun.Outcome]
    ) -> [String] {
        for (left, right) in zip(model, real) {
            // Refusals differ in words; that there is one is what counts.
            let isSame = left.results == right.results && (left.refusal == nil) == (right.refusal == nil)
            if !isSame { return ["line \(left.line) on the \(side): model \(text(left)), build \(text(right))"] }
        }
        return model.count == real.count ? [] : ["the model ran \(model.count) steps, the build \(real.count)"]
    }

    private static func text(_ outcome: ScenarioRun.Outcome) -> String {
        if let refusal = outcome.refusal { return refusal }
        let values = outcome.results.map { hexadecimal($0, digits: 1) }
        return values.isEmpty ? "none" : values.joined(separator: " ")
    }

    // MARK: - States

    private static func states(_ moment: String, _ model: MachineState, _ real: MachineState) -> [String] {
        let left = facts(of: model)
        let right = facts(of: real)
        return Set(left.keys).union(right.keys).sorted().compactMap { key in
            guard left[key] != right[key] else { return nil }
            return "state \(moment), \(key): model \(left[key] ?? "none"), build \(right[key] ?? "none")"
        }
    }

    /// Everything that both a model and a stream have, by name.
    private static func facts(of state: MachineState) -> [String: String] {
        var facts = ["mode": state.facts.activeMode.rawValue]
        for row in state.numbers where row.owner.isDecidedByConstruction {
            facts["number \(row.number)"] = "\(row.owner) \(row.kind?.rawValue ?? "?")"
        }
        for source in state.xive?.sources ?? [] where !source.isBlank {
            facts["XIVE \(source.number)"] =
                "\(hexadecimal(source.assignment.rawValue, digits: 16)) \(source.status)"
        }
        for queue in state.xive?.queues ?? [] where !queue.isBlank {
            facts["queue \(queue.index)"] = queue.words.map { hexadecimal(UInt64($0), digits: 8) }.joined(
                separator: " ")
        }
        if case .captured(let entries) = state.xive?.contents {
            for entry in entries {
                facts["entry \(entry.queueIndex) \(entry.position)"] = hexadecimal(UInt64(entry.word), digits: 8)
            }
        }
        for source in state.xics?.sources ?? [] {
            facts["XICS \(source.number)"] =
                "\(source.server) \(source.priority) \(source.savedPriority) \(source.status.rawValue) "
                + "\(source.flags.rawValue)"
        }
        for cpu in state.cpus {
            let context = cpu.context?.bytes.map { hexadecimal(UInt64($0), digits: 2).dropFirst(2) }.joined() ?? "none"
            let presenter = cpu.presenter.map {
                "\(hexadecimal(UInt64($0.xirr), digits: 8)) \($0.pendingPriority) \($0.mfrr)"
            }
            facts["vCPU \(cpu.index)"] = "context \(context) presenter \(presenter ?? "none")"
        }
        for bridge in state.bridges {
            facts["bridge \(hexadecimal(bridge.buid, digits: 1))"] =
                bridge.messages.map { "\($0.device):\($0.first)+\($0.count)" }.joined(separator: " ")
        }
        facts["bitmap"] = state.messageBitmap?.map { String($0, radix: 16) }.joined(separator: " ") ?? "none"
        facts["options"] = state.negotiatedOptions?.map { String($0, radix: 16) }.joined(separator: " ") ?? "none"
        return facts
    }
}
