import CertificateCheck
import PSeries
import Prover

extension Certificate {
    /// The certificate of claims about one machine type, or about the agreement of two.
    ///
    /// - Parameters:
    ///   - proofs: what became of each claim.
    ///   - types: the one or two types.
    ///   - bounds: the bounds of the run.
    ///   - inputs: description files with the roles `first`, `second` and `types`, where there were any.
    public static func claims(
        _ proofs: [Proof], about types: [MachineType], bounds: Bounds, inputs: [Input], tool: Tool
    ) throws(CertificateError) -> Certificate {
        let database = try Database(.claims)
        try database.fillHead(.claims, level: nil, inputs: inputs, tool: tool)
        for (side, type) in zip(["first", "second"], types) {
            try database.fillMachine(side, MachineDescription(type: type))
        }
        try database.fillBounds(bounds)
        for (place, proof) in proofs.enumerated() { try database.fillProof(proof, place) }
        if types.count > 1, proofs.contains(where: { $0.claim == "machines-agree" }) {
            try database.fillConfigurations(MapAgreement(types[0], types[1], bounds: bounds))
        }
        try database.fillObligations()
        return try Certificate(checking: database)
    }
}

extension Database {
    fileprivate func fillBounds(_ bounds: Bounds) throws(CertificateError) {
        let figures: [(String, UInt64)] = [
            ("first unit address", UInt64(bounds.addresses.lowerBound)),
            ("last unit address", UInt64(bounds.addresses.upperBound)), ("possible vCPUs", UInt64(bounds.possibleCPUs)),
            ("added devices", UInt64(min(max(0, bounds.addedDevices), 3))), ("depth", UInt64(max(0, bounds.depth))),
            ("states", UInt64(max(0, bounds.states))),
        ]
        for (place, figure) in figures.enumerated() {
            try insert("bound", [Value(place), .text(figure.0), Value(figure.1)])
        }
        for (place, function) in bounds.functions.prefix(4).enumerated() {
            try insert(
                "pci_function",
                [
                    Value(place), Value(function.bridge), Value(function.slot), .text(function.kind.rawValue),
                    .text(function.counts.map { String($0) }.joined(separator: " ")),
                ])
        }
    }

    fileprivate func fillProof(_ proof: Proof, _ place: Int) throws(CertificateError) {
        let claim = Value.text(proof.claim)
        try insert("claim", [Value(place), claim, .text(proof.verdict.rawValue)])
        for (place, count) in proof.counts.enumerated() {
            try insert("covered", [claim, Value(place), .text(count.label), Value(count.value)])
        }
        for (place, canary) in proof.canaries.enumerated() {
            try insert("canary", [claim, Value(place), .text(canary.variant), Value(canary.isRefuted)])
        }
        guard proof.verdict == .refuted else { return }
        try insert("refutation", [claim, .text(proof.counterexample == nil ? "case" : "history")])
        for (place, step) in (proof.counterexample?.steps ?? []).enumerated() {
            try insert("step", [claim, Value(place), .text(step)])
        }
    }

    fileprivate func fillConfigurations(_ agreement: MapAgreement) throws(CertificateError) {
        var known: [String: Int] = [:]
        func number(_ text: String) throws(CertificateError) -> Value {
            if let number = known[text] { return Value(number) }
            let number = known.count
            known[text] = number
            try insert("outcome", [Value(number), .text(text)])
            return Value(number)
        }
        for (place, outcome) in agreement.outcomes().enumerated() {
            let sides = [try number(outcome.first), try number(outcome.second)]
            try insert("configuration", [Value(place), .text(outcome.configuration)] + sides)
        }
    }
}
