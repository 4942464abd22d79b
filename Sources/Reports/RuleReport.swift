import Checker

/// What `irqproof explain` prints: the catalogue of rules, or one of them.
public enum RuleReport {
    /// One line for each rule, by group.
    public static func text(_ rules: [Rule], style: TextStyle) -> String {
        var table = TextTable(["RULE", "SEVERITY", "FINDS"])
        for rule in rules { table.add([rule.id, rule.severity.rawValue, rule.summary]) }
        return table.lines(style).joined(separator: "\n") + "\n"
    }

    /// One rule in full.
    public static func text(_ rule: Rule, style: TextStyle) -> String {
        // A page of prose is not set wider than it reads well, however wide the terminal.
        let page = TextStyle(usesColour: style.usesColour, width: min(style.width ?? 80, 80))
        func paragraph(_ text: String) -> [String] { page.wrapped("  " + text, indent: 2) }
        var lines = [style.text(rule.id, .heading) + "  (\(rule.severity.rawValue))", ""] + paragraph(rule.summary)
        for part in parts(of: rule) { lines += ["", style.text(part.title, .heading)] + paragraph(part.text) }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The same for a program: schema `irqproof/rules/1`.
    public static func json(_ rules: [Rule]) -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("schema", SchemaName.rules)
            json.array("rules") { json in
                for rule in rules {
                    json.object {
                        $0.member("id", rule.id)
                        $0.member("severity", rule.severity.rawValue)
                        $0.member("summary", rule.summary)
                        $0.member("effect", rule.effect)
                        $0.member("cause", rule.cause)
                        $0.member("remedy", rule.remedy)
                        $0.member("example", rule.example?.title)
                        $0.member("example_pair", rule.example?.pair)
                    }
                }
            }
        }
        return json.text
    }

    /// The rules page of the documentation.
    public static func markdown(_ rules: [Rule]) -> String {
        var lines = [
            "# The rules", "", "What the checker looks for, what it means to the guest, and what to do.", "",
            "## Overview", "",
            "This page is what `irqproof explain --format markdown` prints. A rule's id is stable: reports, waivers",
            "and baselines name it, and it is never given to another rule. Only errors make a verdict *different*.",
        ]
        var group = ""
        for rule in rules {
            if rule.group != group {
                group = rule.group
                lines += ["", "## \(group)"]
            }
            lines += [
                "", "### \(rule.id)", "", "*\(rule.severity.rawValue)*: \(MarkdownText.escaped(rule.summary))", "",
            ]
            lines += parts(of: rule).map { "- **\($0.title)**: \(MarkdownText.escaped($0.text))" }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The paragraphs of the long form, in the order in which a reader asks.
    static func parts(of rule: Rule) -> [(title: String, text: String)] {
        [("Effect on the guest", rule.effect), ("How it arises", rule.cause), ("What to do", rule.remedy)]
            + (rule.example.map { [("Example", sentence($0))] } ?? [])
    }

    private static func sentence(_ example: Rule.Example) -> String {
        let origin = example.pair.map { "among the fixtures: \($0)" } ?? "of a state that was damaged on purpose"
        return "\(example.title) (\(origin))."
    }
}
