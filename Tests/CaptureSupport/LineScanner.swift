/// Reads one line of a fixed text format from left to right.
struct LineScanner {
    private(set) var rest: Substring

    init(_ line: Substring) {
        rest = line
    }

    var isAtEnd: Bool { rest.isEmpty }

    /// Steps over a text, or tells that it is not next.
    mutating func skip(_ text: String) -> Bool {
        guard rest.hasPrefix(text) else { return false }
        rest.removeFirst(text.count)
        return true
    }

    /// Steps over blanks, none included.
    mutating func skipBlanks() {
        rest = rest.drop { $0 == " " }
    }

    /// The next character if it is one of two: true for the first, false for the second.
    mutating func flag(_ set: Character, _ clear: Character) -> Bool? {
        guard let next = rest.first, next == set || next == clear else { return nil }
        rest.removeFirst()
        return next == set
    }

    /// Exactly `digits` lower-case hexadecimal digits.
    mutating func hex(_ digits: Int) -> UInt32? {
        guard let value = hex(), value.digits == digits else { return nil }
        return UInt32(exactly: value.number)
    }

    /// Lower-case hexadecimal digits, as many as there are.
    mutating func hex() -> (number: UInt64, digits: Int)? {
        number(radix: 16) { $0.isHexDigit && !$0.isUppercase }
    }

    /// Decimal digits, as many as there are.
    mutating func decimal() -> UInt32? {
        number(radix: 10) { $0 >= "0" && $0 <= "9" }.flatMap { UInt32(exactly: $0.number) }
    }

    private mutating func number(
        radix: Int, while isDigit: (Character) -> Bool
    ) -> (number: UInt64, digits: Int)? {
        let digits = rest.prefix(while: isDigit)
        guard let value = UInt64(digits, radix: radix) else { return nil }
        rest.removeFirst(digits.count)
        return (value, digits.count)
    }

    /// The text up to a blank.
    mutating func word() -> Substring {
        let word = rest.prefix { $0 != " " }
        rest.removeFirst(word.count)
        return word
    }
}
