import PSeries

extension Obligations {
    static func agreement(_ first: MachineType, _ second: MachineType) -> [Obligation] {
        let a = MapDefinitions(map: first.map, prefix: "a-")
        let b = MapDefinitions(map: second.map, prefix: "b-")
        return [virtualDevices(a, b), pins(a, b), events(a, b), messages(a, b), facts(first, second)]
            + [virtualDevices(a, b), pins(a, b), events(a, b)].map { asMachines($0) }
    }

    /// Machines differ wherever their rules do.
    private static func asMachines(_ obligation: Obligation) -> Obligation {
        var copy = obligation
        copy.name = obligation.name.replacing("rules-", with: "machines-", maxReplacements: 1)
        copy.claim = "machines-agree"
        copy.text = obligation.text.replacing(
            "; claim: rules-agree", with: "; claim: machines-agree", maxReplacements: 1)
        return copy
    }

    private static func virtualDevices(_ a: MapDefinitions, _ b: MapDefinitions) -> Obligation {
        let differ = SMT.any([
            "(xor (a-vio-allowed r) (b-vio-allowed r))",
            SMT.all("(a-vio-allowed r)", "(b-vio-allowed r)", SMT.differ("(a-vio r)", "(b-vio r)")),
        ])
        return Obligation(
            "rules-agree-vio", claim: "rules-agree",
            violation: "a unit address with two numbers, or refused by one map",
            body: a.virtualDevices + b.virtualDevices + SMT.word("r") + [SMT.assert(differ)])
    }

    private static func pins(_ a: MapDefinitions, _ b: MapDefinitions) -> Obligation {
        let differ = SMT.any([
            "(xor (a-pin-allowed i p) (b-pin-allowed i p))",
            SMT.all("(a-pin-allowed i p)", "(b-pin-allowed i p)", SMT.differ("(a-pin i p)", "(b-pin i p)")),
        ])
        return Obligation(
            "rules-agree-pin", claim: "rules-agree", violation: "a pin with two numbers, or refused by one map",
            body: a.pins + b.pins + SMT.word("i", "p") + [SMT.assert(SMT.all(SMT.within("i", 0, 255), differ))])
    }

    private static func events(_ a: MapDefinitions, _ b: MapDefinitions) -> Obligation {
        Obligation(
            "rules-agree-event", claim: "rules-agree", violation: "a number of servers with two numbers for EPOW",
            body: a.events + b.events + SMT.word("s")
                + [SMT.assert(SMT.all(SMT.within("s", 1, 4096), SMT.differ("(a-epow s)", "(b-epow s)")))])
    }

    private static func messages(_ a: MapDefinitions, _ b: MapDefinitions) -> Obligation {
        let rules = (MessageRules(a.map), MessageRules(b.map))
        // Size, base and failure are constants; the search is compared in every bitmap.
        let constants = [
            SMT.differ(SMT.bits(rules.0.size), SMT.bits(rules.1.size)),
            SMT.differ(SMT.bits(rules.0.base), SMT.bits(rules.1.base)),
            SMT.differ(SMT.bits(rules.0.bridgeStride), SMT.bits(rules.1.bridgeStride)),
            rules.0.abortsWhenFull == rules.1.abortsWhenFull ? "false" : "true",
        ]
        return Obligation(
            "rules-agree-message", claim: "rules-agree", violation: "a bitmap in which a request gets two places",
            body: a.messages + b.messages + SMT.word("b", "c", "k")
                + [
                    SMT.assert(
                        SMT.all(
                            SMT.below("b", SMT.bits(1 << MapDefinitions.places)), SMT.within("c", 1, 4),
                            SMT.atMost("k", SMT.bits(1)),
                            "(or \(SMT.differ("c", SMT.bits(3))) \(SMT.differ("k", SMT.bits(1))))",
                            SMT.any(constants + [SMT.differ("(a-fit b c k)", "(b-fit b c k)")])))
                ])
    }

    /// What a configuration that leaves options out gets, and what is refused.
    private static func facts(_ first: MachineType, _ second: MachineType) -> Obligation {
        func values(_ type: MachineType) -> [UInt32] {
            let modes = InterruptModeSetting.allCases
            let offered = modes.enumerated().reduce(UInt32(0)) {
                $0 | (type.offeredModes.contains($1.element) ? 1 << UInt32($1.offset) : 0)
            }
            return [
                offered, UInt32(modes.firstIndex(of: type.defaultMode) ?? 0), type.serverSpacing.vsmt(threads: 1),
                type.modernHotPlugEvents ? 1 : 0, min(type.maximumBridgeIndex, type.map.maximumBridgeIndex ?? .max),
                type.bridgeHotPlug ? 1 : 0,
                type.defaultProcessor.supportsXive || !type.offeredModes.contains(where: \.hasXive) ? 1 : 0,
            ]
        }
        let differences = zip(values(first), values(second)).map { SMT.differ(SMT.bits($0), SMT.bits($1)) }
        return Obligation(
            "machines-agree-facts", claim: "machines-agree",
            violation:
                "a fact that decides numbers or refusals and differs: modes, default mode, vsmt, events, PHB limit, hot-plug, XIVE",
            body: [SMT.assert(SMT.any(differences))])
    }
}
