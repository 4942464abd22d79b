import Checker
import InterruptState

/// What `irqproof verify FILE --against NAME` and `--all-pairs` print.
public struct FleetReport: Sendable {
    /// A pair of states, which stands for all pairs of snapshots that hold them.
    public struct Entry: Sendable {
        var source: String
        var destination: String
        var verdict: Verdict
        var reasons: [String]
        var pairs: Int

        /// - Parameters:
        ///   - reasons: ids of the rules whose findings are errors.
        ///   - pairs: pairs of snapshots with these two states.
        public init(source: String, destination: String, verdict: Verdict, reasons: [String], pairs: Int) {
            self.source = source
            self.destination = destination
            self.verdict = verdict
            self.reasons = reasons
            self.pairs = pairs
        }
    }

    private let entries: [Entry]
    private let level: Level

    /// A report of these pairs, in their order.
    public init(_ entries: [Entry], level: Level) {
        self.entries = entries
        self.level = level
    }

    private func pairs(_ verdict: Verdict) -> Int {
        entries.reduce(0) { $0 + ($1.verdict == verdict ? $1.pairs : 0) }
    }

    /// The verdict over all: different beats undecided, undecided identical; undecided where nothing was compared.
    public var verdict: Verdict {
        if pairs(.different) > 0 { return .different }
        return pairs(.undecided) > 0 || entries.isEmpty ? .undecided : .identical
    }

    /// How many pairs, and what came of them.
    private var figures: String {
        let total = entries.reduce(0) { $0 + $1.pairs }
        return "at level \(level.rawValue): \(total) pairs, \(pairs(.identical)) identical, "
            + "\(pairs(.different)) different, \(pairs(.undecided)) undecided; "
            + "\(entries.count) pairs of distinct states were compared"
    }

    /// The pairs that are not identical, a line each, then the figures.
    public func text(style: TextStyle) -> String {
        var lines: [String] = []
        for entry in entries where entry.verdict != .identical {
            let more = entry.pairs > 1 ? " (and \(entry.pairs - 1) pairs with the same states)" : ""
            lines.append(
                style.text(entry.verdict.rawValue, entry.verdict == .different ? .bad : .warning)
                    + "  \(printable(entry.source)) -> \(printable(entry.destination))\(more)  "
                    + entry.reasons.joined(separator: " "))
        }
        let look: TextStyle.Look = verdict == .identical ? .good : verdict == .different ? .bad : .warning
        lines.append(style.text(verdict.rawValue.uppercased(), look) + " " + figures)
        return lines.joined(separator: "\n") + "\n"
    }

    /// The same for a program: schema `irqproof/fleet/1`.
    public func json() -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("schema", SchemaName.fleet)
            json.member("verdict", verdict.rawValue)
            json.member("level", level.rawValue)
            json.array("pairs") { json in
                for entry in entries {
                    json.object { json in
                        json.member("source", entry.source)
                        json.member("destination", entry.destination)
                        json.member("verdict", entry.verdict.rawValue)
                        json.member("count", entry.pairs)
                        json.array("rules") { json in
                            for reason in entry.reasons { json.object { $0.member("rule", reason) } }
                        }
                    }
                }
            }
        }
        return json.text
    }

    /// The same as a page with a grid; a row for each source, a column for each destination.
    public func html(toolVersion: String) -> String {
        MatrixReport(
            title: "snapshots of a file", verdict: verdict, summary: figures, axes: ["source", "destination"],
            cells: entries.map(\.cell), toolVersion: toolVersion
        ).html()
    }
}

extension FleetReport.Entry {
    fileprivate var cell: MatrixReport.Cell {
        let outcome: MatrixReport.Outcome =
            switch verdict {
            case .identical: .identical
            case .different: .different
            case .undecided: .undecided
            }
        let remarks = reasons.map { reason in
            let rule = Rule.named(reason)
            return MatrixReport.Remark(rule: rule == nil ? "" : reason, text: rule?.summary ?? reason)
        }
        return MatrixReport.Cell(place: [source, destination], outcome: outcome, remarks: remarks)
    }
}
