/// The schema of `inspect --ledger`.
enum LedgerSchema {
    static let body = #"""
        "required": ["schema", "provenance", "bytes", "totals", "unknown_sections", "entries"],
          "properties": {
            "schema": { "const": "SCHEMA_NAME" },
            "provenance": { "$ref": "#/$defs/provenance" },
            "bytes": { "$ref": "#/$defs/count" },
            "totals": {
              "type": "object",
              "required": ["decoded", "framing", "memory", "skipped", "not-understood"],
              "properties": {
                "decoded": { "$ref": "#/$defs/count" },
                "framing": { "$ref": "#/$defs/count" },
                "memory": { "$ref": "#/$defs/count" },
                "skipped": { "$ref": "#/$defs/count" },
                "not-understood": { "$ref": "#/$defs/count" }
              }
            },
            "unknown_sections": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["name", "instance", "version", "bytes"],
                "properties": {
                  "name": { "type": "string" },
                  "instance": { "$ref": "#/$defs/count" },
                  "version": { "$ref": "#/$defs/count" },
                  "bytes": { "$ref": "#/$defs/count" }
                }
              }
            },
            "entries": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["offset", "bytes", "treatment", "what"],
                "properties": {
                  "offset": { "$ref": "#/$defs/count" },
                  "bytes": { "$ref": "#/$defs/count" },
                  "treatment": { "enum": ["decoded", "framing", "memory", "skipped", "not-understood"] },
                  "what": { "type": "string" },
                  "section": { "type": "string" },
                  "instance": { "$ref": "#/$defs/count" }
                }
              }
            }
          }
        """#
}
