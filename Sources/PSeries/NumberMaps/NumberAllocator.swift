import InterruptState

/// What a PCI function asks message numbers for; it decides the alignment.
public enum MessageKind: String, Hashable, Sendable, CaseIterable {
    case msi
    case msix
}

/// Why an allocator gave no number.
public enum AllocationError: Error, Hashable, Sendable {
    /// The request is outside the domain of the allocator: no numbers, or more than it has in all.
    case countOutOfDomain(UInt32)
    /// No block is free: the call fails and the guest sees RTAS status -1.
    case noFreeBlock(count: UInt32)
    /// QEMU ends on a failed assertion: the guest's request kills the machine.
    case abort(AbortReason)

    /// The assertion that fails.
    public enum AbortReason: Hashable, Sendable {
        /// The bitmap search returned a place beyond the map and its caller did not notice
        /// (`spapr_irq_claim`, QEMU 5.2 to 11.1).
        case exhaustionUnnoticed(count: UInt32)
        /// An MSI block whose count is no power of two up to 32 (`spapr_irq_find`, types up to 3.0).
        case countNotPowerOfTwo(count: UInt32)
    }
}

/// Hands out blocks of consecutive numbers and takes them back.
///
/// A value: a copy is another machine, which is what searches over histories need.
public protocol NumberAllocator: Hashable, Sendable {
    /// The numbers it can give, half-open.
    var range: Range<UInt32> { get }

    /// Takes `count` consecutive numbers, and gives the first.
    ///
    /// Throws where the machine as modelled gives none; it is then unchanged. Domain: counts from 1 to
    /// the size of the range.
    mutating func allocate(count: UInt32, kind: MessageKind) throws(AllocationError) -> LogicalNumber

    /// Gives a block back. Numbers outside the range or free already are left alone.
    mutating func release(first: LogicalNumber, count: UInt32)

    /// Whether a number of the range is taken.
    func isTaken(_ number: LogicalNumber) -> Bool
}
