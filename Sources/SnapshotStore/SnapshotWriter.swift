import GRDB
import InterruptState

/// Writes snapshots inside one transaction.
final class SnapshotWriter {
    private let db: Database
    private let fileSize: Int
    private var inserts: [Role: RowStatement] = [:]
    /// Parts whose stored rows are known to be right: written or compared in this transaction.
    private var trusted: Set<Int64> = []

    init(_ db: Database) throws {
        self.db = db
        fileSize = try db.fileSize()
    }

    /// Stores one snapshot and gives what a listing will say of it.
    func write(_ new: NewSnapshot) throws -> SnapshotSummary {
        if let rule = new.name.isEmpty ? "its name is empty" : new.state.brokenRule() ?? new.provenance.brokenRule() {
            throw StoreError(.invalid, rule, snapshot: new.name)
        }
        let row = SnapshotRow(name: new.name, state: new.state, digest: new.state.digest())
        var links: [Link] = []
        var encoder = StateEncoder { role, page, rows in
            links.append(try self.store(rows, role, page))
        }
        try encoder.encode(new.state, new.provenance)
        let id = try insert(row, new.provenance, links)
        return SnapshotSummary(id: id, row: row, provenance: new.provenance)
    }

    /// Removes a snapshot and the parts that no other has.
    func remove(id: Int64) throws {
        // A part that goes may come again under the same key.
        trusted = []
        try SnapshotReader(db).checkExtent(id: id)
        // Parts go first, so that those of this snapshot can still be found; the references are checked at the end.
        try db.execute(sql: "PRAGMA defer_foreign_keys = ON")
        try db.execute(
            sql: """
                DELETE FROM part WHERE id IN (SELECT part FROM snapshot_part WHERE snapshot = :id)
                AND NOT EXISTS (SELECT 1 FROM snapshot_part AS o WHERE o.part = part.id AND o.snapshot <> :id)
                """, arguments: ["id": id])
        try db.execute(sql: "DELETE FROM snapshot WHERE id = ?", arguments: [id])
    }

    // MARK: - Parts

    /// Finds the part with these rows, or stores it.
    private func store(_ rows: RowBuffer, _ role: Role, _ page: Int64) throws -> Link {
        let digest = rows.digest(table: role.table.name)
        var key = RowBuffer()
        key.blob(digest.bytes)
        if let part = try findPart(key) {
            try compare(part, with: rows, role)
            return Link(role: role, page: page, part: part, digest: digest)
        }
        try RowStatement(db, "INSERT INTO part (digest) VALUES (?)").execute(key)
        let part = db.lastInsertedRowID
        try insert(for: role).insert(rows, part: part)
        trusted.insert(part)
        return Link(role: role, page: page, part: part, digest: digest)
    }

    private func findPart(_ key: RowBuffer) throws -> Int64? {
        var found = RowBuffer()
        var budget = ScanBudget(fileSize: 0)
        try RowStatement(db, "SELECT id FROM part WHERE digest = ?").select(key, into: &found, budget: &budget)
        if found.isEmpty { return nil }
        var reader = RowReader(found, table: "part")
        return try reader.integer("id")
    }

    /// Makes sure that a part which is to be shared holds what it promises: a new snapshot must not rest on
    /// rows that were damaged.
    private func compare(_ part: Int64, with rows: RowBuffer, _ role: Role) throws {
        guard !trusted.contains(part) else { return }
        var key = RowBuffer()
        key.integer(part)
        var stored = RowBuffer()
        var budget = ScanBudget(fileSize: fileSize)
        try RowStatement(db, role.table.select).select(key, into: &stored, budget: &budget)
        guard stored == rows else { throw StoreError.altered(part: part, of: role) }
        trusted.insert(part)
    }

    private func insert(for role: Role) throws -> RowStatement {
        if let statement = inserts[role] { return statement }
        let statement = try RowStatement(db, role.table.insert)
        inserts[role] = statement
        return statement
    }

    // MARK: - The snapshot itself

    private func insert(_ row: SnapshotRow, _ provenance: Provenance, _ links: [Link]) throws -> Int64 {
        var rowCells = RowBuffer()
        row.write(to: &rowCells)
        var provenanceCells = RowBuffer()
        provenance.write(to: &provenanceCells)
        let seal = Seal(row: rowCells, provenance: provenanceCells, links)
        rowCells.blob(seal.digest.bytes)
        try RowStatement(db, insertion("snapshot", SnapshotRow.columns + ["seal"])).execute(rowCells)
        let id = db.lastInsertedRowID
        var keyed = RowBuffer()
        keyed.integer(id)
        keyed.append(provenanceCells)
        try RowStatement(db, insertion("provenance", ["snapshot"] + Provenance.columns)).execute(keyed)
        try insert(links, snapshot: id)
        return id
    }

    private func insert(_ links: [Link], snapshot: Int64) throws {
        let statement = try RowStatement(
            db, insertion("snapshot_part", ["snapshot", "role", "page", "part"]))
        var rows = RowBuffer()
        for link in links {
            rows.text(link.role.rawValue)
            rows.integer(link.page)
            rows.integer(link.part)
        }
        try statement.insert(rows, part: snapshot)
    }

    private func insertion(_ table: String, _ columns: [String]) -> String {
        let marks = repeatElement("?", count: columns.count).joined(separator: ", ")
        return "INSERT INTO \(table) (\(columns.joined(separator: ", "))) VALUES (\(marks))"
    }
}

/// That a snapshot has a part, in a rôle, as a page.
struct Link: Equatable {
    var role: Role
    var page: Int64
    var part: Int64
    var digest: Digest
}

/// The digest that seals a snapshot: over its row, its provenance and the digests of its parts.
struct Seal {
    let digest: Digest

    init(row: RowBuffer, provenance: RowBuffer, _ links: [Link]) {
        var cells = row
        cells.append(provenance)
        for link in links.sorted(by: { ($0.role.rawValue, $0.page) < ($1.role.rawValue, $1.page) }) {
            cells.text(link.role.rawValue)
            cells.integer(link.page)
            cells.blob(link.digest.bytes)
        }
        digest = cells.digest(table: "snapshot")
    }
}

extension StoreError {
    /// The stored rows of a part are not those that its digest stands for.
    static func altered(part: Int64, of role: Role) -> StoreError {
        StoreError(
            .altered, "rows of table \(role.table.name) (part \(part)) are not those that were stored",
            advice: "the file was changed or damaged after the import")
    }
}

extension Database {
    /// Size of the file in bytes, as SQLite counts its pages.
    func fileSize() throws -> Int {
        let pages = try Int.fetchOne(self, sql: "PRAGMA page_count") ?? 0
        let size = try Int.fetchOne(self, sql: "PRAGMA page_size") ?? 0
        let (bytes, overflow) = pages.multipliedReportingOverflow(by: size)
        return overflow ? .max : bytes
    }
}
