/// A number as the XICS source controller (ICS) has it.
///
/// Fields and reset values from `hw/intc/xics.c`, QEMU 5.2 to 11.1.
public struct XicsSource: Hashable, Sendable {
    /// The logical number.
    public var number: LogicalNumber
    /// vCPU that it interrupts.
    public var server: ServerNumber
    /// 0xff is masked.
    public var priority: UInt8
    /// Restored by `ibm,int-on`.
    public var savedPriority: UInt8
    /// Its delivery status.
    public var status: Status
    /// Kind, and whether it is claimed.
    public var flags: Flags

    /// The value with these parts.
    public init(
        number: LogicalNumber, server: ServerNumber = ServerNumber(0), priority: UInt8 = 0xff,
        savedPriority: UInt8 = 0xff, status: Status = Status(rawValue: 0), flags: Flags = Flags(rawValue: 0)
    ) {
        self.number = number
        self.server = server
        self.priority = priority
        self.savedPriority = savedPriority
        self.status = status
        self.flags = flags
    }

    /// 01 asserted, 02 sent, 04 rejected, 08 masked-pending, 10 presented, 20 queued (the last two: KVM).
    public struct Status: OptionSet, Hashable, Sendable {
        /// The plain value.
        public var rawValue: UInt8

        /// The value with this raw value.
        public init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// The line of a level interrupt is up.
        public static let asserted = Status(rawValue: 0x01)
        /// A level interrupt was presented and not yet ended.
        public static let sent = Status(rawValue: 0x02)
        /// A presenter refused it; to be presented again.
        public static let rejected = Status(rawValue: 0x04)
        /// It came while masked.
        public static let maskedPending = Status(rawValue: 0x08)
        /// KVM: presented to a vCPU.
        public static let presented = Status(rawValue: 0x10)
        /// KVM: another event waits.
        public static let queued = Status(rawValue: 0x20)
    }

    /// 1 LSI, 2 MSI, 0 not claimed.
    public struct Flags: OptionSet, Hashable, Sendable {
        /// The plain value.
        public var rawValue: UInt8

        /// The value with this raw value.
        public init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// Claimed as level-signalled.
        public static let lsi = Flags(rawValue: 1)
        /// Claimed as message-signalled.
        public static let msi = Flags(rawValue: 2)
    }

    /// Whether a device has it.
    public var isClaimed: Bool { flags.rawValue & 3 != 0 }
    /// Whether it is kept from the guest.
    public var isMasked: Bool { priority == 0xff }

    /// Nil for a free number.
    public var kind: SourceKind? {
        if flags.contains(.lsi) { return .lsi }
        return flags.contains(.msi) ? .msi : nil
    }

    /// Whether it holds what a number never used since reset holds, and so need not be stored.
    public var isBlank: Bool { self == XicsSource(number: number) }
}

/// The XICS source controller of a machine, sparse: what is as reset left it is not listed.
public struct XicsController: Hashable, Sendable {
    /// First number of the space; 0x1000 on every QEMU.
    public var base: LogicalNumber
    /// Size of the number space.
    public var numberCount: UInt32
    /// Numbers that differ from a free one at reset, ascending.
    public var sources: [XicsSource]

    /// The value with these parts.
    public init(base: LogicalNumber, numberCount: UInt32, sources: [XicsSource]) {
        self.base = base
        self.numberCount = numberCount
        self.sources = sources
    }

    /// The source of a number of the space, blank ones included.
    public func source(_ number: LogicalNumber) -> XicsSource {
        let place = sources.partitionIndex { $0.number < number }
        if place < sources.count, sources[place].number == number { return sources[place] }
        return XicsSource(number: number)
    }
}

/// A XICS presenter (ICP): what one vCPU has pending.
public struct Presenter: Hashable, Sendable {
    /// CPPR in bits 31..24, XISR (the interrupt being presented) in 23..0.
    public var xirr: UInt32
    /// Priority of what is presented; 0xff is nothing.
    public var pendingPriority: UInt8
    /// Priority of the pending inter-processor request; 0xff is none.
    public var mfrr: UInt8

    /// The value with these parts.
    public init(xirr: UInt32, pendingPriority: UInt8, mfrr: UInt8) {
        self.xirr = xirr
        self.pendingPriority = pendingPriority
        self.mfrr = mfrr
    }

    /// CPPR: only more favoured priorities get through.
    public var currentPriority: UInt8 { UInt8(xirr >> 24) }
    /// XISR: 0 is none, 2 the inter-processor interrupt, else a logical number.
    public var presented: UInt32 { xirr & 0xff_ffff }

    /// What reset leaves.
    public static let reset = Presenter(xirr: 0, pendingPriority: 0xff, mfrr: 0xff)
}
