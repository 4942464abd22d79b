import PSeries
import Yams

/// A YAML or JSON document, read strictly: every key must be known and every value of its kind.
///
/// JSON is read as YAML. A typing error in a description must not silently change what is proved.
public struct Document {
    private let node: Node
    /// Names the value in messages: `devices[2].phb`.
    public let path: String

    /// Longest text accepted, in bytes: a description of thousands of devices is far smaller.
    public static let sizeLimit = 1 << 20

    /// Parses a text that holds one document, of so many bytes at most.
    public init(parsing text: String, limit: Int = Document.sizeLimit) throws(DescriptionError) {
        guard text.utf8.count <= limit else {
            throw DescriptionError("the file is larger than \(limit) bytes")
        }
        do {
            // All scalars are text, as each is read by what it stands for.
            guard let node = try Yams.compose(yaml: text, .basic, .default, .utf8) else {
                throw DescriptionError("the file is empty")
            }
            self.init(node: node, path: "")
        } catch let error as DescriptionError {
            throw error
        } catch let error as YamlError {
            throw DescriptionError(parserFault: error)
        } catch {
            throw DescriptionError("the file cannot be parsed")
        }
    }

    private init(node: Node, path: String) {
        self.node = node
        self.path = path
    }

    /// A fault at this value.
    public func fault(_ message: String) -> DescriptionError {
        let place = path.isEmpty ? "" : "\(path): "
        return DescriptionError(place + message, line: node.mark?.line, column: node.mark?.column)
    }
}

// MARK: - Containers

extension Document {
    /// Whether this is a mapping.
    public var isMapping: Bool { node.mapping != nil }
    /// Whether this is a sequence.
    public var isSequence: Bool { node.sequence != nil }
    /// Whether nothing stands here: `key:` or `null`.
    public var isNull: Bool {
        guard case .scalar(let scalar) = node, scalar.style == .plain else { return false }
        return ["", "~", "null"].contains(scalar.string)
    }

    /// The members of a mapping, all of whose keys must be among `keys`.
    public func members(_ keys: [String]) throws(DescriptionError) -> [String: Document] {
        var members: [String: Document] = [:]
        for (key, value) in try entries() {
            guard keys.contains(key) else {
                let near = MachineType.namesNear(key, among: keys, limit: 1).first
                throw value.fault("unknown key" + (near.map { "; did you mean \"\($0)\"?" } ?? ""))
            }
            members[key] = value
        }
        return members
    }

    /// The members of a mapping with any keys, in their order.
    public func entries() throws(DescriptionError) -> [(key: String, value: Document)] {
        guard let mapping = node.mapping else { throw fault("expected a mapping of keys to values") }
        var entries: [(key: String, value: Document)] = []
        var seen: Set<String> = []
        for (keyNode, value) in mapping {
            guard case .scalar(let scalar) = keyNode else { throw fault("a key must be plain text") }
            let key = scalar.string
            guard seen.insert(key).inserted else {
                throw Document(node: keyNode, path: path).fault("the key \"\(key)\" stands twice")
            }
            entries.append((key, Document(node: value, path: path.isEmpty ? key : "\(path).\(key)")))
        }
        return entries
    }

    /// The elements of a sequence.
    public func elements() throws(DescriptionError) -> [Document] {
        guard let sequence = node.sequence else { throw fault("expected a list") }
        return sequence.enumerated().map { Document(node: $0.element, path: "\(path)[\($0.offset)]") }
    }
}

// MARK: - Scalars

extension Document {
    /// The text of a scalar.
    public func text() throws(DescriptionError) -> String {
        guard case .scalar(let scalar) = node else { throw fault("expected one value, not a list or mapping") }
        return scalar.string
    }

    /// A number within a range: decimal, or hexadecimal after `0x`.
    public func number(_ range: ClosedRange<UInt32> = 0...UInt32.max) throws(DescriptionError) -> UInt32 {
        let text = try text()
        let digits = text.hasPrefix("0x") ? text.dropFirst(2) : text[...]
        let isNumber = digits.utf8.first.map { $0 != 0x2b && $0 != 0x2d } ?? false
        guard isNumber, let value = UInt32(digits, radix: text.hasPrefix("0x") ? 16 : 10), range.contains(value) else {
            throw fault("expected a number from \(range.lowerBound) to \(range.upperBound), found \"\(text)\"")
        }
        return value
    }

    /// A truth value: true, yes, on; false, no, off.
    public func truth() throws(DescriptionError) -> Bool {
        let text = try text()
        switch text {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default: throw fault("expected on or off, found \"\(text)\"")
        }
    }

    /// One of the cases of a type, by its raw value.
    public func choice<Choice: RawRepresentable<String> & CaseIterable>(
        among choices: [Choice] = Array(Choice.allCases)
    ) throws(DescriptionError) -> Choice {
        let text = try text()
        if let choice = choices.first(where: { $0.rawValue == text }) { return choice }
        let names = choices.map(\.rawValue).joined(separator: ", ")
        throw fault("expected one of \(names), found \"\(text)\"")
    }
}

extension DescriptionError {
    /// A fault that the YAML parser found.
    init(parserFault: YamlError) {
        switch parserFault {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            self.init("\(problem)", line: mark.line, column: mark.column)
        case .duplicatedKeysInMapping(let duplicates, let context):
            let keys = duplicates.sorted().map { "\"\($0)\"" }.joined(separator: ", ")
            self.init("the key \(keys) stands twice", line: context.mark.line, column: context.mark.column)
        case .reader(let problem, _, _, _):
            self.init(problem)
        default:
            self.init("the file is not YAML or JSON")
        }
    }
}
