import InterruptState
import Synchronization

/// What one connection has read and verified, so that snapshots that share rows read them once.
///
/// Keyed by part *and* digest: what is given back is, to the bit, what the digest of a link stands for, whatever
/// happened to the file since.
final class ReadCache: Sendable {
    /// Limit on the rows that are kept, in bytes: some snapshots of large machines.
    private static let limit = 16 << 20

    private struct Content {
        var rows: [Int64: Entry] = [:]
        var byteCount = 0
        var last: (key: StateKey, state: MachineState)?
    }

    private struct Entry {
        var role: Role
        var digest: Digest
        var rows: RowBuffer
    }

    /// All that a state is decoded from: the facts of its row, and the parts with their places.
    struct StateKey: Equatable {
        private let facts: RowBuffer
        private let links: [Link]

        init(_ row: SnapshotRow, _ links: [Link]) {
            var unnamed = row
            unnamed.name = ""
            var facts = RowBuffer()
            unnamed.write(to: &facts)
            self.facts = facts
            self.links = links.filter { $0.role != .capability && $0.role != .note }
        }
    }

    private let content = Mutex(Content())

    /// The verified rows of a part, if they were read before.
    func rows(of link: Link) -> RowBuffer? {
        content.withLock { content in
            guard let entry = content.rows[link.part], entry.digest == link.digest,
                entry.role.table.name == link.role.table.name
            else { return nil }
            return entry.rows
        }
    }

    /// Keeps rows whose digest was found to be that of the link.
    func keep(_ rows: RowBuffer, of link: Link) {
        content.withLock { content in
            if content.byteCount > ReadCache.limit {
                content.rows = [:]
                content.byteCount = 0
            }
            content.rows[link.part] = Entry(role: link.role, digest: link.digest, rows: rows)
            content.byteCount += rows.bytes.count
        }
    }

    /// The state decoded last, if it was decoded from just this.
    func state(_ key: StateKey) -> MachineState? {
        content.withLock { $0.last?.key == key ? $0.last?.state : nil }
    }

    /// Keeps a state whose content digest was verified.
    func keep(_ state: MachineState, decodedFrom key: StateKey) {
        content.withLock { $0.last = (key, state) }
    }
}
