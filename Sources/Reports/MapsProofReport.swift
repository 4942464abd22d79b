import InterruptState
import Prover

/// What `irqproof prove` prints.
public enum ProofReport {
    /// Each claim with its verdict, domain, figures and witness, then how many of each verdict.
    public static func text(_ proofs: [Proof], style: TextStyle) -> String {
        var lines: [String] = []
        for proof in proofs { lines += self.lines(proof, style) + [""] }
        let counts = Verdict.allCases.map { verdict in "\(proofs.count { $0.verdict == verdict }) \(verdict.rawValue)" }
        lines.append("\(proofs.count) claims: " + counts.joined(separator: ", "))
        return lines.joined(separator: "\n") + "\n"
    }

    private static func lines(_ proof: Proof, _ style: TextStyle) -> [String] {
        let look: TextStyle.Look =
            switch proof.verdict {
            case .proved: .good
            case .refuted: .bad
            case .undecided: .warning
            }
        var lines = ["\(style.text(proof.verdict.rawValue, look))  \(proof.claim): \(proof.sentence)"]
        lines += proof.reasons.map { "  \(printable($0))" }
        if let counterexample = proof.counterexample { lines += self.lines(counterexample) }
        lines += proof.domain.map { "  for      \($0)" }
        lines.append("  by       \(proof.method)")
        lines.append("  covered  " + proof.counts.map { "\($0.value) \($0.label)" }.joined(separator: ", "))
        lines += proof.canaries.map { "  canary   \($0.variant): \($0.isRefuted ? "refuted" : "NOT REFUTED")" }
        return lines
    }

    private static func lines(_ counterexample: Counterexample) -> [String] {
        counterexample.steps.enumerated().map { "    \($0.offset + 1). \($0.element)" }
            + ["  \(counterexample.minimality)"]
    }

    /// The proofs for a program: schema `irqproof/prove/1`.
    public static func json(_ proofs: [Proof]) -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("schema", SchemaName.prove)
            json.array("proofs") { json in
                for proof in proofs { json.object { self.proof(proof, &$0) } }
            }
        }
        return json.text
    }

    private static func proof(_ proof: Proof, _ json: inout JSONWriter) {
        json.member("claim", proof.claim)
        json.member("verdict", proof.verdict.rawValue)
        json.member("sentence", proof.sentence)
        strings("domain", proof.domain, &json)
        json.member("method", proof.method)
        strings("reasons", proof.reasons, &json)
        json.array("covered") { json in
            for count in proof.counts {
                json.object {
                    $0.member("label", count.label)
                    $0.member("count", count.value)
                }
            }
        }
        json.array("canaries") { json in
            for canary in proof.canaries {
                json.object {
                    $0.member("variant", canary.variant)
                    $0.member("refuted", canary.isRefuted)
                }
            }
        }
        guard let counterexample = proof.counterexample else { return }
        json.object("counterexample") { json in
            strings("steps", counterexample.steps, &json)
            json.member("observation", counterexample.observation)
            json.member("minimality", counterexample.minimality)
            json.member("scenario", counterexample.scenario)
        }
    }

    private static func strings(_ key: String, _ values: [String], _ json: inout JSONWriter) {
        json.array(key) { json in
            for value in values { json.value(value) }
        }
    }
}
