/// Definitions that the schemas share.
enum SharedSchema {
    static let values = #"""
            "hex": { "type": "string", "pattern": "^0x[0-9a-f]+$" },
            "hexOrNull": { "anyOf": [{ "$ref": "#/$defs/hex" }, { "type": "null" }] },
            "count": { "type": "integer", "minimum": 0 },
            "countOrNull": { "type": ["integer", "null"], "minimum": 0 },
            "textOrNull": { "type": ["string", "null"] },
            "texts": { "type": "array", "items": { "type": "string" } },
            "verdict": { "enum": ["identical", "different", "undecided"] },
            "basis": { "enum": ["section", "deviceTree", "numberMap", "allocationOrder", "model", "none"] },
            "mode": { "enum": ["xics", "xive"] },
            "digest": { "type": "string", "pattern": "^[0-9a-f]{64}$" },
            "severity": { "enum": ["error", "warning", "note"] },
            "unknown": {
              "type": "object",
              "required": ["subject", "reason"],
              "properties": { "subject": { "type": "string" }, "reason": { "type": "string" } }
            }
        """#

    static let provenance = #"""
            "provenance": {
              "type": "object",
              "required": ["name", "notes"],
              "properties": {
                "name": { "type": "string" },
                "notes": { "type": "array", "items": { "type": "string" } }
              },
              "additionalProperties": { "type": "string" }
            }
        """#

    static let findings = #"""
            "site": {
              "type": ["object", "null"],
              "required": ["section", "instance", "field", "offset"],
              "properties": {
                "section": { "type": "string" },
                "instance": { "$ref": "#/$defs/count" },
                "field": { "type": "string" },
                "offset": { "$ref": "#/$defs/count" }
              }
            },
            "detail": {
              "type": "object",
              "required": ["subject", "number", "source_value", "other_value", "source_site", "other_site"],
              "properties": {
                "subject": { "type": "string" },
                "number": { "$ref": "#/$defs/hexOrNull" },
                "source_value": { "$ref": "#/$defs/textOrNull" },
                "other_value": { "$ref": "#/$defs/textOrNull" },
                "source_site": { "$ref": "#/$defs/site" },
                "other_site": { "$ref": "#/$defs/site" }
              }
            },
            "finding": {
              "type": "object",
              "required": [
                "rule", "severity", "title", "consequence", "scopes", "subjects", "numbers", "details"
              ],
              "properties": {
                "rule": { "type": "string", "pattern": "^[a-z-]+/[a-z-]+$" },
                "severity": { "$ref": "#/$defs/severity" },
                "title": { "type": "string" },
                "consequence": { "type": "string" },
                "scopes": {
                  "type": "array",
                  "minItems": 1,
                  "items": {
                    "enum": ["loaded", "constructed", "source", "destination", "destination-as-built", "single"]
                  }
                },
                "subjects": { "type": "array", "items": { "type": "string" } },
                "numbers": {
                  "type": "array",
                  "items": {
                    "type": "object",
                    "required": ["first", "last"],
                    "properties": { "first": { "$ref": "#/$defs/hex" }, "last": { "$ref": "#/$defs/hex" } }
                  }
                },
                "details": { "type": "array", "items": { "$ref": "#/$defs/detail" } }
              }
            }
        """#
}
