import InterruptState
import PSeries

/// What `irqproof inspect --ledger` prints.
public enum LedgerReport {
    /// The ledger for a person: totals, then one line for each section, live data and gap.
    public static func text(_ ledger: ByteLedger, evidence: Evidence, style: TextStyle) -> String {
        var lines = [style.text(printable(evidence.name), .heading)]
        lines += evidence.notes.map { "  note: \(printable($0))" }
        lines.append("  \(ledger.byteCount) bytes, all accounted for")
        for treatment in ByteLedger.Treatment.allCases {
            lines.append("  \(ledger.total(treatment)) \(treatment.words)")
        }
        lines += ["", style.text("Sections", .heading)] + sections(ledger, style)
        lines += ["", style.text("Other ranges", .heading)] + ranges(ledger, style)
        lines += ["", style.text("Unknown sections", .heading)] + unknown(ledger, style)
        return lines.joined(separator: "\n") + "\n"
    }

    /// The ledger for a program: schema `irqproof/ledger/1`.
    public static func json(_ ledger: ByteLedger, evidence: Evidence) -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("schema", SchemaName.ledger)
            json.evidence("provenance", evidence)
            json.member("bytes", ledger.byteCount)
            json.object("totals") { json in
                for treatment in ByteLedger.Treatment.allCases {
                    json.member(treatment.rawValue, ledger.total(treatment))
                }
            }
            json.array("unknown_sections") { json in
                for section in ledger.unknownSections {
                    json.object { json in
                        json.member("name", section.name)
                        json.member("instance", section.instance)
                        json.member("version", section.version)
                        json.member("bytes", section.byteCount)
                    }
                }
            }
            json.array("entries") { json in
                for entry in ledger.entries { write(entry, ledger, &json) }
            }
        }
        return json.text
    }

    private static func write(_ entry: ByteLedger.Entry, _ ledger: ByteLedger, _ json: inout JSONWriter) {
        json.object { json in
            json.member("offset", entry.offset)
            json.member("bytes", entry.count)
            json.member("treatment", entry.treatment.rawValue)
            json.member("what", entry.text)
            guard let section = entry.section.map({ ledger.sections[$0] }) else { return }
            json.member("section", section.name)
            json.member("instance", section.instance)
        }
    }

    /// One line for each section: how much of its body is decoded, skipped, not understood.
    private static func sections(_ ledger: ByteLedger, _ style: TextStyle) -> [String] {
        var table = TextTable([">OFFSET", "NAME", ">INSTANCE", ">BYTES", ">DECODED", "REST"])
        let parts = Dictionary(grouping: ledger.entries.filter { $0.section != nil }) { $0.section ?? 0 }
        for (index, section) in ledger.sections.enumerated() {
            let entries = parts[index] ?? []
            let decoded = entries.reduce(0) { $0 + ($1.treatment == .decoded ? $1.count : 0) }
            let rest = entries.first { $0.treatment == .skipped || $0.treatment == .notUnderstood }
            table.add([
                String(section.offset), printable(section.name), String(section.instance), String(section.byteCount),
                String(decoded), rest.map { "\($0.treatment.word): \($0.text)" } ?? "",
            ])
        }
        return table.isEmpty ? ["  none"] : table.lines(style).map { "  " + $0 }
    }

    /// What belongs to no section; ranges of one kind are one line.
    private static func ranges(_ ledger: ByteLedger, _ style: TextStyle) -> [String] {
        struct Kind: Hashable {
            var treatment: ByteLedger.Treatment
            var text: String
        }
        let groups = Dictionary(grouping: ledger.entries.filter { $0.section == nil }) {
            Kind(treatment: $0.treatment, text: $0.text)
        }
        var table = TextTable([">FROM", ">UP TO", ">RANGES", ">BYTES", "TREATED", "WHAT"])
        for (kind, entries) in groups.sorted(by: { ($0.value[0].offset) < ($1.value[0].offset) }) {
            let end = entries.last.map { $0.offset + $0.count } ?? 0
            table.add([
                String(entries[0].offset), String(end), String(entries.count),
                String(entries.reduce(0) { $0 + $1.count }), kind.treatment.word, printable(kind.text),
            ])
        }
        return table.lines(style).map { "  " + $0 }
    }

    private static func unknown(_ ledger: ByteLedger, _ style: TextStyle) -> [String] {
        var table = TextTable(["NAME", ">INSTANCE", ">VERSION", ">BYTES"])
        for section in ledger.unknownSections {
            table.add([
                printable(section.name), String(section.instance), String(section.version), String(section.byteCount),
            ])
        }
        return table.isEmpty ? ["  none"] : table.lines(style).map { "  " + $0 }
    }
}

extension ByteLedger.Treatment {
    fileprivate var word: String { self == .notUnderstood ? "not understood" : rawValue }

    fileprivate var words: String {
        switch self {
        case .decoded: "decoded: written again from the interrupt state alone, they are the same bytes"
        case .framing: "structure of the stream"
        case .memory: "guest memory and other live data, read where it is asked for"
        case .skipped: "skipped under a named rule"
        case .notUnderstood: "not understood"
        }
    }
}
