/// The body of the schema of `verify --format json`.
enum VerifySchema {
    static let body = #"""
        "required": ["schema", "verdict", "level", "source", "compared", "not_compared", "findings"],
          "properties": {
            "schema": { "const": "SCHEMA_NAME" },
            "verdict": { "$ref": "#/$defs/verdict" },
            "level": { "enum": ["guest-visible", "exact"] },
            "source": { "$ref": "#/$defs/provenance" },
            "destination": { "$ref": "#/$defs/provenance" },
            "constructed": { "$ref": "#/$defs/provenance" },
            "compared": {
              "type": "object",
              "required": ["numbers_walked", "numbers_claimed"],
              "additionalProperties": { "$ref": "#/$defs/count" }
            },
            "not_compared": { "type": "array", "items": { "$ref": "#/$defs/unknown" } },
            "findings": { "type": "array", "items": { "$ref": "#/$defs/finding" } }
          }
        """#
}

/// The body of the schema of `list --format json`.
enum ListSchema {
    static let body = #"""
        "required": ["schema", "snapshots"],
          "properties": {
            "schema": { "const": "SCHEMA_NAME" },
            "snapshots": {
              "type": "array",
              "items": {
                "type": "object",
                "required": [
                  "name", "machine_type", "mode", "claimed_count", "queue_count", "vcpu_count", "imported_at",
                  "digest", "file"
                ],
                "properties": {
                  "name": { "type": "string" },
                  "machine_type": { "$ref": "#/$defs/textOrNull" },
                  "mode": { "$ref": "#/$defs/mode" },
                  "claimed_count": { "$ref": "#/$defs/count" },
                  "queue_count": { "$ref": "#/$defs/count" },
                  "vcpu_count": { "$ref": "#/$defs/count" },
                  "imported_at": { "type": "string" },
                  "digest": { "$ref": "#/$defs/digest" },
                  "file": { "type": "string" }
                }
              }
            }
          }
        """#
}

/// The body of the schema of `explain --format json`.
enum RulesSchema {
    static let body = #"""
        "required": ["schema", "rules"],
          "properties": {
            "schema": { "const": "SCHEMA_NAME" },
            "rules": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["id", "severity", "summary", "effect", "cause", "remedy"],
                "properties": {
                  "id": { "type": "string", "pattern": "^[a-z-]+/[a-z-]+$" },
                  "severity": { "$ref": "#/$defs/severity" },
                  "summary": { "type": "string" },
                  "effect": { "type": "string" },
                  "cause": { "type": "string" },
                  "remedy": { "type": "string" },
                  "example": { "$ref": "#/$defs/textOrNull" },
                  "example_pair": { "$ref": "#/$defs/textOrNull" }
                }
              }
            }
          }
        """#
}
