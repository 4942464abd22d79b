import GRDB
import InterruptState
import SnapshotStore
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct RefusalTests {
    private func code(_ path: String, _ mode: SnapshotStore.Mode = .readOnly) throws -> StoreError.Code {
        let error = try storeError { _ = try SnapshotStore.open(path: path, mode: mode) }
        #expect(error.description.hasPrefix(path + ": "))
        #expect(!error.description.contains("\n"))
        return error.code
    }

    @Test func whatIsNoRegularFileIsRefusedWithoutWaiting() throws {
        let folder = try Folder()
        #expect(try code(folder.path) == .unreadable)
        #expect(try code(folder.file("absent.db")) == .unreadable)
        #expect(try code("/dev/zero") == .unreadable)
        let pipe = folder.file("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        #expect(try code(pipe) == .unreadable)
        #expect(throws: StoreError(.unreadable, "")) { try SnapshotStore.create(path: pipe) }
        #expect(throws: StoreError(.unreadable, "")) { try SnapshotStore.create(path: folder.path) }
        #expect(throws: StoreError(.unreadable, "")) { try SnapshotStore.create(path: folder.file("no/such/s.db")) }
        #expect(throws: StoreError(.unreadable, "")) { try SnapshotStore.open(path: "") }
        #expect(folder.names == ["pipe"])
    }

    @Test(.enabled(if: geteuid() != 0)) func aFileWithoutPermissionIsRefused() throws {
        let folder = try Folder()
        let path = folder.file("s.db")
        try SnapshotStore.create(path: path).add([NewSnapshot("a", .guest())])
        chmod(path, 0)
        #expect(try code(path) == .unreadable)
    }

    @Test func aLinkLeadsToItsFile() throws {
        let folder = try Folder()
        try SnapshotStore.create(path: folder.file("s.db")).add([NewSnapshot("a", .guest())])
        #expect(symlink(folder.file("s.db"), folder.file("link")) == 0)
        #expect(try SnapshotStore.open(path: folder.file("link")).list().count == 1)
    }

    @Test func otherFilesAreToldApart() throws {
        let folder = try Folder()
        let path = folder.file("x")
        try writeFile(path, [])
        #expect(try code(path) == .empty)
        try writeFile(path, Array("QEVM".utf8) + [0, 0, 0, 3])
        #expect(try code(path) == .notADatabase)
        #expect(throws: StoreError(.notADatabase, "")) { try SnapshotStore.create(path: path) }
        try writeFile(path, Array("SQLite format 3\0".utf8))
        #expect(try [.notADatabase, .damaged].contains(code(path)))
    }

    @Test func anEmptyFileBecomesASnapshotFileOnWriting() throws {
        let folder = try Folder()
        let path = folder.file("s.db")
        try writeFile(path, [])
        try SnapshotStore.create(path: path).add([NewSnapshot("a", .guest())])
        #expect(try SnapshotStore.open(path: path).list().count == 1)
    }

    @Test func aCreationThatWasCutShortIsContinued() throws {
        let folder = try Folder()
        let path = folder.file("s.db")
        try DatabaseQueue(path: path).write {
            try $0.execute(sql: "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)")
        }
        #expect(try code(path) == .empty)
        try SnapshotStore.create(path: path).add([NewSnapshot("a", .guest())])
        #expect(try SnapshotStore.open(path: path).list().count == 1)
    }

    @Test(arguments: [
        "CREATE TABLE snapshot (name)", "PRAGMA application_id = 77", "PRAGMA user_version = 1",
        "CREATE VIEW v AS WITH RECURSIVE c(x) AS (VALUES (1) UNION ALL SELECT x FROM c) SELECT * FROM c",
    ])
    func aForeignDatabaseIsRefusedAndNotTouched(_ sql: String) throws {
        let folder = try Folder()
        let path = folder.file("s.db")
        try DatabaseQueue(path: path).writeWithoutTransaction { try $0.execute(sql: sql + "; CREATE TABLE t (x)") }
        let bytes = try readFile(path)
        #expect(try code(path) == .foreign)
        #expect(try code(path, .readWrite) == .foreign)
        #expect(try readFile(path) == bytes)
    }

    @Test func aNewerSchemaNamesItsVersion() throws {
        let folder = try Folder()
        let path = folder.file("s.db")
        try SnapshotStore.create(path: path).add([NewSnapshot("a", .guest())])
        try DatabaseQueue(path: path).writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = 9") }
        let error = try storeError { _ = try SnapshotStore.open(path: path) }
        #expect(error.code == .newerSchema)
        #expect(error.description.contains("schema version 9"))
        #expect(error.description.hasSuffix("use the newer irqproof that wrote it"))
        #expect(try code(path, .readWrite) == .newerSchema)
    }

    @Test(arguments: [
        "CREATE VIEW mine AS SELECT 1", "CREATE TABLE mine (x)", "DROP VIEW binding",
        "DROP INDEX snapshot_part_by_part",
        "CREATE TRIGGER t AFTER INSERT ON snapshot BEGIN DELETE FROM snapshot; END", "ALTER TABLE part ADD x TEXT",
        "CREATE INDEX mine ON snapshot (mode)",
        """
        ALTER TABLE snapshot RENAME TO old; CREATE VIEW snapshot AS
        WITH RECURSIVE c(x) AS (VALUES (1) UNION ALL SELECT x FROM c) SELECT * FROM c
        """,
    ])
    func aChangedSchemaIsRefused(_ sql: String) throws {
        let folder = try Folder()
        let path = folder.file("s.db")
        try SnapshotStore.create(path: path).add([NewSnapshot("a", .guest())])
        try DatabaseQueue(path: path).writeWithoutTransaction {
            try $0.execute(sql: "PRAGMA legacy_alter_table = ON; PRAGMA foreign_keys = OFF")
            try $0.execute(sql: sql)
        }
        for mode in [SnapshotStore.Mode.readOnly, .readWrite] {
            #expect(try [.foreign, .damaged].contains(code(path, mode)), "\(sql)")
        }
    }

    @Test func statisticsAndWriteAheadLoggingDoNoHarm() throws {
        let folder = try Folder()
        let path = folder.file("s.db")
        try SnapshotStore.create(path: path).add([NewSnapshot("a", .guest())])
        try DatabaseQueue(path: path).writeWithoutTransaction {
            try $0.execute(sql: "ANALYZE; PRAGMA journal_mode = WAL")
        }
        try SnapshotStore.create(path: path).add([NewSnapshot("b", .guest())])
        #expect(try SnapshotStore.open(path: path).list().count == 2)
    }

    @Test func aStoreOpenedForReadingIsNotWritten() throws {
        let folder = try Folder()
        let path = folder.file("s.db")
        try SnapshotStore.create(path: path).add([NewSnapshot("a", .guest())])
        let bytes = try readFile(path)
        let store = try SnapshotStore.open(path: path)
        #expect(throws: StoreError(.readOnly, "")) { try store.add([NewSnapshot("b", .guest())]) }
        _ = try store.snapshot()
        #expect(try readFile(path) == bytes)
        #expect(folder.names == ["s.db"])
    }

    @Test func namesFromFilesCannotReachTheTerminalRaw() {
        let error = StoreError(.altered, "changed", file: "a\nb", snapshot: "\u{1b}[2J\u{202e}x")
        #expect(error.description == "a\\u{a}b: snapshot “\\u{1b}[2J\\u{202e}x”: changed")
    }
}
