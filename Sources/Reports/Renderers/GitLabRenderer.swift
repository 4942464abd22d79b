import Checker
import InterruptState

/// A verification as GitLab's code quality report: a JSON array of issues.
///
/// The report must stay small enough to be compared with that of the target branch on every merge request, so the
/// number of issues is limited; the worst are kept, and the last issue says how many were left out.
struct GitLabRenderer: VerificationRenderer {
    /// Issues in one report.
    static let limit = 1000

    private struct Issue {
        var check: String
        var severity: String
        var description: String
        var fingerprint: String
    }

    func render(_ migration: VerifiedMigration) -> String {
        var json = JSONWriter()
        json.array { json in
            for issue in issues(migration.verification) {
                json.object { json in
                    json.member("description", printable(issue.description))
                    json.member("check_name", issue.check)
                    json.member("fingerprint", issue.fingerprint)
                    json.member("severity", issue.severity)
                    json.object("location") { json in
                        json.member("path", migration.sides.source.name)
                        json.object("lines") { $0.member("begin", 1) }
                    }
                }
            }
        }
        return json.text
    }

    private func issues(_ verification: Verification) -> [Issue] {
        var issues: [Issue] = []
        if let reason = verification.undecidedReason {
            issues.append(
                Issue(
                    check: "verdict/undecided", severity: "critical",
                    description: "\(verification.statement). \(reason)", fingerprint: "verdict/undecided"))
        }
        let findings = verification.findings
        let room = Self.limit - issues.count
        let shown = findings.count <= room ? findings.count : room - 1
        for (finding, fingerprint) in zip(findings, FindingIdentity.fingerprints(of: findings)).prefix(shown) {
            issues.append(
                Issue(
                    check: finding.rule.id, severity: Self.severity(finding.severity),
                    description: "\(finding.title). \(finding.consequence)", fingerprint: fingerprint))
        }
        if shown < findings.count {
            issues.append(
                Issue(
                    check: "report/dropped", severity: "info",
                    description: "\(findings.count - shown) more findings are not in this report, "
                        + "which holds at most \(Self.limit).", fingerprint: "report/dropped"))
        }
        return issues
    }

    private static func severity(_ severity: Severity) -> String {
        switch severity {
        case .error: "critical"
        case .warning: "minor"
        case .note: "info"
        }
    }
}
