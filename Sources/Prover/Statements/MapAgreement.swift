import InterruptState
import PSeries

/// Statement 2: two machine types give equal numbers, or the same refusal, in every configuration.
public struct MapAgreement {
    private let first: MachineType
    private let second: MachineType
    private let bounds: Bounds

    /// The statement about two types.
    public init(_ first: MachineType, _ second: MachineType, bounds: Bounds = Bounds()) {
        self.first = first
        self.second = second
        self.bounds = bounds
    }

    /// The rules of the maps, then whole machines.
    ///
    /// - Parameter isWanted: whether the claim of a name is proved.
    public func proofs(where isWanted: (String) -> Bool = { _ in true }) -> [Proof] {
        (isWanted("rules-agree") ? [rules()] : []) + (isWanted("machines-agree") ? [machines()] : [])
    }

    // MARK: - Rules

    private func rules() -> Proof {
        let comparison = compareAddresses()
        let pins = differingPins()
        let agree =
            first.map == second.map || (comparison?.differing == 0 && pins.isEmpty && sameMessages && sameEvents)
        var reasons: [String] = []
        if let address = comparison?.first {
            reasons.append(
                "unit address \(hexadecimal(UInt64(address))): \(vio(first, address)) and \(vio(second, address)); \(comparison?.differing ?? 0) addresses differ"
            )
        }
        if let pin = pins.first {
            reasons.append("\(pin): \(number(first, pin)) and \(number(second, pin)); \(pins.count) pins differ")
        }
        if !sameMessages { reasons.append("messages are found by different rules") }
        if !sameEvents { reasons.append("event sources have different numbers") }
        if comparison == nil, !agree {
            reasons.append("one type numbers by order of creation, the other by what a device is")
        }
        return Proof(
            claim: "rules-agree", sentence: "both maps give every device the same number",
            domain: [
                bounds.addressSentence, "host bridges 0 to 255, pins 0 to 3",
                "event sources with 1 to \(bounds.possibleCPUs) servers",
            ],
            method: "enumeration", verdict: agree ? .proved : .refuted, reasons: reasons,
            counts: [.init("unit addresses", comparison?.addresses ?? 0), .init("pins", 1024)],
            canaries: [.init("one unit address with another's place", isRefuted: canaryIsRefuted())])
    }

    /// Nil where a map is no function.
    private func compareAddresses() -> (addresses: UInt64, differing: UInt64, first: UInt32?)? {
        func result<A: AddressFunction, B: AddressFunction>(_: A.Type, _: B.Type, _ a: UInt32, _ b: UInt32) -> (
            UInt64, UInt64, UInt32?
        ) {
            let difference = AddressDifference<A, B>(bounds.addresses, bases: (a, b))
            return (difference.addresses, difference.differing, difference.first)
        }
        let base = FixedNumberMap.virtualDeviceRange.lowerBound
        switch (first.map, second.map) {
        case (.fixed, .fixed): return result(FixedAddresses.self, FixedAddresses.self, base, base)
        case (.fixed, .sparse(let map)):
            return result(FixedAddresses.self, SparseAddresses.self, base, map.virtualDeviceBase)
        case (.sparse(let map), .fixed):
            return result(SparseAddresses.self, FixedAddresses.self, map.virtualDeviceBase, base)
        case (.sparse(let a), .sparse(let b)):
            return result(SparseAddresses.self, SparseAddresses.self, a.virtualDeviceBase, b.virtualDeviceBase)
        case (.sequential, _), (_, .sequential): return nil
        }
    }

    /// Whether both maps give every device its number alike; messages are not decided by construction.
    private var constructionRulesAgree: Bool {
        first.map == second.map || (compareAddresses()?.differing == 0 && differingPins().isEmpty && sameEvents)
    }

    private func canaryIsRefuted() -> Bool {
        let base = FixedNumberMap.virtualDeviceRange.lowerBound
        return AddressDifference<FixedAddresses, CanaryAddresses>(0x2fff_fff0...0x3000_000f, bases: (base, base))
            .differing > 0
    }

    private func differingPins() -> [Owner] {
        (0..<UInt64(256)).flatMap { index in
            (UInt8(0)..<4).map { Owner.bridgePin(bridge: Owner.firstBridge + index, pin: $0) }
        }.filter { first.map.number(of: $0, servers: 1) != second.map.number(of: $0, servers: 1) }
    }

    private var sameMessages: Bool {
        switch (first.map, second.map) {
        case (.sparse(let a), .sparse(let b)):
            (0...255).allSatisfy { a.messageRange($0) == b.messageRange($0) } && a.messages == b.messages
        default: first.map == second.map
        }
    }

    private var sameEvents: Bool {
        (1...bounds.possibleCPUs).allSatisfy { servers in
            [Owner.epow, .hotPlug, .interprocessor(servers - 1)].allSatisfy {
                first.map.number(of: $0, servers: servers) == second.map.number(of: $0, servers: servers)
            }
        }
    }

    private func vio(_ type: MachineType, _ address: UInt32) -> String {
        number(type, .virtualDevice(type: "", unitAddress: address))
    }

    private func number(_ type: MachineType, _ owner: Owner) -> String {
        type.map.number(of: owner, servers: 1)?.description ?? "refused"
    }

    // MARK: - Machines

    private func machines() -> Proof {
        let configurations = ConfigurationSpace(addedDevices: bounds.addedDevices)
        var cases: UInt64 = 0
        var difference: (configuration: String, observation: String)?
        for configuration in configurations.all {
            cases += 1
            if let observation = Self.difference(configuration, first, second) {
                difference = (configuration.text, observation)
                break
            }
        }
        var twin = first
        twin.modernHotPlugEvents.toggle()
        let canary = configurations.all.contains { Self.difference($0, first, twin) != nil }
        let rulesEqual = constructionRulesAgree
        return Proof(
            claim: "machines-agree",
            sentence: "both types build the same numbers from a configuration, or refuse it for the same reason",
            domain: configurations.domain
                + (rulesEqual
                    ? [
                        "larger configurations follow, as both maps give every device the same number: a machine's numbers are those of its devices, and a refusal is of one device or of two that collide"
                    ] : []),
            method: "enumeration, smallest configuration first",
            verdict: difference != nil ? .refuted : rulesEqual ? .proved : .undecided,
            reasons: difference.map { ["\($0.configuration): \($0.observation)"] }
                ?? (rulesEqual ? [] : ["no difference within the bounds, but the maps are not the same function"]),
            counts: [.init("configurations", cases)],
            canaries: [.init("the default of modern-hotplug-events turned round", isRefuted: canary)])
    }

    /// What both types make of each configuration, up to and including the first that they make different things of.
    ///
    /// Evidence for those who want to check ``proofs(where:)`` without this program.
    public func outcomes() -> [(configuration: String, first: String, second: String)] {
        var outcomes: [(configuration: String, first: String, second: String)] = []
        for configuration in ConfigurationSpace(addedDevices: bounds.addedDevices).all {
            let results = (configuration.result(first), configuration.result(second))
            outcomes.append((configuration.text, Self.text(results.0), Self.text(results.1)))
            if Self.difference(configuration, first, second) != nil { break }
        }
        return outcomes
    }

    private static func text(_ result: Result<[NumberAssignment], ConstructionRefusal>) -> String {
        switch result {
        case .success(let claims): claims.map { "\($0.number) \($0.owner)" }.joined(separator: ", ")
        case .failure(let refusal): "refused: \(ConstructionRefusal(refusal.reason))"
        }
    }

    static func difference(_ configuration: Configuration, _ first: MachineType, _ second: MachineType) -> String? {
        let results = (configuration.result(first), configuration.result(second))
        switch results {
        case (.success(let left), .success(let right)):
            if left == right { return nil }
            let index =
                zip(left, right).enumerated().first { $0.element.0 != $0.element.1 }?.offset
                ?? min(left.count, right.count)
            func text(_ claims: [NumberAssignment]) -> String {
                claims.indices.contains(index) ? "\(claims[index].owner) \(claims[index].number)" : "nothing"
            }
            return "\(text(left)) and \(text(right))"
        case (.failure(let left), .failure(let right)):
            return left.reason == right.reason ? nil : "refused: \(left), and refused: \(right)"
        case (.success, .failure(let right)): return "built, and refused: \(right)"
        case (.failure(let left), .success): return "refused: \(left), and built"
        }
    }
}
