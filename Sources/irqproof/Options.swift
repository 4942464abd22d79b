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
    /// Lines of a paragraph that begins with `Example:` stay lines. By bytes, since every start of the program does it
    /// for every command.
    static func text(_ source: String) -> String {
        var text: [UInt8] = []
        var isFresh = true
        var keepsLines = false
        for line in source.utf8.split(separator: 0x0a, omittingEmptySubsequences: false) {
            if line.isEmpty {
                isFresh = true
                continue
            }
            if isFresh {
                if !text.isEmpty { text += [0x0a, 0x0a] }
                keepsLines = line.starts(with: "Example:".utf8)
            } else {
                text.append(keepsLines ? 0x0a : 0x20)
            }
            text += line
            isFresh = false
        }
        return String(decoding: text, as: UTF8.self)
    }
}
