import Checker
import InterruptState

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

    /// Verdict first, then why, worst first, then what was compared and what was not; counts at the end.
    public static func text(_ verification: Verification, sides: Sides, style: TextStyle) -> String {
        var lines = verdict(verification, style)
        lines += self.sides(sides)
        if !verification.findings.isEmpty {
            lines.append("")
            lines += FindingText(style: style).lines(verification.findings)
        }
        lines += [""] + paragraph("compared", verification.comparedText, style)
        for item in verification.notCompared {
            lines += paragraph("not compared", "\(item.subject): \(item.reason)", style)
        }
        if let found = verification.foundText { lines += paragraph("found", found, style) }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The same for a program: schema `irqproof/verify/1`.
    public static func json(_ verification: Verification, sides: Sides) -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("schema", SchemaName.verify)
            json.member("verdict", verification.verdict.rawValue)
            json.member("level", verification.level.rawValue)
            json.evidence("source", sides.source)
            if let destination = sides.destination { json.evidence("destination", destination) }
            if let constructed = sides.constructed { json.evidence("constructed", constructed) }
            json.object("compared") { json in
                for (label, count) in verification.counts.figures {
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

    /// A labelled paragraph, its further lines under its first.
    private static func paragraph(_ label: String, _ text: String, _ style: TextStyle) -> [String] {
        let indent = label.count + 2
        var lines = style.wrapped(printable(text), indent: indent, used: indent)
        lines[0] = label + "  " + lines[0]
        return lines
    }

    private static func verdict(_ verification: Verification, _ style: TextStyle) -> [String] {
        let look: TextStyle.Look =
            switch verification.verdict {
            case .identical: .good
            case .different: .bad
            case .undecided: .warning
            }
        var lines = style.wrapped(verification.statement, indent: 2)
        let headline = verification.verdict.headline
        lines[0] = style.text(headline, look) + lines[0].dropFirst(headline.count)
        return lines
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
}
