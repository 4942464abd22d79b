/// Bodies of the schemas of commands about the tool itself.
enum ToolSchema {
    static let config = #"""
        "required": ["schema", "file", "settings"],
          "properties": {
            "schema": { "const": "SCHEMA_NAME" },
            "file": { "$ref": "#/$defs/textOrNull" },
            "settings": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["name", "value", "from"],
                "properties": {
                  "name": { "type": "string" },
                  "value": { "$ref": "#/$defs/textOrNull" },
                  "from": { "type": "string" }
                }
              }
            }
          }
        """#

    static let doctor = #"""
        "required": ["schema", "groups"],
          "properties": {
            "schema": { "const": "SCHEMA_NAME" },
            "groups": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["title", "items"],
                "properties": {
                  "title": { "type": "string" },
                  "items": {
                    "type": "array",
                    "items": {
                      "type": "object",
                      "required": ["name", "state", "detail"],
                      "properties": {
                        "name": { "type": "string" },
                        "state": { "enum": ["found", "missing", "broken"] },
                        "detail": { "type": "string" }
                      }
                    }
                  }
                }
              }
            }
          }
        """#
}
