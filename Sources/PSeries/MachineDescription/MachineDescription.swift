import InterruptState

/// A machine before it runs: what a command line says about it, as far as numbers depend on it.
public struct MachineDescription: Hashable, Sendable {
    /// The machine type, perhaps a vendor's or one with a map under trial.
    public var type: MachineType
    /// `-cpu` by generation; nil is the type's default.
    public var processor: MachineType.Processor?
    /// `ic-mode`; nil is the type's default.
    public var mode: InterruptModeSetting?
    /// vCPUs at boot, at least 1.
    public var cpus: UInt32 = 1
    /// Possible vCPUs; nil is as many as at boot.
    public var maximumCPUs: UInt32?
    /// Threads per core.
    public var threads: UInt32 = 1
    /// `vsmt`; nil is the type's default.
    public var vsmt: UInt32?
    /// Core ids of vCPUs added after those at boot, in order of creation: on the command line or plugged in.
    public var addedCPUs: [UInt32] = []
    /// `modern-hotplug-events`; nil is the type's default.
    public var modernHotPlugEvents: Bool?
    /// Terminals that the machine makes itself: one for each `-serial`.
    public var serials: UInt32 = 1
    /// Unit address of the NVRAM, which every machine has; nil lets the machine choose.
    public var nvram: UInt32?
    /// VIO network cards that the machine makes itself: one for each `-nic`.
    public var networkCards: UInt32 = 0
    /// VIO SCSI adapters that the machine makes itself: one for each bus of its drives.
    public var scsiAdapters: UInt32 = 0
    /// The devices of `-device` in the order of the command line, then plugged ones.
    public var devices: [DeviceDescription] = []

    /// A machine of a type with one vCPU, one terminal and nothing added.
    public init(type: MachineType) {
        self.type = type
    }
}

/// A device that takes interrupt numbers when it is created.
public struct DeviceDescription: Hashable, Sendable {
    /// What it is.
    public enum Kind: Hashable, Sendable {
        /// A VIO device; a nil unit address lets the machine choose.
        case virtual(VirtualDeviceKind, unitAddress: UInt32?)
        /// A PCI host bridge.
        case bridge(index: UInt32)
    }

    /// What it is.
    public var kind: Kind
    /// Whether it was plugged into the running machine.
    public var isHotPlugged: Bool

    /// A device; cold unless said otherwise.
    public init(_ kind: Kind, isHotPlugged: Bool = false) {
        self.kind = kind
        self.isHotPlugged = isHotPlugged
    }
}

/// Kinds of VIO device that have an interrupt; the raw value is the name in the device tree.
public enum VirtualDeviceKind: String, Hashable, Sendable, CaseIterable {
    /// A terminal.
    case terminal = "vty"
    case nvram
    /// A network card.
    case network = "l-lan"
    /// A SCSI adapter.
    case scsi = "v-scsi"
}

extension MachineDescription {
    /// How vCPUs are named; nil where threads or vsmt is 0.
    public var numbering: ServerNumbering? {
        ServerNumbering(threads: threads, vsmt: vsmt ?? type.serverSpacing.vsmt(threads: threads))
    }

    /// Possible vCPUs.
    public var possibleCPUs: UInt32 { maximumCPUs ?? cpus }

    /// Number of possible servers, nil where it cannot be told.
    public var servers: UInt32? { numbering?.serverCount(possibleCPUs: possibleCPUs) }

    /// `ic-mode` as it takes effect: below POWER9, `dual` becomes `xics` (`hw/ppc/spapr_irq.c`, 5.2 to 11.1).
    public var effectiveMode: InterruptModeSetting {
        let wanted = mode ?? type.defaultMode
        let processor = processor ?? type.defaultProcessor
        return wanted == .dual && !processor.supportsXive ? .xics : wanted
    }

    /// Whether the hot-plug event source exists.
    public var hasHotPlugEvents: Bool { modernHotPlugEvents ?? type.modernHotPlugEvents }
}
