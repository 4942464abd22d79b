import InterruptState

/// How strictly two states are compared; see the article <doc:Identical>.
public enum Level: String, Hashable, Sendable, CaseIterable {
    /// What a guest or its devices can observe.
    case guestVisible = "guest-visible"
    /// Every bit of every interrupt section.
    case exact
}

/// The answer of a verification.
public enum Verdict: String, Hashable, Sendable, CaseIterable {
    /// Compared, and no error found.
    case identical
    /// At least one finding is an error.
    case different
    /// Nothing, or not enough, was there to be compared: no statement.
    case undecided
}

/// Something that was not compared, and why. Never to be taken for equal.
public struct NotCompared: Hashable, Sendable {
    /// A noun phrase.
    public var subject: String
    /// A sentence.
    public var reason: String

    /// What was not compared and why.
    public init(subject: String, reason: String) {
        self.subject = subject
        self.reason = reason
    }
}

/// How much was compared: a verdict without these figures would prove nothing.
public struct Counts: Hashable, Sendable {
    /// Numbers of the number space that were walked, claimed or free.
    public var numbersWalked: UInt64 = 0
    /// Numbers claimed on the source.
    public var claimedNumbers: UInt64 = 0
    /// Numbers claimed on both sides, whose configuration was compared.
    public var bindings: UInt64 = 0
    /// Event queue descriptors.
    public var queues: UInt64 = 0
    /// Entries waiting in event queues on the source.
    public var queueEntries: UInt64 = 0
    /// Thread contexts (XIVE).
    public var contexts: UInt64 = 0
    /// Presenters (XICS).
    public var presenters: UInt64 = 0
    /// vCPUs that exist on both sides.
    public var virtualCPUs: UInt64 = 0
    /// PCI host bridges that exist on both sides.
    public var bridges: UInt64 = 0
    /// Virtual I/O devices that exist on both sides.
    public var virtualDevices: UInt64 = 0
    /// Numbers decided by construction that were compared with the destination as built.
    public var constructedNumbers: UInt64 = 0

    /// Nothing compared yet.
    public init() {}
}

/// The result of comparing the states of a migration.
public struct Verification: Hashable, Sendable {
    /// The answer.
    public var verdict: Verdict
    /// The strictness it was given at.
    public var level: Level
    /// Worst first, in a fixed order.
    public var findings: [Finding]
    /// How much was compared.
    public var counts: Counts
    /// Sorted by subject.
    public var notCompared: [NotCompared]

    /// A verification with all its parts; the verdict is taken as given.
    public init(
        verdict: Verdict, level: Level, findings: [Finding], counts: Counts, notCompared: [NotCompared]
    ) {
        self.verdict = verdict
        self.level = level
        self.findings = findings
        self.counts = counts
        self.notCompared = notCompared
    }
}
