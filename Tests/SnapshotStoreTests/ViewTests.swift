import GRDB
import InterruptState
import SeededRandom
import SnapshotStore
import Testing

/// The readable picture says what the state says.
@Suite struct ViewTests {
    /// Runs `body` on a plain connection to a file that holds these states under the names 0, 1, …
    private func query<Value>(_ states: [MachineState], _ body: (Database) throws -> Value) throws -> Value {
        let folder = try Folder()
        let path = folder.file("s.db")
        try SnapshotStore.create(path: path).add(states.enumerated().map { NewSnapshot("\($0)", $1) })
        return try DatabaseQueue(path: path).read(body)
    }

    private let states: [MachineState] = {
        var random = SeededGenerator(seed: 0x5eed_000a)
        return [.guest()] + (0..<60).map { _ in .random(&random) }
    }()

    private func rows(_ db: Database, _ sql: String, _ snapshot: Int) throws -> [[DatabaseValue]] {
        try Row.fetchAll(db, sql: sql, arguments: ["\(snapshot)"]).map { Array($0.databaseValues) }
    }

    private func value(_ value: (some BinaryInteger)?) -> DatabaseValue {
        value.map { Int64(truncatingIfNeeded: $0).databaseValue } ?? .null
    }

    /// An owner in words, as far as a reader of C strings sees it.
    private func text(_ owner: Owner?) -> DatabaseValue {
        owner.map { String($0.description.prefix { $0 != "\0" }).databaseValue } ?? .null
    }

    private func value(_ value: Bool) -> DatabaseValue { (value ? 1 : 0).databaseValue }

    @Test func bindingsAreThoseOfTheControllerInForce() throws {
        try query(states) { db in
            for (index, state) in states.enumerated() {
                let listed =
                    state.facts.activeMode == .xive
                    ? state.xive?.sources.map(\.number) : state.xics?.sources.map(\.number)
                let expected = (listed ?? []).map { number in
                    let configuration = state.configuration(number)
                    return [
                        value(number.rawValue), value(configuration.isClaimed), value(configuration.isMasked),
                        value(configuration.server?.rawValue), value(configuration.priority),
                        value(configuration.eisn), text(state.owner(of: number)),
                    ]
                }
                let sql = """
                    SELECT number, claimed, masked, server, priority, eisn, owner FROM binding
                    WHERE snapshot = ? ORDER BY number
                    """
                let shown = try rows(db, sql, index)
                #expect(shown == expected, "state \(index)")
            }
        }
    }

    @Test func ownersReadAsInTheReports() throws {
        try query(states) { db in
            for (index, state) in states.enumerated() {
                let expected = state.numbers.map {
                    [
                        value($0.number.rawValue), text($0.owner),
                        $0.number.description.databaseValue, $0.kind?.rawValue.databaseValue ?? .null,
                        $0.basis.rawValue.databaseValue,
                    ]
                }
                let sql = "SELECT number, owner, lisn, kind, basis FROM number WHERE snapshot = ? ORDER BY number, rank"
                let shown = try rows(db, sql, index)
                #expect(shown == expected, "state \(index)")
            }
        }
    }

    @Test func sourcesShowEachNumberUnderBothControllers() throws {
        try query(states) { db in
            for (index, state) in states.enumerated() {
                var numbers = Set(state.numbers.map(\.number))
                numbers.formUnion(state.xive?.sources.map(\.number) ?? [])
                numbers.formUnion(state.xics?.sources.map(\.number) ?? [])
                let expected = numbers.sorted().flatMap { number -> [[DatabaseValue]] in
                    let xive = state.xive?.sources.first { $0.number == number }
                    let xics = state.xics?.sources.first { $0.number == number }
                    let owners = state.assignments(of: number).map { text($0.owner) }
                    return (owners.isEmpty ? [.null] : owners).map { owner in
                        [
                            value(number.rawValue), owner, value(state.configuration(number).isClaimed),
                            value(xive?.assignment.rawValue), value(xive?.status.rawValue),
                            value(xive?.assignment.eisn), value(xics?.server.rawValue), value(xics?.flags.rawValue),
                        ]
                    }
                }
                let sql = """
                    SELECT number, owner, claimed, eas, xive_status, eisn, xics_server, xics_flags FROM source
                    WHERE snapshot = ? ORDER BY number, rank
                    """
                let shown = try rows(db, sql, index)
                #expect(shown == expected, "state \(index)")
            }
        }
    }

    @Test func readableColumnsFollowTheArchitectedLayouts() throws {
        try query(states) { db in
            for (index, state) in states.enumerated() {
                let sources = (state.xive?.sources ?? []).map { source in
                    [
                        value(source.assignment.isValid), value(source.assignment.isMasked),
                        value(source.assignment.queueIndex), value(source.assignment.eisn), value(source.status.p),
                        value(source.status.q), value(source.status.isAsserted),
                    ]
                }
                let sourceSQL = """
                    SELECT claimed, masked, queue, eisn, p, q, asserted FROM xive_source
                    WHERE snapshot = ? ORDER BY number
                    """
                let sourcesShown = try rows(db, sourceSQL, index)
                #expect(sourcesShown == sources, "state \(index)")
                let queues = (state.xive?.queues ?? []).map { queue in
                    [
                        value(queue.isValid), value(queue.isEnqueuing), value(queue.alwaysNotifies),
                        value(queue.isEnabled), value(queue.server?.rawValue), value(queue.priority),
                        value(queue.address), value(queue.byteCount), value(queue.entryCount),
                        value(queue.generation), value(queue.nextIndex), value(queue.notificationStatus),
                        value(queue.tableServer.rawValue), value(queue.tablePriority),
                    ]
                }
                let queueSQL = """
                    SELECT valid, enqueuing, always_notifies, enabled, server, priority, address, bytes, entries,
                    generation, next_index, notification, table_server, table_priority
                    FROM event_queue WHERE snapshot = ? ORDER BY queue
                    """
                let queuesShown = try rows(db, queueSQL, index)
                #expect(queuesShown == queues, "state \(index)")
            }
        }
    }

    @Test func contextsAndPresentersStandBesideTheirProcessor() throws {
        try query(states) { db in
            for (index, state) in states.enumerated() {
                let contexts = state.cpus.compactMap { cpu -> [DatabaseValue]? in
                    guard let context = cpu.context else { return nil }
                    return [
                        value(cpu.index), value(cpu.server?.rawValue), value(context.server?.rawValue),
                        value(context.isValid), value(context.notificationStatus), value(context.currentPriority),
                        value(context.pendingBits), value(context.pendingPriority), value(context.word2(.physical)),
                    ]
                }
                let contextSQL = """
                    SELECT cpu_index, server, cam_server, valid, nsr, cppr, ipb, pipr, w14 FROM thread_context
                    WHERE snapshot = ?
                    """
                let contextsShown = try rows(db, contextSQL, index)
                #expect(contextsShown == contexts, "state \(index)")
                let presenters = state.cpus.compactMap { cpu -> [DatabaseValue]? in
                    guard let presenter = cpu.presenter else { return nil }
                    return [
                        value(cpu.index), value(presenter.currentPriority), value(presenter.presented),
                        value(presenter.pendingPriority), value(presenter.mfrr),
                    ]
                }
                let presenterSQL = """
                    SELECT cpu_index, cppr, xisr, pending_priority, mfrr FROM presenter WHERE snapshot = ?
                    """
                let presentersShown = try rows(db, presenterSQL, index)
                #expect(presentersShown == presenters, "state \(index)")
            }
        }
    }

    @Test func devicesShowTheirNumbers() throws {
        let queries = [
            "SELECT bridge || ' ' || pin || ' ' || lisn FROM bridge_pin ORDER BY pin":
                ["PHB 0 0 0x1200", "PHB 0 1 0x1201", "PHB 0 2 0x1202", "PHB 0 3 0x1203"],
            "SELECT bridge || ' ' || function_name || ' ' || first_lisn || ' ' || count FROM message_block":
                ["PHB 0 00:02.0 0x1300 2"],
            "SELECT lisn FROM message_bitmap ORDER BY number": ["0x1300", "0x1301"],
            "SELECT type || '@' || unit_address_hex || ' ' || lisn FROM device": ["vty@71000000 0x1100"],
            "SELECT queue || ' ' || position || ' ' || eisn FROM queue_entry": ["6 5 16"],
            "SELECT section || ' ' || name || ' ' || hex(bytes) FROM residue": ["spapr timebase 010203"],
        ]
        for (sql, expected) in queries {
            let shown = try query([.guest()]) { try String.fetchAll($0, sql: sql) }
            #expect(shown == expected)
        }
    }

    @Test func aQueryOfOneSnapshotDoesNotReadTheOthers() throws {
        try query([.guest()]) { db in
            let views = try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema WHERE type = 'view'")
            #expect(views.count > 20)
            for view in views {
                let plan = try Row.fetchAll(
                    db, sql: "EXPLAIN QUERY PLAN SELECT * FROM \(view) WHERE snapshot = 'x'"
                ).map { $0["detail"] as String? ?? "" }
                let scans = plan.filter {
                    $0.hasPrefix("SCAN") && !$0.hasPrefix("SCAN (subquery")
                        && !["bit", "k", "1", "CONSTANT", view[...]].contains($0.dropFirst(5).prefix { $0 != " " })
                }
                #expect(scans.isEmpty, "\(view): \(plan)")
            }
        }
    }
}
