import Checker

extension MatrixReport {
    /// The matrix as JUnit XML: a test case for the verdict over all, and one for each cell.
    ///
    /// A cell without a verdict is an error and one that was not run is skipped, never passed.
    public func junit() -> String {
        let failures = count(.different) + (verdict == .different ? 1 : 0)
        let errors = count(.undecided) + (verdict == .undecided ? 1 : 0)
        let counts = [
            ("tests", String(cells.count + 1)), ("failures", String(failures)), ("errors", String(errors)),
        ]
        let skipped = [("skipped", String(count(.skipped)))]
        var xml = XMLWriter()
        xml.element("testsuites", [("name", "irqproof"), ("time", "0")] + counts) { xml in
            xml.element("testsuite", [("name", "irqproof: " + title), ("time", "0")] + counts + skipped) { xml in
                Self.testCase("verdict", &xml) { whole(&$0) }
                for cell in cells {
                    Self.testCase(cell.place.joined(separator: " / "), &xml) { Self.content(of: cell, &$0) }
                }
            }
        }
        return xml.text
    }

    private static func testCase(_ name: String, _ xml: inout XMLWriter, _ body: (inout XMLWriter) -> Void) {
        xml.element("testcase", [("classname", "irqproof.matrix"), ("name", name), ("time", "0")], body)
    }

    private func whole(_ xml: inout XMLWriter) {
        let message = [("message", summary), ("type", verdict.rawValue)]
        switch verdict {
        case .identical: xml.element("system-out", lines: [summary])
        case .different: xml.element("failure", message, lines: general.map(\.line))
        case .undecided: xml.element("error", message, lines: general.map(\.line))
        }
    }

    private static func content(of cell: Cell, _ xml: inout XMLWriter) {
        let lines = cell.remarks.map(\.line)
        let message = [("message", lines.first ?? cell.outcome.rawValue), ("type", cell.outcome.rawValue)]
        switch cell.outcome {
        case .identical, .waived: if !lines.isEmpty { xml.element("system-out", lines: lines) }
        case .different: xml.element("failure", message, lines: lines)
        case .undecided: xml.element("error", message, lines: lines)
        case .skipped: xml.element("skipped", [message[0]])
        }
    }
}

extension MatrixReport.Remark {
    /// The sentence with its rule, if one stands behind it.
    fileprivate var line: String { rule.isEmpty ? text : "\(text) [\(rule)]" }
}
