import GRDB

/// What a check of a whole snapshot file found.
public struct StoreCheck: Sendable {
    /// What is wrong with the file as a database, one sentence each; empty where it is sound.
    public var fileProblems: [String]
    /// Each snapshot with its verdict, in the order in which they were stored.
    public var snapshots: [SnapshotVerdict]

    /// Whether everything in the file can be trusted to be what was stored.
    public var isSound: Bool {
        fileProblems.isEmpty && snapshots.allSatisfy { $0.problem == nil }
    }

    /// Whether one snapshot can be trusted.
    public struct SnapshotVerdict: Sendable {
        /// Key in the file.
        public var id: Int64
        /// Nil where not even its row can be read.
        public var name: String?
        /// Why it cannot be read; nil where every digest is right.
        public var problem: StoreError?
    }
}

extension SnapshotReader {
    /// Checks the database as such, then every snapshot.
    ///
    /// A problem of one snapshot does not hide the others.
    func check(file: String) throws -> StoreCheck {
        var check = StoreCheck(fileProblems: try databaseProblems(), snapshots: [])
        for id in try identifiers() {
            do {
                let name = try snapshot(id: id).summary.name
                check.snapshots.append(.init(id: id, name: name, problem: nil))
            } catch {
                let problem = StoreError(error, file: file)
                check.snapshots.append(.init(id: id, name: problem.snapshot, problem: problem))
            }
        }
        return check
    }

    private func databaseProblems() throws -> [String] {
        let damage = try texts("PRAGMA integrity_check(20)").filter { $0 != "ok" }
        // The other queries walk whole tables, which is safe only where the trees are trees.
        if !damage.isEmpty { return damage.map(excerpt) }
        var problems = try texts("SELECT DISTINCT \"table\" FROM pragma_foreign_key_check").map {
            "table \($0) refers to rows that are not there"
        }
        let orphans = try texts(
            "SELECT CAST(id AS TEXT) FROM part WHERE id NOT IN (SELECT part FROM snapshot_part) LIMIT 20")
        problems += orphans.map { "part \($0) belongs to no snapshot" }
        return problems.map(excerpt)
    }
}

extension SnapshotStore {
    /// Checks the whole file: SQLite's own structure, references, and every digest of every snapshot.
    ///
    /// - Throws: only where the file is so damaged that its snapshots cannot even be listed.
    public func check() throws(StoreError) -> StoreCheck {
        try read { try $0.check(file: path) }
    }
}
