import InterruptState

/// What a comparison means for moving a guest one way.
public struct MigrationMeaning: Hashable, Sendable {
    /// What becomes of it.
    public enum Outcome: String, Hashable, Sendable {
        /// Nothing about numbers stands against it.
        case sameNumbers = "same numbers"
        /// QEMU refuses, and the guest's numbers would be the same.
        case refusedThoughSame = "refused, though numbers are the same"
        /// QEMU refuses, and rightly.
        case refused
        /// QEMU does not check, and the guest's numbers change.
        case silentChange = "not refused by name, and numbers differ"
        /// The destination cannot be built.
        case notBuilt = "the destination cannot be built"
    }

    /// What becomes of it.
    public var outcome: Outcome
    /// Why, one sentence each.
    public var reasons: [String]
}

extension MachineComparison {
    /// From the first machine to the second.
    public var forwards: MigrationMeaning { meaning(from: first, to: second, refusal: refusals.second) }
    /// From the second machine to the first.
    public var backwards: MigrationMeaning { meaning(from: second, to: first, refusal: refusals.first) }

    private func meaning(
        from source: MachineDescription, to destination: MachineDescription, refusal: ConstructionRefusal?
    ) -> MigrationMeaning {
        if let refusal { return MigrationMeaning(outcome: .notBuilt, reasons: [refusal.description]) }
        let renamed = source.type.name != destination.type.name
        let checked = source.type.stream.configurationAndFooters
        var reasons: [String] = []
        if renamed {
            reasons.append(
                checked
                    ? "the stream names \(source.type.name); a \(destination.type.name) machine refuses it"
                    : "streams of \(source.type.name) name no machine type, so that it is not checked")
        }
        reasons += modeReasons(from: source, to: destination)
        reasons += buildReasons(from: source, to: destination)
        return MigrationMeaning(outcome: outcome(isRefused: renamed && checked), reasons: reasons)
    }

    private func outcome(isRefused: Bool) -> MigrationMeaning.Outcome {
        switch (isRefused, isNumberIdentical) {
        case (true, true): .refusedThoughSame
        case (true, false): .refused
        case (false, true): .sameNumbers
        case (false, false): .silentChange
        }
    }

    private func modeReasons(from source: MachineDescription, to destination: MachineDescription) -> [String] {
        var reasons: [String] = []
        let lacking = source.effectiveMode.controllers.filter { !destination.effectiveMode.controllers.contains($0) }
        if let mode = lacking.first {
            reasons.append("the stream holds \(mode.rawValue.uppercased()) sections that the destination does not know")
        }
        if source.servers != destination.servers {
            let checked = source.effectiveMode.hasXive && destination.effectiveMode.hasXive
            reasons.append(
                checked
                    ? "another number of servers changes the size of spapr-xive: missing section footer"
                    : "another number of servers is not noticed under XICS; bindings can name servers that do not exist"
            )
        }
        return reasons
    }

    private func buildReasons(from source: MachineDescription, to destination: MachineDescription) -> [String] {
        let builds = source.type.builds.filter(destination.type.builds.contains)
        guard !source.type.builds.isEmpty, !destination.type.builds.isEmpty else { return [] }
        if builds.isEmpty { return ["no observed build has both types"] }
        let old: [MachineType.QEMUBuild] = [.v5x2, .v7x2]
        let revisions = Set(builds.map { old.contains($0) })
        guard source.processor == nil, source.type.defaultProcessor == .power9, revisions.count == 2 else { return [] }
        return ["the default POWER9 is v2.0 in 5.2 and 7.2 and v2.2 in 10.0 and 11.1: between them -cpu must name it"]
    }
}
