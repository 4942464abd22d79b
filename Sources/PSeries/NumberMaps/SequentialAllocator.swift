import InterruptState

/// The allocator of pseries types up to 3.0: the next free number, for devices and messages alike.
///
/// A number depends on what was there before, never on what the device is (`spapr_irq_find` in
/// `hw/ppc/spapr_irq.c`, QEMU 5.2 to 10.0).
public struct SequentialAllocator: NumberAllocator {
    /// Number of entry 0.
    public let base: UInt32
    var bits: BitSet

    /// An empty table of `size` numbers from `base`; a range that 32 bits cannot hold is cut.
    public init(base: UInt32 = 0x1000, size: UInt32 = 0x400) {
        self.base = base
        bits = BitSet(count: min(size, UInt32.max - base))
    }

    /// Numbers of all entries.
    public var range: Range<UInt32> { base..<(base &+ bits.count) }

    /// Whether a number is claimed; numbers outside the table are taken.
    public func isTaken(_ number: LogicalNumber) -> Bool {
        number.rawValue >= base && bits[number.rawValue &- base]
    }

    /// Messages: MSI blocks are aligned to their count, which must be a power of two up to 32.
    public mutating func allocate(
        count: UInt32, kind: MessageKind
    ) throws(AllocationError) -> LogicalNumber {
        if kind == .msi, count > 0, !(count.nonzeroBitCount == 1 && count <= 32) {
            throw .abort(.countNotPowerOfTwo(count: count))
        }
        return try allocate(count: count, step: kind == .msi ? count : 1)
    }

    /// One unaligned block, as event sources, VIO devices (1) and host bridges (4) ask for.
    public mutating func allocateForDevice(count: UInt32) throws(AllocationError) -> LogicalNumber {
        try allocate(count: count, step: 1)
    }

    /// Frees a block; the next search fills the hole.
    public mutating func release(first: LogicalNumber, count: UInt32) {
        guard range.contains(first.rawValue) else { return }
        let place = first.rawValue &- base
        bits.set(place..<(place &+ min(count, bits.count &- place)), to: false)
    }

    private mutating func allocate(count: UInt32, step: UInt32) throws(AllocationError) -> LogicalNumber {
        guard count > 0 else { throw .countOutOfDomain(count) }
        guard let place = firstFit(count: count, step: step) else { throw .noFreeBlock(count: count) }
        bits.set(place..<(place &+ count), to: true)
        return LogicalNumber(base &+ place)
    }

    /// Candidates at multiples of `step`; one that meets a taken number moves on past it.
    private func firstFit(count: UInt32, step: UInt32) -> UInt32? {
        guard count <= bits.count else { return nil }
        var place: UInt64 = 0
        while place <= UInt64(bits.count &- count) {
            let candidate = UInt32(place)
            guard let obstacle = bits.firstSet(in: candidate..<(candidate &+ count)) else { return candidate }
            // Candidates up to the obstacle would all contain it.
            place = (UInt64(obstacle) / UInt64(step) + 1) * UInt64(step)
        }
        return nil
    }
}
