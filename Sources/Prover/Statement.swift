import PSeries

/// Everything that can be proved about one machine type, or about two.
public struct Statement {
    private let types: [MachineType]
    private let bounds: Bounds

    /// The statement about one type, or the agreement of the first two.
    public init(_ types: [MachineType], bounds: Bounds = Bounds()) {
        self.types = types
        self.bounds = bounds
    }

    /// Names of all claims there are, for messages.
    public var claims: [String] {
        [
            "vio-in-range", "vio-injective", "vio-injective-libvirt", "pins-injective", "ranges-disjoint",
            "ipis-enough",
            "ipis-have-room", "constructed-independent", "messages-independent", "messages-independent-once",
            "messages-sticky", "messages-aligned", "messages-aligned-once",
            "messages-disjoint", "messages-survive", "messages-survive-once", "messages-carried", "vcpu-contexts-xive",
            "vcpu-presenters-xics",
            "rules-agree", "machines-agree",
        ]
    }

    /// The proofs of the claims that are wanted, in a fixed order.
    public func proofs(where isWanted: (String) -> Bool = { _ in true }) -> [Proof] {
        guard let first = types.first else { return [] }
        if types.count > 1 { return MapAgreement(first, types[1], bounds: bounds).proofs(where: isWanted) }
        return MapSoundness(first, bounds: bounds).proofs(where: isWanted)
            + HistoryIndependence(first, bounds: bounds).proofs(where: isWanted)
    }

    /// The same claims for solvers, as far as they are claims about functions or bounded histories.
    public func obligations() -> [Obligation] {
        guard let first = types.first else { return [] }
        return types.count > 1 ? Obligations.agreement(first, types[1]) : Obligations.soundness(first)
    }
}
