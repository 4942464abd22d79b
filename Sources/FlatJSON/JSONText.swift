/// A JSON text as a flat list of values in document order, kept beside its bytes.
///
/// The self-description of a stream has repeated keys (lists write one set of members for each
/// element), so members are given in order and none is dropped. Nothing is copied: strings and
/// numbers stay in the bytes until they are asked for. A value costs 16 bytes.
package final class JSONText: Sendable {
    package enum Kind: UInt8, Sendable {
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

    init(bytes: [UInt8], nodes: [Node]) {
        self.bytes = bytes
        self.nodes = nodes
    }

    /// Values of the text, names included.
    package var valueCount: Int { nodes.count }

    /// The outermost value.
    package var root: JSONValue { JSONValue(text: self, index: 0) }

    /// The bytes of a value.
    func slice(_ node: Node) -> ArraySlice<UInt8> { bytes[Int(node.start)..<Int(node.end)] }
}

/// One value of a text.
package struct JSONValue: Sendable {
    let text: JSONText
    let index: Int

    private var node: JSONText.Node { text.nodes[index] }
    package var kind: JSONText.Kind { node.kind }
    /// Offset of the value in the text.
    package var offset: Int { Int(node.start) }

    /// Members of an object in order, repeats included; empty for anything else.
    package var members: JSONMembers {
        JSONMembers(text: text, index: index + 1, end: kind == .object ? Int(node.next) : 0)
    }

    /// Elements of an array in order; empty for anything else.
    package var elements: JSONElements {
        JSONElements(text: text, index: index + 1, end: kind == .array ? Int(node.next) : 0)
    }

    /// The first member with this key.
    package func member(_ key: StaticString) -> JSONValue? {
        members.first { $0.isKey(key) }?.value
    }

    /// The bytes of a string with its escapes resolved; nil for anything else.
    package var string: ArraySlice<UInt8>? {
        switch kind {
        case .string: text.slice(node)
        case .escapedString: JSONEscapes.resolve(text.slice(node))[...]
        default: nil
        }
    }

    /// An integer without fraction or exponent that fits; nil for anything else.
    package var integer: Int64? { digits.flatMap { Int64($0) } }

    /// An integer of 0 or more without fraction or exponent that fits; nil for anything else.
    package var unsigned: UInt64? { digits.flatMap { UInt64($0) } }

    /// Any number, as near as a double comes; nil for anything else, and where it is out of a double's range.
    package var number: Double? {
        guard kind == .integer || kind == .fraction else { return nil }
        return Double(String(decoding: text.slice(node), as: UTF8.self)).flatMap { $0.isFinite ? $0 : nil }
    }

    /// True or false; nil for anything else.
    package var truth: Bool? {
        guard kind == .literal else { return nil }
        return switch text.slice(node).first {
        case UInt8(ascii: "t"): true
        case UInt8(ascii: "f"): false
        default: nil
        }
    }

    private var digits: String? {
        guard kind == .integer else { return nil }
        return String(decoding: text.slice(node), as: UTF8.self)
    }

    /// Whether this is a string of just this ASCII text. One with escapes equals none.
    fileprivate func isString(_ ascii: StaticString) -> Bool {
        let node = node
        guard node.kind == .string, Int(node.end - node.start) == ascii.utf8CodeUnitCount else { return false }
        return ascii.withUTF8Buffer { text.slice(node).elementsEqual($0) }
    }
}

/// A key and its value.
package struct JSONMember {
    package let key: JSONValue
    package let value: JSONValue

    /// Whether the key is this ASCII text. A key with escapes equals none.
    package func isKey(_ name: StaticString) -> Bool { key.isString(name) }
}

/// The members of an object.
package struct JSONMembers: Sequence, IteratorProtocol {
    let text: JSONText
    var index: Int
    let end: Int

    package mutating func next() -> JSONMember? {
        guard index < end else { return nil }
        let value = Int(text.nodes[index].next)
        defer { index = Int(text.nodes[value].next) }
        return JSONMember(key: JSONValue(text: text, index: index), value: JSONValue(text: text, index: value))
    }
}

/// The elements of an array.
package struct JSONElements: Sequence, IteratorProtocol {
    let text: JSONText
    var index: Int
    let end: Int

    package mutating func next() -> JSONValue? {
        guard index < end else { return nil }
        defer { index = Int(text.nodes[index].next) }
        return JSONValue(text: text, index: index)
    }
}
