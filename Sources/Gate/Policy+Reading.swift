import Checker
import Descriptions

extension Policy {
    private static let keys = [
        "version", "reference", "baseline", "candidate", "machine-types", "modes", "topologies", "scenarios",
        "directions", "time-limit", "workers", "waivers",
    ]

    /// Reads a policy; every key must be known.
    ///
    /// A waiver with a fault does not stop the gate: it is a finding of its own.
    public init(parsing text: String) throws(DescriptionError) {
        let document = try Document(parsing: text)
        let members = try document.members(Self.keys)
        if let version = try members["version"]?.number(), version != 1 {
            throw document.fault("this is a policy of version \(version); this irqproof knows version 1")
        }
        guard let candidate = members["candidate"] else { throw document.fault("a policy needs a candidate") }
        self.init(candidate: try Self.build(candidate))
        if let value = members["reference"] { references = try Self.list(value, Self.build) }
        baseline = try members["baseline"].map { value throws(DescriptionError) in try value.text() }
        if let value = members["machine-types"] { machineTypes = try Self.names(value) }
        if let value = members["modes"] {
            modes = try Self.names(value)
            if let other = modes.first(where: { !["xics", "xive", "dual"].contains($0) }) {
                throw value.fault("expected modes among xics, xive, dual, found \"\(other)\"")
            }
        }
        if let value = members["topologies"] { topologies = try Self.names(value) }
        if let value = members["scenarios"] { scenarios = try Self.names(value) }
        if let value = members["directions"] {
            directions = try Self.list(value) { each throws(DescriptionError) in try each.choice() }
        } else if references.isEmpty {
            directions = [.itself]
        }
        if let value = members["time-limit"] { timeLimit = try value.number(1...86_400) }
        if let value = members["workers"] { workers = try value.number(1...1024) }
        if let value = members["waivers"], !value.isNull { waivers = try Self.list(value) { Self.waiver($0) } }
        try checkBuilds(document)
    }

    private func checkBuilds(_ document: Document) throws(DescriptionError) {
        guard !references.isEmpty || baseline != nil || directions == [.itself] else {
            throw document.fault("a policy needs reference builds, a baseline, or the direction itself alone")
        }
        guard !directions.contains(.chain) || references.count >= 2 else {
            throw document.fault("the direction chain needs two reference builds at least")
        }
    }

    private static func build(_ value: Document) throws(DescriptionError) -> Build {
        guard value.isMapping else { return Build(name: nil, path: try value.text()) }
        let members = try value.members(["name", "path"])
        guard let path = members["path"] else { throw value.fault("a build needs a path") }
        let name = try members["name"].map { value throws(DescriptionError) in try value.text() }
        if let name, name.contains(where: { "/>*?#".contains($0) }) || name.isEmpty {
            throw value.fault("a build's name has none of / > * ? #")
        }
        return Build(name: name, path: try path.text())
    }

    /// One value may stand without a list around it.
    private static func list<Element>(
        _ value: Document, _ read: (Document) throws(DescriptionError) -> Element
    ) throws(DescriptionError) -> [Element] {
        guard value.isSequence else { return [try read(value)] }
        var result: [Element] = []
        for element in try value.elements() { result.append(try read(element)) }
        return result
    }

    private static func names(_ value: Document) throws(DescriptionError) -> [String] {
        let names = try list(value) { each throws(DescriptionError) in try each.text() }
        guard Set(names).count == names.count else { throw value.fault("a name stands twice") }
        return names
    }

    // MARK: - Waivers

    private static func waiver(_ value: Document) -> WaiverEntry {
        do throws(DescriptionError) {
            return .waiver(try completeWaiver(value))
        } catch {
            return .malformed(place: value.path, reason: error.description)
        }
    }

    private static func completeWaiver(_ value: Document) throws(DescriptionError) -> Waiver {
        let members = try value.members([
            "rule", "subject", "fingerprint", "cells", "reason", "owner", "expires",
        ])
        func text(_ key: String) throws(DescriptionError) -> String {
            guard let member = members[key], !member.isNull else { throw value.fault("a waiver needs \(key)") }
            let text = try member.text()
            guard !text.isEmpty else { throw member.fault("\(key) is empty") }
            return text
        }
        let rule = try text("rule")
        guard Rule.named(rule) != nil || GateRule.named(rule) != nil else {
            throw value.fault("there is no rule \"\(rule)\"")
        }
        let expires = try text("expires")
        guard Day(expires) != nil else { throw value.fault("expires must be a day such as 2027-01-31") }
        var waiver = Waiver(
            rule: rule, reason: try text("reason"), owner: try text("owner"), expires: expires, place: value.path)
        if members["subject"] != nil { waiver.subject = try text("subject") }
        if members["fingerprint"] != nil { waiver.fingerprint = try text("fingerprint") }
        if members["cells"] != nil { waiver.cells = try text("cells") }
        guard waiver.subject != nil || waiver.fingerprint != nil else {
            throw value.fault("a waiver needs a subject, a fingerprint or both")
        }
        return waiver
    }
}

/// A day of the calendar, compared as text: `2027-01-31`.
public struct Day: Hashable, Sendable, Comparable {
    /// As it is written.
    public let text: String

    /// Nil where it is no day.
    public init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.count) == [4, 2, 2], let month = UInt8(parts[1]), let day = UInt8(parts[2]),
            UInt16(parts[0]) != nil, (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        self.text = text
    }

    /// The earlier is the smaller.
    public static func < (left: Day, right: Day) -> Bool { left.text < right.text }
}
