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
