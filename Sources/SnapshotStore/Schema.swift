/// The schema of a snapshot file, as SQL.
///
/// Three layers. ``Schema/core``: which snapshots there are and which parts make each up. ``Schema/rows``: the
/// rows of the parts. ``Schema/views``: the picture for people, one row per fact and snapshot, in which parts do not
/// show. The comments stay in the file (`sqlite_schema.sql`), so that it explains itself.
///
/// The statements are what SQLite stores, character for character: a file whose stored schema differs from
/// them is refused (``Schema/expected``).
enum Schema {
    /// `application_id` of a snapshot file: the ASCII letters `IRQP`.
    static let applicationID: Int32 = 0x4952_5150
    /// `user_version` of a file with this schema.
    static let version: Int32 = 1
    /// Name of the migration that makes version 1.
    static let firstMigration = "1: snapshots, parts, rows and views"

    /// The table in which GRDB's migrator notes what it has done.
    static let migrationTable = "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)"

    /// All statements of this version, in an order in which they can be executed.
    static let statements = core + rows + views

    /// What `sqlite_schema` must hold: the statement of each object by its name.
    static let expected: [String: String] = {
        var expected = ["grdb_migrations": migrationTable]
        for statement in statements { expected[name(of: statement)] = statement }
        return expected
    }()

    /// The third word: `CREATE TABLE name (`, `CREATE VIEW name AS`, `CREATE INDEX name ON`.
    private static func name(of statement: String) -> String {
        String(statement.split(separator: " ", maxSplits: 3)[2])
    }

    // MARK: - Snapshots and parts

    static let core = [
        """
        CREATE TABLE snapshot (
            -- One interrupt state: the facts of the machine as a whole. What comes in rows is in its parts.
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE CHECK (name <> ''),
            -- SHA-256 of the canonical form of the state; equal states have equal digests in every file.
            digest BLOB NOT NULL CHECK (length(digest) = 32),
            -- SHA-256 of this row, its provenance and the digests of its parts: nothing was changed since.
            seal BLOB NOT NULL CHECK (length(seal) = 32),
            -- Overview, so that a listing need not count; recomputed and compared whenever the state is read.
            claimed_count INTEGER NOT NULL CHECK (claimed_count >= 0),
            enabled_queue_count INTEGER NOT NULL CHECK (enabled_queue_count >= 0),
            vcpu_count INTEGER NOT NULL CHECK (vcpu_count >= 0),
            -- Facts of the machine.
            machine_type TEXT,
            scheme TEXT CHECK (scheme IN ('sequential', 'fixed')),
            mode TEXT NOT NULL CHECK (mode IN ('xics', 'xive')),
            server_count INTEGER,
            server_count_basis TEXT NOT NULL,
            -- The XIVE controller; all NULL where the machine has none.
            xive_numbers INTEGER,
            xive_queues INTEGER,
            xive_byte_order TEXT CHECK (xive_byte_order IN ('little', 'big')),
            entries_captured INTEGER CHECK (entries_captured IN (0, 1)),
            entries_reason TEXT,
            -- The XICS controller; all NULL where the machine has none.
            xics_base INTEGER,
            xics_numbers INTEGER,
            -- Words of the message bitmap and of the negotiated options; NULL where the machine has none.
            bitmap_words INTEGER,
            option_words INTEGER,
            -- Whether the device tree was read, and what it says of the machine as a whole.
            tree_read INTEGER NOT NULL CHECK (tree_read IN (0, 1)),
            tree_server_count INTEGER,
            tree_offered_modes INTEGER,
            CHECK ((xive_numbers IS NULL) = (xive_queues IS NULL)),
            CHECK ((xive_numbers IS NULL) = (xive_byte_order IS NULL)),
            CHECK ((xive_numbers IS NULL) = (entries_captured IS NULL)),
            CHECK ((entries_reason IS NOT NULL) = (entries_captured IS NOT NULL AND entries_captured = 0)),
            CHECK ((xics_numbers IS NULL) = (xics_base IS NULL))
        ) STRICT
        """,
        """
        CREATE TABLE provenance (
            -- Where a snapshot comes from: one row for each.
            snapshot INTEGER PRIMARY KEY REFERENCES snapshot ON DELETE CASCADE,
            file_path TEXT NOT NULL,
            file_size INTEGER NOT NULL,
            container TEXT NOT NULL,
            -- SHA-256 of the device part of the stream, and of the whole file, where they were computed.
            device_digest BLOB CHECK (length(device_digest) = 32),
            file_digest BLOB CHECK (length(file_digest) = 32),
            stream_machine_type TEXT,
            producer_version TEXT,
            tool_version TEXT NOT NULL,
            -- ISO 8601, UTC.
            imported_at TEXT NOT NULL CHECK (imported_at GLOB '????-??-??T??:??:??*Z')
        ) STRICT
        """,
        """
        CREATE TABLE part (
            -- A group of rows of one table, stored once however many snapshots have it.
            id INTEGER PRIMARY KEY,
            -- SHA-256 of the rows; verified on reading.
            digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32)
        ) STRICT
        """,
        """
        CREATE TABLE snapshot_part (
            -- Which parts make up a snapshot. The role says of which table the rows are; the page is the
            -- number, queue index or place in a list divided by 256 (for residues the place itself).
            snapshot INTEGER NOT NULL REFERENCES snapshot ON DELETE CASCADE,
            role TEXT NOT NULL,
            page INTEGER NOT NULL,
            part INTEGER NOT NULL REFERENCES part,
            PRIMARY KEY (snapshot, role, page)
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX snapshot_part_by_part ON snapshot_part (part)",
    ]
}
