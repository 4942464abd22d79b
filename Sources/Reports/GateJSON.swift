import Gate

/// A gate's report for a program: schema `irqproof/gate/1`.
public enum GateJSON {
    /// The report's text.
    public static func text(_ report: GateReport) -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("schema", SchemaName.gate)
            json.member("verdict", report.verdict.rawValue)
            json.member("shard", report.shard?.description)
            json.array("builds") { json in
                for build in report.builds {
                    json.object {
                        $0.member("name", build.name)
                        $0.member("version", build.version)
                    }
                }
            }
            json.object("counts") { json in
                json.member("cells", report.rows.count)
                for (status, count) in report.counts {
                    json.member(status == "not-run" ? "not_run" : status, count)
                }
            }
            json.array("cells") { json in
                for row in report.rows { json.object { cell(row, &$0) } }
            }
            json.array("findings") { json in
                for finding in report.findings { json.object { Self.finding(finding, &$0) } }
            }
            json.array("empty") { json in
                for gap in report.gaps { json.value(gap) }
            }
            json.array("left_out") { json in
                for entry in report.leftOut {
                    json.object {
                        $0.member("reason", entry.reason)
                        $0.member("combinations", entry.count)
                    }
                }
            }
        }
        return json.text
    }

    private static func cell(_ row: GateReport.Row, _ json: inout JSONWriter) {
        json.member("id", row.cell.id)
        json.member("status", row.status)
        json.member("trouble", row.trouble)
        json.member("numbers_compared", row.numbersCompared)
        json.member("parts_compared", row.partsCompared)
        json.member("steps", row.steps)
        json.array("findings") { json in
            for finding in row.findings { json.object { Self.finding(finding, &$0) } }
        }
        json.array("waived") { json in
            for waived in row.waived {
                json.object {
                    $0.member("waiver", waived.waiver.place)
                    $0.member("owner", waived.waiver.owner)
                    $0.member("reason", waived.waiver.reason)
                    $0.member("expires", waived.waiver.expires)
                    Self.finding(waived.finding, &$0)
                }
            }
        }
    }

    private static func finding(_ finding: CellFinding, _ json: inout JSONWriter) {
        json.member("rule", finding.rule)
        json.member("severity", finding.severity)
        json.member("title", finding.title)
        json.member("consequence", finding.consequence)
        json.member("numbers", finding.numbers)
        json.member("fingerprint", finding.fingerprint)
        json.array("subjects") { json in
            for subject in finding.subjects { json.value(subject) }
        }
        json.array("details") { json in
            for detail in finding.details { json.value(detail) }
        }
    }
}
