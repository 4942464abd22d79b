import InterruptState

/// The number space of one machine: what is claimed, by whom, and the allocators behind it.
///
/// A value, so that a copy is another machine with the same past.
public struct NumberPool: Hashable, Sendable {
    /// The map that numbers come from.
    public let map: NumberMap
    /// Number of possible servers.
    public let servers: UInt32
    /// Claimed numbers and their owners.
    public private(set) var owners: [LogicalNumber: Owner] = [:]
    private var table: SequentialAllocator
    /// By host bridge index in the sparse scheme, under 0 in the fixed one.
    private var bitmaps: [UInt32: MessageBitmap] = [:]

    /// An empty space.
    public init(map: NumberMap, servers: UInt32) {
        self.map = map
        self.servers = servers
        if case .sequential(let size) = map {
            table = SequentialAllocator(size: size)
        } else {
            table = SequentialAllocator(size: 0)
        }
    }

    /// Why a number was not given.
    public enum ClaimError: Error, Hashable, Sendable {
        /// The map has no number for such a device.
        case outsideDomain
        /// The number that the map gives is another's: QEMU says `IRQ n is not free`.
        case notFree(LogicalNumber, holder: Owner)
        /// The number that the map gives lies beyond the controller's tables.
        case outsideSpace(LogicalNumber)
        /// The sequential table is full.
        case noFreeNumber
    }

    /// Claims the numbers of owners that belong together, in order: one, or the four pins of a bridge.
    ///
    /// Either all are claimed or none. The sequential scheme takes one block for them.
    public mutating func claim(_ wanted: [Owner]) throws(ClaimError) -> [LogicalNumber] {
        let numbers = try numbers(for: wanted)
        for (number, owner) in zip(numbers, wanted) { owners[number] = owner }
        return numbers
    }

    private mutating func numbers(for wanted: [Owner]) throws(ClaimError) -> [LogicalNumber] {
        if case .sequential = map { return try block(count: UInt32(clamping: wanted.count)) }
        var numbers: [LogicalNumber] = []
        for owner in wanted {
            guard let number = map.number(of: owner, servers: servers) else { throw .outsideDomain }
            guard number.rawValue < map.numberSpaceEnd else { throw .outsideSpace(number) }
            if let holder = owners[number] { throw .notFree(number, holder: holder) }
            numbers.append(number)
        }
        return numbers
    }

    private mutating func block(count: UInt32) throws(ClaimError) -> [LogicalNumber] {
        do {
            let first = try table.allocateForDevice(count: count)
            return (0..<count).map { LogicalNumber(first.rawValue &+ $0) }
        } catch {
            throw .noFreeNumber
        }
    }

    /// Gives numbers back, as unplugging a host bridge does.
    public mutating func release(_ numbers: [LogicalNumber]) {
        for number in numbers {
            owners[number] = nil
            table.release(first: number, count: 1)
        }
    }

    // MARK: - Messages

    /// Takes a block of message numbers for a PCI function behind a host bridge.
    public mutating func allocateMessages(
        bridge: UInt32, device: UInt32, count: UInt32, kind: MessageKind
    ) throws(AllocationError) -> MessageBlock {
        let first: LogicalNumber
        switch map {
        case .sequential:
            first = try table.allocate(count: count, kind: kind)
        case .fixed(let behaviour):
            var bitmap = bitmaps[0] ?? MessageBitmap(behaviour: behaviour)
            first = try bitmap.allocate(count: count, kind: kind)
            bitmaps[0] = bitmap
        case .sparse(let layout):
            guard let range = layout.messageRange(bridge) else { throw .countOutOfDomain(count) }
            var bitmap =
                bitmaps[bridge]
                ?? MessageBitmap(
                    behaviour: layout.messages, base: range.lowerBound, size: range.upperBound &- range.lowerBound)
            first = try bitmap.allocate(count: count, kind: kind)
            bitmaps[bridge] = bitmap
        }
        for vector in 0..<count {
            owners[LogicalNumber(first.rawValue &+ vector)] = .bridgeMessage(
                bridge: Owner.firstBridge + UInt64(bridge), device: device, vector: vector)
        }
        return MessageBlock(device: device, first: first, count: count)
    }

    /// Gives a block of message numbers back.
    public mutating func releaseMessages(bridge: UInt32, _ block: MessageBlock) {
        switch map {
        case .sequential: table.release(first: block.first, count: block.count)
        case .fixed: bitmaps[0]?.release(first: block.first, count: block.count)
        case .sparse: bitmaps[bridge]?.release(first: block.first, count: block.count)
        }
        for vector in 0..<block.count { owners[LogicalNumber(block.first.rawValue &+ vector)] = nil }
    }
}
