import ArgumentParser
import Checker
import PSeries
import Reports

/// `irqproof explain`: what a rule means.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say what a rule means and what to do.",
        usage: "irqproof explain [OPTION]... [RULE]",
        discussion: Help.text(
            """
            Without RULE, lists every rule on one line each.

            Example: irqproof explain map/number-moved
                     irqproof explain --format json

            Exit codes: 0 explained, 2 no such rule, 64 usage.
            """)
    )

    @Argument(help: "Id of a rule, as findings show it in brackets.")
    var rule: String?

    @Option(help: "Form of the result.")
    var format: ExplainFormat = .text

    @OptionGroup var colour: ColourOption

    func run() throws {
        let rules = try rule.map { [try named($0)] } ?? Rule.all
        switch format {
        case .json: Console.write(RuleReport.json(rules))
        case .markdown: Console.write(RuleReport.markdown(rules))
        case .text:
            let style = Console.style(colour.color)
            Console.write(
                rule == nil
                    ? RuleReport.text(rules, style: style) : rules.map { RuleReport.text($0, style: style) }.joined())
        }
    }

    private func named(_ id: String) throws -> Rule {
        if let rule = Rule.named(id) { return rule }
        let near = MachineType.namesNear(id, among: Rule.all.map(\.id)).joined(separator: ", ")
        throw Trouble("no rule is named \(id); near it: \(near)")
    }
}

/// Form of an explanation.
enum ExplainFormat: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
    case markdown
}
