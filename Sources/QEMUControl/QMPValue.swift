import FoundationEssentials

/// A value of QMP, QEMU's machine protocol: JSON without any schema.
public indirect enum QMPValue: Hashable, Sendable {
    /// No value.
    case null
    /// True or false.
    case truth(Bool)
    /// A whole number that 64 bits hold with a sign.
    case integer(Int64)
    /// A whole number above the signed range.
    case unsigned(UInt64)
    /// Any other number.
    case number(Double)
    /// Text.
    case text(String)
    /// Elements in order.
    case list([QMPValue])
    /// Members by name.
    case object([String: QMPValue])
}

extension QMPValue {
    /// The text, nil for anything else.
    public var text: String? {
        if case .text(let text) = self { return text }
        return nil
    }

    /// The number where it is whole and 64 signed bits hold it, nil for anything else.
    public var integer: Int64? {
        if case .integer(let number) = self { return number }
        return nil
    }

    /// True or false, nil for anything else.
    public var truth: Bool? {
        if case .truth(let truth) = self { return truth }
        return nil
    }

    /// The elements of a list, none for anything else.
    public var elements: [QMPValue] {
        if case .list(let elements) = self { return elements }
        return []
    }

    /// The members of an object, nil for anything else.
    public var members: [String: QMPValue]? {
        if case .object(let members) = self { return members }
        return nil
    }

    /// A member of an object, nil where there is none.
    public subscript(_ name: String) -> QMPValue? { members?[name] }
}

extension QMPValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral
{
    /// Text.
    public init(stringLiteral value: String) { self = .text(value) }
    /// A whole number.
    public init(integerLiteral value: Int64) { self = .integer(value) }
    /// True or false.
    public init(booleanLiteral value: Bool) { self = .truth(value) }
    /// An object; of equal names the last counts.
    public init(dictionaryLiteral elements: (String, QMPValue)...) {
        self = .object(Dictionary(elements) { _, last in last })
    }
    /// A list.
    public init(arrayLiteral elements: QMPValue...) { self = .list(elements) }
}

extension QMPValue: Codable {
    /// Reads any JSON value; what is frequent is tried first, as an attempt that fails is what costs.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let members = try? container.decode([String: QMPValue].self) {
            self = .object(members)
        } else if let truth = try? container.decode(Bool.self) {
            self = .truth(truth)
        } else if let integer = try? container.decode(Int64.self) {
            self = .integer(integer)
        } else if let unsigned = try? container.decode(UInt64.self) {
            self = .unsigned(unsigned)
        } else if let elements = try? container.decode([QMPValue].self) {
            self = .list(elements)
        } else {
            self = .number(try container.decode(Double.self))
        }
    }

    /// Writes the JSON value.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .truth(let truth): try container.encode(truth)
        case .integer(let number): try container.encode(number)
        case .unsigned(let number): try container.encode(number)
        case .number(let number): try container.encode(number)
        case .text(let text): try container.encode(text)
        case .list(let elements): try container.encode(elements)
        case .object(let members): try container.encode(members)
        }
    }
}

extension QMPValue {
    /// Reads one line of the protocol; nil where it is no JSON.
    static func read(_ line: [UInt8]) -> QMPValue? {
        try? JSONDecoder().decode(QMPValue.self, from: Data(line))
    }

    /// The value as one line, its end included; members by name, so that a command is always the same bytes.
    func line() throws(QEMUError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else {
            throw QEMUError(.badAnswer, "a command holds a number that JSON cannot hold")
        }
        return Array(data) + [0x0a]
    }
}
