import GRDB
import InterruptState

/// A snapshot file: any number of interrupt states in one SQLite database.
///
/// Every state is read back exactly as it was stored, or not at all: digests cover all of its rows. Additions are
/// atomic, and several processes may add to one file at once. Files are untrusted: nothing that a file
/// brings with it is executed.
///
/// The file uses SQLite's rollback journal, not write-ahead logging. A snapshot file is evidence that is copied, mailed
/// and read from folders without write permission; with a rollback journal it is one file whenever no
/// import is running, and reading it writes nothing.
public final class SnapshotStore: Sendable {
    /// Whether a file is opened for reading alone.
    public enum Mode: Hashable, Sendable {
        case readOnly
        case readWrite
    }

    /// Path as it was given.
    public let path: String
    /// How the file was opened.
    public let mode: Mode
    private let queue: DatabaseQueue
    private let cache = ReadCache()

    /// Opens a snapshot file that exists.
    ///
    /// A file of an older irqproof is brought to this version's schema when it is opened for writing.
    ///
    /// - Parameter patience: seconds to wait for other processes that write, before giving up with `busy`.
    public static func open(
        path: String, mode: Mode = .readOnly, patience: Double = 60
    ) throws(StoreError) -> SnapshotStore {
        switch try FileCheck.look(at: path) {
        case .absent: throw StoreError(.unreadable, "there is no such file", file: path)
        case .empty:
            throw StoreError(.empty, "the file is empty", file: path, advice: "import a saved VM into it first")
        case .database: return try SnapshotStore(path: path, mode: mode, patience: patience)
        }
    }

    /// Opens a snapshot file for writing, creating it where there is none or an empty one.
    ///
    /// - Parameter patience: seconds to wait for other processes that write, before giving up with `busy`.
    public static func create(path: String, patience: Double = 60) throws(StoreError) -> SnapshotStore {
        _ = try FileCheck.look(at: path)
        return try SnapshotStore(path: path, mode: .readWrite, patience: patience)
    }

    private init(path: String, mode: Mode, patience: Double) throws(StoreError) {
        self.path = path
        self.mode = mode
        do {
            queue = try SnapshotStore.connect(path, mode, patience)
            if mode == .readWrite { try Migrations.run(on: queue) }
            try queue.read(SchemaCheck.verify)
        } catch {
            throw StoreError(error, file: path)
        }
    }

    private static func connect(_ path: String, _ mode: Mode, _ patience: Double) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.readonly = mode == .readOnly
        configuration.busyMode = .timeout(patience)
        configuration.label = "irqproof"
        configuration.prepareDatabase { db in
            try Distrust.apply(to: db)
            try SchemaCheck.identify(db)
        }
        do {
            return try DatabaseQueue(path: path, configuration: configuration)
        } catch let error as DatabaseError where error.extendedResultCode == .SQLITE_READONLY_ROLLBACK {
            // An import was killed. A connection that may write rolls it back as soon as it reads.
            try connect(path, .readWrite, patience).close()
            return try DatabaseQueue(path: path, configuration: configuration)
        }
    }

    // MARK: - Writing

    /// Stores snapshots: all of them, or none when an error is thrown.
    ///
    /// - Parameter replacing: whether a snapshot of the same name gives way; otherwise it is an error.
    /// - Returns: what a listing will say, in the order given.
    @discardableResult
    public func add(_ snapshots: [NewSnapshot], replacing: Bool = false) throws(StoreError) -> [SnapshotSummary] {
        var rest = snapshots[...]
        do {
            return try add(replacing: replacing) { rest.popFirst() }
        } catch {
            throw StoreError(error, file: path)
        }
    }

    /// Stores the snapshots that a closure gives one after the other until it gives nil: all of them, or none when
    /// an error is thrown, be it the closure's own.
    ///
    /// So that many saved VMs can be imported in one transaction without holding all their states. Other
    /// processes wait meanwhile. The closure must not use this store.
    @discardableResult
    public func add(replacing: Bool = false, next: () throws -> NewSnapshot?) throws -> [SnapshotSummary] {
        var inner: (any Error)?
        do {
            return try queue.write { db in
                let writer = try SnapshotWriter(db)
                let reader = try SnapshotReader(db)
                var summaries: [SnapshotSummary] = []
                while let new = try catching(&inner, next) {
                    if let id = try reader.find(name: new.name) {
                        guard replacing else { throw SnapshotStore.duplicate(new.name) }
                        try writer.remove(id: id)
                    }
                    summaries.append(try writer.write(new))
                }
                return summaries
            }
        } catch {
            throw inner ?? StoreError(error, file: path)
        }
    }

    /// Removes a snapshot, and the rows that no other one has.
    public func remove(_ selector: SnapshotSelector) throws(StoreError) {
        do {
            try queue.write { db in
                let id = try SnapshotReader(db).find(selector)
                try SnapshotWriter(db).remove(id: id)
            }
        } catch {
            throw StoreError(error, file: path)
        }
    }

    private static func duplicate(_ name: String) -> StoreError {
        StoreError(
            .duplicateName, "there is already a snapshot of this name", snapshot: name,
            advice: "choose another name or replace it")
    }

    // MARK: - Reading

    /// Snapshots in the order in which they were stored, without reading their states: all, or those that fit.
    public func list(_ filter: SnapshotFilter = SnapshotFilter()) throws(StoreError) -> [SnapshotSummary] {
        try read { try $0.list(filter) }
    }

    /// Reads a snapshot, verifying every digest that covers it.
    ///
    /// - Throws: `altered` or `damaged` where the file no longer holds what was stored, `noSuchSnapshot`, and
    ///   `ambiguous` where several snapshots are there and none was named.
    public func snapshot(_ selector: SnapshotSelector = .only) throws(StoreError) -> StoredSnapshot {
        try read { try $0.snapshot(id: try $0.find(selector)) }
    }

    func read<Value>(_ body: (SnapshotReader) throws -> Value) throws(StoreError) -> Value {
        do {
            return try queue.read { try body(try SnapshotReader($0, cache: cache)) }
        } catch {
            throw StoreError(error, file: path)
        }
    }
}

/// Runs `body` and keeps its error, to tell it from those of the caller.
private func catching<Value>(_ kept: inout (any Error)?, _ body: () throws -> Value) throws -> Value {
    do {
        return try body()
    } catch {
        kept = error
        throw error
    }
}
