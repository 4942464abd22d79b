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
///
/// The cells lie one after the other in one array: a listing may have a hundred thousand of them.
struct TextTable {
    /// Where a cell ends in ``bytes``, and how many columns of a terminal it takes.
    private struct Cell {
        var end: Int
        var width: Int
    }

    private var bytes: [UInt8] = []
    private var cells: [Cell] = []
    /// The number of cells up to the end of each row.
    private var rowEnds: [Int] = []
    /// Width of the widest cell of each column so far.
    private var widths: [Int] = []
    private let isRightAligned: [Bool]

    /// - Parameter columns: headings; one that begins with `>` is of a right-aligned column.
    init(_ columns: [String]) {
        isRightAligned = columns.map { $0.hasPrefix(">") }
        widths = columns.map { _ in 0 }
        add(columns.map { $0.hasPrefix(">") ? String($0.dropFirst()) : $0 })
    }

    mutating func add(_ row: [String]) {
        for (column, cell) in row.enumerated() {
            let start = bytes.count
            bytes.append(contentsOf: cell.utf8)
            let width = isPlain(cell) ? bytes.count - start : cell.count
            cells.append(Cell(end: bytes.count, width: width))
            if column < widths.count { widths[column] = max(widths[column], width) }
        }
        rowEnds.append(cells.count)
    }

    var isEmpty: Bool { rowEnds.count == 1 }

    /// The lines, the headings first; no blanks at line ends.
    ///
    /// The last column is set to what the style's width leaves for it; the others are never cut.
    func lines(_ style: TextStyle) -> [String] {
        var lines: [String] = []
        forEachLine(style) { lines.append(String(decoding: $0, as: UTF8.self)) }
        return lines
    }

    /// The lines as one text, with a line feed at the end of each.
    func text(_ style: TextStyle) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(rowEnds.count * (widths.reduce(0, +) + 2 * widths.count))
        forEachLine(style) {
            text += $0
            text.append(0x0a)
        }
        return String(decoding: text, as: UTF8.self)
    }

    private func forEachLine(_ style: TextStyle, _ body: (ArraySlice<UInt8>) -> Void) {
        var line: [UInt8] = []
        var first = 0
        for (row, end) in rowEnds.enumerated() {
            line.removeAll(keepingCapacity: true)
            let rest = set(first..<end, style, into: &line)
            let length = (line.lastIndex { $0 != 0x20 } ?? -1) + 1
            if row == 0 {
                body(Array(style.text(String(decoding: line[..<length], as: UTF8.self), .heading).utf8)[...])
            } else {
                body(line[..<length])
            }
            for line in rest { body(Array(line.utf8)[...]) }
            first = end
        }
    }

    /// Appends a row's first line; the result is the lines that follow it.
    private func set(_ row: Range<Int>, _ style: TextStyle, into line: inout [UInt8]) -> [String] {
        for (column, cell) in row.enumerated() {
            if column > 0 { line += [0x20, 0x20] }
            if row.count == widths.count, column == row.count - 1, let parts = parts(ofLast: cell, style) {
                line += parts[0].utf8
                return Array(parts.dropFirst())
            }
            let pad = repeatElement(0x20 as UInt8, count: max(0, widths[column] - cells[cell].width))
            if isRightAligned[column] { line += pad }
            line += content(cell)
            if !isRightAligned[column] { line += pad }
        }
        return []
    }

    private func content(_ cell: Int) -> ArraySlice<UInt8> {
        bytes[(cell == 0 ? 0 : cells[cell - 1].end)..<cells[cell].end]
    }

    /// The last cell of a row, broken into lines; nil where the style does not ask for it.
    private func parts(ofLast cell: Int, _ style: TextStyle) -> [String]? {
        let indent = widths.dropLast().reduce(0) { $0 + $1 + 2 }
        guard isRightAligned.last == false, let width = style.width, width - indent >= 24 else { return nil }
        return style.wrapped(String(decoding: content(cell), as: UTF8.self), indent: indent, used: indent)
    }
}
