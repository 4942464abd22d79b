import InterruptState
import SavedState

extension StateDecoder {
    /// Entries of all queues that are kept: those of 256 vCPUs whose queues, of the size that Linux gives each, have all
    /// gone round. A small file can claim queues full of one repeated byte.
    private static let maximumEntries = 4 << 20

    /// Reads the event queues of a state from guest memory.
    ///
    /// What is kept of a queue is every entry that was written.
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
        let isBigEndianHost = state.xive?.tableByteOrder == .big
        try readQueues(into: &state) { stretches throws(SavedStateError) in
            let memory = GuestMemory(stream, channels: channels, isBigEndianHost: isBigEndianHost)
            return try memory.read(stretches, progress: progress)
        }
    }

    /// Reads the event queues of a state from memory that somebody else holds.
    ///
    /// - Parameter memory: gives the contents of stretches, in their order.
    public static func readQueues<Failure>(
        into state: inout MachineState,
        from memory: ([GuestMemory.Stretch]) throws(Failure) -> [GuestMemory.Content]
    ) throws(Failure) {
        guard let xive = state.xive else { return }
        let queues = xive.queues.filter(\.isEnabled)
        let contents = try memory(queues.map { GuestMemory.Stretch(address: $0.address, count: $0.byteCount) })
        var entries: [QueueEntry] = []
        for (queue, content) in zip(queues, contents) {
            let bytes: [UInt8]
            switch content {
            case .bytes(let known): bytes = known
            // Zero is an entry only where the queue has gone round.
            case .blank: bytes = queue.generation == 0 ? [UInt8](repeating: 0, count: Int(queue.byteCount)) : []
            case .absent(let reason):
                state.xive?.contents = .notCaptured(reason: reason)
                return
            case .outside:
                state.gaps.append(.entriesOutsideMemory(of: queue))
                continue
            }
            entries += bytes.withUnsafeBytes { queue.writtenEntries($0, limit: maximumEntries) }
            guard entries.count <= maximumEntries else {
                state.xive?.contents = .notCaptured(reason: "the queues hold more than \(maximumEntries) entries")
                return
            }
        }
        state.xive?.contents = .captured(entries)
    }
}
