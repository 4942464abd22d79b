/// A number as the XICS source controller (ICS) has it.
///
/// Fields and reset values from `hw/intc/xics.c`, QEMU 5.2 to 11.1.
public struct XicsSource: Hashable, Sendable {
    public var number: LogicalNumber
    public var server: ServerNumber
    /// 0xff is masked.
    public var priority: UInt8
    /// Restored by `ibm,int-on`.
    public var savedPriority: UInt8
    public var status: Status
    public var flags: Flags

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
        public var rawValue: UInt8

        public init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        public static let asserted = Status(rawValue: 0x01)
        public static let sent = Status(rawValue: 0x02)
        public static let rejected = Status(rawValue: 0x04)
        public static let maskedPending = Status(rawValue: 0x08)
        public static let presented = Status(rawValue: 0x10)
        public static let queued = Status(rawValue: 0x20)
    }

    /// 1 LSI, 2 MSI, 0 not claimed.
    public struct Flags: OptionSet, Hashable, Sendable {
        public var rawValue: UInt8

        public init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        public static let lsi = Flags(rawValue: 1)
        public static let msi = Flags(rawValue: 2)
    }

    public var isClaimed: Bool { flags.rawValue & 3 != 0 }
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
    public var numberCount: UInt32
    /// Numbers that differ from a free one at reset, ascending.
    public var sources: [XicsSource]

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
    public var pendingPriority: UInt8
    /// Priority of the pending inter-processor request; 0xff is none.
    public var mfrr: UInt8

    public init(xirr: UInt32, pendingPriority: UInt8, mfrr: UInt8) {
        self.xirr = xirr
        self.pendingPriority = pendingPriority
        self.mfrr = mfrr
    }

    public var currentPriority: UInt8 { UInt8(xirr >> 24) }
    /// XISR: 0 is none, 2 the inter-processor interrupt, else a logical number.
    public var presented: UInt32 { xirr & 0xff_ffff }

    /// What reset leaves.
    public static let reset = Presenter(xirr: 0, pendingPriority: 0xff, mfrr: 0xff)
}
