import Checker

/// A verification as JUnit XML: the verdict is a test case, and so is each finding.
///
/// There is no passing test case for a rule that found nothing: whether it had anything to look at is told by the
/// counts, and what was not compared is a skipped test case, never a passed one.
struct JUnitRenderer: VerificationRenderer {
    func render(_ migration: VerifiedMigration) -> String {
        let verification = migration.verification
        let errors = verification.findings.count { $0.severity == .error }
        let counts: [(String, String)] = [
            ("tests", String(1 + verification.findings.count + verification.notCompared.count)),
            ("failures", String(verification.verdict == .different ? errors + 1 : errors)),
            ("errors", verification.verdict == .undecided ? "1" : "0"),
        ]
        let time = ("time", "0")
        let skips = ("skipped", String(verification.notCompared.count))
        var xml = XMLWriter()
        xml.element("testsuites", counts.with(("name", "irqproof"), time)) { xml in
            xml.element("testsuite", counts.with(("name", "irqproof verify"), skips, time)) { xml in
                properties(migration, &xml)
                verdict(verification, &xml)
                for finding in verification.findings { self.finding(finding, &xml) }
                for item in verification.notCompared { skipped(item, &xml) }
            }
        }
        return xml.text
    }

    private func properties(_ migration: VerifiedMigration, _ xml: inout XMLWriter) {
        let verification = migration.verification
        var pairs: [(String, String)] = [
            ("irqproof.version", migration.toolVersion), ("verdict", verification.verdict.rawValue),
            ("level", verification.level.rawValue),
        ]
        pairs += migration.sides.named.map { ($0.role.rawValue, $0.evidence.name) }
        pairs += verification.counts.figures.map { ("compared " + $0.label, String($0.count)) }
        xml.element("properties") { xml in
            for (name, value) in pairs { xml.element("property", [("name", name), ("value", value)]) }
        }
    }

    private func testCase(
        _ group: String, _ name: String, _ xml: inout XMLWriter, _ body: (inout XMLWriter) -> Void
    ) {
        xml.element("testcase", [("classname", "irqproof." + group), ("name", name), ("time", "0")], body)
    }

    private func verdict(_ verification: Verification, _ xml: inout XMLWriter) {
        testCase("verify", "verdict", &xml) { xml in
            let message = [("message", verification.statement), ("type", verification.verdict.rawValue)]
            switch verification.verdict {
            case .identical: break
            case .different:
                let errors = verification.findings.filter { $0.severity == .error }
                xml.element("failure", message, lines: errors.map(\.title))
            case .undecided: xml.element("error", message, lines: [verification.undecidedReason ?? ""])
            }
            xml.element("system-out", lines: ["compared: " + verification.comparedText])
        }
    }

    private func finding(_ finding: Finding, _ xml: inout XMLWriter) {
        var lines = [finding.consequence]
        lines += finding.details.map { Self.line($0, comparesTwo: finding.comparesTwo) }
        testCase(finding.rule.group, finding.label, &xml) { xml in
            if finding.severity == .error {
                xml.element("failure", [("message", finding.title), ("type", finding.rule.id)], lines: lines)
            } else {
                xml.element("system-out", lines: ["\(finding.severity.rawValue): \(finding.title)"] + lines)
            }
        }
    }

    private static func line(_ detail: Detail, comparesTwo: Bool) -> String {
        let places = detail.places
        return detail.sentence(comparesTwo: comparesTwo)
            + (places.isEmpty ? "" : " (\(places.joined(separator: "; ")))")
    }

    private func skipped(_ item: NotCompared, _ xml: inout XMLWriter) {
        testCase("not-compared", item.subject, &xml) { $0.element("skipped", [("message", item.reason)]) }
    }
}

extension [(String, String)] {
    /// These attributes and others.
    fileprivate func with(_ others: (String, String)...) -> Self {
        others + self
    }
}
