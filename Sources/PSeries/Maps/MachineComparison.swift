import InterruptState

/// What differs between two machines in everything that touches interrupt numbers.
public struct MachineComparison: Hashable, Sendable {
    /// A fact with a value on each side.
    public struct FactDifference: Hashable, Sendable {
        /// Name as users of `-machine` know it.
        public var fact: String
        /// First machine's value.
        public var first: String
        /// Second machine's value.
        public var second: String
    }

    /// A class of interrupts that the two maps number by different rules.
    public struct ClassDifference: Hashable, Sendable {
        /// First machine's rule.
        public var first: NumberFormula
        /// Second machine's rule.
        public var second: NumberFormula
    }

    /// A device whose number differs between the machines as built; nil where a machine has no such device.
    public struct NumberDifference: Hashable, Sendable {
        /// The device's interrupt.
        public var owner: Owner
        /// Number in the first machine.
        public var first: LogicalNumber?
        /// Number in the second machine.
        public var second: LogicalNumber?
    }

    /// First machine.
    public let first: MachineDescription
    /// Second machine.
    public let second: MachineDescription
    /// Facts that differ.
    public let facts: [FactDifference]
    /// Classes that differ.
    public let classes: [ClassDifference]
    /// Devices whose numbers differ, by first number; empty also where a machine cannot be built.
    public let numbers: [NumberDifference]
    /// How many owners were compared.
    public let comparedOwners: Int
    /// Why the first or second machine cannot be built.
    public let refusals: (first: ConstructionRefusal?, second: ConstructionRefusal?)

    /// Compares two machines.
    public init(_ first: MachineDescription, _ second: MachineDescription) {
        self.first = first
        self.second = second
        facts = Self.facts(first, second)
        classes = zip(first.type.map.formulas, second.type.map.formulas).filter { $0 != $1 }
            .map(ClassDifference.init(first:second:))
        let left = Result { () throws(ConstructionRefusal) in try Construction(first) }
        let right = Result { () throws(ConstructionRefusal) in try Construction(second) }
        refusals = (left.failure, right.failure)
        let claims = ((try? left.get())?.claims, (try? right.get())?.claims)
        (numbers, comparedOwners) = Self.numbers(
            claims.0 ?? [], claims.1 ?? [], both: claims.0 != nil && claims.1 != nil)
    }

    /// Whether every number is the same on both sides, or both refuse for the same reason.
    public var isNumberIdentical: Bool {
        numbers.isEmpty && classes.isEmpty && refusals.first == refusals.second
    }

    /// Equality over everything but nothing else: tuples have none of their own.
    public static func == (left: MachineComparison, right: MachineComparison) -> Bool {
        left.first == right.first && left.second == right.second
    }

    /// Of the inputs: everything else follows from them.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(first)
        hasher.combine(second)
    }
}

extension Result {
    fileprivate var failure: Failure? {
        if case .failure(let error) = self { return error }
        return nil
    }
}

// MARK: - Facts

extension MachineComparison {
    /// The facts of a machine that touch interrupts, by name, in a fixed order.
    public static func facts(of machine: MachineDescription) -> [(name: String, value: String)] {
        let type = machine.type
        return [
            ("number scheme", type.map.name),
            ("external numbers", String(type.externalCount)),
            ("ic-mode offered", type.offeredModes.map(\.rawValue).joined(separator: ", ")),
            ("ic-mode", machine.effectiveMode.rawValue),
            ("vsmt", machine.numbering.map { String($0.vsmt) } ?? "none"),
            ("possible servers", machine.servers.map { String($0) } ?? "none"),
            ("modern-hotplug-events", machine.hasHotPlugEvents ? "on" : "off"),
            ("highest PHB index", String(min(type.maximumBridgeIndex, type.map.maximumBridgeIndex ?? .max))),
            ("PHB hot-plug", type.bridgeHotPlug ? "yes" : "no"),
            ("default processor", type.defaultProcessor.rawValue),
            ("device tree in stream", type.stream.deviceTree ? "yes" : "no"),
            ("machine type in stream", type.stream.configurationAndFooters ? "yes" : "no"),
        ]
    }

    private static func facts(_ first: MachineDescription, _ second: MachineDescription) -> [FactDifference] {
        zip(facts(of: first), facts(of: second)).compactMap { left, right in
            left.value == right.value
                ? nil : FactDifference(fact: left.name, first: left.value, second: right.value)
        }
    }

    private static func numbers(
        _ first: [NumberAssignment], _ second: [NumberAssignment], both: Bool
    ) -> ([NumberDifference], Int) {
        guard both else { return ([], 0) }
        let left = Dictionary(first.map { ($0.owner, $0.number) }) { first, _ in first }
        let right = Dictionary(second.map { ($0.owner, $0.number) }) { first, _ in first }
        let owners = Set(left.keys).union(right.keys)
        let differences = owners.filter { left[$0] != right[$0] }.map {
            NumberDifference(owner: $0, first: left[$0], second: right[$0])
        }
        let sorted = differences.sorted {
            ($0.first ?? $0.second ?? LogicalNumber(0), $0.owner.description) < (
                $1.first ?? $1.second ?? LogicalNumber(0), $1.owner.description
            )
        }
        return (sorted, owners.count)
    }
}
