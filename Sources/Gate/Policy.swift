/// What a gate holds together, as `irqproof.yaml` says it.
public struct Policy: Hashable, Sendable {
    /// A build of QEMU.
    public struct Build: Hashable, Sendable {
        /// As cells name it; nil is its version.
        public var name: String?
        /// Path or name of the program; relative paths are relative to the policy's folder.
        public var path: String

        /// A build; without a name its version is taken.
        public init(name: String?, path: String) {
            self.name = name
            self.path = path
        }
    }

    /// Where a guest moves.
    public enum Direction: String, Hashable, Sendable, CaseIterable {
        /// From each reference build to the candidate.
        case forward
        /// From the candidate to each reference build.
        case backward
        /// From the candidate to itself.
        case itself
        /// Through all reference builds in their order, then to the candidate.
        case chain
        /// From each reference build to the candidate and back.
        case roundTrip = "round-trip"
    }

    /// Builds that are released, oldest first.
    public var references: [Build] = []
    /// What a released build did, recorded; instead of reference builds or beside them.
    public var baseline: String?
    /// The build that is to be released.
    public var candidate: Build
    /// Globs over the machine types that every build of a direction has.
    public var machineTypes = ["*"]
    /// `xics`, `xive`, `dual`.
    public var modes = ["xics", "xive", "dual"]
    /// Names of bundled topologies, or files with a machine description.
    public var topologies = Topology.bundledNames
    /// Names of bundled workloads or scenarios, or scenario files.
    public var scenarios = Workload.allCases.map(\.rawValue)
    /// Where guests move.
    public var directions: [Direction] = [.forward]
    /// Seconds that one cell may take.
    public var timeLimit: UInt32 = 60
    /// Cells at the same time; nil is one for each processor.
    public var workers: UInt32?
    /// Findings that are known and accepted.
    public var waivers: [WaiverEntry] = []

    /// A policy about a candidate.
    public init(candidate: Build) {
        self.candidate = candidate
    }
}

/// A finding that somebody answers for, or what is wrong with the entry that should say so.
public enum WaiverEntry: Hashable, Sendable {
    case waiver(Waiver)
    /// Where it stands, and what is wrong with it.
    case malformed(place: String, reason: String)
}

/// A finding that somebody answers for, until a day.
public struct Waiver: Hashable, Sendable {
    /// Id of the rule.
    public var rule: String
    /// Glob over the finding's subjects; nil where the fingerprint says enough.
    public var subject: String?
    /// The finding's fingerprint; nil where the subject says enough.
    public var fingerprint: String?
    /// Glob over the ids of cells.
    public var cells = "*"
    /// Why it is accepted.
    public var reason: String
    /// Who accepted it.
    public var owner: String
    /// Last day on which it holds: `2027-01-31`.
    public var expires: String
    /// Where it stands in the policy.
    public var place: String
}

/// Shell patterns over names: `*`, `?`, everything else for itself.
struct Glob {
    private let pattern: [UInt8]

    init(_ pattern: String) {
        self.pattern = Array(pattern.utf8)
    }

    /// Linear: only the last star is ever gone back to.
    func matches(_ text: String) -> Bool {
        let text = Array(text.utf8)
        var (place, start) = (0, 0)
        var star: Int?
        var index = 0
        while index < text.count {
            if place < pattern.count, pattern[place] == 0x2a {
                star = place
                start = index
                place += 1
            } else if place < pattern.count, pattern[place] == 0x3f || pattern[place] == text[index] {
                place += 1
                index += 1
            } else if let last = star {
                place = last + 1
                start += 1
                index = start
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == 0x2a }
    }
}
