/// Writes JSON text with members in the order given.
///
/// Output only. Members keep the order in which a reader wants them, which an encoder over dictionaries
/// does not give, and a million numbers are written without building a tree first.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []
    /// For each open container: whether it has a member already.
    private var hasMember: [Bool] = []
    private var followsKey = false

    /// The text, with a line feed at its end.
    var text: String {
        String(decoding: bytes + [0x0a], as: UTF8.self)
    }

    mutating func object(_ body: (inout JSONWriter) -> Void) {
        container(open: 0x7b, close: 0x7d, body)
    }

    mutating func array(_ body: (inout JSONWriter) -> Void) {
        container(open: 0x5b, close: 0x5d, body)
    }

    mutating func object(_ key: String, _ body: (inout JSONWriter) -> Void) {
        self.key(key)
        object(body)
    }

    mutating func array(_ key: String, _ body: (inout JSONWriter) -> Void) {
        self.key(key)
        array(body)
    }

    mutating func member(_ key: String, _ value: String?) {
        self.key(key)
        if let value { self.value(value) } else { null() }
    }

    mutating func member(_ key: String, _ value: Bool?) {
        self.key(key)
        literal(value.map { $0 ? "true" : "false" } ?? "null")
    }

    mutating func member(_ key: String, _ value: (some FixedWidthInteger)?) {
        self.key(key)
        literal(value.map { String($0) } ?? "null")
    }

    mutating func value(_ text: String) {
        separate()
        quote(text)
    }

    mutating func value(_ number: some FixedWidthInteger) {
        literal(String(number))
    }

    mutating func null() {
        literal("null")
    }

    // MARK: - Text

    private mutating func container(open: UInt8, close: UInt8, _ body: (inout JSONWriter) -> Void) {
        separate()
        bytes.append(open)
        hasMember.append(false)
        body(&self)
        let isOnOneLine = hasMember.count > 2
        if hasMember.popLast() == true, !isOnOneLine { newLine() }
        bytes.append(close)
    }

    private mutating func key(_ key: String) {
        separate()
        quote(key)
        bytes.append(contentsOf: [0x3a, 0x20])
        followsKey = true
    }

    private mutating func literal(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func separate() {
        if followsKey {
            followsKey = false
            return
        }
        guard let has = hasMember.popLast() else { return }
        if has { bytes.append(0x2c) }
        hasMember.append(true)
        newLine()
    }

    /// Outer containers one member a line; deeper ones on one line, so that a table row stays a row.
    private mutating func newLine() {
        if hasMember.count > 2 {
            if bytes.last == 0x2c { bytes.append(0x20) }
            return
        }
        bytes.append(0x0a)
        bytes.append(contentsOf: repeatElement(0x20, count: hasMember.count))
    }

    /// Quotes text; everything outside printable ASCII is escaped, so that no terminal or log is harmed.
    private mutating func quote(_ text: String) {
        bytes.append(0x22)
        defer { bytes.append(0x22) }
        // Nearly all text needs no escape.
        let isVerbatim = text.utf8.withContiguousStorageIfAvailable {
            $0.allSatisfy { (0x20..<0x7f).contains($0) && $0 != 0x22 && $0 != 0x5c }
        }
        if isVerbatim == true { return bytes.append(contentsOf: text.utf8) }
        for unit in text.utf16 {
            switch unit {
            case 0x22, 0x5c: bytes.append(contentsOf: [0x5c, UInt8(unit)])
            case 0x20..<0x7f: bytes.append(UInt8(unit))
            case 0x0a: bytes.append(contentsOf: "\\n".utf8)
            default:
                let digits = String(unit, radix: 16)
                bytes.append(contentsOf: "\\u".utf8)
                bytes.append(contentsOf: repeatElement(0x30, count: 4 - digits.utf8.count))
                bytes.append(contentsOf: digits.utf8)
            }
        }
    }
}
