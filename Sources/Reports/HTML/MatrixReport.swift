import Checker

/// Many verdicts over a few axes: pairs of snapshots, or the cells of a gate.
///
/// The model that the page of a matrix is made from. It knows nothing of how the verdicts came about.
public struct MatrixReport: Sendable {
    /// What came of a cell.
    public enum Outcome: String, Hashable, Sendable, CaseIterable {
        case identical
        case different
        case undecided
        /// Different, and every finding is covered by a waiver.
        case waived
        /// Not run, with a reason.
        case skipped
    }

    /// One finding of a cell, in short.
    public struct Remark: Hashable, Sendable {
        var rule: String
        var text: String

        /// A rule's id and a sentence; the id may be empty where no rule stands behind it.
        public init(rule: String, text: String) {
            self.rule = rule
            self.text = text
        }
    }

    /// A place on every axis, with what came of it.
    public struct Cell: Hashable, Sendable {
        var place: [String]
        var outcome: Outcome
        var remarks: [Remark]
        var page: String?

        /// - Parameters:
        ///   - place: a value for each axis, in the order of the axes.
        ///   - remarks: worst first; for a cell that was not run, why.
        ///   - page: relative path of the cell's own report, if there is one.
        public init(place: [String], outcome: Outcome, remarks: [Remark] = [], page: String? = nil) {
            self.place = place
            self.outcome = outcome
            self.remarks = remarks
            self.page = page
        }
    }

    let title: String
    let verdict: Verdict
    let summary: String
    let axes: [String]
    let cells: [Cell]
    let general: [Remark]
    let toolVersion: String

    /// A matrix; the verdict is taken as given.
    ///
    /// - Parameters:
    ///   - summary: how much was compared, as a sentence.
    ///   - axes: names of the axes; the last one becomes the columns.
    ///   - general: what is not about one cell.
    public init(
        title: String, verdict: Verdict, summary: String, axes: [String], cells: [Cell], general: [Remark] = [],
        toolVersion: String
    ) {
        self.title = title
        self.verdict = verdict
        self.summary = summary
        self.axes = axes
        self.cells = cells
        self.general = general
        self.toolVersion = toolVersion
    }

    /// The matrix as one page of HTML that needs nothing else.
    public func html() -> String {
        HTMLMatrix.page(self)
    }

    /// Cells of an outcome.
    func count(_ outcome: Outcome) -> Int {
        cells.count { $0.outcome == outcome }
    }
}
