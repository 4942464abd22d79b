import Descriptions
import InterruptState

/// What a released build did, cell by cell: a text for the repository, read in reviews and compared by later gates.
///
/// Equal groups of facts are written once and named by a digest: most machine types agree about most of them.
public struct Baseline: Hashable, Sendable {
    /// Version of the build that was recorded.
    public var version: String
    /// Records by type, mode, topology and scenario.
    public var records: [String: CellRecord]

    /// A baseline of these records.
    public init(version: String, records: [String: CellRecord]) {
        self.version = version
        self.records = records
    }

    // MARK: - Text

    /// The file's text; the same records always give the same.
    public var text: String {
        var groups: [String: [String: String]] = [:]
        var cells: [String] = []
        for (id, record) in records.sorted(by: { $0.key < $1.key }) {
            let names = [record.map, record.state, record.steps].map { facts in
                let name = Self.name(of: facts)
                groups[name] = facts
                return name
            }
            cells.append("  \(Self.quoted(id)): [\(names.joined(separator: ", "))]")
        }
        var lines = [
            "# What a released build of QEMU does, recorded by irqproof gate --record. Do not edit: record again.",
            "irqproof-baseline: 1", "qemu: \(Self.quoted(version))",
            "# type/mode/topology/scenario: facts as built, facts when saved, results of steps", "cells:",
        ]
        lines += cells + ["facts:"]
        for (name, facts) in groups.sorted(by: { $0.key < $1.key }) {
            lines.append("  \(name):" + (facts.isEmpty ? " {}" : ""))
            for (key, value) in facts.sorted(by: { $0.key < $1.key }) {
                lines.append("    \(Self.quoted(key)): \(Self.quoted(value))")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func name(of facts: [String: String]) -> String {
        let text = facts.sorted { $0.key < $1.key }.map { "\($0.key.utf8.count):\($0.key)\($0.value)\n" }.joined()
        return "f" + Digest(of: Array(text.utf8)).description.prefix(16)
    }

    /// As YAML and JSON quote text.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case " "..."~": result.unicodeScalars.append(scalar)
            default: result += "\\U" + hexadecimal(UInt64(scalar.value), digits: 8).dropFirst(2)
            }
        }
        return result + "\""
    }

    /// Reads a file's text.
    public init(parsing text: String) throws(DescriptionError) {
        let document = try Document(parsing: text, limit: 64 << 20)
        let members = try document.members(["irqproof-baseline", "qemu", "cells", "facts"])
        guard try members["irqproof-baseline"]?.number() == 1 else {
            throw document.fault("this is no baseline of a version that this irqproof knows")
        }
        version = try members["qemu"]?.text() ?? ""
        var groups: [String: [String: String]] = [:]
        for (name, value) in try members["facts"]?.entries() ?? [] {
            var facts: [String: String] = [:]
            for (key, value) in try value.entries() { facts[key] = try value.text() }
            guard Self.name(of: facts) == name else { throw value.fault("these facts are not those recorded") }
            groups[name] = facts
        }
        records = [:]
        for (id, value) in try members["cells"]?.entries() ?? [] {
            var parts: [[String: String]] = []
            for element in try value.elements() {
                guard let facts = groups[try element.text()] else { throw element.fault("there are no such facts") }
                parts.append(facts)
            }
            guard parts.count == 3 else { throw value.fault("expected three groups of facts") }
            var record = CellRecord()
            (record.map, record.state, record.steps) = (parts[0], parts[1], parts[2])
            records[id] = record
        }
        guard !records.isEmpty else { throw document.fault("the baseline records nothing") }
    }

    // MARK: - Comparison

    /// What a cell of this run does otherwise than recorded.
    func findings(of cell: Cell, record: CellRecord?) -> [CellFinding] {
        guard let recorded = records[cell.recordID] else {
            return CellRun.told([
                Found(.baselineMissing, "Nothing is recorded of \(cell.recordID)", [cell.recordID])
            ])
        }
        return record.map { recorded.differences(from: $0) } ?? []
    }

    /// Recorded cells that this gate does not have, as one finding.
    func findings(without cells: [Cell]) -> [CellFinding] {
        let known = Set(cells.map(\.recordID))
        let missing = records.keys.filter { !known.contains($0) }.sorted()
        guard !missing.isEmpty else { return [] }
        let more = missing.count > 4 ? " and \(missing.count - 4) more" : ""
        let names = missing.prefix(4).joined(separator: ", ")
        return CellRun.told([Found(.baselineUnused, "Recorded and not run: \(names)\(more)", missing)])
    }
}
