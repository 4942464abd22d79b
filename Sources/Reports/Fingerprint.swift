import Checker
import InterruptState

/// What a finding is recognised by from run to run.
///
/// A digest of the rule's id, the subjects and the numbers: never of the wording, so that a better sentence makes no
/// new finding, and never of values, so that a difference that is still there is not taken for a new one.
enum Fingerprint {
    /// Name and version of the method, for formats that keep several side by side.
    static let method = "irqproof/v1"

    /// One for each finding, all different: equal ones are told apart by their order.
    static func of(_ findings: [Finding]) -> [String] {
        var seen: [String: Int] = [:]
        return findings.map { finding in
            let identity = identity(of: finding)
            let ordinal = seen[identity, default: 0]
            seen[identity] = ordinal + 1
            return Digest(of: Array((identity + field(String(ordinal))).utf8)).description
        }
    }

    private static func identity(of finding: Finding) -> String {
        let numbers = finding.numbers.ranges.map { "\($0.lowerBound.rawValue)-\($0.upperBound.rawValue)" }
        return ([finding.rule.id, String(finding.subjects.count)] + finding.subjects + numbers).map(field).joined()
    }

    /// With its length before it, so that no two lists of fields give one text.
    private static func field(_ text: String) -> String {
        "\(text.utf8.count):\(text)"
    }
}
