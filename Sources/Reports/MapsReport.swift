import InterruptState
import PSeries

/// What `irqproof map` prints.
public enum MapReport {
    /// Ranges, formulas and claimed numbers for a person; a picture if asked for.
    public static func text(_ map: MachineMap, draws: Bool, style: TextStyle) -> String {
        var lines = heading(map, style)
        lines += block("Ranges", ranges(map), style)
        lines += block("Rules", rules(map.description.type.map), style)
        lines += block("Claimed at construction, by number", claims(map), style)
        if draws { lines += ["", style.text("Picture", .heading)] + NumberSpacePicture.lines(map, style: style) }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func heading(_ map: MachineMap, _ style: TextStyle) -> [String] {
        let machine = map.description
        return [
            style.text(printable(machine.type.name), .heading)
                + ": \(machine.type.map.name) numbers, ic-mode \(machine.effectiveMode.rawValue), "
                + "\(map.construction.servers) possible servers",
            "  \(map.claims.count) numbers claimed",
        ]
    }

    private static func block(_ title: String, _ table: TextTable, _ style: TextStyle) -> [String] {
        ["", style.text(title, .heading)] + table.lines(style).map { "  " + $0 }
    }

    private static func ranges(_ map: MachineMap) -> TextTable {
        var table = TextTable(["first", "last", ">size", ">claimed", "for"])
        for range in map.ranges {
            table.add([
                LogicalNumber(range.numbers.lowerBound).description,
                LogicalNumber(range.numbers.upperBound &- 1).description, String(range.numbers.count),
                String(map.claimedCount(in: range)), range.deviceClass.title,
            ])
        }
        return table
    }

    private static func rules(_ map: NumberMap) -> TextTable {
        var table = TextTable(["for", "number", "domain"])
        for formula in map.formulas { table.add([formula.deviceClass.title, formula.rule, formula.domain]) }
        return table
    }

    /// IPIs are one row, as there can be thousands.
    private static func claims(_ map: MachineMap) -> TextTable {
        var table = TextTable(["number", "kind", "owner"])
        let ipis = map.claims.filter { DeviceClass(of: $0.owner) == .interprocessor }
        if let first = ipis.first, let last = ipis.last, ipis.count > 1 {
            table.add(["\(first.number)…\(last.number)", "MSI", "\(first.owner) … \(last.owner)"])
        }
        for claim in map.claims where ipis.count <= 1 || DeviceClass(of: claim.owner) != .interprocessor {
            table.add([
                claim.number.description, claim.kind?.rawValue.uppercased() ?? "", printable(claim.owner.description),
            ])
        }
        return table
    }

    /// The map for a program: schema `irqproof/map/1`.
    public static func json(_ map: MachineMap) -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("schema", SchemaName.map)
            json.member("machine", map.description.type.name)
            json.member("scheme", map.description.type.map.name)
            json.member("ic_mode", map.description.effectiveMode.rawValue)
            json.member("servers", map.construction.servers)
            json.array("ranges") { json in
                for range in map.ranges {
                    json.object {
                        $0.member("class", range.deviceClass.rawValue)
                        $0.member("first", LogicalNumber(range.numbers.lowerBound).description)
                        $0.member("last", LogicalNumber(range.numbers.upperBound &- 1).description)
                        $0.member("count", range.numbers.count)
                        $0.member("claimed", map.claimedCount(in: range))
                    }
                }
            }
            json.array("rules") { json in
                for formula in map.description.type.map.formulas { json.object { MapReport.formula(formula, &$0) } }
            }
            json.array("numbers") { json in
                for claim in map.claims {
                    json.object {
                        $0.member("number", claim.number.description)
                        $0.member("kind", claim.kind?.rawValue)
                        $0.member("class", DeviceClass(of: claim.owner)?.rawValue)
                        $0.member("owner", claim.owner.description)
                    }
                }
            }
        }
        return json.text
    }

    static func formula(_ formula: NumberFormula, _ json: inout JSONWriter) {
        json.member("class", formula.deviceClass.rawValue)
        json.member("number", formula.rule)
        json.member("domain", formula.domain)
    }

    /// The answer to `--number`.
    public static func text(_ answer: MachineMap.Answer) -> String {
        let owner = answer.owner.map { "claimed by \(printable($0.description))" } ?? "free in this machine"
        let range = answer.deviceClass.map { "range for \($0.title)" } ?? "outside every range"
        return
            (["\(answer.number): \(owner)", "  \(range)"] + (answer.wouldBelongTo.map { ["  belongs to \($0)"] } ?? []))
            .joined(separator: "\n") + "\n"
    }

    /// The answer to `--device`.
    public static func text(_ owner: Owner, number: LogicalNumber?) -> String {
        "\(printable(owner.description)): "
            + (number.map(\.description) ?? "no number: not in this machine, and the map fixes none") + "\n"
    }
}
