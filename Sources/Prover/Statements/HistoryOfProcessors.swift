import PSeries

extension HistoryIndependence {
    private static let possible = 6

    /// XIVE contexts where the type can have them, and XICS presenters.
    func processors(where isWanted: (String) -> Bool) -> [Proof] {
        let offersXive = type.offeredModes.contains { $0.hasXive }
        let contexts = offersXive && isWanted("vcpu-contexts-xive") ? [proof(matchesByOrder: true)] : []
        return contexts + (isWanted("vcpu-presenters-xics") ? [proof(matchesByOrder: false)] : [])
    }

    private func proof(matchesByOrder: Bool) -> Proof {
        let world = ProcessorWorld(possible: Self.possible, matchesByOrder: matchesByOrder)
        var search = BreadthFirstSearch(world, depthLimit: Self.possible, stateLimit: bounds.states)
        let result = search.run()
        let controller = matchesByOrder ? "XIVE context" : "XICS presenter"
        return Proof(
            claim: matchesByOrder ? "vcpu-contexts-xive" : "vcpu-presenters-xics",
            sentence: "every vCPU of the destination gets the \(controller) of the source's vCPU of that index",
            domain: [
                "vCPU 0 at boot, vCPUs 1 to \(Self.possible - 1) plugged in every order; unplugging is not covered"
            ],
            method: "breadth-first search",
            verdict: result.history != nil ? .refuted : result.isComplete ? .proved : .undecided,
            reasons: result.fault.map { [$0] } ?? [], counts: counts(result),
            canaries: [.init("sections matched by order of creation", isRefuted: orderIsRefuted())],
            counterexample: result.history.map { history in
                counterexample(
                    result, texts: history.map { "plug vCPU \($0)" },
                    scenario: scenario(history, result.fault ?? ""))
            })
    }

    private func orderIsRefuted() -> Bool {
        var search = BreadthFirstSearch(ProcessorWorld(possible: 4, matchesByOrder: true), depthLimit: 3)
        return search.run().history != nil
    }

    private func scenario(_ history: [UInt64], _ fault: String) -> Scenario {
        var source = machine()
        source.maximumCPUs = UInt32(Self.possible)
        source.mode = .xive
        if !type.defaultProcessor.supportsXive { source.processor = .power9 }
        let plugged = history.map { UInt32(truncatingIfNeeded: $0) }
        return Scenario(
            title: "\(type.name): vCPUs plugged in another order", about: fault, source: source,
            steps: plugged.map { .plugProcessor($0) },
            destination: .migratedTo(devices: [], processors: plugged.sorted()))
    }
}
