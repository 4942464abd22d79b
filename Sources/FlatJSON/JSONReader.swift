/// A strict reader of JSON (RFC 8259) over bytes, without recursion.
///
/// Differences from the standard, both needed for real self-descriptions of streams: keys may repeat, and bytes
/// above 0x7f are taken as they are (QEMU 5.2 writes names unescaped, whatever they hold).
package struct JSONReader {
    private let bytes: [UInt8]
    private let limits: JSONLimits
    private var nodes: [JSONText.Node] = []
    private var index = 0
    /// Indexes of the open objects and arrays, outermost first.
    private var open: [Int] = []

    /// Reads a whole text.
    package static func read(_ bytes: [UInt8], limits: JSONLimits) throws(JSONError) -> JSONText {
        var reader = JSONReader(bytes: bytes, limits: limits)
        try reader.run()
        return JSONText(bytes: bytes, nodes: reader.nodes)
    }

    private init(bytes: [UInt8], limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
        nodes.reserveCapacity(min(bytes.count / 8, limits.values))
    }

    private mutating func run() throws(JSONError) {
        guard bytes.count <= limits.bytes else {
            throw limit("the text has \(bytes.count) bytes, more than \(limits.bytes)")
        }
        skipSpace()
        try value()
        while let container = open.last {
            try afterValue(in: container)
        }
        skipSpace()
        guard index == bytes.count else { throw wrong("the text goes on behind its end") }
    }

    /// Between two values of a container: a comma and the next value, or its end.
    private mutating func afterValue(in container: Int) throws(JSONError) {
        let isObject = nodes[container].kind == .object
        let isFirst = nodes.count == container + 1
        skipSpace()
        let closing = UInt8(ascii: isObject ? "}" : "]")
        if current == closing {
            index += 1
            nodes[container].end = UInt32(index)
            nodes[container].next = UInt32(nodes.count)
            open.removeLast()
            return
        }
        if !isFirst {
            guard current == UInt8(ascii: ",") else { throw wrong("a comma or the end of a list is missing") }
            index += 1
            skipSpace()
        }
        if isObject { try key() }
        try value()
    }

    private mutating func key() throws(JSONError) {
        guard current == UInt8(ascii: "\"") else { throw wrong("a member's name is missing") }
        try string()
        skipSpace()
        guard current == UInt8(ascii: ":") else { throw wrong("a colon is missing") }
        index += 1
        skipSpace()
    }

    /// One value; of an object or array only the beginning.
    private mutating func value() throws(JSONError) {
        guard let byte = current else { throw wrong("the text ends too early") }
        switch byte {
        case UInt8(ascii: "{"): try begin(.object)
        case UInt8(ascii: "["): try begin(.array)
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
        default: try literal()
        }
    }

    private mutating func begin(_ kind: JSONText.Kind) throws(JSONError) {
        guard open.count < limits.depth else {
            throw limit("the text nests deeper than \(limits.depth) levels")
        }
        open.append(nodes.count)
        try append(kind, start: index, end: index)
        index += 1
    }

    private mutating func string() throws(JSONError) {
        index += 1
        let start = index
        var kind = JSONText.Kind.string
        while let byte = current, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw wrong("a control character in a string") }
            index += 1
            if byte == UInt8(ascii: "\\") {
                kind = .escapedString
                try escape()
            }
        }
        guard current != nil else { throw wrong("a string without an end") }
        try append(kind, start: start, end: index)
        index += 1
    }

    private mutating func escape() throws(JSONError) {
        guard let byte = current else { throw wrong("a string without an end") }
        index += 1
        if byte == UInt8(ascii: "u") {
            for _ in 0..<4 {
                guard let digit = current, isHexadecimal(digit) else { throw wrong("an escape without four digits") }
                index += 1
            }
        } else if JSONEscapes.simple[byte] == nil {
            throw wrong("an unknown escape")
        }
    }

    private mutating func number() throws(JSONError) {
        let start = index
        var kind = JSONText.Kind.integer
        if current == UInt8(ascii: "-") { index += 1 }
        let first = index
        try digits()
        if bytes[first] == UInt8(ascii: "0"), index - first > 1 { throw wrong("a number with a leading zero") }
        if current == UInt8(ascii: ".") {
            kind = .fraction
            index += 1
            try digits()
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            kind = .fraction
            index += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { index += 1 }
            try digits()
        }
        try append(kind, start: start, end: index)
    }

    private mutating func digits() throws(JSONError) {
        guard let byte = current, isDigit(byte) else { throw wrong("a number without digits") }
        while let byte = current, isDigit(byte) { index += 1 }
    }

    private mutating func literal() throws(JSONError) {
        for word in ["true", "false", "null"] where bytes[index...].starts(with: word.utf8) {
            try append(.literal, start: index, end: index + word.utf8.count)
            index += word.utf8.count
            return
        }
        throw wrong("a value is missing")
    }

    private mutating func append(_ kind: JSONText.Kind, start: Int, end: Int) throws(JSONError) {
        guard nodes.count < limits.values else {
            throw limit("the text has more than \(limits.values) values")
        }
        nodes.append(
            JSONText.Node(kind: kind, start: UInt32(start), end: UInt32(end), next: UInt32(nodes.count + 1)))
    }

    private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { index += 1 }
    }

    private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private func isHexadecimal(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }

    private func wrong(_ message: String) -> JSONError {
        JSONError(message, offset: index, isLimit: false)
    }

    private func limit(_ message: String) -> JSONError {
        JSONError(message, offset: index, isLimit: true)
    }
}
