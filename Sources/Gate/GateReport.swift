/// What a gate came to: a value that every rendering shows, made of results, policy and day alone.
///
/// No times, no paths of this run: the parts of a gate that ran apart give, together, the same report as one run.
public struct GateReport: Hashable, Sendable {
    /// The answer.
    public enum Verdict: String, Hashable, Sendable {
        /// Every cell was compared, and no finding is left that is an error and not waived.
        case identical
        /// A finding is left.
        case different
        /// No finding is left, but some cell has no verdict, or nothing was tried.
        case undecided
    }

    /// A cell and what became of it.
    public struct Row: Hashable, Sendable {
        /// The cell.
        public var cell: Cell
        /// `identical`, `different`, `waived`, `undecided`, `not-run`.
        public var status: String
        /// Why there is no verdict.
        public var trouble: String?
        /// Findings that count.
        public var findings: [CellFinding]
        /// Findings that somebody answers for, each with the place of its waiver in the policy.
        public var waived: [Waived]
        /// Logical numbers compared.
        public var numbersCompared: UInt64
        /// Sources, queues, contexts and presenters compared.
        public var partsCompared: UInt64
        /// Steps that ran.
        public var steps: UInt64
    }

    /// A finding with its waiver.
    public struct Waived: Hashable, Sendable {
        /// What was found.
        public var finding: CellFinding
        /// Who answers for it, and why.
        public var waiver: Waiver
    }

    /// Builds by name, with version.
    public var builds: [(name: String, version: String)]
    /// Every cell in the matrix' order.
    public var rows: [Row]
    /// Findings about waivers and the baseline.
    public var findings: [CellFinding]
    /// What the policy names in vain.
    public var gaps: [String]
    /// Combinations that mean nothing, by reason.
    public var leftOut: [(reason: String, count: Int)]
    /// The part of the gate that this is; nil for the whole.
    public var shard: Shard?

    /// The answer.
    public var verdict: Verdict {
        let counting = rows.flatMap(\.findings) + findings
        if counting.contains(where: { $0.severity == "error" }) { return .different }
        let isDecided = !rows.isEmpty && gaps.isEmpty && rows.allSatisfy { $0.trouble == nil && $0.status != "not-run" }
        return isDecided ? .identical : .undecided
    }

    /// How many cells have each status, by name.
    public var counts: [(status: String, count: Int)] {
        ["identical", "different", "waived", "undecided", "not-run"].compactMap { status in
            let count = rows.count { $0.status == status }
            return count == 0 ? nil : (status, count)
        }
    }

    /// Judges results.
    ///
    /// - Parameters:
    ///   - results: by place in the matrix; a place without one was not run.
    ///   - places: those that this part of the gate has; nil for all.
    ///   - today: waivers hold until their day.
    public init(
        policy: Policy, builds: [GateBuild], matrix: Matrix, results: [Int: CellResult], shard: Shard? = nil,
        baselineFindings: [CellFinding] = [], today: Day
    ) {
        self.builds = builds.map { ($0.name, $0.version) }
        self.shard = shard
        gaps = matrix.gaps
        leftOut = matrix.leftOut.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        var waivers = WaiverBook(policy.waivers, today: today)
        rows = matrix.cells(ofShard: shard).map { place, cell in
            Self.row(cell, results[place], &waivers)
        }
        // A part of a gate cannot tell whether a waiver is of use to another.
        findings = baselineFindings + waivers.findings(isComplete: shard == nil)
    }

    private static func row(_ cell: Cell, _ result: CellResult?, _ waivers: inout WaiverBook) -> Row {
        var row = Row(
            cell: cell, status: "not-run", trouble: nil, findings: [], waived: [], numbersCompared: 0, partsCompared: 0,
            steps: 0)
        guard let result else { return row }
        row.trouble = result.trouble
        (row.numbersCompared, row.partsCompared, row.steps) = (
            result.numbersCompared, result.partsCompared, result.steps
        )
        for finding in result.findings {
            if let waiver = waivers.waiver(for: finding, of: cell) {
                row.waived.append(Waived(finding: finding, waiver: waiver))
            } else {
                row.findings.append(finding)
            }
        }
        let isDifferent = row.findings.contains { $0.severity == "error" }
        let wasDifferent = row.waived.contains { $0.finding.severity == "error" }
        row.status =
            isDifferent ? "different" : result.trouble != nil ? "undecided" : wasDifferent ? "waived" : "identical"
        return row
    }

    /// Equal in all parts.
    public static func == (left: GateReport, right: GateReport) -> Bool {
        left.rows == right.rows && left.findings == right.findings && left.gaps == right.gaps
            && left.shard == right.shard && left.builds.elementsEqual(right.builds) { $0 == $1 }
            && left.leftOut.elementsEqual(right.leftOut) { $0 == $1 }
    }

    /// Hashes what was found.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(rows)
        hasher.combine(findings)
    }
}

/// The waivers of a policy, and which of them were of use.
struct WaiverBook {
    private let entries: [WaiverEntry]
    private let today: Day
    private var used: Set<Waiver> = []
    private var missed: Set<Waiver> = []

    init(_ entries: [WaiverEntry], today: Day) {
        self.entries = entries
        self.today = today
    }

    /// The first waiver that holds for a finding.
    mutating func waiver(for finding: CellFinding, of cell: Cell) -> Waiver? {
        var result: Waiver?
        for case .waiver(let waiver) in entries where Self.matches(waiver, finding, cell) {
            guard let last = Day(waiver.expires), today <= last else {
                missed.insert(waiver)
                continue
            }
            used.insert(waiver)
            result = result ?? waiver
        }
        return result
    }

    private static func matches(_ waiver: Waiver, _ finding: CellFinding, _ cell: Cell) -> Bool {
        guard waiver.rule == finding.rule, Glob(waiver.cells).matches(cell.id) else { return false }
        if let fingerprint = waiver.fingerprint, fingerprint != finding.fingerprint { return false }
        guard let subject = waiver.subject else { return true }
        let glob = Glob(subject)
        return finding.subjects.isEmpty ? subject == "*" : finding.subjects.allSatisfy(glob.matches)
    }

    /// Entries that are no waivers, or are none any more, or of no use.
    func findings(isComplete: Bool) -> [CellFinding] {
        var found: [Found] = []
        for entry in entries {
            switch entry {
            case .malformed(let place, let reason):
                found.append(Found(.waiverMalformed, "\(place): \(reason)", [place]))
            case .waiver(let waiver):
                let name = "\(waiver.place) (\(waiver.rule), \(waiver.owner))"
                if let last = Day(waiver.expires), last < today {
                    found.append(Found(.waiverExpired, "\(name) expired on \(waiver.expires)", [waiver.place]))
                } else if isComplete, !used.contains(waiver) {
                    found.append(Found(.waiverUnused, "\(name) matches no finding", [waiver.place]))
                }
            }
        }
        return CellRun.told(found)
    }
}
