import GRDB
import InterruptState

/// Reads snapshots inside one transaction, verifying what it reads.
struct SnapshotReader {
    private let db: Database
    private let fileSize: Int
    private let cache: ReadCache

    /// - Parameter cache: of this connection; nothing is taken from one that is new.
    init(_ db: Database, cache: ReadCache = ReadCache()) throws {
        self.db = db
        self.cache = cache
        fileSize = try db.fileSize()
    }

    // MARK: - Listing

    private static let listing = """
        SELECT id, \(SnapshotSummary.columns.joined(separator: ", "))
        FROM snapshot JOIN provenance ON provenance.snapshot = snapshot.id
        """

    /// The snapshots that a filter lets through, in the order in which they were stored.
    func list(_ filter: SnapshotFilter) throws -> [SnapshotSummary] {
        let sql = "\(SnapshotReader.listing) \(filter.clause) ORDER BY id"
        var rows = RowReader(try select(sql, filter.values), table: "snapshot")
        var summaries: [SnapshotSummary] = []
        while !rows.isAtEnd {
            summaries.append(try SnapshotSummary(id: rows.integer("id"), &rows))
        }
        return summaries
    }

    /// Makes sure that the list of parts of a snapshot is no longer than the file can hold.
    func checkExtent(id: Int64) throws {
        var budget = ScanBudget(fileSize: fileSize)
        var key = RowBuffer()
        key.integer(id)
        _ = try links(key, &budget)
    }

    /// The keys of all snapshots.
    func identifiers() throws -> [Int64] {
        var rows = RowReader(try select("SELECT id FROM snapshot ORDER BY id"), table: "snapshot")
        var identifiers: [Int64] = []
        while !rows.isAtEnd { identifiers.append(try rows.integer("id")) }
        return identifiers
    }

    /// The values of a query of one column of text.
    func texts(_ sql: String) throws -> [String] {
        var rows = RowReader(try select(sql), table: "(query)")
        var texts: [String] = []
        while !rows.isAtEnd { texts.append(try rows.text("text")) }
        return texts
    }

    /// The key of the snapshot that is meant, or nil where there is none.
    func find(name: String) throws -> Int64? {
        var key = RowBuffer()
        key.text(name)
        let found = try select("SELECT id FROM snapshot WHERE name = ?", key)
        if found.isEmpty { return nil }
        var reader = RowReader(found, table: "snapshot")
        return try reader.integer("id")
    }

    /// The key of the snapshot that is meant.
    func find(_ selector: SnapshotSelector) throws -> Int64 {
        switch selector {
        case .id(let id): return id
        case .name(let name):
            if let id = try find(name: name) { return id }
            throw StoreError(
                .noSuchSnapshot, "there is no snapshot “\(excerpt(name))”", advice: try existing())
        case .only:
            let ids = try select("SELECT id FROM snapshot LIMIT 2")
            var reader = RowReader(ids, table: "snapshot")
            if reader.isAtEnd { throw StoreError(.noSuchSnapshot, "the file has no snapshots") }
            let id: Int64 = try reader.integer("id")
            if reader.isAtEnd { return id }
            throw StoreError(
                .ambiguous, "the file has several snapshots", advice: "name one of them: " + (try existing()))
        }
    }

    /// The first names, for an error message.
    private func existing() throws -> String {
        // Not count(*), which has no budget: a tree made by hand can have rows without end.
        let count = try identifiers().count
        var reader = RowReader(try select("SELECT name FROM snapshot ORDER BY id LIMIT 10"), table: "snapshot")
        var names: [String] = []
        while !reader.isAtEnd { names.append("“\(excerpt(try reader.text("name")))”") }
        if names.isEmpty { return "the file has no snapshots" }
        let rest = count - names.count
        return names.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }

    // MARK: - A snapshot

    /// Reads a snapshot and verifies every digest that covers it.
    func snapshot(id: Int64) throws -> StoredSnapshot {
        var budget = ScanBudget(fileSize: fileSize)
        var key = RowBuffer()
        key.integer(id)
        let rowCells = try cells(SnapshotRow.columns, "snapshot", "id", key, &budget)
        if rowCells.isEmpty { throw StoreError(.noSuchSnapshot, "there is no such snapshot", advice: try existing()) }
        var rowReader = RowReader(rowCells, table: "snapshot")
        let row = try SnapshotRow(&rowReader)
        do {
            let provenanceCells = try cells(Provenance.columns, "provenance", "snapshot", key, &budget)
            let links = try links(key, &budget)
            try verify(Seal(row: rowCells, provenance: provenanceCells, links), key, &budget)
            var provenanceReader = RowReader(provenanceCells, table: "provenance")
            var provenance = try Provenance(&provenanceReader)
            let linksByRole = Dictionary(grouping: links, by: \.role)
            let decoder = StateDecoder { role in
                try (linksByRole[role] ?? []).map { try verifiedRows(of: $0, &budget) }
            }
            let state = try state(row, links, decoder)
            try decoder.complete(&provenance)
            return StoredSnapshot(
                summary: SnapshotSummary(id: id, row: row, provenance: provenance), state: state,
                provenance: provenance)
        } catch var error as StoreError {
            error.snapshot = row.name
            throw error
        }
    }

    /// The state, decoded and verified unless the one before was decoded from the same.
    private func state(_ row: SnapshotRow, _ links: [Link], _ decoder: StateDecoder) throws -> MachineState {
        let key = ReadCache.StateKey(row, links)
        if let state = cache.state(key) { return state }
        let state = try decoder.state(row)
        try verify(state, row)
        cache.keep(state, decodedFrom: key)
        return state
    }

    private func cells(
        _ columns: [String], _ table: String, _ keyColumn: String, _ key: RowBuffer, _ budget: inout ScanBudget
    ) throws -> RowBuffer {
        try select("SELECT \(columns.joined(separator: ", ")) FROM \(table) WHERE \(keyColumn) = ?", key, &budget)
    }

    /// Compares the seal of what was read, cell by cell as it stands there, with the stored one.
    private func verify(_ seal: Seal, _ key: RowBuffer, _ budget: inout ScanBudget) throws {
        var reader = RowReader(try cells(["seal"], "snapshot", "id", key, &budget), table: "snapshot")
        guard try reader.digest("seal") == seal.digest else {
            throw StoreError(
                .altered, "its row, its provenance or its list of parts is not what was stored",
                advice: "the file was changed or damaged after the import")
        }
    }

    private func links(_ key: RowBuffer, _ budget: inout ScanBudget) throws -> [Link] {
        let sql = """
            SELECT role, page, part, digest FROM snapshot_part JOIN part ON part.id = snapshot_part.part
            WHERE snapshot = ? ORDER BY role, page
            """
        var reader = RowReader(try select(sql, key, &budget), table: "snapshot_part")
        var links: [Link] = []
        while !reader.isAtEnd {
            links.append(
                Link(
                    role: try reader.value("role"), page: try reader.integer("page"),
                    part: try reader.integer("part"), digest: try reader.digest("digest")))
        }
        return links
    }

    private func verifiedRows(of link: Link, _ budget: inout ScanBudget) throws -> RowBuffer {
        if let rows = cache.rows(of: link) { return rows }
        var key = RowBuffer()
        key.integer(link.part)
        let rows = try select(link.role.table.select, key, &budget)
        guard rows.digest(table: link.role.table.name) == link.digest else {
            throw StoreError.altered(part: link.part, of: link.role)
        }
        cache.keep(rows, of: link)
        return rows
    }

    private func verify(_ state: MachineState, _ row: SnapshotRow) throws {
        if let rule = state.brokenRule() { throw StoreError(.damaged, rule) }
        guard SnapshotRow.Counts(state) == row.counts else {
            throw StoreError(.altered, "its counts are not those of its rows")
        }
        guard state.digest() == row.digest else {
            throw StoreError(.altered, "its content digest is not that of its rows")
        }
    }

    // MARK: - SQL

    private func select(_ sql: String, _ values: RowBuffer = RowBuffer()) throws -> RowBuffer {
        var budget = ScanBudget(fileSize: fileSize)
        return try select(sql, values, &budget)
    }

    private func select(_ sql: String, _ values: RowBuffer, _ budget: inout ScanBudget) throws -> RowBuffer {
        var rows = RowBuffer()
        try RowStatement(db, sql).select(values, into: &rows, budget: &budget)
        return rows
    }
}
