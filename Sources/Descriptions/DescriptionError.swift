/// What is wrong with a description file, and where.
public struct DescriptionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Line, from 1; nil where the fault is the file's as a whole.
    public var line: Int?
    /// Column, from 1.
    public var column: Int?
    /// What is wrong and what would be right, as a sentence without its full stop.
    public var message: String

    /// A fault at a place.
    public init(_ message: String, line: Int? = nil, column: Int? = nil) {
        self.message = message
        self.line = line
        self.column = column
    }

    /// `line 3, column 9: unknown key …`.
    public var description: String {
        guard let line else { return message }
        return "line \(line)" + (column.map { ", column \($0)" } ?? "") + ": \(message)"
    }
}
