/// A rule of the checker: what it looks for, and what a violation means.
///
/// The id is stable: it is part of reports, waivers and baselines, and is never given to another rule.
public struct Rule: Sendable, Identifiable {
    /// `group/name`, for example `map/number-moved`.
    public let id: String
    /// Severity of its findings unless circumstances lower it.
    public let severity: Severity
    /// One line: what the rule finds.
    public let summary: String
    /// One sentence: what it does to the guest.
    public let effect: String
    /// How it arises.
    public let cause: String
    /// What to do about it.
    public let remedy: String

    init(
        _ id: String, _ severity: Severity, summary: String, effect: String, cause: String, remedy: String
    ) {
        self.id = id
        self.severity = severity
        self.summary = summary
        self.effect = effect
        self.cause = cause
        self.remedy = remedy
    }

    /// The part of the id before the slash: what the rule is about.
    public var group: String {
        String(id.prefix { $0 != "/" })
    }

    /// The long explanation, in paragraphs.
    public var explanation: String {
        """
        \(summary)

        Effect: \(effect)

        Cause: \(cause)

        What to do: \(remedy)
        """
    }
}

extension Rule: Hashable {
    /// Rules are equal by id.
    public static func == (left: Rule, right: Rule) -> Bool { left.id == right.id }

    /// Hashes the id.
    public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

extension Rule {
    /// Every rule, in the order in which findings of equal severity are listed.
    public static let all: [Rule] =
        machineRules + mapRules + virtualCPURules + contextRules + presenterRules + sourceRules + queueRules
        + deviceRules + deviceTreeRules + dormantRules + exactRules

    /// The rule with this id.
    public static func named(_ id: String) -> Rule? {
        all.first { $0.id == id }
    }

    /// Place in ``all``.
    static let order: [String: Int] = Dictionary(
        all.enumerated().map { ($0.element.id, $0.offset) }, uniquingKeysWith: { first, _ in first })
}
