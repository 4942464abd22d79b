/// Bodies of the schemas of commands about number maps.
enum MapsSchema {
    static let map = #"""
        "required": ["schema", "machine", "scheme", "ic_mode", "servers", "ranges", "rules", "numbers"],
          "properties": {
            "schema": { "const": "SCHEMA_NAME" },
            "machine": { "type": "string" },
            "scheme": { "type": "string" },
            "ic_mode": { "enum": ["legacy", "xics", "xive", "dual"] },
            "servers": { "$ref": "#/$defs/count" },
            "ranges": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["class", "first", "last", "count", "claimed"],
                "properties": {
                  "class": { "$ref": "#/$defs/class" },
                  "first": { "$ref": "#/$defs/hex" },
                  "last": { "$ref": "#/$defs/hex" },
                  "count": { "$ref": "#/$defs/count" },
                  "claimed": { "$ref": "#/$defs/count" }
                }
              }
            },
            "rules": { "type": "array", "items": { "$ref": "#/$defs/formula" } },
            "numbers": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["number", "kind", "class", "owner"],
                "properties": {
                  "number": { "$ref": "#/$defs/hex" },
                  "kind": { "enum": ["msi", "lsi", null] },
                  "class": { "anyOf": [{ "$ref": "#/$defs/class" }, { "type": "null" }] },
                  "owner": { "type": "string" }
                }
              }
            }
          }
        """#

    static let compare = #"""
        "required": [
            "schema", "verdict", "first", "second", "interrupts_compared", "first_refused", "second_refused", "facts",
            "rules", "numbers", "forwards", "backwards"
          ],
          "properties": {
            "schema": { "const": "SCHEMA_NAME" },
            "verdict": { "enum": ["identical", "different"] },
            "first": { "type": "string" },
            "second": { "type": "string" },
            "interrupts_compared": { "$ref": "#/$defs/count" },
            "first_refused": { "$ref": "#/$defs/textOrNull" },
            "second_refused": { "$ref": "#/$defs/textOrNull" },
            "facts": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["fact", "first", "second"],
                "properties": {
                  "fact": { "type": "string" },
                  "first": { "type": "string" },
                  "second": { "type": "string" }
                }
              }
            },
            "rules": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["first", "second"],
                "properties": { "first": { "$ref": "#/$defs/formula" }, "second": { "$ref": "#/$defs/formula" } }
              }
            },
            "numbers": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["owner", "first", "second"],
                "properties": {
                  "owner": { "type": "string" },
                  "first": { "$ref": "#/$defs/hexOrNull" },
                  "second": { "$ref": "#/$defs/hexOrNull" }
                }
              }
            },
            "forwards": { "$ref": "#/$defs/meaning" },
            "backwards": { "$ref": "#/$defs/meaning" }
          }
        """#

    static let classes = #"""
        "required": ["schema", "groups"],
          "properties": {
            "schema": { "const": "SCHEMA_NAME" },
            "groups": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["map", "summary", "types"],
                "properties": {
                  "map": { "type": "string" },
                  "summary": { "type": "string" },
                  "types": { "type": "array", "minItems": 1, "items": { "type": "string" } }
                }
              }
            }
          }
        """#

    static let prove = #"""
        "required": ["schema", "proofs"],
          "properties": {
            "schema": { "const": "SCHEMA_NAME" },
            "proofs": {
              "type": "array",
              "minItems": 1,
              "items": {
                "type": "object",
                "required": ["claim", "verdict", "sentence", "domain", "method", "reasons", "covered", "canaries"],
                "properties": {
                  "claim": { "type": "string" },
                  "verdict": { "enum": ["proved", "refuted", "undecided"] },
                  "sentence": { "type": "string" },
                  "domain": { "$ref": "#/$defs/texts" },
                  "method": { "type": "string" },
                  "reasons": { "$ref": "#/$defs/texts" },
                  "covered": {
                    "type": "array",
                    "items": {
                      "type": "object",
                      "required": ["label", "count"],
                      "properties": { "label": { "type": "string" }, "count": { "$ref": "#/$defs/count" } }
                    }
                  },
                  "canaries": {
                    "type": "array",
                    "items": {
                      "type": "object",
                      "required": ["variant", "refuted"],
                      "properties": { "variant": { "type": "string" }, "refuted": { "type": "boolean" } }
                    }
                  },
                  "counterexample": {
                    "type": "object",
                    "required": ["steps", "observation", "minimality", "scenario"],
                    "properties": {
                      "steps": { "$ref": "#/$defs/texts" },
                      "observation": { "type": "string" },
                      "minimality": { "type": "string" },
                      "scenario": { "type": "string" }
                    }
                  }
                }
              }
            }
          }
        """#

    /// Definitions that these schemas share.
    static let definitions = #"""
            "class": { "enum": ["ipi", "epow", "hot-plug", "vio", "phb-lsi", "phb-msi", "shared"] },
            "formula": {
              "type": "object",
              "required": ["class", "number", "domain"],
              "properties": {
                "class": { "$ref": "#/$defs/class" },
                "number": { "type": "string" },
                "domain": { "type": "string" }
              }
            },
            "meaning": {
              "type": "object",
              "required": ["outcome", "reasons"],
              "properties": { "outcome": { "type": "string" }, "reasons": { "$ref": "#/$defs/texts" } }
            }
        """#
}
