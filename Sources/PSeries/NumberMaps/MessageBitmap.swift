import InterruptState

/// The allocator of message numbers in the fixed map: the first place in a bitmap that fits.
///
/// The shipped one is not what its caller meant: the alignment is a truth value that is decremented, so
/// MSI blocks get none and MSI-X blocks start at even places; and a full map is not noticed, so that
/// QEMU ends on an assertion (`hw/ppc/spapr_irq.c`, `util/bitmap.c`; QEMU 5.2 to 11.1).
public struct MessageBitmap: NumberAllocator {
    /// As built, or as its caller meant it.
    public enum Behaviour: String, Hashable, Sendable, CaseIterable {
        /// MSI unaligned, MSI-X at multiples of 2, abort when full.
        case shipped
        /// MSI at multiples of the block's size rounded up to a power of two, MSI-X unaligned, failure when full.
        case intended
    }

    /// Which of the two this is.
    public let behaviour: Behaviour
    /// Number of bit 0.
    public let base: UInt32
    var bits: BitSet

    /// An empty map of `size` numbers from `base`; a range that 32 bits cannot hold is cut.
    public init(
        behaviour: Behaviour = .shipped, base: UInt32 = FixedNumberMap.messageBase,
        size: UInt32 = FixedNumberMap.messageCount
    ) {
        self.behaviour = behaviour
        self.base = base
        bits = BitSet(count: min(size, UInt32.max - base))
    }

    /// Numbers of all bits.
    public var range: Range<UInt32> { base..<(base &+ bits.count) }

    /// The words of `spapr_irq_map`: bit b of word w is number base + 64w + b.
    public var words: [UInt64] {
        get { bits.words }
        set { bits.load(words: newValue) }
    }

    /// Whether no number is taken, as machine reset asserts.
    public var isEmpty: Bool { bits.isEmpty }

    /// Whether the bit of a number is set; numbers outside the map are taken.
    public func isTaken(_ number: LogicalNumber) -> Bool {
        number.rawValue >= base && bits[number.rawValue &- base]
    }

    /// The first place that fits; full as shipped is an abort, as intended a failure.
    public mutating func allocate(
        count: UInt32, kind: MessageKind
    ) throws(AllocationError) -> LogicalNumber {
        guard count > 0, count <= bits.count else {
            // A block larger than the map is the plainest exhaustion; none at all is no request.
            throw count == 0 ? .countOutOfDomain(0) : exhausted(count)
        }
        guard let place = firstFit(count: count, mask: alignmentMask(count: count, kind: kind)) else {
            throw exhausted(count)
        }
        bits.set(place..<(place &+ count), to: true)
        return LogicalNumber(base &+ place)
    }

    /// Clears the bits of a block.
    public mutating func release(first: LogicalNumber, count: UInt32) {
        guard range.contains(first.rawValue) else { return }
        let place = first.rawValue &- base
        bits.set(place..<(place &+ min(count, bits.count &- place)), to: false)
    }

    /// Marks a block as taken without a search, as loading a stream does.
    public mutating func take(first: LogicalNumber, count: UInt32) {
        guard range.contains(first.rawValue) else { return }
        let place = first.rawValue &- base
        bits.set(place..<(place &+ min(count, bits.count &- place)), to: true)
    }

    /// One less than the alignment; `count` is at most 2^31 here, as no map is larger.
    private func alignmentMask(count: UInt32, kind: MessageKind) -> UInt32 {
        switch (behaviour, kind) {
        case (.shipped, .msi): 0
        case (.shipped, .msix): 1
        case (.intended, .msi): count <= 1 ? 0 : UInt32.max >> UInt32((count - 1).leadingZeroBitCount)
        case (.intended, .msix): 0
        }
    }

    /// The search of `bitmap_find_next_zero_area`, step for step.
    private func firstFit(count: UInt32, mask: UInt32) -> UInt32? {
        var start: UInt32 = 0
        while true {
            let index = (UInt64(bits.firstClear(from: start)) + UInt64(mask)) & ~UInt64(mask)
            let end = index + UInt64(count)
            guard end <= UInt64(bits.count) else { return nil }
            guard let obstacle = bits.firstSet(in: UInt32(index)..<UInt32(end)) else { return UInt32(index) }
            start = obstacle &+ 1
        }
    }

    private func exhausted(_ count: UInt32) -> AllocationError {
        switch behaviour {
        case .shipped: .abort(.exhaustionUnnoticed(count: count))
        case .intended: .noFreeBlock(count: count)
        }
    }
}
