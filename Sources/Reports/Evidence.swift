/// Where a state came from, as reports show it.
public struct Evidence: Sendable {
    /// As the user named it.
    public var name: String
    /// Pairs of label and value: container, size, capabilities, tool version, ...
    public var facts: [(label: String, value: String)]
    /// Things worth telling about the reading, as sentences.
    public var notes: [String]
    /// Path of the file with the stream that byte offsets count in; nil where it is the name itself.
    public var file: String?

    /// The value with these parts.
    public init(
        name: String, facts: [(label: String, value: String)], notes: [String], file: String? = nil
    ) {
        self.name = name
        self.facts = facts
        self.notes = notes
        self.file = file
    }

    /// The file that byte offsets count in.
    var streamFile: String { file ?? name }
}

extension JSONWriter {
    mutating func evidence(_ key: String, _ evidence: Evidence) {
        object(key) { json in
            json.member("name", evidence.name)
            for fact in evidence.facts { json.member(fact.label, fact.value) }
            json.array("notes") { json in
                for note in evidence.notes { json.value(note) }
            }
        }
    }
}
