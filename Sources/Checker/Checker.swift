import InterruptState

/// Equivalence of two interrupt states, and invariants of one.
///
/// It knows nothing of where a state came from. See the article <doc:Identical> for what is compared.
public enum Checker {
    /// Compares the states of a migration: whether the guest finds its interrupts again.
    ///
    /// - Parameters:
    ///   - source: the state that was saved.
    ///   - destination: the state after the load: everything is compared with it.
    ///   - constructed: the destination before the load: the number map, servers and vCPUs are compared with it,
    ///     because devices raise the numbers they were built with.
    ///   - level: how strictly `source` and `destination` are compared.
    /// - Returns: a verdict with findings, counts and what was not compared. With neither a destination nor a
    ///   constructed state the verdict is ``Verdict/undecided``.
    ///
    /// Linear in what the states list.
    public static func verify(
        source: MachineState, destination: MachineState?, constructed: MachineState?, level: Level = .guestVisible
    ) -> Verification {
        var run = VerificationRun(source: source, level: level)
        if let destination { run.compareLoaded(destination) }
        if let constructed { run.compareConstructed(constructed) }
        run.holdInvariants()
        return run.result()
    }

    /// Holds every invariant against one state. Findings are sorted, worst first.
    public static func inspect(_ state: MachineState) -> [Finding] {
        let ordered = state.ordered
        return Finding.folding(
            Inspection(ordered).violations, of: ordered, scopes: [.single]
        ).inOrder
    }
}
