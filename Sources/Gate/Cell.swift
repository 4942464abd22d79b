/// One thing that a gate tries: a machine with a guest, and the builds that it moves over.
public struct Cell: Hashable, Sendable {
    /// Names of builds: the source, then each destination.
    public var route: [String]
    /// Name of the machine type.
    public var machineType: String
    /// `xics`, `xive`, `dual`.
    public var mode: String
    /// Name of the topology; `own` where the scenario brings its machine.
    public var topology: String
    /// Name of the workload or scenario.
    public var scenario: String

    /// `7.2.22>10.0.13/pseries-7.2/xive/smp/boot`: what reports and waivers name it by.
    public var id: String { "\(route.joined(separator: ">"))/\(recordID)" }

    /// The same without the builds: what a baseline names it by.
    var recordID: String { [machineType, mode, topology, scenario].joined(separator: "/") }
}

/// A finding of a cell, as it is stored and reported.
public struct CellFinding: Hashable, Sendable {
    /// Id of the checker's rule or the gate's.
    public var rule: String
    /// `error`, `warning` or `note`; errors decide.
    public var severity: String
    /// One sentence.
    public var title: String
    /// One sentence on what it does to the guest.
    public var consequence: String
    /// Stable names of what is concerned.
    public var subjects: [String]
    /// Ranges of logical numbers as text: `0x1200-0x1203`.
    public var numbers: String
    /// Recognises it from run to run.
    public var fingerprint: String
    /// Single values, one a line.
    public var details: [String]

    /// A finding with all its parts.
    public init(
        rule: String, severity: String, title: String, consequence: String, subjects: [String], numbers: String,
        fingerprint: String, details: [String]
    ) {
        self.rule = rule
        self.severity = severity
        self.title = title
        self.consequence = consequence
        self.subjects = subjects
        self.numbers = numbers
        self.fingerprint = fingerprint
        self.details = details
    }
}

/// What became of a cell.
public struct CellResult: Hashable, Sendable {
    /// The cell.
    public var cell: Cell
    /// Worst first.
    public var findings: [CellFinding] = []
    /// Why there is no verdict; nil where there is one.
    public var trouble: String?
    /// Logical numbers that were compared, claimed or free.
    public var numbersCompared: UInt64 = 0
    /// Sources, queues, contexts and presenters that were compared.
    public var partsCompared: UInt64 = 0
    /// Steps that ran.
    public var steps: UInt64 = 0
    /// How long it took.
    public var milliseconds: UInt64 = 0
    /// How much of it this program computed; the rest is QEMU's, and waiting.
    public var ownMilliseconds: UInt64 = 0

    /// Nothing yet.
    public init(_ cell: Cell) {
        self.cell = cell
    }

    /// Whether something was compared.
    var isDecided: Bool { trouble == nil }
}
