import FlatJSON

extension QMPValue {
    /// QEMU's own reader allows 64 MiB, 2 million values and 1,024 levels (`qobject/json-streamer.c`); the longest answer
    /// that 11.1 gives, `query-qmp-schema`, has 31,355 values in 6 levels.
    private static let limits = JSONLimits(bytes: SocketChannel.lineLimit, values: 2 << 20, depth: 64)

    /// Reads one line of the protocol; nil where it is no JSON.
    static func read(_ line: [UInt8]) -> QMPValue? { json(line).flatMap { QMPValue($0) } }

    /// Reads one line of the protocol for those who need a part of it; nil where it is no JSON.
    static func json(_ line: [UInt8]) -> JSONValue? { (try? JSONReader.read(line, limits: limits))?.root }

    /// Of equal names the last counts. Nil where text is no UTF-8, or a number is out of all ranges.
    init?(_ json: JSONValue) {
        switch json.kind {
        case .object:
            var members: [String: QMPValue] = [:]
            for member in json.members {
                guard let name = Self.text(member.key), let value = QMPValue(member.value) else { return nil }
                members[name] = value
            }
            self = .object(members)
        case .array:
            var elements: [QMPValue] = []
            for element in json.elements {
                guard let value = QMPValue(element) else { return nil }
                elements.append(value)
            }
            self = .list(elements)
        case .string, .escapedString:
            guard let text = Self.text(json) else { return nil }
            self = .text(text)
        case .integer, .fraction:
            guard let number = Self.number(json) else { return nil }
            self = number
        case .literal: self = json.truth.map { .truth($0) } ?? .null
        }
    }

    private static func text(_ json: JSONValue) -> String? {
        json.string.flatMap { String(validating: $0, as: UTF8.self) }
    }

    private static func number(_ json: JSONValue) -> QMPValue? {
        json.integer.map { .integer($0) } ?? json.unsigned.map { .unsigned($0) } ?? json.number.map { .number($0) }
    }

    /// The value as one line, its end included; members by name, so that a command is always the same bytes.
    func line() throws(QEMUError) -> [UInt8] {
        var line: [UInt8] = []
        try write(to: &line)
        line.append(0x0a)
        return line
    }

    private func write(to line: inout [UInt8]) throws(QEMUError) {
        switch self {
        case .null: line += "null".utf8
        case .truth(let truth): line += (truth ? "true" : "false").utf8
        case .integer(let number): line += "\(number)".utf8
        case .unsigned(let number): line += "\(number)".utf8
        case .number(let number):
            guard number.isFinite else {
                throw QEMUError(.badAnswer, "a command holds a number that JSON cannot hold")
            }
            line += "\(number)".utf8
        case .text(let text): Self.write(text, to: &line)
        case .list(let elements):
            line.append(UInt8(ascii: "["))
            for (place, element) in elements.enumerated() {
                if place > 0 { line.append(UInt8(ascii: ",")) }
                try element.write(to: &line)
            }
            line.append(UInt8(ascii: "]"))
        case .object(let members):
            line.append(UInt8(ascii: "{"))
            for (place, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
                if place > 0 { line.append(UInt8(ascii: ",")) }
                Self.write(member.key, to: &line)
                line.append(UInt8(ascii: ":"))
                try member.value.write(to: &line)
            }
            line.append(UInt8(ascii: "}"))
        }
    }

    private static func write(_ text: String, to line: inout [UInt8]) {
        line.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): line += [UInt8(ascii: "\\"), byte]
            case ..<0x20:
                line += "\\u00\(byte < 0x10 ? "0" : "")\(String(byte, radix: 16))".utf8
            default: line.append(byte)
            }
        }
        line.append(UInt8(ascii: "\""))
    }
}
