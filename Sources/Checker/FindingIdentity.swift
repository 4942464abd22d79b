import InterruptState

/// What a finding is recognised by from run to run.
///
/// A digest of the rule's id, the subjects and the numbers: never of the wording, so that a better sentence makes no
/// new finding, and never of values, so that a difference that is still there is not taken for a new one.
public enum FindingIdentity {
    /// Name and version of the method, for formats that keep several side by side.
    public static let method = "irqproof/v1"

    /// One for each finding, all different: equal ones are told apart by their order.
    public static func fingerprints(of findings: [Finding]) -> [String] {
        fingerprints(
            of: findings.map { finding in
                let numbers = finding.numbers.ranges.map { "\($0.lowerBound.rawValue)-\($0.upperBound.rawValue)" }
                return identity(rule: finding.rule.id, subjects: finding.subjects, numbers: numbers)
            })
    }

    /// The same for what is found elsewhere, by what identifies it.
    public static func fingerprints(of identities: [String]) -> [String] {
        var seen: [String: Int] = [:]
        return identities.map { identity in
            let ordinal = seen[identity, default: 0]
            seen[identity] = ordinal + 1
            return Digest(of: Array((identity + field(String(ordinal))).utf8)).description
        }
    }

    /// Rule, subjects and numbers as one text; no two lists give the same.
    public static func identity(rule: String, subjects: [String], numbers: [String]) -> String {
        ([rule, String(subjects.count)] + subjects + numbers).map(field).joined()
    }

    /// With its length before it.
    private static func field(_ text: String) -> String { "\(text.utf8.count):\(text)" }
}
