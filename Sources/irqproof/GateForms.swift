import ArgumentParser
import Checker
import Gate
import Reports

/// Form of a gate's report.
enum GateFormat: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
    case html
    case junit
}

/// Options of commands that report a gate.
struct GateOutputOptions: ParsableArguments {
    @Option(help: "Form of the result.")
    var format: GateFormat = .text

    @OptionGroup var colour: ColourOption

    /// Writes the report in the form that was asked for.
    func write(_ report: GateReport) {
        switch format {
        case .text: Console.write(GateText.text(report, style: Console.style(colour.color)))
        case .json: Console.write(GateJSON.text(report))
        case .html: Console.write(report.matrix.html())
        case .junit: Console.write(report.matrix.junit())
        }
    }
}

extension GateReport {
    /// The cells as a matrix; a column for each route over builds.
    fileprivate var matrix: MatrixReport {
        let counts = counts.map { "\($0.count) \($0.status)" }.joined(separator: ", ")
        let remarks = findings.map { MatrixReport.Remark(rule: $0.rule, text: $0.title) }
        return MatrixReport(
            title: "a candidate build against released ones",
            verdict: verdict == .identical ? .identical : verdict == .different ? .different : .undecided,
            summary: "\(rows.count) cells: \(counts.isEmpty ? "nothing was run" : counts).",
            axes: ["machine type", "mode", "topology", "scenario", "builds"], cells: rows.map(\.matrixCell),
            general: remarks + gaps.map { MatrixReport.Remark(rule: "", text: $0) }, toolVersion: Version.number)
    }
}

extension GateReport.Row {
    fileprivate var matrixCell: MatrixReport.Cell {
        var remarks = findings.map { MatrixReport.Remark(rule: $0.rule, text: "\($0.severity): \($0.title)") }
        if let trouble { remarks.append(.init(rule: "", text: trouble)) }
        remarks += waived.map { MatrixReport.Remark(rule: $0.finding.rule, text: "waived: \($0.finding.title)") }
        return MatrixReport.Cell(
            place: [cell.machineType, cell.mode, cell.topology, cell.scenario, cell.route.joined(separator: " > ")],
            outcome: MatrixReport.Outcome(rawValue: status == "not-run" ? "skipped" : status) ?? .undecided,
            remarks: remarks)
    }
}
