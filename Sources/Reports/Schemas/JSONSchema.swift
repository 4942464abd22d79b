/// The JSON Schemas (draft 2020-12) of the documents that `--format json` writes.
public enum JSONSchema: String, CaseIterable, Sendable {
    case inspect
    /// What `inspect --ledger` writes.
    case ledger
    /// What `verify` and `replay` write.
    case verify
    /// What `verify` writes of many snapshots, with `--against` or `--all-pairs`.
    case fleet
    case list
    case fsck
    case explain
    case map
    case compare
    /// What `compare --all` writes.
    case classes
    case prove
    case check
    /// What `gate` and `merge` write.
    case gate
    case doctor
    case config

    /// The schema as JSON text, with a line feed at its end.
    ///
    /// Members that a schema does not name are allowed: within a version members are added.
    public var text: String {
        switch self {
        case .inspect: document(SchemaName.inspect, InspectSchema.body, [.provenance, .findings])
        case .ledger: document(SchemaName.ledger, LedgerSchema.body, [.provenance])
        case .verify: document(SchemaName.verify, VerifySchema.body, [.provenance, .findings])
        case .fleet: document(SchemaName.fleet, StoreSchema.fleet, [])
        case .list: document(SchemaName.list, ListSchema.body, [])
        case .fsck: document(SchemaName.fsck, StoreSchema.fsck, [])
        case .explain: document(SchemaName.rules, RulesSchema.body, [])
        case .map: document(SchemaName.map, MapsSchema.map, [.maps])
        case .compare: document(SchemaName.compare, MapsSchema.compare, [.maps])
        case .classes: document(SchemaName.classes, MapsSchema.classes, [])
        case .prove: document(SchemaName.prove, MapsSchema.prove, [.maps])
        case .check: document(SchemaName.check, CheckSchema.body, [])
        case .gate: document(SchemaName.gate, GateSchema.body, [.gate])
        case .doctor: document(SchemaName.doctor, ToolSchema.doctor, [])
        case .config: document(SchemaName.config, ToolSchema.config, [])
        }
    }

    /// Parts that several documents have.
    private enum Part {
        case provenance
        case findings
        case maps
        case gate

        var definitions: String {
            switch self {
            case .provenance: SharedSchema.provenance
            case .findings: SharedSchema.findings
            case .maps: MapsSchema.definitions
            case .gate: GateSchema.definitions
            }
        }
    }

    private func document(_ name: String, _ body: String, _ parts: [Part]) -> String {
        let definitions = ([SharedSchema.values] + parts.map(\.definitions)).joined(separator: ",\n")
        return """
            {
              "$schema": "https://json-schema.org/draft/2020-12/schema",
              "$id": "urn:irqproof:schema:\(name.replacing("/", with: ":"))",
              "title": "\(name)",
              "type": "object",
              \(body.replacing("SCHEMA_NAME", with: name)),
              "$defs": {
            \(definitions)
              }
            }

            """
    }
}
