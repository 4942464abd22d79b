import InterruptState
import PSeries

/// The number map of one machine: the scheme of its type and what it has handed out.
///
/// It belongs to the machine. Controllers are told the numbers that come out of it.
struct NumberPlan: Hashable, Sendable {
    private enum Scheme: Hashable, Sendable {
        case fixed(MessageBitmap)
        case sequential(SequentialAllocator)
    }

    private var scheme: Scheme
    /// Highest index of a host bridge.
    private let maximumBridgeIndex: UInt32

    init(type: MachineType, behaviour: Behaviour) {
        maximumBridgeIndex = type.maximumBridgeIndex
        switch type.scheme {
        case .sequential:
            scheme = .sequential(SequentialAllocator(size: type.externalCount))
        case .fixed:
            let size = FixedNumberMap.externalRange.lowerBound &+ type.externalCount &- FixedNumberMap.messageBase
            scheme = .fixed(MessageBitmap(behaviour: behaviour == .shipped ? .shipped : .intended, size: size))
        }
    }

    /// The number of an event source.
    mutating func eventSource(_ fixed: LogicalNumber) throws(ConstructionError) -> LogicalNumber {
        try next(count: 1) ?? fixed
    }

    /// The number of a VIO device.
    mutating func virtualDevice(_ unitAddress: UInt32) throws(ConstructionError) -> LogicalNumber {
        try next(count: 1) ?? FixedNumberMap.virtualDevice(unitAddress: unitAddress)
    }

    /// The numbers of a host bridge's pins.
    mutating func bridgePins(_ index: UInt32) throws(ConstructionError) -> [LogicalNumber] {
        guard index <= maximumBridgeIndex else {
            throw ConstructionError("\"index\" for PAPR PHB is too large (max \(maximumBridgeIndex))")
        }
        // One at a time, as the bridge does: the four need not be consecutive where holes are smaller.
        return try (0..<4).map { pin throws(ConstructionError) in
            if let number = try next(count: 1) { return number }
            return LogicalNumber(FixedNumberMap.pinRange.lowerBound &+ index &* 4 &+ UInt32(pin))
        }
    }

    /// The next free numbers under the sequential scheme, nil under the fixed one.
    private mutating func next(count: UInt32) throws(ConstructionError) -> LogicalNumber? {
        guard case .sequential(var allocator) = scheme else { return nil }
        do {
            let first = try allocator.allocateForDevice(count: count)
            scheme = .sequential(allocator)
            return first
        } catch {
            throw ConstructionError("can't find a free \(count)-IRQ block")
        }
    }

    /// Numbers for the vectors of a PCI function.
    mutating func allocate(_ count: UInt32, _ kind: MessageKind) throws(AllocationError) -> LogicalNumber {
        switch scheme {
        case .fixed(var bitmap):
            let first = try bitmap.allocate(count: count, kind: kind)
            scheme = .fixed(bitmap)
            return first
        case .sequential(var allocator):
            let first = try allocator.allocate(count: count, kind: kind)
            scheme = .sequential(allocator)
            return first
        }
    }

    /// Takes a block of message numbers back.
    mutating func release(_ first: LogicalNumber, _ count: UInt32) {
        switch scheme {
        case .fixed(var bitmap):
            bitmap.release(first: first, count: count)
            scheme = .fixed(bitmap)
        case .sequential(var allocator):
            allocator.release(first: first, count: count)
            scheme = .sequential(allocator)
        }
    }

    /// Words of the message bitmap, nil under the sequential scheme.
    var messageWords: [UInt64]? {
        guard case .fixed(let bitmap) = scheme else { return nil }
        return bitmap.words
    }

    /// Whether no message number is handed out, as far as the scheme knows them apart.
    var hasMessages: Bool {
        guard case .fixed(let bitmap) = scheme else { return false }
        return !bitmap.isEmpty
    }

    /// After a load: the bitmap is the stream's, and the sequential allocator sees what the stream has claimed.
    mutating func load(messageWords: [UInt64]?, isClaimed: (UInt32) -> Bool) {
        switch scheme {
        case .fixed(var bitmap):
            guard let messageWords else { return }
            bitmap.words = messageWords
            scheme = .fixed(bitmap)
        case .sequential(let old):
            var allocator = SequentialAllocator(base: old.base, size: UInt32(old.range.count))
            guard (try? allocator.allocateForDevice(count: UInt32(old.range.count))) != nil else { return }
            for number in old.range where !isClaimed(number) {
                allocator.release(first: LogicalNumber(number), count: 1)
            }
            scheme = .sequential(allocator)
        }
    }
}
