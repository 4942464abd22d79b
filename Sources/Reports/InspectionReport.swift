import Checker
import InterruptState

/// What `irqproof inspect` prints.
public enum InspectionReport {
    /// The state for a person: tables, then what is wrong with it.
    public static func text(
        _ state: MachineState, findings: [Finding], evidence: Evidence, showsAll: Bool, showsQueues: Bool,
        style: TextStyle
    ) -> String {
        var lines = [style.text(printable(evidence.name), .heading)]
        let facts = evidence.facts.filter { showsAll || $0.label == "capabilities" }
        lines += facts.map { "  \($0.label): \(printable($0.value))" }
        lines += evidence.notes.map { "  note: \(printable($0))" }
        lines += StateText(state, style: style, showsAll: showsAll, showsQueues: showsQueues).lines()
        lines += ["", style.text("Findings", .heading)]
        lines +=
            findings.isEmpty ? ["  none"] : FindingText(style: style.indented(by: 2)).lines(findings).map { "  " + $0 }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The state for a program: schema `irqproof/inspect/1`.
    public static func json(_ state: MachineState, findings: [Finding], evidence: Evidence) -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("schema", SchemaName.inspect)
            json.evidence("provenance", evidence)
            StateJSON.write(state, to: &json)
            json.findings(findings)
        }
        return json.text
    }
}
