import Foundation

/// Holds JSON against the part of JSON Schema that the tool's schemas and SARIF's use.
///
/// A keyword that it does not know is a fault, so that nothing is passed over.
struct SchemaValidator {
    private let root: [String: Any]
    /// Whether a member that an object's schema does not name is a fault although the schema would allow it.
    ///
    /// The tool's own schemas leave room for members to come; what is written today must be named.
    private let refusesUnnamed: Bool

    init(_ schema: String, refusesUnnamed: Bool = true) throws {
        root = try JSONSerialization.jsonObject(with: Data(schema.utf8)) as? [String: Any] ?? [:]
        self.refusesUnnamed = refusesUnnamed
    }

    /// What is wrong with a document; empty where it follows the schema.
    func faults(_ document: String) throws -> [String] {
        check(try JSONSerialization.jsonObject(with: Data(document.utf8)), root, "$")
    }

    private static let keywords: Set<String> = [
        "$schema", "$id", "id", "title", "description", "default", "$defs", "definitions", "$ref", "anyOf", "oneOf",
        "enum", "const", "type", "pattern", "format", "required", "properties", "additionalProperties", "items",
        "minItems", "maxItems", "uniqueItems", "minimum", "maximum",
    ]

    private func check(_ value: Any, _ schema: [String: Any], _ path: String) -> [String] {
        if let unknown = schema.keys.first(where: { !Self.keywords.contains($0) }) {
            return ["\(path): keyword \(unknown)"]
        }
        if let reference = schema["$ref"] as? String {
            guard let target = definition(reference) else { return ["\(path): no definition \(reference)"] }
            return check(value, target, path)
        }
        var faults = choices(value, schema, path)
        if let type = schema["type"] {
            let types = type as? [String] ?? [type as? String ?? ""]
            if !types.contains(where: { isOf($0, value) }) { faults.append("\(path): \(value) is no \(types)") }
        }
        if let text = value as? String { faults += check(text: text, schema, path) }
        if let number = value as? NSNumber, isOf("integer", value) { faults += check(number: number, schema, path) }
        if let members = value as? [String: Any] { faults += check(members: members, schema, path) }
        if let items = value as? [Any] { faults += check(items: items, schema, path) }
        return faults
    }

    private func definition(_ reference: String) -> [String: Any]? {
        let steps = reference.split(separator: "/").dropFirst().map(String.init)
        return steps.reduce(root) { place, step in place?[step] as? [String: Any] }
    }

    private func choices(_ value: Any, _ schema: [String: Any], _ path: String) -> [String] {
        var faults: [String] = []
        func fitting(_ keyword: String) -> Int? {
            (schema[keyword] as? [[String: Any]])?.count { check(value, $0, path).isEmpty }
        }
        if fitting("anyOf") == 0 { faults.append("\(path): none of the choices") }
        if let count = fitting("oneOf"), count != 1 { faults.append("\(path): \(count) of the choices") }
        if let choices = schema["enum"] as? [Any], !choices.contains(where: { isEqual($0, value) }) {
            faults.append("\(path): \(value) is not listed")
        }
        if let constant = schema["const"], !isEqual(constant, value) { faults.append("\(path): not \(constant)") }
        return faults
    }

    private func check(text: String, _ schema: [String: Any], _ path: String) -> [String] {
        var faults: [String] = []
        if let pattern = schema["pattern"] as? String,
            text.range(of: pattern, options: .regularExpression) == nil
        {
            faults.append("\(path): \(text) does not match \(pattern)")
        }
        if let format = schema["format"] as? String, !isOf(format: format, text) {
            faults.append("\(path): \(text) is no \(format)")
        }
        return faults
    }

    /// Characters and percent signs as RFC 3986 has them.
    private func isOf(format: String, _ text: String) -> Bool {
        let reference = #"^([A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*$"#
        let isReference = text.range(of: reference, options: .regularExpression) != nil
        switch format {
        case "uri-reference": return isReference
        case "uri":
            return isReference && text.range(of: "^[A-Za-z][A-Za-z0-9+.-]*:", options: .regularExpression) != nil
        default: return false
        }
    }

    private func check(number: NSNumber, _ schema: [String: Any], _ path: String) -> [String] {
        var faults: [String] = []
        if let low = schema["minimum"] as? NSNumber, number.doubleValue < low.doubleValue {
            faults.append("\(path): \(number) is less than \(low)")
        }
        if let high = schema["maximum"] as? NSNumber, number.doubleValue > high.doubleValue {
            faults.append("\(path): \(number) is more than \(high)")
        }
        return faults
    }

    private func check(items: [Any], _ schema: [String: Any], _ path: String) -> [String] {
        var faults: [String] = []
        if let least = schema["minItems"] as? Int, items.count < least { faults.append("\(path): fewer than \(least)") }
        if let most = schema["maxItems"] as? Int, items.count > most { faults.append("\(path): more than \(most)") }
        if schema["uniqueItems"] as? Bool == true, Set(items.map { "\($0)" }).count < items.count {
            faults.append("\(path): two items alike")
        }
        guard let schema = schema["items"] as? [String: Any] else { return faults }
        return faults + items.enumerated().flatMap { check($0.element, schema, "\(path)[\($0.offset)]") }
    }

    private func check(members: [String: Any], _ schema: [String: Any], _ path: String) -> [String] {
        let properties = schema["properties"] as? [String: [String: Any]]
        let others = schema["additionalProperties"]
        let refuses = others as? Bool == false || (refusesUnnamed && others == nil && properties != nil)
        var faults = (schema["required"] as? [String] ?? []).filter { members[$0] == nil }.map { "\(path): no \($0)" }
        for (key, value) in members {
            if let schema = properties?[key] ?? (others as? [String: Any]) {
                faults += check(value, schema, "\(path).\(key)")
            } else if refuses {
                faults.append("\(path): the schema has no \(key)")
            }
        }
        return faults
    }

    private func isEqual(_ left: Any, _ right: Any) -> Bool {
        if left is NSNull || right is NSNull { return left is NSNull && right is NSNull }
        return "\(left)" == "\(right)" && (left is String) == (right is String)
    }

    private func isOf(_ type: String, _ value: Any) -> Bool {
        switch type {
        case "null": value is NSNull
        case "string": value is String
        case "array": value is [Any]
        case "object": value is [String: Any]
        case "boolean": value is Bool
        case "integer": value is Int || value is UInt64
        case "number": value is Double
        default: false
        }
    }
}
