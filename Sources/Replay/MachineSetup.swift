import InterruptState
import PSeries

/// What a machine is built from: everything on a command line that touches interrupts.
public struct MachineSetup: Hashable, Sendable {
    /// Machine type, which fixes the number map.
    public var type: MachineType
    /// Build that runs it.
    public var build: BuildProfile
    /// As shipped or as intended.
    public var behaviour: Behaviour
    /// `ic-mode`; nil for the type's default.
    public var mode: InterruptModeSetting?
    /// Model of vCPU; nil for the type's default.
    public var processor: MachineType.Processor?
    /// Exact processor version where the command line names one; nil where an alias or the default decides.
    public var processorVersion: UInt32?
    /// vCPUs at start (`-smp`): indexes 0 ..< count.
    public var processorCount: UInt32
    /// `maxcpus`.
    public var maximumProcessors: UInt32
    /// Threads of a core; QEMU's TCG allows 1 only.
    public var threads: UInt32
    /// `vsmt`; nil for the type's default.
    public var serverSpacing: UInt32?
    /// `modern-hotplug-events`; nil for the type's default.
    public var modernHotPlugEvents: Bool?
    /// RAM in bytes.
    public var memoryByteCount: UInt64
    /// Terminals that `-serial` makes, before the NVRAM.
    public var serialCount: UInt32
    /// Unit address of the NVRAM where `-global spapr-nvram.reg` sets one.
    public var nvramAddress: UInt32?
    /// Byte order of the host, in which it saves the XIVE tables.
    public var hostByteOrder: TableByteOrder
    /// `-device` options in their order.
    public var devices: [DeviceSetup]

    /// A machine with one vCPU, one terminal and 256 MiB, otherwise as its type says.
    public init(type: MachineType, build: BuildProfile) {
        self.type = type
        self.build = build
        behaviour = .shipped
        processorCount = 1
        maximumProcessors = 1
        threads = 1
        memoryByteCount = 256 << 20
        serialCount = 1
        hostByteOrder = .little
        devices = []
    }
}

/// A device as a command line or a plug request describes it.
public enum DeviceSetup: Hashable, Sendable {
    case virtual(VirtualDeviceSetup)
    /// A PCI host bridge.
    case bridge(index: UInt32)
    case function(FunctionSetup)
    /// A core: the vCPUs from this index, as many as a core has threads.
    case core(index: UInt32)
}

/// A virtual I/O device.
public struct VirtualDeviceSetup: Hashable, Sendable {
    /// Name stem in the device tree: `vty`, `nvram`, `l-lan`, `v-scsi`.
    public var type: String
    /// `reg`; nil for the next free one from 0x71000000.
    public var unitAddress: UInt32?

    /// A VIO device; a nil unit address lets the machine choose.
    public init(type: String, unitAddress: UInt32?) {
        self.type = type
        self.unitAddress = unitAddress
    }

    /// Whether it has DMA, and so an IOMMU section of its own in a stream (`hw/ppc/spapr_vio.c`).
    public var hasIOMMU: Bool { type == "l-lan" || type == "v-scsi" }
}

/// A PCI function behind a host bridge, as far as its interrupts go.
public struct FunctionSetup: Hashable, Sendable {
    /// Name of the model, for messages and traces: `e1000e`.
    public var model: String
    /// Index of its host bridge.
    public var bridge: UInt32
    /// Bus number that the firmware gave its bus; 0 is the root bus.
    public var bus: UInt8
    /// 0…31.
    public var slot: UInt8
    /// 0…7.
    public var function: UInt8
    /// Interrupt pin: 0 is INTA, nil none.
    public var pin: UInt8?
    /// Vectors that its MSI capability offers: 0 for none, else 1, 2, 4 … 32.
    public var messageVectors: UInt32
    /// Size of its MSI-X table, 0 for none.
    public var tableVectors: UInt32
    /// Offset of the MSI capability in configuration space, where known: the guest enables vectors there.
    public var messageCapability: UInt32?

    /// A function by all its facts, in the order of the fields.
    public init(
        model: String, bridge: UInt32, bus: UInt8 = 0, slot: UInt8, function: UInt8 = 0, pin: UInt8? = 0,
        messageVectors: UInt32 = 0, tableVectors: UInt32 = 0, messageCapability: UInt32? = nil
    ) {
        self.model = model
        self.bridge = bridge
        self.bus = bus
        self.slot = slot
        self.function = function
        self.pin = pin
        self.messageVectors = messageVectors
        self.tableVectors = tableVectors
        self.messageCapability = messageCapability
    }

    /// bus<<16 | devfn<<8.
    public var configurationAddress: UInt32 {
        UInt32(bus) << 16 | UInt32(slot & 0x1f) << 11 | UInt32(function & 7) << 8
    }
}

/// Why a machine cannot be built, or a device not plugged: QEMU's message where it has one.
public struct ConstructionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The refusal as one sentence.
    public var description: String

    /// A refusal in these words.
    public init(_ description: String) {
        self.description = description
    }
}
