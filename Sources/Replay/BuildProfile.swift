/// What a QEMU build does differently from others in the interrupt side of a pseries machine.
///
/// Data, so that a new build is a new value and no new branch of code. Each property says where builds part;
/// a build's own quirks are found by running it (`papr` call semantics, QEMU 5.2 to 11.1).
public struct BuildProfile: Hashable, Sendable {
    /// Name of the build: `5.2`, `7.2`, `10.0`, `11.1`.
    public var name: String

    /// What happens to an interrupt whose XICS server has no vCPU (`hw/intc/xics.c`).
    public enum InvalidServer: String, Hashable, Sendable {
        /// The process ends with SIGSEGV: 5.2 and 7.2.
        case crash
        /// The interrupt is marked rejected and never delivered: 10.0 and later.
        case reject
    }

    /// What a delivery to a server without a vCPU does.
    public var invalidServer: InvalidServer
    /// Whether an accept leaves PIPR at the accepted priority (10.0 and later) instead of deriving it from IPB.
    public var acceptKeepsPendingPriority: Bool
    /// Whether a write of CPPR first derives PIPR from IPB: 10.0 and later.
    public var priorityWriteDerivesPending: Bool
    /// Whether a write of CPPR that lets nothing through clears NSR and lowers the line: 10.2 and later.
    public var priorityWriteClearsException: Bool
    /// Whether an event no more favoured than PIPR changes IPB alone: 10.2 and later.
    public var lessFavouredSetsBitOnly: Bool
    /// Whether a store to 0x800…0xbff of a management page forwards an event without touching PQ: 7.2 and later.
    public var managementStoreInjects: Bool
    /// Whether ESB pages take accesses of 1, 2 and 4 bytes besides 8: 10.0 and later.
    public var narrowStatusAccesses: Bool
    /// Whether an access that nothing answers is a machine check: 10.0 and later. Before that a load gives 0 and a store is
    /// lost.
    public var unansweredFaults: Bool
    /// Whether a vCPU with an exception pending in its thread context is interrupted again after a load: 11.1.
    public var raisesContextAfterLoad: Bool
    /// Whether a load forgets which vCPUs the guest started: they run on and are given no interrupt any more. 10.0.
    public var forgetsStartedProcessors: Bool
    /// Whether a load switches the machine checks of vCPUs off, so that an access that nothing answers is a checkstop and
    /// ends the machine, until the guest starts the vCPU again or the machine is reset: 10.0 and later. Before that, such an
    /// access is no machine check.
    public var losesMachineChecks: Bool { unansweredFaults }
    /// Whether a machine goes on as if nothing had happened after a host bridge was unplugged: 10.0 and later. Before that
    /// its memory is used after it was freed, and QEMU ends by SIGSEGV or SIGABRT a few calls later, or does not.
    public var survivesBridgeUnplug: Bool
    /// Whether a machine goes on as if nothing had happened after a vCPU was unplugged: 11.1. Before that memory
    /// of the vCPU, in 10.0 of one that has run, is used after it was freed, and QEMU ends by SIGSEGV or SIGABRT some calls
    /// later, or does not; where freed memory is overwritten (`MALLOC_PERTURB_`) it nearly always does.
    public var survivesProcessorUnplug: Bool
    /// Version of the `spapr_iommu` section written, and highest one read: 2 in 5.2, 3 later.
    public var iommuVersion: UInt32
    /// Version of the subsection `cpu/slb` written, and highest one read: 1 up to 7.2, 2 later.
    public var segmentVersion: UInt32
    /// Processor version that the alias `power9` means: 0x004e1200 in 5.2 and 7.2, 0x004e1202 later.
    public var power9Alias: UInt32

    /// A later build: this one but for what changed since.
    private func followed(by name: String, _ change: (inout BuildProfile) -> Void) -> BuildProfile {
        var later = self
        later.name = name
        change(&later)
        return later
    }
}

extension BuildProfile {
    /// QEMU 5.2.
    public static let qemu5p2 = BuildProfile(
        name: "5.2", invalidServer: .crash, acceptKeepsPendingPriority: false, priorityWriteDerivesPending: false,
        priorityWriteClearsException: false, lessFavouredSetsBitOnly: false, managementStoreInjects: false,
        narrowStatusAccesses: false, unansweredFaults: false, raisesContextAfterLoad: false,
        forgetsStartedProcessors: false, survivesBridgeUnplug: false, survivesProcessorUnplug: false, iommuVersion: 2,
        segmentVersion: 1, power9Alias: 0x004e_1200)

    /// QEMU 7.2.
    public static let qemu7p2 = qemu5p2.followed(by: "7.2") {
        $0.managementStoreInjects = true
        $0.iommuVersion = 3
    }

    /// QEMU 10.0.
    public static let qemu10p0 = qemu7p2.followed(by: "10.0") {
        $0.invalidServer = .reject
        $0.acceptKeepsPendingPriority = true
        $0.priorityWriteDerivesPending = true
        $0.narrowStatusAccesses = true
        $0.unansweredFaults = true
        $0.forgetsStartedProcessors = true
        $0.survivesBridgeUnplug = true
        $0.segmentVersion = 2
        $0.power9Alias = 0x004e_1202
    }

    /// QEMU 11.1.
    public static let qemu11p1 = qemu10p0.followed(by: "11.1") {
        $0.priorityWriteClearsException = true
        $0.lessFavouredSetsBitOnly = true
        $0.raisesContextAfterLoad = true
        $0.forgetsStartedProcessors = false
        $0.survivesProcessorUnplug = true
    }

    /// The builds whose behaviour is known, oldest first.
    public static let known: [BuildProfile] = [.qemu5p2, .qemu7p2, .qemu10p0, .qemu11p1]

    /// The build of this name, for example `7.2`; nil for one that is not known.
    public static func named(_ name: String) -> BuildProfile? {
        known.first { $0.name == name }
    }
}

/// Whether the model does what the builds do, or what their authors meant.
public enum Behaviour: String, Hashable, Sendable, CaseIterable {
    /// As shipped, faults included. The one to compare a real machine with.
    case shipped
    /// As intended: MSI blocks are aligned, an exhausted MSI space is an error of the call and no abort,
    /// H_INT_RESET resets, an unknown XICS server rejects, and a load restores the owner of a presented
    /// interrupt and the input of the vCPU.
    case intended
}
