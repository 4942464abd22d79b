/// Bodies of the schemas of commands about snapshot files.
enum StoreSchema {
    static let fleet = #"""
        "required": ["schema", "verdict", "level", "pairs"],
          "properties": {
            "schema": { "const": "SCHEMA_NAME" },
            "verdict": { "$ref": "#/$defs/verdict" },
            "level": { "enum": ["exact", "guest-visible"] },
            "pairs": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["source", "destination", "verdict", "count", "rules"],
                "properties": {
                  "source": { "type": "string" },
                  "destination": { "type": "string" },
                  "verdict": { "$ref": "#/$defs/verdict" },
                  "count": { "type": "integer", "minimum": 1 },
                  "rules": {
                    "type": "array",
                    "items": {
                      "type": "object",
                      "required": ["rule"],
                      "properties": { "rule": { "type": "string" } }
                    }
                  }
                }
              }
            }
          }
        """#

    static let fsck = #"""
        "required": ["schema", "file", "sound", "file_problems", "snapshots"],
          "properties": {
            "schema": { "const": "SCHEMA_NAME" },
            "file": { "type": "string" },
            "sound": { "type": "boolean" },
            "file_problems": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["problem"],
                "properties": { "problem": { "type": "string" } }
              }
            },
            "snapshots": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["name", "trusted", "problem"],
                "properties": {
                  "name": { "type": "string" },
                  "trusted": { "type": "boolean" },
                  "problem": { "$ref": "#/$defs/textOrNull" }
                }
              }
            }
          }
        """#
}
