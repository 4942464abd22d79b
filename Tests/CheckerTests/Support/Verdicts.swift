import InterruptState

@testable import Checker

/// Verifies a migration of a source into a machine: both comparisons, as after a real load.
func migrate(_ source: MachineState, into built: MachineState, level: Level = .guestVisible) -> Verification {
    Checker.verify(source: source, destination: built.loading(source), constructed: built, level: level)
}

extension Verification {
    /// Ids of the rules whose findings are errors, without repetitions, in order.
    var errors: [String] {
        var ids: [String] = []
        for finding in findings where finding.severity == .error && !ids.contains(finding.rule.id) {
            ids.append(finding.rule.id)
        }
        return ids
    }

    func findings(_ rule: Rule) -> [Finding] { findings.filter { $0.rule == rule } }
}

/// Numbers of a finding as text, for short expectations.
extension NumberRanges: ExpressibleByStringLiteral {
    /// `"0x1208..0x120b, 0x1300"`.
    public init(stringLiteral text: String) {
        let parts = text.split(separator: ",").map { part -> ClosedRange<LogicalNumber> in
            let ends = part.filter { $0 != " " }.split(separator: ".").map { end in
                LogicalNumber(UInt32(end.dropFirst(2), radix: 16) ?? 0)
            }
            return ends[0]...(ends.last ?? ends[0])
        }
        self.init(merging: parts)
    }
}
