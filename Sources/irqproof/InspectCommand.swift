import ArgumentParser
import Checker
import Reports

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show the interrupt state of a saved VM.",
        discussion: """
            Prints every claimed interrupt number with its owner, binding and queue; the event queues; the
            thread contexts or presenters; and what looks wrong in this state alone.

            Example: irqproof inspect guest.mig
                     irqproof inspect snapshots.db#before-upgrade --format json

            Exit codes: 0 shown, 2 the file could not be read, 64 usage.
            """
    )

    @Argument(help: "A saved VM (migration stream), a snapshot file, or FILE#SNAPSHOT.")
    var file: String

    @Flag(help: "Also show free numbers with leftovers, queues that are not enabled, and the sections.")
    var all = false

    @OptionGroup var output: OutputOptions

    func run() throws {
        let input = try Input(file)
        let findings = Checker.inspect(input.state)
        switch output.format {
        case .json:
            Console.write(InspectionReport.json(input.state, findings: findings, evidence: input.evidence))
        case .text:
            let style = Console.style(output.color)
            Console.write(
                InspectionReport.text(
                    input.state, findings: findings, evidence: input.evidence, showsAll: all, style: style))
        }
    }
}
