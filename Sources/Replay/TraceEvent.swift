/// One line of QEMU's trace log: a name and the text that follows.
///
/// Builds write different things before the name: nothing, `pid@seconds:`, or an ISO time and a blank.
struct TraceEvent: Sendable {
    /// For example `spapr_xive_set_irq`.
    let name: Substring
    /// Everything after the name.
    let text: Substring
    /// From 1.
    let line: Int

    /// The event on a line, or nil where the line has none.
    init?(_ whole: Substring, line number: Int) {
        var rest = whole
        if let colon = rest.firstIndex(of: ":"), let at = rest.firstIndex(of: "@"), at < colon,
            rest[..<at].allSatisfy(\.isNumber)
        {
            rest = rest[rest.index(after: colon)...]
        } else if let first = rest.first, first.isNumber, let blank = rest.firstIndex(of: " ") {
            rest = rest[rest.index(after: blank)...]
        }
        name = rest.prefix { $0 != " " }
        guard name.contains("_"), name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }) else { return nil }
        text = rest.dropFirst(name.count).drop { $0 == " " }
        line = number
    }

    /// The number after `key=` or `key `, hexadecimal with 0x, else decimal.
    func number(after key: String) -> UInt64? {
        var rest = text
        while let place = rest.firstRange(of: key) {
            let value = rest[place.upperBound...].prefix { $0.isHexDigit || $0 == "x" }
            if let number = TraceEvent.number(value) { return number }
            rest = rest[place.upperBound...]
        }
        return nil
    }

    /// The word between two quotation marks.
    var quoted: Substring? {
        guard let open = text.firstIndex(of: "\"") else { return nil }
        return text[text.index(after: open)...].prefix { $0 != "\"" }
    }

    private static func number(_ text: Substring) -> UInt64? {
        text.hasPrefix("0x") ? UInt64(text.dropFirst(2), radix: 16) : UInt64(text)
    }
}
