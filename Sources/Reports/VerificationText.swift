import Checker
import InterruptState

extension Verdict {
    /// The exit status that `irqproof verify` ends with: that of `diff`.
    public var exitStatus: Int32 {
        switch self {
        case .identical: 0
        case .different: 1
        case .undecided: 2
        }
    }

    /// In capitals, as every report begins.
    var headline: String { rawValue.uppercased() }
}

extension Verification {
    /// `at level exact: 2 errors, 1 note`.
    var tail: String {
        "at level \(level.rawValue)" + (foundText.map { ": " + $0 } ?? "")
    }

    /// `2 errors, 1 note`; nil where nothing was found.
    var foundText: String? {
        let counts = Severity.allCases.compactMap { severity -> String? in
            let count = findings.count { $0.severity == severity }
            return count == 0 ? nil : "\(count) \(severity.rawValue)\(count == 1 ? "" : "s")"
        }
        return counts.isEmpty ? nil : counts.joined(separator: ", ")
    }

    /// Verdict and counts of findings in one line.
    var statement: String { "\(verdict.headline) \(tail)" }

    /// How much was compared, in one line: without it a verdict proves nothing.
    var comparedText: String {
        let done = counts.figures.filter { $0.count > 0 }.map { "\($0.count) \($0.label)" }
        return done.isEmpty ? "nothing" : done.joined(separator: ", ")
    }

    /// Why there is no verdict, as a sentence; nil where there is one.
    ///
    /// A red report without a reason helps nobody: a form that shows findings only shows this instead.
    var undecidedReason: String? {
        guard verdict == .undecided else { return nil }
        let reasons = notCompared.prefix(3).map { "\($0.subject): \($0.reason)" }
        return reasons.isEmpty ? "Nothing was there to be compared." : reasons.joined(separator: " ")
    }
}

extension Counts {
    /// Every count with its name, in the order of reports.
    var figures: [(label: String, count: UInt64)] {
        [
            ("numbers walked", numbersWalked), ("numbers claimed", claimedNumbers), ("bindings", bindings),
            ("event queues", queues), ("queue entries", queueEntries), ("thread contexts", contexts),
            ("presenters", presenters), ("vCPUs", virtualCPUs), ("host bridges", bridges),
            ("virtual devices", virtualDevices), ("constructed numbers", constructedNumbers),
        ]
    }
}

extension Finding {
    /// Rule, subjects and numbers: what the finding is, in words that stay when its sentences change.
    var label: String {
        var words = [rule.id]
        words += subjects.prefix(4)
        if subjects.count > 4 { words.append("and \(subjects.count - 4) more") }
        if !numbers.isEmpty { words.append(numbers.text(limit: 4)) }
        return words.joined(separator: " ")
    }
}

extension Detail {
    /// `0x1204 server: 0 -> 8`, or one value where there is one state.
    func sentence(comparesTwo: Bool) -> String {
        let left = printable(sourceValue ?? "none")
        let values = comparesTwo ? "\(left) -> \(printable(otherValue ?? "none"))" : left
        return "\(printable(subject)): \(values)"
    }

    /// Where the values stand in the streams: source first.
    var places: [String] {
        [sourceSite, otherSite].compactMap { $0 }.map { site in
            "\(printable(site.section)) \(printable(site.field)) at byte \(site.offset)"
        }
    }
}

extension VerificationReport.Sides {
    /// The states given, by the names of their roles.
    var named: [(role: Role, evidence: Evidence)] {
        var states: [(role: Role, evidence: Evidence)] = [(.source, source)]
        if let destination { states.append((.destination, destination)) }
        if let constructed { states.append((.constructed, constructed)) }
        return states
    }
}

extension VerifiedMigration {
    /// The state in a role, if given.
    func state(_ role: Role) -> MachineState? {
        switch role {
        case .source: source
        case .destination: destination
        case .constructed: constructed
        }
    }
}
