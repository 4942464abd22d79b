import Checker
import InterruptState

/// A verification with everything that a report of it may show.
public struct VerifiedMigration: Sendable {
    /// Verdict, findings, counts.
    public var verification: Verification
    /// Where the states came from.
    public var sides: VerificationReport.Sides
    /// The state that was saved.
    public var source: MachineState
    /// The state after the load, if given.
    public var destination: MachineState?
    /// The destination as built, if given.
    public var constructed: MachineState?
    /// Version of the tool, for formats that name their producer.
    public var toolVersion: String

    /// The value with these parts.
    public init(
        verification: Verification, sides: VerificationReport.Sides, source: MachineState,
        destination: MachineState?, constructed: MachineState?, toolVersion: String
    ) {
        self.verification = verification
        self.sides = sides
        self.source = source
        self.destination = destination
        self.constructed = constructed
        self.toolVersion = toolVersion
    }
}

/// Writes a verification in one form.
///
/// A renderer decides nothing. What it writes is a function of its input alone, without times or paths of the
/// machine, so that two runs over the same states can be compared.
public protocol VerificationRenderer: Sendable {
    /// The whole report, with a line feed at its end.
    func render(_ migration: VerifiedMigration) -> String
}

/// The forms of a verification.
public enum VerificationFormat: String, CaseIterable, Sendable {
    /// For a person at a terminal.
    case text
    /// Everything, for a program: schema `irqproof/verify/1`.
    case json
    /// JUnit XML, for test views of CI systems.
    case junit
    /// SARIF 2.1.0, for code scanning.
    case sarif
    /// A summary for a review page.
    case markdown
    /// Workflow commands that become annotations on GitHub.
    case github
    /// GitLab's code quality report.
    case gitlab
    /// A page of its own, with drawing and tables.
    case html

    /// The renderer of this form.
    ///
    /// - Parameter style: how text for a terminal may look; the other forms have no use for it.
    public func renderer(style: TextStyle) -> any VerificationRenderer {
        switch self {
        case .text: TextRenderer(style: style)
        case .json: JSONRenderer()
        case .junit: JUnitRenderer()
        case .sarif: SARIFRenderer()
        case .markdown: MarkdownRenderer()
        case .github: GitHubRenderer()
        case .gitlab: GitLabRenderer()
        case .html: HTMLRenderer()
        }
    }
}
