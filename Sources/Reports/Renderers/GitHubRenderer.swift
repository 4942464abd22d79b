import Checker
import InterruptState

/// A verification as workflow commands of GitHub Actions, which become annotations.
///
/// A step may have ten annotations of each kind; GitHub drops the rest without a word. Here the worst are kept, and the
/// last of a kind says how many were left out.
struct GitHubRenderer: VerificationRenderer {
    /// Annotations of one kind that a step may have.
    static let limit = 10

    func render(_ migration: VerifiedMigration) -> String {
        let verification = migration.verification
        var lines = [Self.plain(verification.statement)]
        lines += migration.sides.named.map { Self.plain("\($0.role): \($0.evidence.name)") }
        lines.append(Self.plain("compared: \(verification.comparedText)"))
        if let reason = verification.undecidedReason {
            lines.append(Self.command("error", title: verification.statement, reason))
        }
        for severity in Severity.allCases {
            lines += annotations(verification, severity, isFull: verification.verdict == .undecided)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// - Parameter isFull: whether one error is used up by the verdict itself.
    private func annotations(_ verification: Verification, _ severity: Severity, isFull: Bool) -> [String] {
        let findings = verification.findings.filter { $0.severity == severity }
        let room = Self.limit - (isFull && severity == .error ? 1 : 0)
        let shown = findings.count <= room ? findings.count : room - 1
        var lines = findings.prefix(shown).map { finding in
            Self.command(Self.kind(severity), title: finding.rule.id, "\(finding.title). \(finding.consequence)")
        }
        let dropped = findings.count - shown
        if dropped > 0 {
            lines.append(
                Self.command(
                    Self.kind(severity), title: "\(dropped) more",
                    "\(dropped) more of severity \(severity.rawValue) are not shown: a step may have "
                        + "\(Self.limit) annotations of a kind. All of them are in the output of --format json."))
        }
        return lines
    }

    private static func kind(_ severity: Severity) -> String {
        switch severity {
        case .error: "error"
        case .warning: "warning"
        case .note: "notice"
        }
    }

    private static func command(_ kind: String, title: String, _ message: String) -> String {
        let title = escaped(title).replacing(":", with: "%3A").replacing(",", with: "%2C")
        return "::\(kind) title=\(title)::\(escaped(message))"
    }

    /// The runner reads `%`, line feed and carriage return; the latter two are never there in printable text.
    private static func escaped(_ text: String) -> String {
        printable(text).replacing("%", with: "%25")
    }

    /// A line of the log in which the runner finds no command: it looks for `::` at the start, `##[` anywhere.
    private static func plain(_ text: String) -> String {
        printable(text).replacing("##[", with: "## [")
    }
}
