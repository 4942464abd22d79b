/// How a machine type hands out its interrupt numbers.
public enum NumberScheme: String, Hashable, Sendable, CaseIterable {
    /// Next free number in order of creation: pseries types up to 3.0.
    case sequential
    /// A fixed function of the device, with a bitmap for messages: pseries types 3.1 and later.
    case fixed
}

/// Facts of the machine as a whole that touch interrupts.
public struct MachineFacts: Hashable, Sendable {
    /// Machine type as the stream names it, for example `pseries-7.2`; nil where it names none.
    public var typeName: String?
    /// Nil where neither the type nor the tables tell.
    public var scheme: NumberScheme?
    /// The controller in force when the state was saved.
    public var activeMode: InterruptMode
    /// Number of possible servers; server numbers are below it. Nil where nothing says it.
    public var serverCount: UInt32?
    /// Where the number of servers comes from; `.none` with a nil count.
    public var serverCountBasis: Basis

    /// The value with these parts.
    public init(
        typeName: String?, scheme: NumberScheme?, activeMode: InterruptMode, serverCount: UInt32?,
        serverCountBasis: Basis
    ) {
        self.typeName = typeName
        self.scheme = scheme
        self.activeMode = activeMode
        self.serverCount = serverCount
        self.serverCountBasis = serverCountBasis
    }
}

/// A virtual CPU and what the interrupt controllers keep for it.
public struct VirtualCPU: Hashable, Sendable {
    /// `cpu_index`: identity of the vCPU in QEMU and in the stream.
    public var index: UInt32
    /// Server number by which the guest was told to name it; nil where nothing says it.
    public var server: ServerNumber?
    /// Where the server number comes from; `.none` with a nil server.
    public var serverBasis: Basis
    /// XIVE: its thread context, linked by the order of sections in the stream.
    public var context: ThreadContext?
    /// Instance number of that context's section: creation order, and what QEMU matches on load.
    public var contextInstance: UInt32?
    /// XICS: its presenter.
    public var presenter: Presenter?

    /// The value with these parts.
    public init(
        index: UInt32, server: ServerNumber?, serverBasis: Basis, context: ThreadContext?,
        contextInstance: UInt32?, presenter: Presenter?
    ) {
        self.index = index
        self.server = server
        self.serverBasis = serverBasis
        self.context = context
        self.contextInstance = contextInstance
        self.presenter = presenter
    }
}

/// A block of consecutive numbers given to the message vectors of one PCI function.
public struct MessageBlock: Hashable, Sendable {
    /// Configuration address as the guest gave it: bus<<16 | devfn<<8.
    public var device: UInt32
    /// First number of the block.
    public var first: LogicalNumber
    /// Number of vectors.
    public var count: UInt32

    /// The value with these parts.
    public init(device: UInt32, first: LogicalNumber, count: UInt32) {
        self.device = device
        self.first = first
        self.count = count
    }
}

/// A PCI host bridge: its four level interrupts and the messages given to functions behind it.
public struct HostBridge: Hashable, Sendable {
    /// Identity: bus unit id.
    public var buid: UInt64
    /// Instance number of its section: creation order.
    public var instance: UInt32
    /// Numbers of pins 0…3.
    public var pins: [LogicalNumber]
    /// In the order of the stream, which is that of a hash table.
    public var messages: [MessageBlock]
    /// `mig_liobn`, memory and I/O windows that machine types up to 2.7 save: raw bytes, else empty.
    public var oldWindows: [UInt8]

    /// The value with these parts.
    public init(
        buid: UInt64, instance: UInt32, pins: [LogicalNumber], messages: [MessageBlock], oldWindows: [UInt8]
    ) {
        self.buid = buid
        self.instance = instance
        self.pins = pins
        self.messages = messages
        self.oldWindows = oldWindows
    }
}

/// A virtual I/O device.
public struct VirtualDevice: Hashable, Sendable {
    /// Name stem in the device tree: `vty`, `nvram`, `l-lan`, `v-scsi`.
    public var type: String
    /// `reg` in the device tree: the identity of the device.
    public var unitAddress: UInt32
    /// Number in its section; nil where its section has none (`nvram`).
    public var number: LogicalNumber?
    /// Signal state and CRQ fields of its `spapr_vio` part: 24 raw bytes, else empty.
    public var queueState: [UInt8]

    /// The value with these parts.
    public init(type: String, unitAddress: UInt32, number: LogicalNumber?, queueState: [UInt8]) {
        self.type = type
        self.unitAddress = unitAddress
        self.number = number
        self.queueState = queueState
    }
}

/// What the guest was told: the interrupt properties of the device tree in the saved state.
///
/// After a migration this is the *source's* tree: it says what the guest believes, while the device
/// sections say what the machine does.
public struct DeviceTreeFacts: Hashable, Sendable {
    /// Every number that a node names, with the owner that the node stands for.
    public var numbers: [NumberAssignment]
    /// Server numbers of the CPU nodes, ascending.
    public var servers: [ServerNumber]
    /// `ibm,interrupt-server-ranges` or the count of `ibm,xive-lisn-ranges`.
    public var serverCount: UInt32?
    /// The byte of option vector 5 that offers XICS (0x00), XIVE (0x40) or both (0x80).
    public var offeredModes: UInt8?

    /// The value with these parts.
    public init(
        numbers: [NumberAssignment], servers: [ServerNumber], serverCount: UInt32?, offeredModes: UInt8?
    ) {
        self.numbers = numbers
        self.servers = servers
        self.serverCount = serverCount
        self.offeredModes = offeredModes
    }
}

/// The flattened device tree as the stream carries it.
public struct DeviceTreeBlob: Hashable, Sendable {
    /// `fdt_initial_size`.
    public var initialSize: UInt32
    /// The raw bytes.
    public var bytes: [UInt8]

    /// The value with these parts.
    public init(initialSize: UInt32, bytes: [UInt8]) {
        self.initialSize = initialSize
        self.bytes = bytes
    }
}

/// Something that could not be known from the input, and why.
///
/// Kept beside the state so that a missing fact is never mistaken for an equal one.
public struct Gap: Hashable, Sendable {
    /// What is not known, as a noun phrase.
    public var subject: String
    /// Why, as a sentence.
    public var reason: String

    /// The value with these parts.
    public init(subject: String, reason: String) {
        self.subject = subject
        self.reason = reason
    }
}

extension Gap {
    /// The entries of an event queue that lies outside of guest memory: there is nothing to read.
    public static func entriesOutsideMemory(of queue: EventQueue) -> Gap {
        Gap(
            subject: "the entries of queue \(queue.tableServer)/\(queue.tablePriority)",
            reason: "its address \(hexadecimal(queue.address)) is outside of guest memory")
    }
}
