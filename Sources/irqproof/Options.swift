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
    @Option(help: "Form of the result.")
    var format: OutputFormat = .text

    @OptionGroup var colour: ColourOption

    /// What was chosen by `--color`; nil where nothing was.
    var color: ColourChoice? { colour.color }
}

/// `--color`.
struct ColourOption: ParsableArguments {
    @Option(help: "Colour in text; auto is on a terminal, unless NO_COLOR is set.")
    var color: ColourChoice?
}

extension Level: ExpressibleByArgument {}

/// The long help of commands.
enum Help {
    /// Text as it stands in the source, with its paragraphs as one line each: help is set to the terminal's width.
    ///
    /// Lines of a paragraph that begins with `Example:` stay lines.
    static func text(_ source: String) -> String {
        source.split(separator: "\n\n").map { paragraph in
            paragraph.hasPrefix("Example:") ? String(paragraph) : String(paragraph.replacing("\n", with: " "))
        }.joined(separator: "\n\n")
    }
}
