import ArgumentParser
import Checker

/// When to use colour.
enum ColourChoice: String, ExpressibleByArgument, CaseIterable {
    case auto
    case always
    case never
}

/// Form of the result on standard output.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
}

/// Options that every command with a result has.
struct OutputOptions: ParsableArguments {
    @Option(help: "Form of the result: text or json.")
    var format: OutputFormat = .text

    @Option(help: "Colour in text: auto (on a terminal, never with NO_COLOR), always or never.")
    var color: ColourChoice = .auto
}

extension Level: ExpressibleByArgument {}
