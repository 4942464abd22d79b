import GRDB

/// Whether a database is a snapshot file, and one that this version understands.
enum SchemaCheck {
    /// Looks at the two numbers in the header, before any of the file's schema is parsed.
    static func identify(_ db: Database) throws {
        let application = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let version = try Int32.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        if application == 0, version == 0 { return }
        guard application == Schema.applicationID else {
            throw StoreError(.foreign, "this SQLite database is not a snapshot file (application_id \(application))")
        }
        guard version <= Schema.version else {
            throw StoreError(
                .newerSchema, "the file has schema version \(version), this irqproof knows up to \(Schema.version)",
                advice: "use the newer irqproof that wrote it")
        }
        guard version > 0 else { throw StoreError(.damaged, "the file has schema version \(version)") }
    }

    /// Whether nothing but the migrator's own table was ever stored: a new file, or a creation that was cut short.
    static func isBlank(_ db: Database) throws -> Bool {
        try Int32.fetchOne(db, sql: "PRAGMA application_id") == 0
            && objects(db).allSatisfy { $0 == ("grdb_migrations", Schema.migrationTable) }
    }

    /// Compares the stored schema with the expected one, object by object.
    ///
    /// A view or trigger in the place of a table, or beside it, would run with every query on the file.
    static func verify(_ db: Database) throws {
        let objects = try objects(db)
        if try isBlank(db) {
            throw StoreError(
                .empty, "the file has no schema yet: the import that created it was cut short",
                advice: "import into it again")
        }
        guard try Int32.fetchOne(db, sql: "PRAGMA application_id") == Schema.applicationID else {
            throw StoreError(.foreign, "this SQLite database is not a snapshot file (application_id 0)")
        }
        for (name, sql) in objects where Schema.expected[name] != sql && !isOfGate(name, sql) {
            throw StoreError(
                .foreign, "the schema was changed: “\(excerpt(name))” is not as irqproof makes it",
                advice: "keep your own tables and views in another file and attach this one")
        }
        let names = Set(objects.map(\.0))
        if let missing = Schema.expected.keys.sorted().first(where: { !names.contains($0) }) {
            throw StoreError(.damaged, "the schema lacks “\(missing)”")
        }
    }

    /// A gate keeps its cells in tables beside the snapshots. A plain table is inert: nothing here ever reads it.
    private static func isOfGate(_ name: String, _ sql: String) -> Bool {
        name.hasPrefix("gate_") && sql.hasPrefix("CREATE TABLE \(name) (")
    }

    /// Name and statement of every object but SQLite's own indexes and the statistics of `ANALYZE`.
    private static func objects(_ db: Database) throws -> [(String, String)] {
        var rows = RowBuffer()
        var budget = ScanBudget(fileSize: try db.fileSize())
        try RowStatement(db, "SELECT type, name, sql FROM sqlite_schema").select(
            RowBuffer(), into: &rows, budget: &budget)
        var reader = RowReader(rows, table: "sqlite_schema")
        var objects: [(String, String)] = []
        while !reader.isAtEnd {
            let type = try reader.text("type")
            let name = try reader.text("name")
            let sql = try reader.optionalText("sql")
            let isInternal = type == "index" && sql == nil || type == "table" && name.hasPrefix("sqlite_stat")
            if !isInternal { objects.append((name, sql ?? "")) }
        }
        return objects
    }
}

/// The migrations from each schema version to the next.
enum Migrations {
    private static let migrator: DatabaseMigrator = {
        var migrator = DatabaseMigrator()
        migrator.registerMigration(Schema.firstMigration, foreignKeyChecks: .immediate) { db in
            for statement in Schema.statements { try db.execute(sql: statement) }
            try db.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
            try db.execute(sql: "PRAGMA user_version = \(Schema.version)")
        }
        return migrator
    }()

    /// Brings a file to the schema of this version.
    static func run(on queue: DatabaseQueue) throws {
        if try isCurrent(queue) { return }
        guard try queue.read(SchemaCheck.isBlank) else {
            throw StoreError(.foreign, "this SQLite database is not a snapshot file (application_id 0)")
        }
        // Another process may be doing the same at the same moment: one of the two then fails at any step, and finds
        // the work done, or half done and free to be continued.
        for _ in 0..<attempts where try !isCurrent(queue) { try? migrator.migrate(queue) }
        if try !isCurrent(queue) { try migrator.migrate(queue) }
    }

    private static let attempts = 20

    private static func isCurrent(_ queue: DatabaseQueue) throws -> Bool {
        try queue.read { try Int32.fetchOne($0, sql: "PRAGMA user_version") == Schema.version }
    }
}
