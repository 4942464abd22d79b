import SnapshotStore
import Synchronization

/// The snapshot files that this process has open, each once, so that what their snapshots share is read once.
///
/// They are never closed. Closing one needs a thread, which a process at the limit of its memory waits for in vain;
/// the end of the process closes them as well.
enum Stores {
    private struct Key: Hashable {
        var path: String
        var mode: SnapshotStore.Mode
    }

    private static let opened = Mutex<[Key: SnapshotStore]>([:])

    /// The file at a path, opened for reading.
    static func open(_ path: String) throws(StoreError) -> SnapshotStore {
        try store(Key(path: path, mode: .readOnly)) { () throws(StoreError) in
            try SnapshotStore.open(path: path, mode: .readOnly)
        }
    }

    /// The file at a path, opened for writing, and made where there is none.
    static func create(_ path: String) throws(StoreError) -> SnapshotStore {
        try store(Key(path: path, mode: .readWrite)) { () throws(StoreError) in
            try SnapshotStore.create(path: path)
        }
    }

    private static func store(
        _ key: Key, _ open: () throws(StoreError) -> SnapshotStore
    ) throws(StoreError) -> SnapshotStore {
        if let store = opened.withLock({ $0[key] }) { return store }
        let store = try open()
        opened.withLock { $0[key] = store }
        return store
    }
}
