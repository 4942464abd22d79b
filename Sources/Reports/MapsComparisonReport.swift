import InterruptState
import PSeries

/// What `irqproof compare` prints.
public enum ComparisonReport {
    /// Verdict, facts, rules, numbers and meaning for a person.
    public static func text(_ comparison: MachineComparison, style: TextStyle) -> String {
        let names = (printable(comparison.first.type.name), printable(comparison.second.type.name))
        let identical = comparison.isNumberIdentical
        var lines = [
            style.text(identical ? "identical numbers" : "different numbers", identical ? .good : .bad)
                + ": \(names.0) and \(names.1), \(comparison.comparedOwners) interrupts compared"
        ]
        lines += refusals(comparison, names)
        if !comparison.facts.isEmpty { lines += block("Facts", facts(comparison, names), style) }
        if !comparison.classes.isEmpty { lines += block("Rules", rules(comparison, names), style) }
        if !comparison.numbers.isEmpty {
            lines += block("Numbers of these machines", numbers(comparison, names), style)
        }
        lines += meaning("\(names.0) → \(names.1)", comparison.forwards, style)
        lines += meaning("\(names.1) → \(names.0)", comparison.backwards, style)
        return lines.joined(separator: "\n") + "\n"
    }

    private static func refusals(_ comparison: MachineComparison, _ names: (String, String)) -> [String] {
        [(names.0, comparison.refusals.first), (names.1, comparison.refusals.second)].compactMap { name, refusal in
            refusal.map { "  \(name) cannot be built: \(printable($0.description))" }
        }
    }

    private static func block(_ title: String, _ table: TextTable, _ style: TextStyle) -> [String] {
        ["", style.text(title, .heading)] + table.lines(style).map { "  " + $0 }
    }

    private static func facts(_ comparison: MachineComparison, _ names: (String, String)) -> TextTable {
        var table = TextTable(["fact", names.0, names.1])
        for fact in comparison.facts { table.add([fact.fact, fact.first, fact.second]) }
        return table
    }

    private static func rules(_ comparison: MachineComparison, _ names: (String, String)) -> TextTable {
        var table = TextTable(["for", "machine", "number", "domain"])
        for difference in comparison.classes {
            let title = difference.first.deviceClass.title
            table.add([title, names.0, difference.first.rule, difference.first.domain])
            table.add(["", names.1, difference.second.rule, difference.second.domain])
        }
        return table
    }

    /// Runs of one class that one side lacks altogether are one row.
    private static func numbers(_ comparison: MachineComparison, _ names: (String, String)) -> TextTable {
        var table = TextTable(["interrupt", names.0, names.1])
        let ipis = comparison.numbers.filter { DeviceClass(of: $0.owner) == .interprocessor }
        if let first = ipis.first, let last = ipis.last, ipis.count > 1 {
            table.add([
                "\(ipis.count) IPIs", "\(text(first.first))…\(text(last.first))",
                "\(text(first.second))…\(text(last.second))",
            ])
        }
        for difference in comparison.numbers
        where ipis.count <= 1 || DeviceClass(of: difference.owner) != .interprocessor {
            table.add([printable(difference.owner.description), text(difference.first), text(difference.second)])
        }
        return table
    }

    private static func text(_ number: LogicalNumber?) -> String { number?.description ?? "none" }

    private static func meaning(_ title: String, _ meaning: MigrationMeaning, _ style: TextStyle) -> [String] {
        ["", style.text(title, .heading) + ": \(meaning.outcome.rawValue)"]
            + meaning.reasons.map { "  \(printable($0))" }
    }

    /// The comparison for a program: schema `irqproof/compare/1`.
    public static func json(_ comparison: MachineComparison) -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("schema", SchemaName.compare)
            json.member("verdict", comparison.isNumberIdentical ? "identical" : "different")
            json.member("first", comparison.first.type.name)
            json.member("second", comparison.second.type.name)
            json.member("interrupts_compared", comparison.comparedOwners)
            json.member("first_refused", comparison.refusals.first?.description)
            json.member("second_refused", comparison.refusals.second?.description)
            json.array("facts") { json in
                for fact in comparison.facts {
                    json.object {
                        $0.member("fact", fact.fact)
                        $0.member("first", fact.first)
                        $0.member("second", fact.second)
                    }
                }
            }
            json.array("rules") { json in
                for difference in comparison.classes {
                    json.object { json in
                        json.object("first") { MapReport.formula(difference.first, &$0) }
                        json.object("second") { MapReport.formula(difference.second, &$0) }
                    }
                }
            }
            json.array("numbers") { json in
                for difference in comparison.numbers {
                    json.object {
                        $0.member("owner", difference.owner.description)
                        $0.member("first", difference.first?.description)
                        $0.member("second", difference.second?.description)
                    }
                }
            }
            meaning("forwards", comparison.forwards, &json)
            meaning("backwards", comparison.backwards, &json)
        }
        return json.text
    }

    private static func meaning(_ key: String, _ meaning: MigrationMeaning, _ json: inout JSONWriter) {
        json.object(key) { json in
            json.member("outcome", meaning.outcome.rawValue)
            json.array("reasons") { json in
                for reason in meaning.reasons { json.value(reason) }
            }
        }
    }
}

/// What `irqproof compare --all` prints.
public enum ClassesReport {
    /// One row for each group of types.
    public static func text(_ classes: MachineTypeClasses, style: TextStyle) -> String {
        var table = TextTable(["map", ">types", "machine types", "how they number"])
        for group in classes.groups {
            table.add([group.mapClass, String(group.names.count), printable(span(group.names)), group.summary])
        }
        let types = classes.groups.map(\.names.count).reduce(0, +)
        return
            (table.lines(style) + [
                "",
                "\(types) types in \(classes.groups.count) groups; a group gives the same numbers and refusals with defaults,",
                "and types with the same letter the same numbers wherever every option is given and both are built.",
            ]).joined(separator: "\n") + "\n"
    }

    /// `pseries-4.2 … pseries-11.1`, or all names of a short group.
    private static func span(_ names: [String]) -> String {
        guard names.count > 2, let first = names.first, let last = names.last else {
            return names.joined(separator: ", ")
        }
        return "\(first) … \(last)"
    }

    /// The groups for a program: schema `irqproof/classes/1`.
    public static func json(_ classes: MachineTypeClasses) -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("schema", SchemaName.classes)
            json.array("groups") { json in
                for group in classes.groups {
                    json.object { json in
                        json.member("map", group.mapClass)
                        json.member("summary", group.summary)
                        json.array("types") { json in
                            for name in group.names { json.value(name) }
                        }
                    }
                }
            }
        }
        return json.text
    }
}
