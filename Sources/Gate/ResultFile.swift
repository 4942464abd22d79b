import GRDB
import InterruptState
import SnapshotStore

/// What can be wrong with a gate's file of results.
public struct ResultFileError: Error, CustomStringConvertible {
    /// One sentence, with the file's name.
    public var description: String
}

/// The results of a gate in one SQLite file: a snapshot file with tables of cells and findings beside the snapshots.
///
/// A cell is there whole or not at all, and on the disk before the next one is reported: a gate that was killed goes on
/// where it was.
final class ResultFile {
    private static let statements = [
        """
        CREATE TABLE gate_run (
            -- The gate that these cells belong to: policy, builds and scenarios. One row.
            id INTEGER PRIMARY KEY CHECK (id = 1),
            identity TEXT NOT NULL,
            tool TEXT NOT NULL,
            shard TEXT,
            cell_count INTEGER NOT NULL
        )
        """,
        """
        CREATE TABLE gate_cell (
            -- A cell that ran. Place in the whole matrix; a shard has some of the places.
            place INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            -- Why there is no verdict; NULL where there is one.
            trouble TEXT,
            numbers_compared INTEGER NOT NULL,
            parts_compared INTEGER NOT NULL,
            steps INTEGER NOT NULL,
            milliseconds INTEGER NOT NULL,
            own_milliseconds INTEGER NOT NULL
        )
        """,
        """
        CREATE TABLE gate_finding (
            place INTEGER NOT NULL REFERENCES gate_cell (place) ON DELETE CASCADE,
            position INTEGER NOT NULL,
            rule TEXT NOT NULL,
            severity TEXT NOT NULL,
            title TEXT NOT NULL,
            consequence TEXT NOT NULL,
            -- One a line.
            subjects TEXT NOT NULL,
            numbers TEXT NOT NULL,
            fingerprint TEXT NOT NULL,
            -- One a line.
            details TEXT NOT NULL,
            PRIMARY KEY (place, position)
        ) WITHOUT ROWID
        """,
    ]

    let path: String
    private let queue: DatabaseQueue
    private let store: SnapshotStore

    /// Opens a file of results, or makes one.
    init(path: String) throws {
        self.path = path
        store = try SnapshotStore.create(path: path)
        var configuration = Configuration()
        configuration.busyMode = .timeout(60)
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA foreign_keys = ON")
        }
        queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.write { db in
            for statement in Self.statements {
                let name = String(statement.split(separator: " ")[2])
                let known = try String.fetchOne(
                    db, sql: "SELECT sql FROM sqlite_schema WHERE name = ?", arguments: [name])
                if known == nil { try db.execute(sql: statement) }
                guard known ?? statement == statement else {
                    throw ResultFileError(description: "\(path): the table \(name) is not as irqproof makes it")
                }
            }
        }
    }

    /// What the file says it belongs to; nil where it is new.
    func identity() throws -> (identity: String, shard: String?, cellCount: Int)? {
        try queue.read { db in
            try Row.fetchOne(db, sql: "SELECT identity, shard, cell_count FROM gate_run").map {
                ($0["identity"], $0["shard"], $0["cell_count"])
            }
        }
    }

    /// Says what the file belongs to; throws where it belongs to something else already.
    func claim(identity: String, shard: Shard?, cellCount: Int, tool: String) throws {
        if let known = try self.identity() {
            guard known.identity == identity, known.shard == shard?.description else {
                throw ResultFileError(
                    description:
                        "\(path): holds the results of another gate (other policy, builds, scenarios or shard); "
                        + "give another --results, or --restart")
            }
            return
        }
        try queue.write { db in
            try db.execute(
                sql: "INSERT INTO gate_run VALUES (1, ?, ?, ?, ?)",
                arguments: [identity, tool, shard?.description, cellCount])
        }
    }

    /// Forgets everything.
    func clear() throws {
        for summary in try store.list() { try store.remove(.id(summary.id)) }
        try queue.write { db in
            try db.execute(sql: "DELETE FROM gate_finding; DELETE FROM gate_cell; DELETE FROM gate_run")
        }
    }

    /// Stores a cell with the states that lead to its findings.
    func add(_ result: CellResult, place: Int, states: [NewSnapshot]) throws {
        if !states.isEmpty { try store.add(states, replacing: true) }
        try queue.write { db in
            try db.execute(
                sql: "INSERT OR REPLACE INTO gate_cell VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    place, result.cell.id, result.trouble, Int64(clamping: result.numbersCompared),
                    Int64(clamping: result.partsCompared), Int64(clamping: result.steps),
                    Int64(clamping: result.milliseconds), Int64(clamping: result.ownMilliseconds),
                ])
            for (position, finding) in result.findings.enumerated() {
                try db.execute(
                    sql: "INSERT INTO gate_finding VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    arguments: [
                        place, position, finding.rule, finding.severity, finding.title, finding.consequence,
                        finding.subjects.joined(separator: "\n"), finding.numbers, finding.fingerprint,
                        finding.details.joined(separator: "\n"),
                    ])
            }
        }
    }

    /// The cells that are there, by place.
    func results(of matrix: Matrix) throws -> [Int: CellResult] {
        let cells = matrix.cells
        return try queue.read { db in
            var results: [Int: CellResult] = [:]
            for row in try Row.fetchAll(db, sql: "SELECT * FROM gate_cell") {
                let place: Int = row["place"]
                guard cells.indices.contains(place), cells[place].id == row["id"] as String else {
                    throw ResultFileError(description: "\(path): a cell is not one of this gate's")
                }
                var result = CellResult(cells[place])
                result.trouble = row["trouble"]
                result.numbersCompared = UInt64(clamping: row["numbers_compared"] as Int64)
                result.partsCompared = UInt64(clamping: row["parts_compared"] as Int64)
                result.steps = UInt64(clamping: row["steps"] as Int64)
                result.milliseconds = UInt64(clamping: row["milliseconds"] as Int64)
                result.ownMilliseconds = UInt64(clamping: row["own_milliseconds"] as Int64)
                results[place] = result
            }
            for row in try Row.fetchAll(db, sql: "SELECT * FROM gate_finding ORDER BY place, position") {
                results[row["place"]]?.findings.append(Self.finding(row))
            }
            return results
        }
    }

    private static func finding(_ row: Row) -> CellFinding {
        func lines(_ column: String) -> [String] {
            (row[column] as String).split(separator: "\n").map(String.init)
        }
        return CellFinding(
            rule: row["rule"], severity: row["severity"], title: row["title"], consequence: row["consequence"],
            subjects: lines("subjects"), numbers: row["numbers"], fingerprint: row["fingerprint"],
            details: lines("details"))
    }
}
