import QEMUControl

/// One scenario on both, and the shortest one that still differs.
struct Trial {
    enum Outcome {
        case same
        case different(RandomScenario, [String])
        case overdue(String, RandomScenario)
        case trouble(String)
    }

    /// How long a difference is made shorter.
    private static let patience = Duration.seconds(120)

    private let scenario: RandomScenario
    private let comparison: Comparison

    init(_ scenario: RandomScenario, _ comparison: Comparison) {
        self.scenario = scenario
        self.comparison = comparison
    }

    func outcome() -> Outcome {
        do {
            switch try comparison.outcome(of: scenario.text) {
            case .same: return .same
            case .overdue(let reason): return .overdue(reason, scenario)
            case .different(let differences):
                let shortest = shortest()
                let rest = self.differences(of: shortest)
                // What is gone the second time depends on more than the scenario.
                return rest.isEmpty
                    ? .different(scenario, differences + ["(not seen again)"]) : .different(shortest, rest)
            }
        } catch {
            return .trouble("\(error)\n\(scenario.text)")
        }
    }

    private func differences(of scenario: RandomScenario) -> [String] {
        if case .different(let differences)? = try? comparison.outcome(of: scenario.text) { differences } else { [] }
    }

    /// Takes parts away, halves first, then single steps, as long as a difference stays and time is left.
    private func shortest() -> RandomScenario {
        let deadline = Deadline(after: Self.patience)
        var best = scenario
        var size = max(1, best.steps.count / 2)
        while size >= 1, !deadline.isOver {
            var start = 0
            var isShorter = false
            while start < best.steps.count, !deadline.isOver {
                var candidate = best
                candidate.steps.removeSubrange(start..<min(start + size, best.steps.count))
                if differences(of: candidate).isEmpty {
                    start += size
                } else {
                    best = candidate
                    isShorter = true
                }
            }
            if size == 1, !isShorter || best.steps.count == 1 { break }
            size = max(1, size / 2)
        }
        return best
    }
}
