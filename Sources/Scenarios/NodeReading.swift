import PSeries
import Yams

/// A node of a scenario file with its place, and reading that says what is wrong where.
struct Reading {
    let node: Node
    let file: String
    /// Machine types that the file may name.
    let types: MachineTypeCatalogue

    var line: Int? { node.mark?.line }

    func error(_ message: String) -> ScenarioError {
        ScenarioError(message: message, line: node.mark?.line, column: node.mark?.column, file: file)
    }

    func at(_ node: Node) -> Reading { Reading(node: node, file: file, types: types) }

    // MARK: - Mappings

    /// The entries of a mapping, in order; keys must be text and stand once.
    func entries(_ what: String) throws(ScenarioError) -> [(key: String, value: Reading, keyPlace: Reading)] {
        guard let mapping = node.mapping else { throw error("\(what) must be a mapping of keys to values") }
        var seen: Set<String> = []
        var result: [(key: String, value: Reading, keyPlace: Reading)] = []
        for (key, value) in mapping {
            guard let name = key.scalar?.string else { throw at(key).error("a key of \(what) must be text") }
            guard seen.insert(name).inserted else { throw at(key).error("the key “\(name)” stands twice") }
            result.append((name, at(value), at(key)))
        }
        return result
    }

    /// The entries by key; a key that is not allowed is an error that names those that are.
    func fields(_ what: String, allowed: [String]) throws(ScenarioError) -> [String: Reading] {
        var fields: [String: Reading] = [:]
        for entry in try entries(what) {
            guard allowed.contains(entry.key) else {
                throw entry.keyPlace.error(
                    "\(what) has no key “\(entry.key)”; it can have \(allowed.joined(separator: ", "))")
            }
            fields[entry.key] = entry.value
        }
        return fields
    }

    func items(_ what: String) throws(ScenarioError) -> [Reading] {
        guard let sequence = node.sequence else { throw error("\(what) must be a list") }
        return sequence.map(at)
    }

    // MARK: - Scalars

    func text(_ what: String) throws(ScenarioError) -> String {
        guard let text = node.scalar?.string else { throw error("\(what) must be text or a number") }
        return text
    }

    /// An unsigned number: decimal, or hexadecimal with 0x; `_` between digits, K, M and G as binary factors.
    func number(_ what: String, below limit: UInt64 = .max) throws(ScenarioError) -> UInt64 {
        let text = try text(what)
        guard let value = Reading.number(text) else { throw error("\(what) must be a number, not “\(text)”") }
        guard value <= limit else { throw error("\(what) must be at most \(limit), not \(value)") }
        return value
    }

    func number32(_ what: String, below limit: UInt32 = .max) throws(ScenarioError) -> UInt32 {
        UInt32(truncatingIfNeeded: try number(what, below: UInt64(limit)))
    }

    func boolean(_ what: String) throws(ScenarioError) -> Bool {
        switch try text(what) {
        case "on", "yes", "true": true
        case "off", "no", "false": false
        case let other: throw error("\(what) must be on or off, not “\(other)”")
        }
    }

    static func number(_ text: String) -> UInt64? {
        var digits = text.filter { $0 != "_" }
        var shift: UInt64 = 0
        if !digits.hasPrefix("0x"), let unit = digits.last, let place = "KMG".firstIndex(of: unit) {
            shift = 10 * UInt64("KMG".distance(from: "KMG".startIndex, to: place) + 1)
            digits.removeLast()
        }
        if digits.hasPrefix("-") {
            // Minus one and its kind stand for statuses.
            return Int64(digits).map { UInt64(bitPattern: $0) }
        }
        let value = digits.hasPrefix("0x") ? UInt64(digits.dropFirst(2), radix: 16) : UInt64(digits)
        guard let value else { return nil }
        let (product, overflow) = value.multipliedReportingOverflow(by: 1 << shift)
        return overflow ? nil : product
    }

    /// One of a fixed set of words.
    func choice<Choice: RawRepresentable & CaseIterable>(
        _ what: String, _ type: Choice.Type
    ) throws(ScenarioError) -> Choice where Choice.RawValue == String {
        let text = try text(what)
        guard let value = Choice(rawValue: text) else {
            let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw error("\(what) must be one of \(names), not “\(text)”")
        }
        return value
    }
}
