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

    /// Columns before everything but the mark of the severity.
    private static let indent = 8

    private func lines(_ finding: Finding) -> [String] {
        var lines = style.wrapped(printable(finding.title), indent: Self.indent, used: Self.indent)
        append("[\(finding.rule.id)]", to: &lines)
        lines[0] = mark(finding.severity) + " " + lines[0]
        lines += paragraph(printable(finding.consequence))
        for detail in finding.details.prefix(FindingText.shownDetails) {
            var part = paragraph(detail.sentence(comparesTwo: finding.comparesTwo))
            if !detail.places.isEmpty { append("(\(detail.places.joined(separator: "; ")))", to: &part) }
            lines += part
        }
        let rest = finding.details.count - FindingText.shownDetails
        if rest > 0 { lines += paragraph("and \(rest) more (all of them with --format json)") }
        return lines
    }

    private func paragraph(_ text: String) -> [String] {
        var lines = style.wrapped(text, indent: Self.indent + 2, used: Self.indent)
        lines[0] = String(repeating: " ", count: Self.indent) + lines[0]
        return lines
    }

    /// Puts a quiet remark behind the last line, or below it where there is no room.
    private func append(_ remark: String, to lines: inout [String]) {
        let last = lines[lines.count - 1]
        let isFirst = lines.count == 1 && !last.hasPrefix(" ")
        let used = last.count + (isFirst ? Self.indent : 0) + 2
        if let width = style.width, used + remark.count > width {
            let indent = Self.indent + 2
            let below = style.wrapped(remark, indent: indent, used: indent)
            lines += below.enumerated().map { index, line in
                let text = line.drop { $0 == " " }
                return String(repeating: " ", count: indent) + style.text(String(text), .quiet)
            }
        } else {
            lines[lines.count - 1] = last + style.text("  " + remark, .quiet)
        }
    }

    private func mark(_ severity: Severity) -> String {
        switch severity {
        case .error: style.text("error  ", .bad)
        case .warning: style.text("warning", .warning)
        case .note: style.text("note   ", .quiet)
        }
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
