/// The schema of a gate's report, whole or merged.
enum GateSchema {
    static let body = #"""
        "required": ["schema", "verdict", "shard", "builds", "counts", "cells", "findings", "empty", "left_out"],
          "properties": {
            "schema": { "const": "SCHEMA_NAME" },
            "verdict": { "$ref": "#/$defs/verdict" },
            "shard": { "$ref": "#/$defs/textOrNull" },
            "builds": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["name", "version"],
                "properties": { "name": { "type": "string" }, "version": { "type": "string" } }
              }
            },
            "counts": {
              "type": "object",
              "required": ["cells"],
              "properties": {
                "cells": { "$ref": "#/$defs/count" },
                "identical": { "$ref": "#/$defs/count" },
                "different": { "$ref": "#/$defs/count" },
                "waived": { "$ref": "#/$defs/count" },
                "undecided": { "$ref": "#/$defs/count" },
                "not_run": { "$ref": "#/$defs/count" }
              }
            },
            "cells": {
              "type": "array",
              "items": {
                "type": "object",
                "required": [
                  "id", "status", "trouble", "numbers_compared", "parts_compared", "steps", "findings", "waived"
                ],
                "properties": {
                  "id": { "type": "string" },
                  "status": { "enum": ["identical", "different", "waived", "undecided", "not-run"] },
                  "trouble": { "$ref": "#/$defs/textOrNull" },
                  "numbers_compared": { "$ref": "#/$defs/count" },
                  "parts_compared": { "$ref": "#/$defs/count" },
                  "steps": { "$ref": "#/$defs/count" },
                  "findings": { "type": "array", "items": { "$ref": "#/$defs/cellFinding" } },
                  "waived": { "type": "array", "items": { "$ref": "#/$defs/waivedFinding" } }
                }
              }
            },
            "findings": { "type": "array", "items": { "$ref": "#/$defs/cellFinding" } },
            "empty": { "$ref": "#/$defs/texts" },
            "left_out": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["reason", "combinations"],
                "properties": { "reason": { "type": "string" }, "combinations": { "$ref": "#/$defs/count" } }
              }
            }
          }
        """#

    /// What every finding of a cell has, waived or not.
    private static let required =
        #""rule", "severity", "title", "consequence", "numbers", "fingerprint", "subjects", "details""#

    private static let members = #"""
        "rule": { "type": "string", "pattern": "^[a-z-]+/[a-z-]+$" },
        "severity": { "$ref": "#/$defs/severity" },
        "title": { "type": "string" },
        "consequence": { "type": "string" },
        "numbers": { "type": "string" },
        "fingerprint": { "type": "string" },
        "subjects": { "$ref": "#/$defs/texts" },
        "details": { "$ref": "#/$defs/texts" }
        """#

    static let definitions = #"""
            "cellFinding": {
              "type": "object",
              "required": [
                \#(required)
              ],
              "properties": {
                \#(members)
              }
            },
            "waivedFinding": {
              "type": "object",
              "required": [
                "waiver", "owner", "reason", "expires", \#(required)
              ],
              "properties": {
                "waiver": { "type": "string" },
                "owner": { "type": "string" },
                "reason": { "type": "string" },
                "expires": { "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" },
                \#(members)
              }
            }
        """#
}
