/// Reads an XML document: elements, attributes, text, comments, CDATA; no document types.
struct XMLReader {
    private let bytes: [UInt8]
    private var place = 0
    private var line = 1

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    mutating func document() throws(XMLError) -> XMLElement {
        try skipBetweenElements()
        guard peek == UInt8(ascii: "<") else { throw fault("no element stands here") }
        let root = try element(depth: 0)
        try skipBetweenElements()
        guard place == bytes.count else { throw fault("something follows the end of the document") }
        return root
    }

    static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0a, 0x0d].contains(byte) }

    // MARK: - Bytes

    private var peek: UInt8? { place < bytes.count ? bytes[place] : nil }

    private func fault(_ message: String) -> XMLError { XMLError(message: message, line: line) }

    private func stands(_ word: String) -> Bool { bytes[place...].starts(with: word.utf8) }

    private mutating func advance(_ count: Int = 1) {
        for byte in bytes[place..<min(place + count, bytes.count)] where byte == 0x0a { line += 1 }
        place = min(place + count, bytes.count)
    }

    private mutating func skipSpace() {
        while let byte = peek, Self.isSpace(byte) { advance() }
    }

    /// Goes behind a word; gives what is before it.
    private mutating func take(upTo word: String) throws(XMLError) -> ArraySlice<UInt8> {
        let start = place
        while place < bytes.count {
            if stands(word) {
                let slice = bytes[start..<place]
                advance(word.utf8.count)
                return slice
            }
            advance()
        }
        throw fault("“\(word)” is missing")
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(XMLError) {
        guard peek == UInt8(ascii: character) else { throw fault("“\(character)” is missing") }
        advance()
    }

    // MARK: - Parts

    /// Skips white space, comments and instructions; refuses declarations.
    private mutating func skipBetweenElements() throws(XMLError) {
        while true {
            skipSpace()
            if stands("<!--") || stands("<?") {
                try skipMarkup()
            } else if stands("<!") {
                throw fault("document types and entity declarations are not read")
            } else {
                return
            }
        }
    }

    private mutating func skipMarkup() throws(XMLError) {
        if stands("<!--") {
            advance(4)
            _ = try take(upTo: "-->")
        } else {
            _ = try take(upTo: "?>")
        }
    }

    private mutating func element(depth: Int) throws(XMLError) -> XMLElement {
        guard depth < XMLElement.depthLimit else { throw fault("more than \(XMLElement.depthLimit) elements deep") }
        let start = line
        try expect("<")
        var element = XMLElement(name: try name(), attributes: [:], children: [], text: "", line: start)
        while true {
            skipSpace()
            if stands("/>") {
                advance(2)
                return element
            }
            if peek == UInt8(ascii: ">") { break }
            let name = try name()
            guard element.attributes[name] == nil else { throw fault("the attribute \(name) stands twice") }
            element.attributes[name] = try attributeValue()
        }
        try expect(">")
        try readContent(of: &element, depth: depth)
        return element
    }

    private mutating func readContent(of element: inout XMLElement, depth: Int) throws(XMLError) {
        var text: [UInt8] = []
        while let byte = peek {
            if stands("</") {
                advance(2)
                guard try name() == element.name else { throw fault("“</\(element.name)>” is missing") }
                skipSpace()
                try expect(">")
                element.text = try string(text[...])
                return
            } else if stands("<![CDATA[") {
                advance(9)
                text += try take(upTo: "]]>")
            } else if stands("<!--") || stands("<?") {
                try skipMarkup()
            } else if stands("<!") {
                throw fault("document types and entity declarations are not read")
            } else if byte == UInt8(ascii: "<") {
                element.children.append(try self.element(depth: depth + 1))
            } else if byte == UInt8(ascii: "&") {
                text += try reference()
            } else {
                text.append(byte)
                advance()
            }
        }
        throw fault("“</\(element.name)>” is missing")
    }

    private mutating func name() throws(XMLError) -> String {
        let start = place
        while let byte = peek, Self.isNameByte(byte) { advance() }
        guard place > start else { throw fault("a name is missing") }
        return try string(bytes[start..<place])
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"): true
        case UInt8(ascii: "."), UInt8(ascii: ":"), 0x80...0xff: true
        default: false
        }
    }

    private mutating func attributeValue() throws(XMLError) -> String {
        skipSpace()
        try expect("=")
        skipSpace()
        guard let quote = peek, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
            throw fault("a value between quotes is missing")
        }
        advance()
        var value: [UInt8] = []
        while let byte = peek, byte != quote {
            guard byte != UInt8(ascii: "<") else { throw fault("“<” within a value") }
            if byte == UInt8(ascii: "&") {
                value += try reference()
            } else {
                value.append(byte)
                advance()
            }
        }
        guard peek != nil else { throw fault("a quote is missing") }
        advance()
        return try string(value[...])
    }

    /// `&lt;` and its like, and characters by number.
    private mutating func reference() throws(XMLError) -> [UInt8] {
        advance()
        let name = try string(try take(upTo: ";"))
        let known: [String: UInt8] = [
            "lt": UInt8(ascii: "<"), "gt": UInt8(ascii: ">"), "amp": UInt8(ascii: "&"), "quot": UInt8(ascii: "\""),
            "apos": UInt8(ascii: "'"),
        ]
        if let byte = known[name] { return [byte] }
        let isHexadecimal = name.hasPrefix("#x")
        let digits = name.dropFirst(isHexadecimal ? 2 : 1)
        guard name.hasPrefix("#"), let value = UInt32(digits, radix: isHexadecimal ? 16 : 10), value != 0,
            let scalar = Unicode.Scalar(value)
        else { throw fault("the entity “\(name.prefix(40))” is not known") }
        return Array(String(Character(scalar)).utf8)
    }

    private func string(_ slice: ArraySlice<UInt8>) throws(XMLError) -> String {
        guard let text = String(validating: slice, as: UTF8.self) else { throw fault("not UTF-8 text") }
        return text
    }
}
