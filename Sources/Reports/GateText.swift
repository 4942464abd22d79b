import Gate
import InterruptState

/// A gate's report for a person: verdict, totals, then what was found, worst and most frequent first.
public enum GateText {
    /// Cells named under one finding; the rest is counted.
    private static let shownCells = 4
    /// Single values shown under one finding.
    private static let shownDetails = 6

    /// The report's text.
    public static func text(_ report: GateReport, style: TextStyle) -> String {
        var lines = [verdict(report, style)]
        lines += report.builds.map { "  build    \(printable($0.name)): QEMU \(printable($0.version))" }
        if let shard = report.shard { lines.append("  part     \(shard) of the gate") }
        lines += compared(report)
        lines += groups(report.rows.flatMap { row in row.findings.map { ($0, row.cell.id) } }).flatMap {
            group($0, style)
        }
        lines += report.findings.flatMap { group(Group(finding: $0, cells: []), style) }
        lines += waived(report, style)
        lines += troubles(report, style)
        lines += report.gaps.map { style.text("empty   ", .warning) + printable($0) }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func verdict(_ report: GateReport, _ style: TextStyle) -> String {
        let counts = report.counts.map { "\($0.count) \($0.status)" }.joined(separator: ", ")
        let tail = ": \(report.rows.count) cells" + (counts.isEmpty ? "" : " (\(counts))")
        switch report.verdict {
        case .identical: return style.text("IDENTICAL", .good) + tail
        case .different: return style.text("DIFFERENT", .bad) + tail
        case .undecided: return style.text("UNDECIDED", .warning) + tail
        }
    }

    private static func compared(_ report: GateReport) -> [String] {
        let numbers = report.rows.reduce(0) { $0 + $1.numbersCompared }
        let parts = report.rows.reduce(0) { $0 + $1.partsCompared }
        let steps = report.rows.reduce(0) { $0 + $1.steps }
        var lines = ["  compared \(numbers) numbers, \(parts) bindings, queues and contexts, \(steps) steps"]
        let leftOut = report.leftOut.reduce(0) { $0 + $1.count }
        if leftOut > 0 {
            let reasons = report.leftOut.map { "\($0.count) \(printable($0.reason))" }
            lines.append("  left out \(leftOut) combinations: \(reasons.joined(separator: "; "))")
        }
        return lines
    }

    // MARK: - Findings

    /// The same finding of several cells.
    private struct Group {
        var finding: CellFinding
        var cells: [String]
    }

    private static func groups(_ findings: [(CellFinding, String)]) -> [Group] {
        var groups: [String: Group] = [:]
        var order: [String] = []
        for (finding, cell) in findings {
            let key = finding.severity + finding.fingerprint
            if groups[key] == nil { order.append(key) }
            groups[key, default: Group(finding: finding, cells: [])].cells.append(cell)
        }
        let ranks = ["error": 0, "warning": 1]
        return order.compactMap { groups[$0] }.enumerated().sorted { left, right in
            let (a, b) = (left.element, right.element)
            let ranked = (ranks[a.finding.severity] ?? 2, -a.cells.count, left.offset)
            return ranked < (ranks[b.finding.severity] ?? 2, -b.cells.count, right.offset)
        }.map(\.element)
    }

    private static func group(_ group: Group, _ style: TextStyle) -> [String] {
        let finding = group.finding
        let isError = finding.severity == "error"
        let mark = isError ? style.text("error   ", .bad) : style.text("warning ", .warning)
        var lines = ["", mark + printable(finding.title) + style.text("  [\(finding.rule)]", .quiet)]
        lines.append("        " + printable(finding.consequence))
        lines += finding.details.prefix(shownDetails).map { "        " + printable($0) }
        let rest = finding.details.count - shownDetails
        if rest > 0 { lines.append("        and \(rest) more") }
        if !group.cells.isEmpty {
            lines.append("        in \(group.cells.count) cell\(group.cells.count == 1 ? "" : "s"):")
            lines += group.cells.prefix(shownCells).map { "          " + printable($0) }
            let rest = group.cells.count - shownCells
            if rest > 0 { lines.append("          and \(rest) more") }
        }
        lines.append(style.text("        fingerprint \(finding.fingerprint)", .quiet))
        return lines
    }

    private static func waived(_ report: GateReport, _ style: TextStyle) -> [String] {
        var counts: [String: Int] = [:]
        for waived in report.rows.flatMap(\.waived) {
            let waiver = waived.waiver
            let text = "\(waiver.rule) until \(waiver.expires), \(waiver.owner): \(waiver.reason)"
            counts[text, default: 0] += 1
        }
        guard !counts.isEmpty else { return [] }
        return [""]
            + counts.sorted { $0.key < $1.key }.map { text, count in
                style.text("waived  ", .quiet) + "\(count) finding\(count == 1 ? "" : "s") \(printable(text))"
            }
    }

    private static func troubles(_ report: GateReport, _ style: TextStyle) -> [String] {
        var cells: [String: [String]] = [:]
        for row in report.rows {
            let reason = row.trouble ?? (row.status == "not-run" ? "it was not run" : nil)
            if let reason { cells[reason, default: []].append(row.cell.id) }
        }
        return cells.sorted { $0.key < $1.key }.flatMap { reason, cells in
            let rest = cells.count - shownCells
            return ["", style.text("no verdict", .warning) + " in \(cells.count) cells: \(printable(reason))"]
                + cells.prefix(shownCells).map { "          " + printable($0) }
                + (rest > 0 ? ["          and \(rest) more"] : [])
        }
    }
}
