import ArgumentParser
import Reports

/// `irqproof schema`: the JSON Schema of a command's output.
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schema of a command's output.",
        usage: "irqproof schema DOCUMENT",
        discussion: Help.text(
            """
            Example: irqproof schema verify > verify.schema.json

            Exit codes: 0 printed, 64 usage.
            """)
    )

    @Argument(
        help: "The command; ledger for inspect --ledger, fleet for verify --all-pairs, classes for compare --all.")
    var document: JSONSchema

    func run() {
        Console.write(document.text)
    }
}

extension JSONSchema: ExpressibleByArgument {}
