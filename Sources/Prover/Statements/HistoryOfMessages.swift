import InterruptState
import PSeries

extension MessageRules {
    /// The rules of a map, with the places that a machine with no added device holds.
    init(_ map: NumberMap, hasHotPlugEvents: Bool = true) {
        switch map {
        case .sequential(let size):
            // EPOW, hot-plug events, terminal, NVRAM and the four pins of bridge 0.
            self.init(
                size: min(size, MessageState.placeLimit), reserved: hasHotPlugEvents ? 8 : 7, base: 0x1000,
                behaviour: .sequential)
        case .fixed(let messages):
            self.init(
                size: FixedNumberMap.messageCount, base: FixedNumberMap.messageBase,
                behaviour: messages == .shipped ? .shipped : .intended)
        case .sparse(let layout):
            let range = layout.messageRange(0) ?? 0..<0
            self.init(
                size: min(UInt32(range.count), MessageState.placeLimit), base: range.lowerBound,
                bridgeStride: layout.bridgeWindow,
                behaviour: layout.messages == .shipped ? .shipped : .intended)
        }
    }
}

extension HistoryIndependence {
    private struct Claim {
        var name: String
        var sentence: String
        var property: MessageWorld.Property
        var functions: [MessageFunction]
        /// Whether functions may ask again while they have vectors.
        var asksAgain = true
        /// Why the claim holds for every length, where the search alone does not say so.
        var witness: String?

        /// Whether histories without a second request are worth a claim of their own.
        var hasOnce: Bool { [.independent, .aligned, .survives].contains(property) }

        /// The same of histories in which no function asks again while it has vectors.
        var once: Claim {
            var claim = self
            claim.name += "-once"
            claim.sentence += ", where no function asks again while it has some"
            claim.asksAgain = false
            return claim
        }
    }

    private var claims: [Claim] {
        let plain = Array(bounds.functions.prefix(MessageState.functionLimit))
        let bulky = [1, 2].map { MessageFunction(bridge: 0, slot: $0, kind: .msix, counts: [2048]) }
        let odd = MessageFunction(bridge: 0, slot: 3, kind: .msi, counts: [1, 2, 3])
        return all(plain: plain, heavy: bulky + [odd]).flatMap { claim in
            claim.hasOnce ? [claim, claim.once] : [claim]
        }
    }

    private func all(plain: [MessageFunction], heavy: [MessageFunction]) -> [Claim] {
        [
            Claim(
                name: "messages-independent",
                sentence: "the same functions enabled in the same order have the same messages, whatever came before",
                property: .independent, functions: plain),
            Claim(
                name: "messages-sticky", sentence: "a function that asks again for as many vectors keeps its numbers",
                property: .sticky, functions: plain),
            Claim(
                name: "messages-aligned", sentence: "every MSI block starts at a multiple of its size",
                property: .aligned, functions: plain),
            Claim(
                name: "messages-disjoint", sentence: "no number belongs to two functions", property: .disjoint,
                functions: plain),
            Claim(
                name: "messages-survive", sentence: "no request for messages ends the machine", property: .survives,
                functions: heavy),
            Claim(
                name: "messages-carried",
                sentence: "after a load, source and destination answer every further request alike",
                property: .carried(.everything), functions: plain,
                witness:
                    "relation: taken places and blocks are equal on both sides. The load establishes it; a request "
                    + "reads nothing else, so that every step keeps it and every outcome is the same"),
        ]
    }

    func messages(where isWanted: (String) -> Bool) -> [Proof] {
        claims.filter { isWanted($0.name) }.map { claim in
            let world = MessageWorld(
                functions: claim.functions, rules: MessageRules(type.map, hasHotPlugEvents: type.modernHotPlugEvents),
                property: claim.property,
                asksAgain: claim.asksAgain)
            var search = BreadthFirstSearch(world, depthLimit: bounds.depth, stateLimit: bounds.states)
            return proof(claim, world, search.run())
        }
    }

    private func proof(
        _ claim: Claim, _ world: MessageWorld, _ result: BreadthFirstSearch<MessageWorld>.Result
    ) -> Proof {
        let functions = claim.functions.map {
            "\($0.name) \($0.kind.rawValue) of \($0.counts.map { String($0) }.joined(separator: ", "))"
        }
        let length = result.isExhausted ? "of every length" : "up to \(bounds.depth) steps"
        var reasons = result.fault.map { [$0] } ?? []
        if !result.isComplete { reasons.append("the search gave up at \(result.states) states") }
        if let witness = claim.witness, result.history == nil { reasons.append(witness) }
        return Proof(
            claim: claim.name, sentence: claim.sentence,
            domain: [
                "all histories \(length) of requests, releases and resets by \(functions.joined(separator: "; "))"
            ],
            method: "breadth-first search" + (claim.witness != nil ? ", and a relation that every step keeps" : ""),
            verdict: result.history != nil ? .refuted : result.isComplete ? .proved : .undecided, reasons: reasons,
            counts: counts(result), canaries: canaries(claim),
            counterexample: result.history.map { history in
                counterexample(
                    result, texts: history.map { text($0, world) },
                    scenario: scenario(claim, history, world, result.fault ?? ""))
            })
    }

    /// Variants that break the property, searched in a small map.
    private func canaries(_ claim: Claim) -> [Proof.Canary] {
        var rules = MessageRules(size: 64, base: 0, behaviour: .shipped)
        var property = claim.property
        var variant = "the shipped bitmap"
        switch claim.property {
        case .disjoint:
            // Two bridges whose windows are nearer than their size.
            rules = MessageRules(size: 64, base: 0, bridgeStride: 1, behaviour: .shipped)
            variant = "windows that overlap"
        case .carried:
            property = .carried(.blocksOnly)
            variant = "a load that forgets the bitmap"
        case .survives: variant = "a bitmap of 64 numbers that does not notice when it is full"
        default: break
        }
        let functions = (0..<2).map { index in
            MessageFunction(bridge: UInt32(index), slot: 1, kind: index == 0 ? .msix : .msi, counts: [1, 2, 40])
        }
        var search = BreadthFirstSearch(
            MessageWorld(functions: functions, rules: rules, property: property), depthLimit: 4)
        return [.init(variant, isRefuted: search.run().history != nil)]
    }

    private func text(_ step: MessageWorld.Step, _ world: MessageWorld) -> String {
        switch step {
        case .request(let function, let count):
            "enable \(world.functions[function].name) with \(count) \(world.functions[function].kind.rawValue)"
        case .disable(let function): "disable \(world.functions[function].name)"
        case .resetBridge(let bridge): "reset phb\(bridge)"
        }
    }

    private func step(_ step: MessageWorld.Step, _ world: MessageWorld) -> Scenario.Step {
        switch step {
        case .request(let function, let count): .messages(world.functions[function], count: count)
        case .disable(let function): .messages(world.functions[function], count: 0)
        case .resetBridge(let bridge): .resetBridge(bridge)
        }
    }

    private func scenario(
        _ claim: Claim, _ history: [MessageWorld.Step], _ world: MessageWorld, _ fault: String
    ) -> Scenario {
        let steps = history.map { step($0, world) }
        return Scenario(
            title: "\(type.name): \(claim.name) refuted", about: fault, source: machine(), functions: claim.functions,
            steps: steps, destination: otherSide(claim.property, history, world, steps),
            endsSource: claim.property == .survives)
    }

    /// What shows the fault: a machine that only enables what is left, one that has not asked again, or one that
    /// places blocks as intended.
    private func otherSide(
        _ property: MessageWorld.Property, _ history: [MessageWorld.Step], _ world: MessageWorld,
        _ steps: [Scenario.Step]
    ) -> Scenario.Destination {
        switch property {
        case .independent: .same(steps: cold(history, world))
        case .sticky: .same(steps: Array(steps.dropLast()))
        case .aligned, .survives: .intended
        case .disjoint, .carried: .same(steps: [])
        }
    }

    /// The functions that are left, enabled in their order.
    private func cold(_ history: [MessageWorld.Step], _ world: MessageWorld) -> [Scenario.Step] {
        var state = world.initial
        for step in history { if case .next(let next) = world.apply(step, to: state) { state = next } }
        return (0..<MessageState.functionLimit).compactMap { place in
            guard let function = state.ordered(place) else { return nil }
            return .messages(world.functions[function], count: state.block(function).count)
        }
    }
}
