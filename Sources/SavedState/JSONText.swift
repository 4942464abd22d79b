/// A JSON text as a flat list of values in document order, kept beside its bytes.
///
/// The self-description of a stream has repeated keys (lists write one set of members for each
/// element), so members are given in order and none is dropped. Nothing is copied: strings and
/// numbers stay in the bytes until they are asked for. A value costs 16 bytes.
struct JSONText: Sendable {
    enum Kind: UInt8, Sendable {
        case object, array, string, escapedString, integer, fraction, literal
    }

    struct Node: Sendable {
        var kind: Kind
        /// Bytes of the value; of a string without its quotes.
        var start: UInt32
        var end: UInt32
        /// Index of the first node behind this value and everything in it.
        var next: UInt32
    }

    let bytes: [UInt8]
    let nodes: [Node]

    /// The outermost value.
    var root: JSONValue { JSONValue(text: self, index: 0) }
}

/// One value of a text.
struct JSONValue: Sendable {
    let text: JSONText
    let index: Int

    var node: JSONText.Node { text.nodes[index] }
    var kind: JSONText.Kind { node.kind }
    /// Offset of the value in the text.
    var offset: Int { Int(node.start) }

    /// Members of an object in order, repeats included; empty for anything else.
    var members: JSONMembers { JSONMembers(text: text, index: index + 1, end: kind == .object ? Int(node.next) : 0) }

    /// Elements of an array in order; empty for anything else.
    var elements: JSONElements { JSONElements(text: text, index: index + 1, end: kind == .array ? Int(node.next) : 0) }

    /// The first member with this key.
    func member(_ key: StaticString) -> JSONValue? {
        members.first { $0.isKey(key) }?.value
    }

    /// The bytes of a string with its escapes resolved; nil for anything else.
    var string: [UInt8]? {
        let slice = text.bytes[Int(node.start)..<Int(node.end)]
        switch kind {
        case .string: return Array(slice)
        case .escapedString: return JSONEscapes.resolve(slice)
        default: return nil
        }
    }

    /// An integer without fraction or exponent that fits; nil for anything else.
    var integer: Int64? { digits.flatMap { Int64($0) } }

    /// An integer of 0 or more without fraction or exponent that fits; nil for anything else.
    var unsigned: UInt64? { digits.flatMap { UInt64($0) } }

    private var digits: String? {
        guard kind == .integer else { return nil }
        return String(decoding: text.bytes[Int(node.start)..<Int(node.end)], as: UTF8.self)
    }
}

/// A key and its value.
struct JSONMember {
    let key: JSONValue
    let value: JSONValue

    /// Whether the key is this ASCII text. A key with escapes equals none.
    func isKey(_ name: StaticString) -> Bool {
        let node = key.node
        guard node.kind == .string, Int(node.end - node.start) == name.utf8CodeUnitCount else { return false }
        return name.withUTF8Buffer { key.text.bytes[Int(node.start)..<Int(node.end)].elementsEqual($0) }
    }
}

/// The members of an object.
struct JSONMembers: Sequence, IteratorProtocol {
    let text: JSONText
    var index: Int
    let end: Int

    mutating func next() -> JSONMember? {
        guard index < end else { return nil }
        let value = Int(text.nodes[index].next)
        defer { index = Int(text.nodes[value].next) }
        return JSONMember(key: JSONValue(text: text, index: index), value: JSONValue(text: text, index: value))
    }
}

/// The elements of an array.
struct JSONElements: Sequence, IteratorProtocol {
    let text: JSONText
    var index: Int
    let end: Int

    mutating func next() -> JSONValue? {
        guard index < end else { return nil }
        defer { index = Int(text.nodes[index].next) }
        return JSONValue(text: text, index: index)
    }
}

/// Escapes of JSON strings.
enum JSONEscapes {
    /// The bytes that a checked string stands for; a lone surrogate gives U+FFFD.
    static func resolve(_ slice: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var index = slice.startIndex
        while index < slice.endIndex {
            let byte = slice[index]
            index += 1
            guard byte == UInt8(ascii: "\\"), index < slice.endIndex else {
                result.append(byte)
                continue
            }
            let escape = slice[index]
            index += 1
            if escape == UInt8(ascii: "u") {
                result += Array(String(scalar(slice, &index)).utf8)
            } else {
                result.append(simple[escape] ?? escape)
            }
        }
        return result
    }

    /// What may follow a backslash, except `u`.
    static let simple: [UInt8: UInt8] = [
        UInt8(ascii: "\""): 0x22, UInt8(ascii: "\\"): 0x5c, UInt8(ascii: "/"): 0x2f, UInt8(ascii: "b"): 8,
        UInt8(ascii: "f"): 12, UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9,
    ]

    private static func scalar(_ slice: ArraySlice<UInt8>, _ index: inout Int) -> Unicode.Scalar {
        let replacement: Unicode.Scalar = "\u{fffd}"
        guard let high = unit(slice, index) else { return replacement }
        index += 4
        guard (0xd800...0xdbff).contains(high) else { return Unicode.Scalar(high) ?? replacement }
        guard slice.endIndex - index >= 6, slice[index] == UInt8(ascii: "\\"), slice[index + 1] == UInt8(ascii: "u"),
            let low = unit(slice, index + 2), (0xdc00...0xdfff).contains(low)
        else { return replacement }
        index += 6
        return Unicode.Scalar(0x10000 + (high - 0xd800) << 10 + (low - 0xdc00)) ?? replacement
    }

    private static func unit(_ slice: ArraySlice<UInt8>, _ index: Int) -> UInt32? {
        guard slice.endIndex - index >= 4 else { return nil }
        return UInt32(String(decoding: slice[index..<index + 4], as: UTF8.self), radix: 16)
    }
}
