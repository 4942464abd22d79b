import GRDB
import InterruptState
import SeededRandom
import SnapshotStore
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// Whatever happens to the bytes of a file: the state that was stored, or an error; never another state, never a trap.
@Suite struct DamageTests {
    /// A file of two snapshots that between them have rows in every table.
    private struct Sample {
        let folder: Folder
        let path: String
        let bytes: [UInt8]
        var states: [String: MachineState] = [:]

        init(seed: UInt64) throws {
            folder = try Folder()
            path = folder.file("s.db")
            let rich = MachineState.rich(seed: seed)
            states = ["guest": .guest(), "rich": rich]
            try SnapshotStore.create(path: path).add([
                NewSnapshot("guest", .guest()), NewSnapshot(name: "rich", state: rich, provenance: .complete),
            ])
            bytes = try readFile(path)
        }

        /// Whether every snapshot is unreadable or as it was stored; the number that were unreadable.
        func unreadable() throws -> Int {
            guard let store = try? SnapshotStore.open(path: path) else { return states.count }
            var count = 0
            for (name, state) in states {
                do {
                    let stored = try store.snapshot(.name(name))
                    let provenance: Provenance = name == "rich" ? .complete : .sample
                    guard
                        stored.state == state, stored.state.origin.sections == state.origin.sections,
                        stored.state.origin.sites == state.origin.sites, stored.provenance == provenance
                    else {
                        throw Failure(message: "\(name) was read, and is another state")
                    }
                } catch is StoreError {
                    count += 1
                }
            }
            return count
        }
    }

    /// A thousand changed bytes, or as many as the environment variable IRQPROOF_MUTATIONS says.
    @Test func aChangedByteIsNoticedOrDoesNoHarm() throws {
        let seed: UInt64 = 0x5eed_0002
        let turns = getenv("IRQPROOF_MUTATIONS").flatMap { Int(String(cString: $0)) } ?? 1000
        let sample = try Sample(seed: seed)
        var random = SeededGenerator(seed: seed)
        let used = sample.bytes.indices.filter { sample.bytes[$0] != 0 }
        let file = open(sample.path, O_RDWR)
        defer { close(file) }
        var noticed = 0
        for turn in 0..<turns {
            let offset = turn < 100 ? turn : random.chance(5) ? random.below(sample.bytes.count) : random.pick(used)
            var byte = sample.bytes[offset] ^ (random.chance(2) ? 1 << UInt8(random.below(8)) : random.byte() | 1)
            #expect(pwrite(file, &byte, 1, off_t(offset)) == 1)
            do {
                noticed += try sample.unreadable()
            } catch {
                Issue.record("seed \(seed), turn \(turn), byte \(offset) to \(byte): \(error)")
            }
            byte = sample.bytes[offset]
            #expect(pwrite(file, &byte, 1, off_t(offset)) == 1)
        }
        #expect(noticed > turns / 5)
        #expect(try sample.unreadable() == 0)
    }

    @Test func aFileCutShortIsNoticed() throws {
        let seed: UInt64 = 0x5eed_0003
        let sample = try Sample(seed: seed)
        var random = SeededGenerator(seed: seed)
        for turn in 0..<100 {
            // Not in the last page, of which only zeros may be missing.
            let most = sample.bytes.count - 4096
            let count = turn < 40 ? min(turn * 4096, most) : random.below(most)
            try writeFile(sample.path, Array(sample.bytes[..<count]))
            #expect(try sample.unreadable() > 0, "cut to \(count)")
        }
    }

    @Test func exchangedAndBlankPagesAreNoticedOrDoNoHarm() throws {
        let seed: UInt64 = 0x5eed_0004
        let sample = try Sample(seed: seed)
        var random = SeededGenerator(seed: seed)
        let pages = sample.bytes.count / 4096
        for _ in 0..<150 {
            var bytes = sample.bytes
            let one = random.below(pages) * 4096
            let other = random.below(pages) * 4096
            if random.chance(3) {
                bytes.replaceSubrange(one..<one + 4096, with: [UInt8](repeating: random.pick([0, 0xff]), count: 4096))
            } else {
                bytes.replaceSubrange(one..<one + 4096, with: sample.bytes[other..<other + 4096])
            }
            try writeFile(sample.path, bytes)
            _ = try sample.unreadable()
        }
    }

    @Test func aChangeOfAnyStoredColumnIsNoticed() throws {
        let sample = try Sample(seed: 0x5eed_0005)
        let columns = try storedColumns(sample.path)
        #expect(columns.count > 120)
        for (table, column) in columns {
            try writeFile(sample.path, sample.bytes)
            try change(column, of: table, in: sample.path)
            #expect(try sample.unreadable() > 0, "\(table).\(column)")
        }
    }

    @Test func aRemovedRowIsNoticed() throws {
        let sample = try Sample(seed: 0x5eed_0006)
        for table in Set(try storedColumns(sample.path).map(\.0)).sorted() {
            try writeFile(sample.path, sample.bytes)
            try edit(sample.path) { db in
                let key =
                    table == "snapshot"
                    ? "id"
                    : try String.fetchOne(db, sql: "SELECT name FROM pragma_table_info(?)", arguments: [table]) ?? ""
                try db.execute(sql: "DELETE FROM \(table) WHERE \(key) = (SELECT max(\(key)) FROM \(table))")
            }
            #expect(try sample.unreadable() > 0, "\(table)")
            #expect(try !SnapshotStore.open(path: sample.path).check().isSound, "\(table)")
        }
    }

    @Test func anAlteredSnapshotIsNamedAndTheOthersAreStillRead() throws {
        let sample = try Sample(seed: 0x5eed_0007)
        try edit(sample.path) {
            try $0.execute(
                sql: "UPDATE xive_source_row SET status = 3 WHERE number = 0x1100 AND eas = 0x8000000600000012")
        }
        let store = try SnapshotStore.open(path: sample.path)
        let error = try storeError { _ = try store.snapshot(.name("guest")) }
        #expect(error.code == .altered)
        #expect(error.description.contains("snapshot “guest”: rows of table xive_source_row"))
        #expect(isSame(try store.snapshot(.name("rich")).state, try #require(sample.states["rich"])))
        let check = try store.check()
        #expect(check.fileProblems.isEmpty)
        #expect(check.snapshots.map(\.name) == ["guest", "rich"])
        #expect(check.snapshots.map { $0.problem?.code } == [.altered, nil])
    }

    @Test func aNewSnapshotDoesNotRestOnDamagedRows() throws {
        let sample = try Sample(seed: 0x5eed_0008)
        try edit(sample.path) { try $0.execute(sql: "UPDATE event_queue_row SET w1 = w1 + 1 WHERE queue = 6") }
        let store = try SnapshotStore.open(path: sample.path, mode: .readWrite)
        #expect(throws: StoreError(.altered, "")) { try store.add([NewSnapshot("again", .guest())]) }
        #expect(try store.list().count == 2)
    }

    @Test func aSoundFileIsSaidToBeSound() throws {
        let sample = try Sample(seed: 0x5eed_0009)
        let check = try SnapshotStore.open(path: sample.path).check()
        #expect(check.isSound)
        #expect(check.snapshots.count == 2)
    }

    // MARK: -

    private func edit(_ path: String, _ body: (Database) throws -> Void) throws {
        try DatabaseQueue(path: path).writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON")
            try body(db)
        }
    }

    /// Every column that is stored, of every table that has rows.
    private func storedColumns(_ path: String) throws -> [(String, String)] {
        try DatabaseQueue(path: path).read { db in
            let tables = try String.fetchAll(
                db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'grdb%' ORDER BY name")
            return try tables.flatMap { table -> [(String, String)] in
                #expect(try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table)") ?? 0 > 0, "\(table) has no rows")
                let columns = try String.fetchAll(
                    db, sql: "SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0", arguments: [table])
                // The key of a snapshot says nothing: it differs from file to file.
                return columns.filter { (table, $0) != ("snapshot", "id") }.map { (table, $0) }
            }
        }
    }

    /// Changes a column in one row: by a thousand, by a letter or a byte more, or NULL to a value.
    private func change(_ column: String, of table: String, in path: String) throws {
        try edit(path) { db in
            let type = try String.fetchOne(
                db, sql: "SELECT type FROM pragma_table_xinfo(?) WHERE name = ?", arguments: [table, column])
            let value =
                switch type {
                case "INTEGER":
                    "coalesce(\(column) + CASE WHEN \(column) < 0x7000000000000000 THEN 1000 ELSE -1000 END, 1)"
                case "TEXT": "coalesce(\(column) || 'x', '')"
                default: "coalesce(CAST(\(column) || x'00' AS BLOB), x'00')"
                }
            let key = try String.fetchAll(
                db, sql: "SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk", arguments: [table]
            ).joined(separator: ", ")
            // The key of one row may be changed into that of another, which is then left: the next row is tried.
            for row in 0..<20 where db.changesCount == 0 {
                let one = "SELECT \(key) FROM \(table) ORDER BY \(key) LIMIT 1 OFFSET \(row)"
                try db.execute(sql: "UPDATE OR IGNORE \(table) SET \(column) = \(value) WHERE (\(key)) = (\(one))")
            }
            if db.changesCount == 0 { throw Failure(message: "\(table).\(column) cannot be changed") }
        }
    }
}
