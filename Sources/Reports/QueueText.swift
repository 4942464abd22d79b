import InterruptState

/// The entries of event queues for a person: the newest of each queue, resolved to what raised them.
struct QueueText {
    let state: MachineState
    let style: TextStyle
    let showsAll: Bool
    /// Entries shown of a queue unless all are wanted.
    private static let shownEntries = 8

    init(_ state: MachineState, style: TextStyle, showsAll: Bool) {
        self.state = state
        self.style = style
        self.showsAll = showsAll
    }

    func lines() -> [String] {
        let heading = ["", style.text("Queue entries", .heading)]
        guard let xive = state.xive, state.facts.activeMode == .xive else {
            return heading + ["  XICS keeps no queues in guest memory"]
        }
        switch xive.contents {
        case .notCaptured(let reason): return heading + ["  not captured: \(printable(reason))"]
        case .captured(let entries):
            let byQueue = Dictionary(grouping: entries, by: \.queueIndex)
            let numbers = numbersByEISN
            let queues = xive.queues.filter(\.isEnabled)
            return heading + (queues.isEmpty ? ["  none"] : [])
                + queues.flatMap { lines(of: $0, entries: byQueue[$0.index] ?? [], numbers) }
        }
    }

    private func lines(
        of queue: EventQueue, entries: [QueueEntry], _ numbers: [UInt32: [LogicalNumber]]
    ) -> [String] {
        // Newest first: backwards from the next index, around the end of the ring.
        let newest = entries.sorted { age($0, queue) < age($1, queue) }
        let shown = showsAll ? newest[...] : newest.prefix(QueueText.shownEntries)
        let head =
            "  \(queue.tableServer)/\(queue.tablePriority): \(entries.count) entries written, next \(queue.nextIndex)"
            + (shown.count < newest.count ? ", the newest \(shown.count):" : ":")
        var table = TextTable([">POSITION", ">GENERATION", ">EISN", "FROM"])
        for entry in shown {
            let sources = numbers[entry.eisn] ?? []
            let from = sources.map { "\($0) \(printable(state.owner(of: $0)?.description ?? "no owner"))" }
            table.add([
                String(entry.position), String(entry.generation), hexadecimal(UInt64(entry.eisn)),
                from.isEmpty ? "no source has this EISN" : from.joined(separator: ", "),
            ])
        }
        return [head] + (table.isEmpty ? [] : table.lines(style).map { "    " + $0 })
    }

    private func age(_ entry: QueueEntry, _ queue: EventQueue) -> UInt32 {
        (queue.nextIndex &- 1 &- entry.position) & (queue.entryCount - 1)
    }

    /// Which claimed numbers show an EISN.
    private var numbersByEISN: [UInt32: [LogicalNumber]] {
        let claimed = state.xive?.sources.filter { $0.assignment.isValid && !$0.assignment.isMasked } ?? []
        return Dictionary(grouping: claimed, by: \.assignment.eisn).mapValues { $0.map(\.number) }
    }
}
