import InterruptState

/// What `irqproof doctor` prints: what is there for the tool to work with.
public struct DoctorReport: Sendable {
    /// How it stands with one thing.
    public enum State: String, Sendable, CaseIterable {
        /// There and usable.
        case found
        /// Not there; something that the tool could do cannot be done.
        case missing
        /// There, but it does not work.
        case broken
    }

    /// One thing that the tool uses.
    public struct Item: Sendable {
        var name: String
        var state: State
        var detail: String

        /// A thing, how it stands, and its version or what it is needed for.
        public init(name: String, state: State, detail: String) {
            self.name = name
            self.state = state
            self.detail = detail
        }
    }

    /// Things of one kind.
    public struct Group: Sendable {
        var title: String
        var items: [Item]
        var hint: String?

        /// A group with its things; the hint says how to get them, and is shown where one is not usable or there is none.
        public init(title: String, items: [Item], hint: String? = nil) {
            self.title = title
            self.items = items
            self.hint = hint
        }

        var isWhole: Bool { !items.isEmpty && items.allSatisfy { $0.state == .found } }
    }

    private let groups: [Group]

    /// The groups in the order of the report.
    public init(groups: [Group]) {
        self.groups = groups
    }

    /// Whether something is there that does not work.
    public var hasBroken: Bool { groups.contains { $0.items.contains { $0.state == .broken } } }

    /// A block for each group.
    public func text(style: TextStyle) -> String {
        var lines: [String] = []
        for group in groups {
            let nameWidth = group.items.map { printable($0.name).count }.max() ?? 0
            lines += [style.text(group.title, .heading)]
            lines += group.items.map { line($0, nameWidth, style) }
            if !group.isWhole, let hint = group.hint { lines.append("  " + hint) }
            lines.append("")
        }
        return lines.dropLast().joined(separator: "\n") + "\n"
    }

    private func line(_ item: Item, _ width: Int, _ style: TextStyle) -> String {
        let name = printable(item.name)
        let pad = String(repeating: " ", count: max(0, width - name.count))
        let look: TextStyle.Look =
            switch item.state {
            case .found: .good
            case .missing: .warning
            case .broken: .bad
            }
        let state = item.state.rawValue + String(repeating: " ", count: 7 - item.state.rawValue.count)
        return "  \(style.text(state, look))  \(name)\(pad)  \(printable(item.detail))"
    }

    /// The same for a program: schema `irqproof/doctor/1`.
    public func json() -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("schema", SchemaName.doctor)
            json.array("groups") { json in
                for group in groups {
                    json.object { json in
                        json.member("title", group.title)
                        json.array("items") { json in
                            for item in group.items {
                                json.object {
                                    $0.member("name", item.name)
                                    $0.member("state", item.state.rawValue)
                                    $0.member("detail", item.detail)
                                }
                            }
                        }
                    }
                }
            }
        }
        return json.text
    }
}
