import GRDB
import InterruptState
import SnapshotStore
import Testing

/// The page that describes the schema describes the schema, and its queries give what they promise.
@Suite struct SchemaPageTests {
    private let page: [Substring]

    init() throws {
        let package = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let bytes = try readFile("/\(package)/Sources/SnapshotStore/SnapshotStore.docc/Schema.md")
        page = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// The queries of the page by their headings.
    private var queries: [String: String] {
        var queries: [String: String] = [:]
        var heading = ""
        var isInside = false
        for line in page {
            if line.hasPrefix("### ") { heading = String(line.dropFirst(4)) }
            if line == "```" { isInside = false }
            if isInside { queries[heading, default: ""] += line + "\n" }
            if line == "```sql" { isInside = true }
        }
        return queries
    }

    /// The words in code style of the first cells of the lines beneath a heading.
    private func columns(beneath heading: String) -> [String] {
        guard let start = page.firstIndex(of: "### \(heading)") else { return [] }
        let section = page[(start + 1)...].prefix { !$0.hasPrefix("#") }
        return section.filter { $0.hasPrefix("| `") }.flatMap { words($0.split(separator: "|")[0]) }
    }

    private func words(_ text: Substring) -> [String] {
        text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }

    private func names(_ db: Database, _ condition: String) throws -> [String] {
        try String.fetchAll(
            db, sql: "SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite%' AND \(condition) ORDER BY name")
    }

    @Test func everyColumnIsDescribed() throws {
        let folder = try Folder()
        _ = try SnapshotStore.create(path: folder.file("s.db"))
        try DatabaseQueue(path: folder.file("s.db")).read { db in
            let described = try names(db, "type = 'view'") + ["snapshot", "provenance", "part", "snapshot_part"]
            for name in described {
                let columns = try String.fetchAll(db, sql: "SELECT name FROM pragma_table_xinfo(?)", arguments: [name])
                #expect(Set(self.columns(beneath: name)) == Set(columns), "\(name)")
            }
            for table in try names(db, "type = 'table' AND name LIKE '%\\_row' ESCAPE '\\'") {
                let stored = try String.fetchAll(
                    db, sql: "SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0 AND name <> 'part'",
                    arguments: [table])
                let line = try #require(page.first { $0.contains("| `\(table)` |") }, "\(table)")
                #expect(Array(words(line).dropFirst(2)) == stored, "\(table)")
            }
            let count = try names(db, "type IN ('table', 'view')").count
            #expect(count == described.count + 23 + 1)
        }
    }

    @Test func theQueriesGiveWhatTheyPromise() throws {
        var after = MachineState.guest()
        after.xive?.sources[4].assignment = EventAssignment(rawValue: 0x8000_0046_0000_0014)
        after.numbers[8].owner = .unknown("nothing says it")
        var before = MachineState.guest()
        before.xive?.sources[5].assignment = EventAssignment(rawValue: 0x8000_0046_0000_0015)
        let folder = try Folder()
        let path = folder.file("s.db")
        try SnapshotStore.create(path: path).add([
            NewSnapshot("before", before), NewSnapshot("after", after), NewSnapshot("copy", after),
        ])
        let expected = [
            "Numbers bound to a server that has no vCPU": ["0x1001|hot-plug events|8"],
            "Bindings that differ between two snapshots": [
                "0x1000||255|0|8|6|20", "0x1001|8|6|21||255|0",
            ],
            "Enabled event queues and where they point": [
                "6|0|6|0x2060000|16384|6|1", "14|1|6|0x20e0000|16384|14|1",
            ],
            "Message blocks of each PCI function": ["PHB 0|00:02.0|0x1300|2"],
            "Numbers whose owner is unknown, in all snapshots": [
                "after|0x1201|nothing says it", "copy|0x1201|nothing says it",
            ],
            "Snapshots whose states are equal": ["after, copy"],
        ]
        #expect(Set(queries.keys) == Set(expected.keys))
        try DatabaseQueue(path: path).read { db in
            for (heading, sql) in queries {
                let rows = try Row.fetchAll(db, sql: sql).map { row in
                    row.databaseValues.map {
                        String.fromDatabaseValue($0) ?? Int64.fromDatabaseValue($0)?.description ?? ""
                    }
                    .joined(separator: "|")
                }
                #expect(rows == expected[heading], "\(heading)")
            }
        }
    }
}
