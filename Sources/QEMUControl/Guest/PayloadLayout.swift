/// Where things are in the memory of a machine that runs the payload.
///
/// The payload keeps the first MiB and one MiB from 240 MiB; the rest up to there is the caller's, for queues and the
/// like. The device tree is in the last 2 MiB of 256.
public enum PayloadLayout {
    /// Memory that a caller may use.
    public static let free: Range<UInt64> = 0x10_0000..<0xf00_0000

    /// Mailboxes, one for each vCPU that was started, in the order of starting.
    static let mailboxes: UInt64 = 0x4000
    static let mailboxSize: UInt64 = 0x80
    static let mailboxCount = 64
    /// Records of a batch.
    static let records: UInt64 = 0x1_0000
    static let recordCount = 2048
    /// Buffers of RTAS calls, one for each record.
    static let buffers: UInt64 = 0x8_0000
    static let bufferSize: UInt64 = 0x80
    /// Where the option vectors of a negotiation stand.
    static let vectors: UInt64 = 0xc_0000
    static let vectorsSize = 0x1000
    /// Where a negotiation puts its device tree.
    static let tree: UInt64 = 0xf00_0000
    static let treeSize: UInt64 = 0x10_0000

    /// Fields of a mailbox, as offsets.
    enum Mailbox {
        /// Number of the last batch that was asked for.
        static let asked = 0
        /// Number of the last batch that was done.
        static let done = 8
        static let firstRecord = 16
        static let recordCount = 24
        /// Records that are left.
        static let left = 32
        /// Of the boot vCPU: where the machine put the device tree.
        static let tree = 40
    }

    /// Fields of a record, as offsets.
    enum Record {
        static let kind = 0
        /// The interrupt vector that ended the record; 0 where none.
        static let fault = 8
        /// r3 to r12 before.
        static let input = 16
        /// r3 to r12 after.
        static let output = 96
        static let size = 176
    }

    /// What a record asks for.
    enum Kind: UInt64, CaseIterable {
        case hypercall = 1
        case load1, load2, load4, load8
        case store1, store2, store4, store8
        /// Lets external interrupts in for a moment; one that comes is noted as the record's fault.
        case listen
    }
}
