/// What the monitor's `info pic` printed of a pseries machine: the oracle for decoded states.
///
/// Of the two halves one is filled, that of the controller in force. The text is that of
/// `spapr_xive_pic_print_info` and `xive_tctx_pic_print_info` (`hw/intc/spapr_xive.c`,
/// `hw/intc/xive.c`) and of `icp_pic_print_info` and `ics_pic_print_info` (`hw/intc/xics.c`),
/// QEMU 5.2 to 11.1.
package struct InfoPic: Hashable, Sendable {
    /// XIVE: thread contexts in the order printed, which is that of creation.
    package var contexts: [Context] = []
    /// XIVE: claimed numbers, ascending.
    package var xiveSources: [XiveSource] = []
    /// XICS: presenters in the order printed.
    package var presenters: [Presenter] = []
    /// XICS: claimed numbers, ascending.
    package var xicsSources: [XicsSource] = []
    /// XICS: first and last number of the source controller; nil under XIVE.
    package var xicsRange: ClosedRange<UInt32>?

    /// Whether an interrupt source is printed as `MSI` or as `LSI`.
    package enum Kind: String, Hashable, Sendable {
        case msi = "MSI"
        case lsi = "LSI"
    }

    /// The four rings of one thread context.
    package struct Context: Hashable, Sendable {
        package var cpuIndex: UInt32
        /// By ring: the eight register bytes NSR, CPPR, IPB, LSMFB, ACK#, INC, AGE, PIPR, then word 2, in the order
        /// in which a thread context stores them.
        package var rings: [RingName: [UInt8]]
    }

    /// A ring of a thread context, as `info pic` names it.
    package enum RingName: String, Hashable, Sendable, CaseIterable {
        case user = "USER"
        case os = "OS"
        case pool = "POOL"
        case physical = "PHYS"
    }

    /// A claimed number under XIVE.
    package struct XiveSource: Hashable, Sendable {
        package var number: UInt32
        package var kind: Kind
        package var p: Bool
        package var q: Bool
        package var isAsserted: Bool
        package var isMasked: Bool
        package var eisn: UInt32
        /// Nil where the number is masked or its queue descriptor is not valid.
        package var queue: Queue?
    }

    /// The queue column of a number under XIVE.
    package struct Queue: Hashable, Sendable {
        package var server: UInt32
        package var priority: UInt8
        package var nextIndex: UInt32
        package var entryCount: UInt32
        package var address: UInt64
        package var generation: UInt8
        /// The last entries, the one to be written next being last.
        package var words: [UInt32]
    }

    /// A presenter under XICS.
    package struct Presenter: Hashable, Sendable {
        package var cpuIndex: UInt32
        package var xirr: UInt32
        package var pendingPriority: UInt8
        package var mfrr: UInt8
    }

    /// A claimed number under XICS.
    package struct XicsSource: Hashable, Sendable {
        package var number: UInt32
        package var kind: Kind
        package var priority: UInt8
        package var status: UInt8
    }

    /// An empty print.
    package init() {}
}
