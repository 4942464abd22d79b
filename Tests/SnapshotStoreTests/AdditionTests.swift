import Dispatch
import GRDB
import InterruptState
import SeededRandom
import SnapshotStore
import Synchronization
import Testing

@Suite struct AdditionTests {
    @Test func anAdditionThatFailsMidwayLeavesNothing() throws {
        let folder = try Folder()
        let path = folder.file("s.db")
        let store = try SnapshotStore.create(path: path)
        try store.add([NewSnapshot("before", .guest())])
        let parts = try count("part", path)
        var random = SeededGenerator(seed: 4)
        var given = 0
        #expect(throws: Failure(message: "no more")) {
            try store.add {
                given += 1
                if given == 4 { throw Failure(message: "no more") }
                return NewSnapshot("\(given)", .random(&random))
            }
        }
        var unordered = MachineState.guest()
        unordered.numbers.reverse()
        #expect(throws: StoreError(.invalid, "")) {
            try store.add([NewSnapshot("x", .random(&random)), NewSnapshot("y", unordered)])
        }
        #expect(try store.list().map(\.name) == ["before"])
        #expect(try count("part", path) == parts)
        #expect(folder.names == ["s.db"])
    }

    @Test func aNameIsTakenOnce() throws {
        let folder = try Folder()
        let store = try SnapshotStore.create(path: folder.file("s.db"))
        try store.add([NewSnapshot("a", .guest())])
        let error = try storeError { try store.add([NewSnapshot("b", .guest()), NewSnapshot("a", .guest())]) }
        #expect(error.code == .duplicateName)
        #expect(
            error.description.hasSuffix(
                "snapshot “a”: there is already a snapshot of this name; choose another name or replace it"))
        #expect(throws: StoreError(.duplicateName, "")) {
            try store.add([NewSnapshot("c", .guest()), NewSnapshot("c", .guest())])
        }
        #expect(try store.list().map(\.name) == ["a"])
    }

    @Test func aReplacedSnapshotLeavesNoRows() throws {
        var random = SeededGenerator(seed: 77)
        let folder = try Folder()
        let path = folder.file("s.db")
        let store = try SnapshotStore.create(path: path)
        try store.add([NewSnapshot("kept", .guest()), NewSnapshot("old", .random(&random))])
        let state = MachineState.random(&random)
        try store.add([NewSnapshot("old", state)], replacing: true)
        #expect(isSame(try store.snapshot(.name("old")).state, state))
        #expect(isSame(try store.snapshot(.name("kept")).state, .guest()))
        try store.remove(.name("old"))
        #expect(try store.snapshot().summary.name == "kept")
        let other = try Folder()
        try SnapshotStore.create(path: other.file("s.db")).add([NewSnapshot("kept", .guest())])
        for table in ["part", "snapshot_part", "number_row", "residue_row", "section_row", "provenance"] {
            #expect(try count(table, path) == count(table, other.file("s.db")), "\(table)")
        }
        #expect(throws: StoreError(.noSuchSnapshot, "")) { try store.remove(.name("old")) }
    }

    @Test func equalTablesAreStoredOnceAndAChangeCostsOnePage() throws {
        let folder = try Folder()
        let path = folder.file("s.db")
        let store = try SnapshotStore.create(path: path)
        try store.add([NewSnapshot("0", .guest())])
        let rows = try count("xive_source_row", path)
        let parts = try count("part", path)
        try store.add((1..<10).map { NewSnapshot("\($0)", .guest()) })
        #expect(try count("part", path) == parts)
        var changed = MachineState.guest()
        changed.xive?.sources[0].status = SourceStatus(rawValue: 3)
        try store.add([NewSnapshot("changed", changed)])
        #expect(try count("part", path) == parts + 1)
        #expect(try count("xive_source_row", path) == rows + 4)
    }

    @Test func aStateEqualToResetHasNoRows() throws {
        let folder = try Folder()
        let path = folder.file("s.db")
        var state = MachineState(
            facts: MachineFacts(
                typeName: "pseries-7.2", scheme: .fixed, activeMode: .xive, serverCount: 1, serverCountBasis: .model))
        state.xive = XiveController(
            numberCount: 0x2000, queueCount: 8, tableByteOrder: .little, sources: [], queues: [],
            contents: .captured([]))
        try SnapshotStore.create(path: path).add([NewSnapshot("a", state)])
        #expect(try count("part", path) == 0)
        #expect(try SnapshotStore.open(path: path).snapshot().state == state)
    }

    /// Copies a file and its journal while a transaction has half of its pages in the file: what a killed process
    /// leaves.
    @Test func anAdditionThatWasKilledIsRolledBackByTheNextReader() throws {
        let folder = try Folder()
        let crashed = try Folder()
        try SnapshotStore.create(path: folder.file("s.db")).add([NewSnapshot("a", .guest())])
        let queue = try DatabaseQueue(path: folder.file("s.db"))
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA cache_size = 4; PRAGMA foreign_keys = OFF; BEGIN")
            try db.execute(
                sql: """
                    UPDATE xive_source_row SET status = 7;
                    UPDATE snapshot SET name = 'b';
                    INSERT INTO residue_row (part, section, instance, name, bytes) VALUES (99, 'x', 0, 'x', zeroblob(900000));
                    """)
            for name in ["s.db", "s.db-journal"] {
                try writeFile(crashed.file(name), readFile(folder.file(name)))
            }
            try db.execute(sql: "ROLLBACK")
        }
        #expect(try readFile(crashed.file("s.db")) != readFile(folder.file("s.db")))
        let store = try SnapshotStore.open(path: crashed.file("s.db"))
        #expect(isSame(try store.snapshot(.name("a")).state, .guest()))
        #expect(try store.check().isSound)
        #expect(crashed.names == ["s.db"])
    }

    @Test func severalWritersLoseNothing() throws {
        let folder = try Folder()
        let path = folder.file("s.db")
        let failures = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 8) { writer in
            do {
                for turn in 0..<5 {
                    var random = SeededGenerator(seed: UInt64(writer * 100 + turn))
                    let new = NewSnapshot("\(writer).\(turn)", .random(&random))
                    try SnapshotStore.create(path: path).add([new])
                }
            } catch {
                failures.withLock { $0.append("\(error)") }
            }
        }
        #expect(failures.withLock { $0 } == [])
        let store = try SnapshotStore.open(path: path)
        #expect(try store.list().count == 40)
        for writer in 0..<8 {
            for turn in 0..<5 {
                var random = SeededGenerator(seed: UInt64(writer * 100 + turn))
                #expect(isSame(try store.snapshot(.name("\(writer).\(turn)")).state, .random(&random)))
            }
        }
        #expect(folder.names == ["s.db"])
    }

    @Test func aWriterThatWaitsTooLongSaysSo() throws {
        let folder = try Folder()
        let path = folder.file("s.db")
        let store = try SnapshotStore.create(path: path)
        let impatient = try SnapshotStore.open(path: path, mode: .readWrite, patience: 0.01)
        try store.add {
            let error = try storeError { try impatient.add([NewSnapshot("b", .guest())]) }
            #expect(error.code == .busy)
            return nil
        }
        try impatient.add([NewSnapshot("b", .guest())])
        #expect(try store.list().count == 1)
    }

    @Test func theSnapshotThatIsMeantIsFoundOrAsked() throws {
        let folder = try Folder()
        let store = try SnapshotStore.create(path: folder.file("s.db"))
        #expect(throws: StoreError(.noSuchSnapshot, "")) { try store.snapshot() }
        let summary = try store.add([NewSnapshot("one", .guest())])[0]
        #expect(try store.snapshot().summary == summary)
        #expect(try store.snapshot(.id(summary.id)).summary == summary)
        try store.add((2..<20).map { NewSnapshot("n\($0)", .guest()) })
        let ambiguous = try storeError { _ = try store.snapshot() }
        #expect(ambiguous.code == .ambiguous)
        #expect(ambiguous.description.contains("“one”, “n2”"))
        #expect(ambiguous.description.hasSuffix("and 9 more"))
        #expect(throws: StoreError(.noSuchSnapshot, "")) { try store.snapshot(.id(999)) }
        let unknown = try storeError { _ = try store.snapshot(.name("ONE\n")) }
        #expect(unknown.code == .noSuchSnapshot)
        #expect(unknown.description.contains("there is no snapshot “ONE\\u{a}”; “one”"))
    }

    private func count(_ table: String, _ path: String) throws -> Int {
        let queue = try DatabaseQueue(path: path)
        return try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") } ?? -1
    }
}
