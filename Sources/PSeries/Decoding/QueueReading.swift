import InterruptState
import SavedState

extension StateDecoder {
    /// Reads the event queues of a state from guest memory.
    ///
    /// What is kept of a queue is every entry that was written: those of the running lap, in front of the next
    /// index with the current generation bit, and those of the lap before, from the next index on with the
    /// other one. How far the guest has read is its own secret; none that may still wait for it is left out.
    ///
    /// Costs one pass over the stream's RAM, except in mapped-ram files.
    ///
    /// - Parameters:
    ///   - channels: what went over the other connections of a multifd migration.
    ///   - progress: called now and then with the bytes passed and the size of the stream, if known.
    public static func readQueues(
        into state: inout MachineState, from stream: SavedStream, channels: [any ByteSource] = [],
        progress: ((UInt64, UInt64?) -> Void)? = nil
    ) throws(SavedStateError) {
        guard let xive = state.xive else { return }
        let queues = xive.queues.filter(\.isEnabled)
        let memory = GuestMemory(stream, channels: channels, isBigEndianHost: xive.tableByteOrder == .big)
        let contents = try memory.read(
            queues.map { GuestMemory.Stretch(address: $0.address, count: $0.byteCount) }, progress: progress)
        var entries: [QueueEntry] = []
        for (queue, content) in zip(queues, contents) {
            switch content {
            case .bytes(let bytes): entries += queue.writtenEntries(bytes)
            case .absent(let reason):
                state.xive?.contents = .notCaptured(reason: reason)
                return
            case .outside:
                state.gaps.append(.entriesOutsideMemory(of: queue))
            }
        }
        state.xive?.contents = .captured(entries)
    }
}

extension EventQueue {
    /// The entries in the bytes of this queue that were written, in order of position.
    ///
    /// An entry is a big-endian word: generation in the top bit, then the EISN (`hw/intc/xive.c`).
    func writtenEntries(_ bytes: [UInt8]) -> [QueueEntry] {
        let words = FlattenedDeviceTree.cells(bytes)
        return words.enumerated().compactMap { position, word in
            let position = UInt32(truncatingIfNeeded: position)
            let entry = QueueEntry(queueIndex: index, position: position, word: word)
            let isOfThisLap = position < nextIndex
            // Memory never written is zero, which in the second lap looks like an entry with EISN 0.
            guard isOfThisLap ? entry.generation == generation : entry.generation != generation && word != 0 else {
                return nil
            }
            return entry
        }
    }
}
