import InterruptState

/// Writes XML 1.0 text.
///
/// Names of elements and attributes are the program's own; every value goes through ``escaped(_:)``, so that
/// nothing from a file can end an element or stand where XML 1.0 forbids it.
struct XMLWriter {
    private(set) var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    private var depth = 0

    /// An element with children; without any it is closed at once.
    mutating func element(
        _ name: String, _ attributes: [(String, String)] = [], _ body: (inout XMLWriter) -> Void = { _ in }
    ) {
        open(name, attributes)
        let mark = text.utf8.count
        text += ">\n"
        depth += 1
        body(&self)
        depth -= 1
        if text.utf8.count == mark + 2 {
            text.removeLast(2)
            text += "/>\n"
        } else {
            text += indent + "</\(name)>\n"
        }
    }

    /// An element with lines of text.
    mutating func element(_ name: String, _ attributes: [(String, String)] = [], lines: [String]) {
        open(name, attributes)
        text += ">" + lines.map(XMLWriter.escaped).joined(separator: "\n") + "</\(name)>\n"
    }

    private mutating func open(_ name: String, _ attributes: [(String, String)]) {
        text += indent + "<" + name
        for (key, value) in attributes { text += " \(key)=\"\(XMLWriter.escaped(value))\"" }
    }

    private var indent: String { String(repeating: "  ", count: depth) }

    /// Text for an element or an attribute in double quotes.
    ///
    /// Characters that XML 1.0 does not allow, control characters among them, are shown as `\u{…}`.
    static func escaped(_ text: String) -> String {
        printable(text).reduce(into: "") { result, character in
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.append(character)
            }
        }
    }
}
