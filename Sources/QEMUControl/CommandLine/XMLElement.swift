/// An element of an XML document, as far as descriptions of machines need XML.
public struct XMLElement: Hashable, Sendable {
    /// Its name, prefix included.
    public var name: String
    /// Its attributes by name.
    public var attributes: [String: String]
    /// The elements within it, in order.
    public var children: [XMLElement]
    /// The text directly within it, references resolved.
    public var text: String
    /// Line of its start, from 1.
    public var line: Int

    /// The first child of a name.
    public func child(_ name: String) -> XMLElement? { children.first { $0.name == name } }

    /// All children of a name, in order.
    public func children(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }

    /// The text without white space around it.
    public var trimmedText: String {
        let bytes = text.utf8.drop { XMLReader.isSpace($0) }
        let count = bytes.reversed().drop { XMLReader.isSpace($0) }.count
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}

/// What is wrong with an XML document, and where.
public struct XMLError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, as a sentence without its full stop.
    public var message: String
    /// From 1.
    public var line: Int

    /// `line 3: …`.
    public var description: String { "line \(line): \(message)" }
}

extension XMLElement {
    /// Bytes of a document at most: libvirt's own limit for messages with domains is 16 MiB, real ones have some KiB.
    public static let sizeLimit = 1 << 20
    /// Elements within each other at most: libvirt's domains have fewer than ten.
    static let depthLimit = 64

    /// Reads a document and gives its root.
    ///
    /// Strict, and without what makes XML dangerous: a document type or an entity declaration is refused, so nothing
    /// expands and nothing outside is fetched.
    public init(parsing text: String) throws(XMLError) {
        guard text.utf8.count <= Self.sizeLimit else {
            throw XMLError(message: "larger than \(Self.sizeLimit) bytes", line: 1)
        }
        var reader = XMLReader(text)
        self = try reader.document()
    }
}
