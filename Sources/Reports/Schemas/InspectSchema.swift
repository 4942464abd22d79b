/// The body of the schema of `inspect --format json`.
enum InspectSchema {
    static let body = #"""
        "required": [
            "schema", "provenance", "machine", "numbers", "queues", "vcpus", "host_bridges", "virtual_devices",
            "not_known", "findings"
          ],
          "properties": {
            "schema": { "const": "SCHEMA_NAME" },
            "provenance": { "$ref": "#/$defs/provenance" },
            "machine": {
              "type": "object",
              "required": ["type", "scheme", "mode", "modes_offered", "server_count", "claimed_count", "digest"],
              "properties": {
                "type": { "$ref": "#/$defs/textOrNull" },
                "scheme": { "enum": ["fixed", "sequential", null] },
                "mode": { "$ref": "#/$defs/mode" },
                "modes_offered": { "type": "array", "items": { "$ref": "#/$defs/mode" } },
                "server_count": { "$ref": "#/$defs/countOrNull" },
                "server_count_basis": { "$ref": "#/$defs/basis" },
                "first_number": { "$ref": "#/$defs/hex" },
                "number_count": { "$ref": "#/$defs/count" },
                "claimed_count": { "$ref": "#/$defs/count" },
                "table_byte_order": { "enum": ["little", "big", null] },
                "digest": { "$ref": "#/$defs/digest" }
              }
            },
            "numbers": { "type": "array", "items": \#(number) },
            "queues": { "type": "array", "items": \#(queue) },
            "queue_entries": \#(entries),
            "vcpus": { "type": "array", "items": \#(cpu) },
            "host_bridges": { "type": "array", "items": \#(bridge) },
            "virtual_devices": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["type", "unit_address", "number"],
                "properties": {
                  "type": { "type": "string" },
                  "unit_address": { "$ref": "#/$defs/hex" },
                  "number": { "$ref": "#/$defs/hexOrNull" }
                }
              }
            },
            "not_known": { "type": "array", "items": { "$ref": "#/$defs/unknown" } },
            "findings": { "type": "array", "items": { "$ref": "#/$defs/finding" } }
          }
        """#

    private static let owner = #"""
        {
              "type": ["object", "null"],
              "required": ["text", "basis", "class"],
              "properties": {
                "text": { "type": "string" },
                "basis": { "$ref": "#/$defs/basis" },
                "class": { "enum": ["ipi", "epow", "hot-plug", "vio", "phb-lsi", "phb-msi", "unknown"] },
                "index": { "$ref": "#/$defs/count" },
                "type": { "type": "string" },
                "unit_address": { "$ref": "#/$defs/hex" },
                "buid": { "$ref": "#/$defs/hex" },
                "pin": { "$ref": "#/$defs/count" },
                "device": { "$ref": "#/$defs/hex" },
                "vector": { "$ref": "#/$defs/count" },
                "reason": { "type": "string" }
              }
            }
        """#

    private static let number = #"""
        {
              "type": "object",
              "required": ["number", "claimed", "kind", "owner"],
              "properties": {
                "number": { "$ref": "#/$defs/hex" },
                "claimed": { "type": "boolean" },
                "kind": { "enum": ["msi", "lsi", null] },
                "owner": \#(owner),
                "other_owners": { "type": "array", "items": \#(owner) },
                "xive": {
                  "type": "object",
                  "required": ["claimed", "p", "q", "asserted", "masked", "server", "priority", "eisn", "end", "eas"],
                  "properties": {
                    "claimed": { "type": "boolean" },
                    "p": { "type": "boolean" },
                    "q": { "type": "boolean" },
                    "asserted": { "type": "boolean" },
                    "masked": { "type": "boolean" },
                    "server": { "$ref": "#/$defs/countOrNull" },
                    "priority": { "$ref": "#/$defs/countOrNull" },
                    "eisn": { "$ref": "#/$defs/hex" },
                    "end": { "$ref": "#/$defs/count" },
                    "eas": { "$ref": "#/$defs/hex" }
                  }
                },
                "xics": {
                  "type": "object",
                  "required": ["claimed", "server", "priority", "saved_priority", "status", "flags"],
                  "properties": {
                    "claimed": { "type": "boolean" },
                    "server": { "$ref": "#/$defs/count" },
                    "priority": { "$ref": "#/$defs/count" },
                    "saved_priority": { "$ref": "#/$defs/count" },
                    "status": { "$ref": "#/$defs/count" },
                    "flags": { "$ref": "#/$defs/count" }
                  }
                }
              }
            }
        """#

    private static let queue = #"""
        {
              "type": "object",
              "required": ["index", "server", "priority", "enabled", "address", "entries", "next", "generation", "words"],
              "properties": {
                "index": { "$ref": "#/$defs/count" },
                "server": { "$ref": "#/$defs/count" },
                "priority": { "$ref": "#/$defs/count" },
                "enabled": { "type": "boolean" },
                "address": { "$ref": "#/$defs/hex" },
                "entries": { "$ref": "#/$defs/count" },
                "next": { "$ref": "#/$defs/count" },
                "generation": { "enum": [0, 1] },
                "always_notify": { "type": "boolean" },
                "notifies_server": { "$ref": "#/$defs/countOrNull" },
                "notifies_priority": { "$ref": "#/$defs/count" },
                "words": { "type": "array", "minItems": 8, "maxItems": 8, "items": { "$ref": "#/$defs/hex" } }
              }
            }
        """#

    private static let entries = #"""
        {
              "type": "object",
              "required": ["captured"],
              "properties": {
                "captured": { "type": "boolean" },
                "reason": { "type": "string" },
                "entries": {
                  "type": "array",
                  "items": {
                    "type": "object",
                    "required": ["queue", "position", "generation", "eisn"],
                    "properties": {
                      "queue": { "$ref": "#/$defs/count" },
                      "position": { "$ref": "#/$defs/count" },
                      "generation": { "enum": [0, 1] },
                      "eisn": { "$ref": "#/$defs/hex" }
                    }
                  }
                }
              }
            }
        """#

    private static let cpu = #"""
        {
              "type": "object",
              "required": ["index", "server", "server_basis"],
              "properties": {
                "index": { "$ref": "#/$defs/count" },
                "server": { "$ref": "#/$defs/countOrNull" },
                "server_basis": { "$ref": "#/$defs/basis" },
                "context": {
                  "type": "object",
                  "required": ["instance", "nsr", "cppr", "ipb", "pipr", "word2", "cam_server", "registers"],
                  "properties": {
                    "instance": { "$ref": "#/$defs/countOrNull" },
                    "nsr": { "$ref": "#/$defs/count" },
                    "cppr": { "$ref": "#/$defs/count" },
                    "ipb": { "$ref": "#/$defs/count" },
                    "pipr": { "$ref": "#/$defs/count" },
                    "word2": { "$ref": "#/$defs/hex" },
                    "cam_server": { "$ref": "#/$defs/countOrNull" },
                    "registers": { "type": "string", "pattern": "^[0-9a-f]{128}$" }
                  }
                },
                "presenter": {
                  "type": "object",
                  "required": ["xirr", "pending_priority", "mfrr"],
                  "properties": {
                    "xirr": { "$ref": "#/$defs/hex" },
                    "pending_priority": { "$ref": "#/$defs/count" },
                    "mfrr": { "$ref": "#/$defs/count" }
                  }
                }
              }
            }
        """#

    private static let bridge = #"""
        {
              "type": "object",
              "required": ["buid", "index", "instance", "pins", "messages"],
              "properties": {
                "buid": { "$ref": "#/$defs/hex" },
                "index": { "$ref": "#/$defs/countOrNull" },
                "instance": { "$ref": "#/$defs/count" },
                "pins": { "type": "array", "items": { "$ref": "#/$defs/hex" } },
                "messages": {
                  "type": "array",
                  "items": {
                    "type": "object",
                    "required": ["device", "function", "first", "count"],
                    "properties": {
                      "device": { "$ref": "#/$defs/hex" },
                      "function": { "type": "string" },
                      "first": { "$ref": "#/$defs/hex" },
                      "count": { "$ref": "#/$defs/count" }
                    }
                  }
                }
              }
            }
        """#
}
