import InterruptState

/// Text for Markdown: nothing in it is markup, a link, a mention or HTML.
enum MarkdownText {
    /// Escapes what Markdown or HTML would read as markup; control characters are shown as `\u{…}`.
    static func escaped(_ text: String) -> String {
        var result = ""
        var previous: Character = " "
        for character in printable(text) {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            // A comment between the sign and the name keeps a code host from notifying a person of that name.
            case "@" where !previous.isLetter && !previous.isNumber: result += "@<!-- -->"
            case "\\", "`", "*", "_", "[", "]", "|", "~", "#", "!", "$": result += "\\\(character)"
            default: result.append(character)
            }
            previous = character
        }
        return result
    }

    /// A row of a table.
    static func row(_ cells: [String]) -> String {
        "| " + cells.map { $0.isEmpty ? " " : escaped($0) }.joined(separator: " | ") + " |"
    }

    /// The two lines that begin a table.
    static func tableHead(_ titles: [String]) -> [String] {
        [row(titles), "|" + String(repeating: "---|", count: titles.count)]
    }
}
