/// An Event Assignment Structure: binds a logical number to an event queue and the number shown there.
///
/// ```
/// PPC bit 0      VALID            0x8000000000000000   the number is claimed
///         4-7    END block        0x0f00000000000000   0 on pseries
///         8-31   END index        0x00ffffff00000000   server x 8 + priority
///         32     MASKED           0x0000000080000000
///         33-63  END data (EISN)  0x000000007fffffff
/// ```
/// From `include/hw/ppc/xive_regs.h`, QEMU 5.2 to 11.1. The raw value is the architected one, whatever
/// the byte order of the host that saved it.
public struct EventAssignment: RawRepresentable, Hashable, Sendable {
    /// The architected value.
    public var rawValue: UInt64

    /// The value with this raw value.
    public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// VALID: the number is claimed.
    public var isValid: Bool { rawValue & 0x8000_0000_0000_0000 != 0 }
    /// MASKED: events are dropped.
    public var isMasked: Bool { rawValue & 0x8000_0000 != 0 }
    /// Block of the event queue descriptor; always 0 on pseries.
    public var queueBlock: UInt8 { UInt8(rawValue >> 56 & 0xf) }
    /// Index of the event queue descriptor: server x 8 + priority.
    public var queueIndex: UInt32 { UInt32(rawValue >> 32 & 0xff_ffff) }
    /// EISN: the number that the guest chose to see in its queue.
    public var eisn: UInt32 { UInt32(rawValue & 0x7fff_ffff) }

    /// What a claimed, never configured number holds: VALID and MASKED.
    public static let claimed = EventAssignment(rawValue: 0x8000_0000_8000_0000)
    /// What a free, never used number holds.
    public static let free = EventAssignment(rawValue: 0)
}

/// The status byte of a source: its P and Q bits and, for a level interrupt, its line.
///
/// Bit 0x1 is Q, 0x2 is P, 0x4 the asserted line (`include/hw/ppc/xive.h`, QEMU 5.2 to 11.1).
public struct SourceStatus: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The architected value.
    public var rawValue: UInt8

    /// The value with this raw value.
    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// Q: a further event came while one was pending.
    public var q: Bool { rawValue & 1 != 0 }
    /// P: an event is pending.
    public var p: Bool { rawValue & 2 != 0 }
    /// Level of the input line of a level interrupt.
    public var isAsserted: Bool { rawValue & 4 != 0 }

    /// PQ = 01, off: what machine reset leaves.
    public static let off = SourceStatus(rawValue: 1)

    /// As `info pic` prints it: `PQA` with `-` and blank for clear bits.
    public var description: String {
        (p ? "P" : "-") + (q ? "Q" : "-") + (isAsserted ? "A" : " ")
    }
}

/// A number as XIVE has it: its assignment and its status.
public struct XiveSource: Hashable, Sendable {
    /// The logical number.
    public var number: LogicalNumber
    /// Its binding to a queue.
    public var assignment: EventAssignment
    /// Its delivery status.
    public var status: SourceStatus

    /// The value with these parts.
    public init(number: LogicalNumber, assignment: EventAssignment, status: SourceStatus) {
        self.number = number
        self.assignment = assignment
        self.status = status
    }

    /// Whether it holds what a number never used since reset holds, and so need not be stored.
    public var isBlank: Bool { assignment == .free && status == .off }
}

/// An Event Notification Descriptor (END): the eight words that describe one event queue.
///
/// ```
/// w0  valid 80000000  enqueue 40000000  always-notify 20000000  backlog 10000000
///     escalate 04000000  QSIZE 000f0000 (bytes = 2^(QSIZE+12))
/// w1  ESn PQ c0000000  ESe PQ 30000000  generation 00400000  next index 003fffff
/// w2  EQ address 59..32 0fffffff       w3  EQ address 31..0
/// w4  escalation END                   w5  escalation data
/// w6  format F 00800000  NVT block 00780000  NVT index 0007ffff (0x400 + server)
/// w7  F=0: priority 00ff0000
/// ```
/// From `include/hw/ppc/xive_regs.h`, QEMU 5.2 to 11.1. Words are the architected values.
public struct EventQueue: Hashable, Sendable {
    /// Place in the table: server x 8 + priority.
    public var index: UInt32
    /// Valid, enqueue, notify, escalate and size bits.
    public var w0: UInt32
    /// ESn, ESe, generation, next index.
    public var w1: UInt32
    /// Upper address bits.
    public var w2: UInt32
    /// Lower address bits.
    public var w3: UInt32
    /// Escalation END.
    public var w4: UInt32
    /// Escalation data.
    public var w5: UInt32
    /// Format and NVT.
    public var w6: UInt32
    /// Priority.
    public var w7: UInt32

    /// The value with these parts.
    public init(
        index: UInt32, w0: UInt32 = 0, w1: UInt32 = 0x5000_0000, w2: UInt32 = 0, w3: UInt32 = 0,
        w4: UInt32 = 0, w5: UInt32 = 0, w6: UInt32 = 0, w7: UInt32 = 0
    ) {
        self.index = index
        self.w0 = w0
        self.w1 = w1
        self.w2 = w2
        self.w3 = w3
        self.w4 = w4
        self.w5 = w5
        self.w6 = w6
        self.w7 = w7
    }

    /// The eight words in order.
    public var words: [UInt32] { [w0, w1, w2, w3, w4, w5, w6, w7] }

    /// Whether it holds what reset leaves, and so need not be stored.
    public var isBlank: Bool { self == EventQueue(index: index) }

    /// Events are processed; else they are dropped.
    public var isValid: Bool { w0 & 0x8000_0000 != 0 }
    /// Events are written into the queue.
    public var isEnqueuing: Bool { w0 & 0x4000_0000 != 0 }
    /// Each event notifies the server, whatever ESn says.
    public var alwaysNotifies: Bool { w0 & 0x2000_0000 != 0 }
    /// Valid and writing entries: what a guest calls a configured queue.
    public var isEnabled: Bool { isValid && isEnqueuing }
    /// Base 2 logarithm of the queue's size in bytes: 12 to 27.
    public var sizeShift: UInt32 { (w0 >> 16 & 0xf) + 12 }
    /// Size in bytes.
    public var byteCount: UInt64 { 1 << UInt64(sizeShift) }
    /// Number of four-byte entries.
    public var entryCount: UInt32 { 1 << (sizeShift - 2) }
    /// Guest-physical address of the first entry.
    public var address: UInt64 { UInt64(w2 & 0x0fff_ffff) << 32 | UInt64(w3) }
    /// Toggles each time the queue wraps; the top bit of every entry written.
    public var generation: UInt8 { w1 & 0x0040_0000 != 0 ? 1 : 0 }
    /// Index of the entry to be written next.
    public var nextIndex: UInt32 { w1 & 0x003f_ffff }

    /// The entries that were written, in bytes of this queue, in order of position; no more than one beyond a limit.
    ///
    /// Those of the running lap stand in front of the next index with the current generation bit, those of the lap before
    /// from the next index on with the other one. How far the guest has read is its own secret; none that may still wait
    /// for it is left out. An entry is a big-endian word: generation in the top bit, then the EISN (`hw/intc/xive.c`).
    ///
    /// - Parameter first: position of the first word.
    public func writtenEntries(
        _ bytes: UnsafeRawBufferPointer, from first: UInt32 = 0, limit: Int = .max
    ) -> [QueueEntry] {
        typealias Vector = SIMD8<UInt32>
        var entries: [QueueEntry] = []
        // In front of this position zero is a written word.
        let writtenZeros = generation == 0 ? nextIndex : 0
        let count = bytes.count / 4
        var place = 0
        while place < count, entries.count <= limit {
            let position = first &+ UInt32(truncatingIfNeeded: place)
            // Most of most queues was never written.
            if position >= writtenZeros, place <= count - Vector.scalarCount,
                bytes.loadUnaligned(fromByteOffset: place * 4, as: Vector.self) == .zero
            {
                place += Vector.scalarCount
                continue
            }
            let word = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: place * 4, as: UInt32.self))
            let entry = QueueEntry(queueIndex: index, position: position, word: word)
            if isWritten(entry) { entries.append(entry) }
            place += 1
        }
        return entries
    }

    /// Memory never written is zero, which in the second lap looks like an entry with EISN 0.
    private func isWritten(_ entry: QueueEntry) -> Bool {
        entry.position < nextIndex
            ? entry.generation == generation : entry.generation != generation && entry.word != 0
    }

    /// ESn P and Q: whether a notification is outstanding.
    public var notificationStatus: UInt8 { UInt8(w1 >> 30) }
    /// Server that is notified (NVT index - 0x400), or nil where the NVT is none of a pseries machine.
    public var server: ServerNumber? {
        let nvt = w6 & 0x0007_ffff
        return nvt >= 0x400 ? ServerNumber(nvt - 0x400) : nil
    }
    /// Priority with which the server is notified; meaningful when format F is 0.
    public var priority: UInt8 { UInt8(w7 >> 16 & 0xff) }

    /// Server number that the place in the table stands for.
    public var tableServer: ServerNumber { ServerNumber(index >> 3) }
    /// Priority that the place in the table stands for.
    public var tablePriority: UInt8 { UInt8(index & 7) }
}

/// An entry of an event queue in guest memory that the guest has not consumed.
public struct QueueEntry: Hashable, Sendable {
    /// Event queue: server x 8 + priority.
    public var queueIndex: UInt32
    /// Place in the queue, 0 ..< number of entries.
    public var position: UInt32
    /// The big-endian word: generation bit and EISN.
    public var word: UInt32

    /// The value with these parts.
    public init(queueIndex: UInt32, position: UInt32, word: UInt32) {
        self.queueIndex = queueIndex
        self.position = position
        self.word = word
    }

    /// Number that the guest reads from the entry.
    public var eisn: UInt32 { word & 0x7fff_ffff }
    /// Generation bit of the entry.
    public var generation: UInt8 { UInt8(truncatingIfNeeded: word >> 31) }
}

/// What is known of the queues' content, which lives in guest memory.
public enum QueueContents: Hashable, Sendable {
    /// Not read, with the reason; never to be taken for "empty".
    case notCaptured(reason: String)
    /// Read: the entries, ordered by queue and position.
    case captured([QueueEntry])
}

/// The whole XIVE controller of a machine, sparse: what is as reset left it is not listed.
public struct XiveController: Hashable, Sendable {
    /// Size of the number space; numbers are 0 ..< count.
    public var numberCount: UInt32
    /// Number of event queue descriptors: 8 for each possible server.
    public var queueCount: UInt32
    /// Byte order of the host that saved the tables.
    public var tableByteOrder: TableByteOrder
    /// Numbers that differ from a free one at reset, ascending.
    public var sources: [XiveSource]
    /// Queues that differ from reset, ascending by index.
    public var queues: [EventQueue]
    /// Entries in guest memory, where they were read.
    public var contents: QueueContents

    /// The value with these parts.
    public init(
        numberCount: UInt32, queueCount: UInt32, tableByteOrder: TableByteOrder, sources: [XiveSource],
        queues: [EventQueue], contents: QueueContents
    ) {
        self.numberCount = numberCount
        self.queueCount = queueCount
        self.tableByteOrder = tableByteOrder
        self.sources = sources
        self.queues = queues
        self.contents = contents
    }

    /// The source of a number of the space, blank ones included.
    public func source(_ number: LogicalNumber) -> XiveSource {
        let place = sources.partitionIndex { $0.number < number }
        if place < sources.count, sources[place].number == number { return sources[place] }
        return XiveSource(number: number, assignment: .free, status: .off)
    }

    /// The queue descriptor at an index, blank ones included.
    public func queue(_ index: UInt32) -> EventQueue {
        let place = queues.partitionIndex { $0.index < index }
        if place < queues.count, queues[place].index == index { return queues[place] }
        return EventQueue(index: index)
    }
}

/// Byte order of the words of the XIVE tables in a stream: that of the host that saved them.
///
/// QEMU keeps these words big-endian in memory and writes them as if they were host integers, so the
/// bytes in the stream depend on the host (`hw/intc/spapr_xive.c`, QEMU 5.2 to 11.1).
public enum TableByteOrder: String, Hashable, Sendable, CaseIterable {
    case little
    case big
}

/// A thread interrupt management context (TCTX): 64 bytes, four rings of 16.
///
/// ```
/// ring USER 00, OS 10, POOL 20, PHYS 30;  in each ring:
/// 0 NSR  1 CPPR  2 IPB  3 LSMFB  4 ACK#  5 INC  6 AGE  7 PIPR
/// 8-11  word 2, big-endian; OS ring: 80000000 valid, 00ffffff CAM line (0x400 + server)
/// ```
/// From `include/hw/ppc/xive_regs.h` and `hw/intc/xive.c`, QEMU 5.2 to 11.1.
public struct ThreadContext: Hashable, Sendable {
    /// Always 64.
    public let bytes: [UInt8]

    /// The context with these register bytes, or nil unless there are 64.
    public init?(bytes: [UInt8]) {
        guard bytes.count == ThreadContext.byteCount else { return nil }
        self.bytes = bytes
    }

    /// Size of the register file.
    public static let byteCount = 64

    /// The context of a vCPU as reset leaves it.
    public static func reset(server: ServerNumber) -> ThreadContext {
        var bytes = [UInt8](repeating: 0, count: byteCount)
        bytes[0x13] = 0xff
        bytes[0x14] = 0xff
        bytes[0x16] = 0xff
        bytes[0x17] = 0xff
        bytes[0x37] = 0xff
        let word = 0x8000_0400 &+ server.rawValue
        for index in 0..<4 { bytes[0x18 + index] = UInt8(truncatingIfNeeded: word >> UInt32(24 - 8 * index)) }
        return ThreadContext(checked: bytes)
    }

    private init(checked bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// A ring of the context, by its first byte.
    public enum Ring: Int, CaseIterable, Sendable {
        case user = 0x00
        case os = 0x10
        case pool = 0x20
        case physical = 0x30
    }

    /// Word 2 of a ring.
    public func word2(_ ring: Ring) -> UInt32 {
        bytes[ring.rawValue + 8..<ring.rawValue + 12].reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// NSR of the OS ring; 0x80 means an exception is pending.
    public var notificationStatus: UInt8 { bytes[0x10] }
    /// CPPR of the OS ring: only more favoured (smaller) priorities get through.
    public var currentPriority: UInt8 { bytes[0x11] }
    /// IPB of the OS ring: bit 0x80 >> priority for each pending priority.
    public var pendingBits: UInt8 { bytes[0x12] }
    /// PIPR of the OS ring: derived from the pending bits, and differently by build.
    public var pendingPriority: UInt8 { bytes[0x17] }
    /// Whether the OS ring is valid for the presenter.
    public var isValid: Bool { word2(.os) & 0x8000_0000 != 0 }
    /// Server whose events reach this context (CAM line - 0x400), or nil where the CAM line is no pseries one.
    public var server: ServerNumber? {
        let cam = word2(.os) & 0x00ff_ffff
        return cam >= 0x400 ? ServerNumber(cam - 0x400) : nil
    }
}

extension Array {
    /// Index of the first element for which `isBefore` is false, in an array ordered that way.
    ///
    /// Binary search: the tables are sorted and may hold a million numbers.
    public func partitionIndex(where isBefore: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = low + (high - low) / 2
            if isBefore(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
