import InterruptState
import PSeries

/// The number map of one machine and what it has handed out.
///
/// It belongs to the machine. Controllers are told the numbers that come out of it.
struct NumberPlan: Hashable, Sendable {
    private let map: NumberMap
    private let servers: UInt32
    private let maximumBridgeIndex: UInt32
    /// The table of the sequential scheme, empty in the others.
    private var table: SequentialAllocator
    /// By host bridge index in the sparse scheme, under 0 in the fixed one.
    private var bitmaps: [UInt32: MessageBitmap] = [:]

    init(type: MachineType, servers: UInt32, behaviour: Behaviour) {
        map = type.map
        self.servers = servers
        maximumBridgeIndex = min(type.maximumBridgeIndex, type.map.maximumBridgeIndex ?? .max)
        switch type.map {
        case .sequential(let size):
            table = SequentialAllocator(size: size)
        case .fixed(let messages):
            table = SequentialAllocator(size: 0)
            bitmaps[0] = MessageBitmap(behaviour: behaviour == .intended ? .intended : messages)
        case .sparse:
            table = SequentialAllocator(size: 0)
        }
    }

    /// The number of an interrupt that construction decides: a function of what it is, or the next free one.
    mutating func number(of owner: Owner) throws(ConstructionError) -> LogicalNumber {
        if case .bridgePin(let bridge, _) = owner {
            let index = Owner.bridgeIndex(bridge) ?? .max
            guard index <= maximumBridgeIndex else {
                throw ConstructionError("\"index\" for PAPR PHB is too large (max \(maximumBridgeIndex))")
            }
        }
        guard map.isFunction else {
            do {
                return try table.allocateForDevice(count: 1)
            } catch {
                throw ConstructionError("can't find a free 1-IRQ block")
            }
        }
        guard let number = map.number(of: owner, servers: servers) else {
            throw ConstructionError("\(owner) has no number in the \(map.name) map")
        }
        return number
    }

    /// Numbers for the vectors of a PCI function behind a host bridge.
    mutating func allocate(
        _ count: UInt32, _ kind: MessageKind, bridge: UInt32
    ) throws(AllocationError) -> LogicalNumber {
        switch map {
        case .sequential:
            return try table.allocate(count: count, kind: kind)
        case .fixed:
            return try allocate(count, kind, key: 0, empty: nil)
        case .sparse(let layout):
            guard let range = layout.messageRange(bridge) else { throw .countOutOfDomain(count) }
            let empty = MessageBitmap(
                behaviour: layout.messages, base: range.lowerBound, size: range.upperBound &- range.lowerBound)
            return try allocate(count, kind, key: bridge, empty: empty)
        }
    }

    private mutating func allocate(
        _ count: UInt32, _ kind: MessageKind, key: UInt32, empty: MessageBitmap?
    ) throws(AllocationError) -> LogicalNumber {
        guard var bitmap = bitmaps.removeValue(forKey: key) ?? empty else { throw .noFreeBlock(count: count) }
        defer { bitmaps[key] = bitmap }
        return try bitmap.allocate(count: count, kind: kind)
    }

    /// Takes a block of message numbers back.
    mutating func release(_ first: LogicalNumber, _ count: UInt32, bridge: UInt32) {
        switch map {
        case .sequential: table.release(first: first, count: count)
        case .fixed: bitmaps[0]?.release(first: first, count: count)
        case .sparse: bitmaps[bridge]?.release(first: first, count: count)
        }
    }

    /// Takes the number of a device back that was unplugged.
    mutating func release(_ number: LogicalNumber) {
        table.release(first: number, count: 1)
    }

    /// Words of the message bitmap that a stream carries: those of the fixed scheme, if any number is handed out.
    var messageWords: [UInt64]? {
        guard case .fixed = map, let bitmap = bitmaps[0], !bitmap.isEmpty else { return nil }
        return bitmap.words
    }

    /// Whether a number is one of the allocators' and handed out.
    func isTaken(_ number: LogicalNumber) -> Bool {
        if table.range.contains(number.rawValue) { return table.isTaken(number) }
        return bitmaps.values.contains { $0.range.contains(number.rawValue) && $0.isTaken(number) }
    }

    /// After a load the bitmap is the stream's, and the sequential table sees what the stream has claimed.
    mutating func load(messageWords words: [UInt64]?, isClaimed: (UInt32) -> Bool) {
        if let words { bitmaps[0]?.words = words }
        guard case .sequential = map else { return }
        var full = SequentialAllocator(base: table.base, size: UInt32(table.range.count))
        guard (try? full.allocateForDevice(count: UInt32(table.range.count))) != nil else { return }
        for number in table.range where !isClaimed(number) { full.release(first: LogicalNumber(number), count: 1) }
        table = full
    }

    /// After a load under the sparse scheme each window holds the blocks of its bridge.
    mutating func load(blocks: [MessageBlock], bridge: UInt32) {
        guard case .sparse(let layout) = map, let range = layout.messageRange(bridge) else { return }
        var bitmap = MessageBitmap(
            behaviour: layout.messages, base: range.lowerBound, size: range.upperBound &- range.lowerBound)
        for block in blocks { bitmap.take(first: block.first, count: block.count) }
        bitmaps[bridge] = bitmap
    }
}
