import Checker
import InterruptState
import PSeries

/// The states of a verification as the script of the HTML page reads them.
///
/// Keys are short, as a page may hold ten thousand numbers three times.
enum HTMLData {
    static func json(_ migration: VerifiedMigration) -> String {
        var json = JSONWriter()
        json.object { json in
            json.array("sides") { json in
                side(.source, migration.source, &json)
                if let state = migration.destination { side(.destination, state, &json) }
                if let state = migration.constructed { side(.constructed, state, &json) }
            }
            json.array("marks") { json in
                for (index, finding) in migration.verification.findings.enumerated() {
                    for range in finding.numbers.ranges { mark(index, finding, range, &json) }
                }
            }
        }
        return json.text
    }

    /// A range of numbers that a finding is about.
    private static func mark(
        _ index: Int, _ finding: Finding, _ range: ClosedRange<LogicalNumber>, _ json: inout JSONWriter
    ) {
        json.object {
            $0.member("finding", index)
            $0.member("severity", finding.severity.rawValue)
            $0.member("first", range.lowerBound.rawValue)
            $0.member("last", range.upperBound.rawValue)
        }
    }

    private static func side(_ role: Role, _ state: MachineState, _ json: inout JSONWriter) {
        json.object { json in
            json.member("role", role.rawValue)
            json.member("title", role.description)
            json.member("mode", state.facts.activeMode.rawValue)
            json.member("first", state.numberSpace.lowerBound)
            json.member("end", state.numberSpace.upperBound)
            json.array("ranges") { json in
                for range in ranges(of: state) {
                    json.object {
                        $0.member("first", range.numbers.lowerBound)
                        $0.member("end", range.numbers.upperBound)
                        $0.member("class", range.deviceClass.rawValue)
                        $0.member("title", range.deviceClass.title)
                    }
                }
            }
            json.array("numbers") { json in
                for number in HTMLNumbers.listed(state) { json.object { HTMLNumbers.write(number, state, &$0) } }
            }
            let pending = pendingEntries(state)
            json.array("queues") { json in
                for queue in state.xive?.queues ?? [] where queue.isEnabled {
                    json.object { self.queue(queue, pending.map { $0[queue.index] ?? [] }, &$0) }
                }
            }
            json.array("cpus") { json in
                for cpu in state.cpus { json.object { self.cpu(cpu, &$0) } }
            }
        }
    }

    /// What the number space is divided into, where the scheme is known.
    private static func ranges(of state: MachineState) -> [NumberRange] {
        let map: NumberMap
        switch state.facts.scheme {
        case .fixed: map = .fixed(messages: .shipped)
        case .sequential: map = .sequential(size: UInt32(state.numberSpace.count))
        case nil: return []
        }
        return map.ranges(
            servers: state.facts.serverCount ?? 0, hasXive: state.xive != nil,
            bridges: state.bridges.compactMap { Owner.bridgeIndex($0.buid) })
    }

    /// Entries by queue; nil where they were not captured.
    private static func pendingEntries(_ state: MachineState) -> [UInt32: [QueueEntry]]? {
        guard case .captured(let entries)? = state.xive?.contents else { return nil }
        return Dictionary(grouping: entries, by: \.queueIndex)
    }

    private static func queue(_ queue: EventQueue, _ pending: [QueueEntry]?, _ json: inout JSONWriter) {
        json.member("i", queue.index)
        json.member("name", "\(queue.tableServer)/\(queue.tablePriority)")
        json.member("address", hexadecimal(queue.address))
        json.member("size", queue.entryCount)
        json.member("next", queue.nextIndex)
        json.member("generation", queue.generation)
        json.member("server", queue.server?.rawValue)
        json.member("always", queue.alwaysNotifies)
        guard let pending else { return json.member("pending", String?.none) }
        json.array("pending") { json in
            for entry in pending { json.value(hexadecimal(UInt64(entry.eisn))) }
        }
    }

    private static func cpu(_ cpu: VirtualCPU, _ json: inout JSONWriter) {
        json.member("i", cpu.index)
        json.member("server", cpu.server?.rawValue)
        json.member("context", cpu.context.map(Self.text))
        json.member("presenter", cpu.presenter.map(Self.text))
    }

    private static func text(_ context: ThreadContext) -> String {
        let registers: [(name: String, value: UInt8)] = [
            ("NSR", context.notificationStatus), ("CPPR", context.currentPriority), ("IPB", context.pendingBits),
        ]
        var words = ["CAM server \(context.server?.description ?? "none")"]
        words += registers.map { "\($0.name) \(hexadecimal(UInt64($0.value), digits: 2))" }
        return words.joined(separator: ", ")
    }

    private static func text(_ presenter: Presenter) -> String {
        "XIRR \(hexadecimal(UInt64(presenter.xirr), digits: 8)), MFRR \(hexadecimal(UInt64(presenter.mfrr), digits: 2))"
    }
}

/// The numbers of a state as the script reads them.
private enum HTMLNumbers {
    /// Numbers that are owned or claimed in the controller in force, ascending.
    static func listed(_ state: MachineState) -> [LogicalNumber] {
        let space = state.numberSpace
        let owned = state.numbers.map(\.number).filter { space.contains($0.rawValue) }
        return Set(owned).union(state.claimedNumbers).sorted()
    }

    static func write(_ number: LogicalNumber, _ state: MachineState, _ json: inout JSONWriter) {
        let rows = state.assignments(of: number)
        let configuration = state.configuration(number)
        json.member("n", number.rawValue)
        json.member("claimed", configuration.isClaimed)
        json.member("owner", printable(rows.map(\.owner.description).joined(separator: " and ")))
        json.member("class", rows.first.flatMap { DeviceClass(of: $0.owner) }?.rawValue ?? "unknown")
        json.member("basis", rows.first?.basis.rawValue ?? Basis.none.rawValue)
        json.member("kind", rows.first?.kind?.rawValue)
        json.member("server", configuration.server?.rawValue)
        json.member("priority", configuration.isMasked ? nil : configuration.priority)
        json.member("eisn", configuration.eisn.map { hexadecimal(UInt64($0)) })
        json.member("status", status(number, state))
        guard state.facts.activeMode == .xive, let xive = state.xive, !configuration.isMasked else { return }
        json.member("queue", xive.source(number).assignment.queueIndex)
    }

    private static func status(_ number: LogicalNumber, _ state: MachineState) -> String {
        switch state.facts.activeMode {
        case .xive: state.xive?.source(number).status.description.replacing(" ", with: "") ?? ""
        case .xics: state.xics.map { hexadecimal(UInt64($0.source(number).status.rawValue), digits: 2) } ?? ""
        }
    }
}
