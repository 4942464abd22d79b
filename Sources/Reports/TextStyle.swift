/// How text output may look: whether it may use colour.
public struct TextStyle: Sendable {
    /// Whether escape sequences for colour and weight may be written.
    public var usesColour: Bool

    /// The value with these parts.
    public init(usesColour: Bool) {
        self.usesColour = usesColour
    }

    /// No escape sequences.
    public static let plain = TextStyle(usesColour: false)

    /// The few looks that reports use.
    enum Look: String {
        case heading = "1"
        case good = "32"
        case bad = "31;1"
        case warning = "33"
        case quiet = "2"
    }

    func text(_ text: String, _ look: Look) -> String {
        usesColour ? "\u{1b}[\(look.rawValue)m\(text)\u{1b}[0m" : text
    }
}

/// Text from a file, made safe for a terminal: control characters and invisible ones are shown as `\u{…}`.
///
/// Names of machines, devices and snapshots come from strangers; an escape sequence in one must not
/// reach the terminal of the person who looks at it.
public func printable(_ text: String) -> String {
    func isSafe(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value) { return false }
        switch scalar.properties.generalCategory {
        case .format, .control, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: return false
        default: return true
        }
    }
    guard !text.unicodeScalars.allSatisfy(isSafe) else { return text }
    return text.unicodeScalars.reduce(into: "") { result, scalar in
        if isSafe(scalar) {
            result.unicodeScalars.append(scalar)
        } else {
            result += "\\u{\(String(scalar.value, radix: 16))}"
        }
    }
}

/// Columns of text, each as wide as its widest cell.
struct TextTable {
    private var rows: [[String]]
    private let isRightAligned: [Bool]

    /// - Parameter columns: headings; one that begins with `>` is of a right-aligned column.
    init(_ columns: [String]) {
        isRightAligned = columns.map { $0.hasPrefix(">") }
        rows = [columns.map { $0.hasPrefix(">") ? String($0.dropFirst()) : $0 }]
    }

    mutating func add(_ cells: [String]) {
        rows.append(cells)
    }

    var isEmpty: Bool { rows.count == 1 }

    /// The lines, the headings first; no blanks at line ends.
    func lines(_ style: TextStyle) -> [String] {
        let widths = rows[0].indices.map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.enumerated().map { index, row in
            let cells = row.enumerated().map { column, cell in
                let pad = String(repeating: " ", count: max(0, widths[column] - cell.count))
                return isRightAligned[column] ? pad + cell : cell + pad
            }
            var line = cells.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return index == 0 ? style.text(line, .heading) : line
        }
    }
}
