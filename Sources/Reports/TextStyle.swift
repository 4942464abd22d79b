import InterruptState

/// How text output may look: whether it may use colour.
public struct TextStyle: Sendable {
    /// Whether escape sequences for colour and weight may be written.
    public var usesColour: Bool

    /// Columns that prose is set to; nil where lines may be of any length, as in a file or a pipe.
    public var width: Int?

    /// The value with these parts.
    public init(usesColour: Bool, width: Int? = nil) {
        self.usesColour = usesColour
        self.width = width
    }

    /// No escape sequences, no limit of width.
    public static let plain = TextStyle(usesColour: false)

    /// The same for text that is indented afterwards.
    func indented(by columns: Int) -> TextStyle {
        TextStyle(usesColour: usesColour, width: width.map { max(20, $0 - columns) })
    }

    /// Lines of at most the width, broken between words; the lines after the first begin with `indent` blanks.
    ///
    /// - Parameter used: columns of the first line that are taken already.
    func wrapped(_ text: String, indent: Int, used: Int = 0) -> [String] {
        guard let width, used + text.count > width else { return [text] }
        let lead = text.prefix { $0 == " " }
        let blanks = String(repeating: " ", count: indent)
        var lines: [String] = []
        var line = String(lead)
        var column = used + lead.count
        var isFresh = true
        for word in text.dropFirst(lead.count).split(separator: " ") {
            if !isFresh, column + 1 + word.count > width {
                lines.append(line)
                (line, column, isFresh) = (blanks, indent, true)
            }
            line += isFresh ? word : " " + word
            column += word.count + (isFresh ? 0 : 1)
            isFresh = false
        }
        return lines + [line]
    }

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

/// Columns of text, each as wide as its widest cell.
struct TextTable {
    private var rows: [[String]]
    /// Width of the widest cell of each column so far.
    private var widths: [Int]
    private let isRightAligned: [Bool]

    /// - Parameter columns: headings; one that begins with `>` is of a right-aligned column.
    init(_ columns: [String]) {
        isRightAligned = columns.map { $0.hasPrefix(">") }
        let headings = columns.map { $0.hasPrefix(">") ? String($0.dropFirst()) : $0 }
        rows = [headings]
        widths = headings.map(TextTable.width)
    }

    mutating func add(_ cells: [String]) {
        for (column, cell) in cells.enumerated() where column < widths.count {
            widths[column] = max(widths[column], TextTable.width(cell))
        }
        rows.append(cells)
    }

    private static func width(_ cell: String) -> Int {
        isPlain(cell) ? cell.utf8.count : cell.count
    }

    var isEmpty: Bool { rows.count == 1 }

    /// The lines, the headings first; no blanks at line ends.
    ///
    /// The last column is set to what the style's width leaves for it; the others are never cut.
    func lines(_ style: TextStyle) -> [String] {
        let indent = widths.dropLast().reduce(0) { $0 + $1 + 2 }
        return rows.enumerated().flatMap { index, row in
            var cells = row.enumerated().map { column, cell in
                let pad = String(repeating: " ", count: max(0, widths[column] - TextTable.width(cell)))
                return isRightAligned[column] ? pad + cell : cell + pad
            }
            var rest: [String] = []
            if row.count == widths.count, isRightAligned.last == false, let last = row.last,
                let width = style.width, width - indent >= 24
            {
                let parts = style.wrapped(last, indent: indent, used: indent)
                cells[cells.count - 1] = parts[0]
                rest = Array(parts.dropFirst())
            }
            var line = cells.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return [index == 0 ? style.text(line, .heading) : line] + rest
        }
    }
}
