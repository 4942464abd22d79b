import Checker
import InterruptState

/// A verification as a summary in Markdown, for a review page or a step summary.
struct MarkdownRenderer: VerificationRenderer {
    /// Findings shown; a step summary of GitHub holds one megabyte, a comment 65,536 characters.
    static let findingLimit = 50
    /// Single differences shown under one finding.
    static let detailLimit = 10

    func render(_ migration: VerifiedMigration) -> String {
        let verification = migration.verification
        var lines = [
            "## Interrupts: \(verification.verdict.headline)", "", MarkdownText.escaped(verification.statement), "",
        ]
        lines += MarkdownText.tableHead(["State", "Read from", "Machine", "Mode"])
        lines += states(migration)
        lines += ["", "Compared: \(verification.comparedText)."]
        lines += findings(verification)
        if !verification.notCompared.isEmpty {
            lines += ["", "### Not compared", ""]
            lines += verification.notCompared.map {
                "- \(MarkdownText.escaped($0.subject)): \(MarkdownText.escaped($0.reason))"
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func states(_ migration: VerifiedMigration) -> [String] {
        migration.sides.named.map { role, evidence in
            let facts = migration.state(role)?.facts
            return MarkdownText.row([
                role.description, evidence.name, facts?.typeName ?? "", facts?.activeMode.rawValue.uppercased() ?? "",
            ])
        }
    }

    private func findings(_ verification: Verification) -> [String] {
        guard !verification.findings.isEmpty else { return [] }
        var lines = ["", "### Findings", ""]
        for finding in verification.findings.prefix(Self.findingLimit) { lines += self.finding(finding) }
        let rest = verification.findings.count - Self.findingLimit
        if rest > 0 { lines += ["\(rest) more findings are not shown; all of them with `--format json`.", ""] }
        return lines.dropLast()
    }

    private func finding(_ finding: Finding) -> [String] {
        var lines = [
            "**\(finding.severity.rawValue)** \(MarkdownText.escaped(finding.title)) (`\(finding.rule.id)`)", "",
            MarkdownText.escaped(finding.consequence), "",
        ]
        guard !finding.details.isEmpty else { return lines }
        lines += ["<details><summary>\(finding.details.count) values</summary>", ""]
        lines += MarkdownText.tableHead(finding.comparesTwo ? ["What", "Source", "Other side"] : ["What", "Value"])
        lines += finding.details.prefix(Self.detailLimit).map { detail in
            let left = detail.sourceValue ?? "none"
            return MarkdownText.row(
                [detail.subject, left] + (finding.comparesTwo ? [detail.otherValue ?? "none"] : []))
        }
        let rest = finding.details.count - Self.detailLimit
        if rest > 0 { lines += ["", "\(rest) more; all of them with `--format json`."] }
        return lines + ["", "</details>", ""]
    }
}
