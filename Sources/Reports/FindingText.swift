import Checker
import InterruptState

/// Findings for a person at a terminal: what, what it does, where the bytes stand.
struct FindingText {
    let style: TextStyle
    /// Single differences shown under one finding; the rest is counted.
    static let shownDetails = 8

    func lines(_ findings: [Finding]) -> [String] {
        findings.flatMap(lines(_:))
    }

    private func lines(_ finding: Finding) -> [String] {
        var lines = [
            mark(finding.severity) + " " + printable(finding.title) + style.text("  [\(finding.rule.id)]", .quiet)
        ]
        lines.append("        " + printable(finding.consequence))
        for detail in finding.details.prefix(FindingText.shownDetails) {
            lines.append("        " + describe(detail, comparesTwo: finding.comparesTwo))
        }
        let rest = finding.details.count - FindingText.shownDetails
        if rest > 0 { lines.append("        and \(rest) more (all of them with --format json)") }
        return lines
    }

    private func mark(_ severity: Severity) -> String {
        switch severity {
        case .error: style.text("error  ", .bad)
        case .warning: style.text("warning", .warning)
        case .note: style.text("note   ", .quiet)
        }
    }

    private func describe(_ detail: Detail, comparesTwo: Bool) -> String {
        let left = printable(detail.sourceValue ?? "none")
        let values = comparesTwo ? "\(left) -> \(printable(detail.otherValue ?? "none"))" : left
        let sites = [detail.sourceSite, detail.otherSite].compactMap { $0 }.map { site in
            "\(printable(site.section)) \(printable(site.field)) at byte \(site.offset)"
        }
        let place = sites.isEmpty ? "" : style.text("  (\(sites.joined(separator: "; ")))", .quiet)
        return "\(printable(detail.subject)): \(values)\(place)"
    }
}

extension Finding {
    /// Whether its details have two sides.
    var comparesTwo: Bool {
        scopes.contains { if case .comparison = $0 { true } else { false } }
    }
}

extension JSONWriter {
    mutating func findings(_ findings: [Finding]) {
        array("findings") { json in
            for finding in findings { json.object { $0.finding(finding) } }
        }
    }

    private mutating func finding(_ finding: Finding) {
        member("rule", finding.rule.id)
        member("severity", finding.severity.rawValue)
        member("title", finding.title)
        member("consequence", finding.consequence)
        array("scopes") { json in
            for scope in finding.scopes { json.value(scope.name) }
        }
        array("subjects") { json in
            for subject in finding.subjects { json.value(subject) }
        }
        array("numbers") { json in
            for range in finding.numbers.ranges {
                json.object {
                    $0.member("first", range.lowerBound.description)
                    $0.member("last", range.upperBound.description)
                }
            }
        }
        array("details") { json in
            for detail in finding.details { json.object { $0.detail(detail) } }
        }
    }

    private mutating func detail(_ detail: Detail) {
        member("subject", detail.subject)
        member("number", detail.number?.description)
        member("source_value", detail.sourceValue)
        member("other_value", detail.otherValue)
        site("source_site", detail.sourceSite)
        site("other_site", detail.otherSite)
    }

    private mutating func site(_ key: String, _ site: Site?) {
        guard let site else { return member(key, String?.none) }
        object(key) {
            $0.member("section", site.section)
            $0.member("instance", site.instance)
            $0.member("field", site.field)
            $0.member("offset", site.offset)
        }
    }
}
