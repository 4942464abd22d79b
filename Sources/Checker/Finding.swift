import InterruptState

/// How bad a finding is. Errors decide the verdict, the rest does not.
public enum Severity: String, Hashable, Sendable, CaseIterable, Comparable {
    /// The guest is, or will be, harmed: the states are not identical.
    case error
    /// Something to look at which two equal states may share.
    case warning
    /// Worth knowing.
    case note

    /// The worse is the smaller: findings sort worst first.
    public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .error: 0
        case .warning: 1
        case .note: 2
        }
    }
}

/// One of the three states that take part in a migration.
public enum Role: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
    /// The state that was saved.
    case source
    /// The state of the destination after the load.
    case destination
    /// The state of the destination before the load: what its command line built.
    case constructed

    /// The name used in every message.
    public var description: String {
        switch self {
        case .source: "source"
        case .destination: "destination"
        case .constructed: "destination as built"
        }
    }
}

/// What was looked at when a finding was made.
public enum Scope: Hashable, Sendable {
    /// Two states: the source and the one named.
    case comparison(Role)
    /// One of the states of a verification by itself.
    case state(Role)
    /// The only state there is: an inspection.
    case single

    /// A stable name for reports: `loaded`, `constructed`, `source`, `destination`, `destination-as-built`, `single`.
    public var name: String {
        switch self {
        case .comparison(.constructed): "constructed"
        case .comparison: "loaded"
        case .state(.source): "source"
        case .state(.destination): "destination"
        case .state(.constructed): "destination-as-built"
        case .single: "single"
        }
    }
}

/// One elementary difference, or one elementary fault of a single state.
///
/// Findings fold; details do not: each value that differs has its own.
public struct Detail: Hashable, Sendable {
    /// What the values are of: `0x1204 server`, `queue 1/6 address`, `vCPU 3 CPPR`.
    public var subject: String
    /// The logical number concerned, if it is about one.
    public var number: LogicalNumber?
    /// Value on the source, or in the state that the finding is about if it is about one; nil where it has none.
    public var sourceValue: String?
    /// Value on the other side; nil where it has none, and where there is no other side.
    public var otherValue: String?
    /// Where that value was read, if it was read from a stream.
    public var sourceSite: Site?
    /// Where the other value was read.
    public var otherSite: Site?

    /// One difference or fault.
    public init(
        subject: String, number: LogicalNumber? = nil, sourceValue: String?, otherValue: String?,
        sourceSite: Site? = nil, otherSite: Site? = nil
    ) {
        self.subject = subject
        self.number = number
        self.sourceValue = sourceValue
        self.otherValue = otherValue
        self.sourceSite = sourceSite
        self.otherSite = otherSite
    }
}

/// A difference between two states, or a fault of one, folded to its cause and explained.
public struct Finding: Hashable, Sendable {
    /// What it violates.
    public var rule: Rule
    /// Usually the rule's; an invariant that the source itself violates is only a warning.
    public var severity: Severity
    /// One sentence with the devices, numbers and values.
    public var title: String
    /// One sentence on what it does to the guest.
    public var consequence: String
    /// Stable names of the devices, vCPUs, servers and queues concerned, sorted.
    ///
    /// With the rule's id and the numbers they identify the finding from run to run, whatever its wording.
    public var subjects: [String]
    /// The logical numbers concerned.
    public var numbers: NumberRanges
    /// Every single value behind the finding.
    public var details: [Detail]
    /// Where it was seen: one scope, or several if one cause shows in several.
    public var scopes: [Scope]

    /// A finding; severity and consequence are the rule's unless given.
    public init(
        rule: Rule, severity: Severity? = nil, title: String, consequence: String? = nil, subjects: [String] = [],
        numbers: NumberRanges = NumberRanges(), details: [Detail] = [], scopes: [Scope]
    ) {
        self.rule = rule
        self.severity = severity ?? rule.severity
        self.title = title
        self.consequence = consequence ?? rule.effect
        self.subjects = subjects
        self.numbers = numbers
        self.details = details
        self.scopes = scopes
    }
}
