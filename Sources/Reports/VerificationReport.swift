import Checker

/// What `irqproof verify` prints.
public enum VerificationReport {
    /// The states that were compared, for the head of the report.
    public struct Sides: Sendable {
        /// The state that was saved.
        public var source: Evidence
        /// The state after the load, if given.
        public var destination: Evidence?
        /// The destination as built, if given.
        public var constructed: Evidence?

        /// The value with these parts.
        public init(source: Evidence, destination: Evidence?, constructed: Evidence?) {
            self.source = source
            self.destination = destination
            self.constructed = constructed
        }
    }

    /// Verdict first, then why, worst first, then what was compared and what was not.
    public static func text(_ verification: Verification, sides: Sides, style: TextStyle) -> String {
        var lines = [verdict(verification, style)]
        lines += self.sides(sides)
        if !verification.findings.isEmpty {
            lines.append("")
            lines += FindingText(style: style).lines(verification.findings)
        }
        lines += ["", "compared  " + compared(verification.counts)]
        lines += verification.notCompared.map { "not compared  \(printable($0.subject)): \(printable($0.reason))" }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The same for a program: schema `irqproof/verify/1`.
    public static func json(_ verification: Verification, sides: Sides) -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("schema", "irqproof/verify/1")
            json.member("verdict", verification.verdict.rawValue)
            json.member("level", verification.level.rawValue)
            json.evidence("source", sides.source)
            if let destination = sides.destination { json.evidence("destination", destination) }
            if let constructed = sides.constructed { json.evidence("constructed", constructed) }
            json.object("compared") { json in
                for (label, count) in figures(verification.counts) {
                    json.member(label.lowercased().replacing(" ", with: "_"), count)
                }
            }
            json.array("not_compared") { json in
                for item in verification.notCompared {
                    json.object {
                        $0.member("subject", item.subject)
                        $0.member("reason", item.reason)
                    }
                }
            }
            json.findings(verification.findings)
        }
        return json.text
    }

    private static func verdict(_ verification: Verification, _ style: TextStyle) -> String {
        let counts = Severity.allCases.compactMap { severity -> String? in
            let count = verification.findings.count { $0.severity == severity }
            return count == 0 ? nil : "\(count) \(severity.rawValue)\(count == 1 ? "" : "s")"
        }
        let tail =
            " at level \(verification.level.rawValue)" + (counts.isEmpty ? "" : ": " + counts.joined(separator: ", "))
        switch verification.verdict {
        case .identical: return style.text("IDENTICAL", .good) + tail
        case .different: return style.text("DIFFERENT", .bad) + tail
        case .undecided: return style.text("UNDECIDED", .warning) + tail
        }
    }

    private static func sides(_ sides: Sides) -> [String] {
        let named: [(String, Evidence?)] = [
            ("source", sides.source), ("destination", sides.destination), ("as built", sides.constructed),
        ]
        return named.compactMap { label, evidence in
            guard let evidence else { return nil }
            let gap = String(repeating: " ", count: max(1, 13 - label.count))
            return "  \(label)\(gap)\(printable(evidence.name))"
        }
    }

    private static func compared(_ counts: Counts) -> String {
        figures(counts).filter { $0.count > 0 }.map { "\($0.count) \($0.label)" }.joined(separator: ", ")
    }

    private static func figures(_ counts: Counts) -> [(label: String, count: UInt64)] {
        [
            ("numbers walked", counts.numbersWalked), ("numbers claimed", counts.claimedNumbers),
            ("bindings", counts.bindings), ("event queues", counts.queues), ("queue entries", counts.queueEntries),
            ("thread contexts", counts.contexts), ("presenters", counts.presenters), ("vCPUs", counts.virtualCPUs),
            ("host bridges", counts.bridges), ("virtual devices", counts.virtualDevices),
            ("constructed numbers", counts.constructedNumbers),
        ]
    }
}
