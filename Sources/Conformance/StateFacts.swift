import InterruptState

/// States as plain words, so that those of a model and of a stream can be held against each other.
enum StateFacts {
    /// What is not the same in two states; empty where nothing is.
    static func differences(_ moment: String, _ model: MachineState, _ real: MachineState) -> [String] {
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
            facts["bridge \(hexadecimal(bridge.buid))"] =
                bridge.messages.map { "\($0.device):\($0.first)+\($0.count)" }.joined(separator: " ")
        }
        facts["bitmap"] = state.messageBitmap?.map { String($0, radix: 16) }.joined(separator: " ") ?? "none"
        facts["options"] = state.negotiatedOptions?.map { String($0, radix: 16) }.joined(separator: " ") ?? "none"
        return facts
    }
}
