import CertificateCheck
import InterruptState

/// What `irqproof check` prints.
public enum CertificateReport {
    /// What became of a certificate.
    public enum Result: Sendable {
        /// It is to be believed; file names by place among its inputs, where they were checked.
        case accepted(CertificateCheck.Acceptance, inputNames: [Int: String])
        /// It is not, on account of the row or part of the file at this place.
        case rejected(place: String, reason: String)
    }

    /// The answer, each claim, what was recomputed, and which inputs were held against it.
    public static func text(_ result: Result, style: TextStyle) -> String {
        switch result {
        case .rejected(let place, let reason):
            return "\(style.text("rejected", .bad))  \(printable(place)): \(printable(reason))\n"
        case .accepted(let acceptance, let names):
            var lines = ["\(style.text("accepted", .good))  made by \(printable(acceptance.tool))"]
            let level = acceptance.level.map { " at level \(printable($0))" } ?? ""
            lines += acceptance.claims.map { "  claim        \(printable($0.name))\(level): \(printable($0.verdict))" }
            lines.append("  recomputed   \(acceptance.obligations) obligations on \(acceptance.items) things")
            if !acceptance.bounds.isEmpty {
                lines.append("  bounds       " + acceptance.bounds.map(printable).joined(separator: ", "))
            }
            for (place, input) in acceptance.inputs.enumerated() {
                let part = input.part.map { "#\($0)" } ?? ""
                let check = names[place].map { "is \($0)" } ?? "not checked"
                lines.append(
                    "  \(printable(input.role).padded(to: 11))  \(printable(input.sha256))\(printable(part)), "
                        + "\(input.bytes) bytes: \(printable(check))")
            }
            return lines.joined(separator: "\n") + "\n"
        }
    }

    /// The same for a program: schema `irqproof/check/1`.
    public static func json(_ result: Result) -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("schema", SchemaName.check)
            switch result {
            case .rejected(let place, let reason):
                json.member("accepted", false)
                json.member("place", place)
                json.member("reason", reason)
            case .accepted(let acceptance, let names):
                json.member("accepted", true)
                write(acceptance, names, to: &json)
            }
        }
        return json.text
    }

    private static func write(
        _ acceptance: CertificateCheck.Acceptance, _ names: [Int: String], to json: inout JSONWriter
    ) {
        json.member("kind", acceptance.kind.rawValue)
        json.member("tool", acceptance.tool)
        json.member("level", acceptance.level)
        json.array("claims") { json in
            for claim in acceptance.claims {
                json.object {
                    $0.member("name", claim.name)
                    $0.member("verdict", claim.verdict)
                }
            }
        }
        json.member("obligations", acceptance.obligations)
        json.member("things", acceptance.items)
        json.array("bounds") { json in for bound in acceptance.bounds { json.value(bound) } }
        json.array("inputs") { json in
            for (place, input) in acceptance.inputs.enumerated() {
                json.object {
                    $0.member("role", input.role)
                    $0.member("sha256", input.sha256)
                    $0.member("bytes", input.bytes)
                    $0.member("part", input.part)
                    $0.member("checked", names[place])
                }
            }
        }
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
