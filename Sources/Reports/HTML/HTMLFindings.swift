import Checker
import InterruptState

/// Findings and what was not compared, as HTML.
enum HTMLFindings {
    static func section(_ verification: Verification) -> String {
        let items = verification.findings.enumerated().map { item($0.element, index: $0.offset) }
        return """
            <section aria-labelledby="findings-title">
            <h2 id="findings-title">Findings</h2>
            \(items.isEmpty ? "<p>None.</p>" : items.joined(separator: "\n"))
            </section>
            """
    }

    static func notCompared(_ verification: Verification) -> String {
        guard !verification.notCompared.isEmpty else { return "" }
        let items = verification.notCompared.map {
            "<li><b>\(HTMLText.escaped($0.subject))</b>: \(HTMLText.escaped($0.reason))</li>"
        }
        return """
            <section aria-labelledby="not-compared-title">
            <h2 id="not-compared-title">Not compared</h2>
            <ul>\(items.joined())</ul>
            </section>
            """
    }

    private static func item(_ finding: Finding, index: Int) -> String {
        let first = finding.numbers.first.map { number in
            "<button type=\"button\" class=\"go\" data-number=\"\(number.rawValue)\">Show \(number)</button>"
        }
        let rule = finding.rule
        let about = [("How it arises", rule.cause), ("What to do", rule.remedy)].map {
            "<p><b>\($0.0).</b> \(HTMLText.escaped($0.1))</p>"
        }
        return """
            <details class="finding \(finding.severity.rawValue)" id="finding-\(index)"\
            \(finding.severity == .error ? " open" : "")>
            <summary><span class="badge \(finding.severity.rawValue)">\(finding.severity.rawValue)</span> \
            \(HTMLText.escaped(finding.title)) <code>\(HTMLText.escaped(rule.id))</code></summary>
            <p>\(HTMLText.escaped(finding.consequence))</p>
            \(about.joined(separator: "\n"))
            \(first ?? "")
            \(details(finding))
            </details>
            """
    }

    private static func details(_ finding: Finding) -> String {
        guard !finding.details.isEmpty else { return "" }
        let heads = finding.comparesTwo ? ["What", "Source", "Other side", "Where"] : ["What", "Value", "Where"]
        let rows = finding.details.map { detail in
            var cells = [detail.subject, detail.sourceValue ?? "none"]
            if finding.comparesTwo { cells.append(detail.otherValue ?? "none") }
            cells.append(detail.places.joined(separator: "; "))
            return "<tr>" + cells.map { "<td>\(HTMLText.escaped($0))</td>" }.joined() + "</tr>"
        }
        return """
            <div class="scroll values"><table><thead><tr>\(heads.map { "<th>\($0)</th>" }.joined())</tr></thead>
            <tbody>\(rows.joined(separator: "\n"))</tbody></table></div>
            """
    }
}
