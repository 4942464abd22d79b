/// The schema of what became of a certificate.
enum CheckSchema {
    static let body = #"""
        "oneOf": [
            {
              "required": ["schema", "accepted", "place", "reason"],
              "properties": {
                "schema": { "const": "SCHEMA_NAME" },
                "accepted": { "const": false },
                "place": { "type": "string" },
                "reason": { "type": "string" }
              }
            },
            {
              "required": [
                "schema", "accepted", "kind", "tool", "level", "claims", "obligations", "things", "bounds", "inputs"
              ],
              "properties": {
                "schema": { "const": "SCHEMA_NAME" },
                "accepted": { "const": true },
                "kind": { "enum": ["states", "machines", "classes", "claims"] },
                "tool": { "type": "string" },
                "level": { "$ref": "#/$defs/textOrNull" },
                "claims": {
                  "type": "array",
                  "minItems": 1,
                  "items": {
                    "type": "object",
                    "required": ["name", "verdict"],
                    "properties": {
                      "name": { "type": "string" },
                      "verdict": { "enum": ["identical", "different", "undecided", "proved", "refuted"] }
                    }
                  }
                },
                "obligations": { "$ref": "#/$defs/count" },
                "things": { "$ref": "#/$defs/count" },
                "bounds": { "$ref": "#/$defs/texts" },
                "inputs": {
                  "type": "array",
                  "items": {
                    "type": "object",
                    "required": ["role", "sha256", "bytes", "part", "checked"],
                    "properties": {
                      "role": { "type": "string" },
                      "sha256": { "$ref": "#/$defs/digest" },
                      "bytes": { "$ref": "#/$defs/count" },
                      "part": { "$ref": "#/$defs/textOrNull" },
                      "checked": { "$ref": "#/$defs/textOrNull" }
                    }
                  }
                }
              }
            }
          ]
        """#
}
