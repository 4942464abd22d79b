/// What an interrupt number belongs to: the identity of a device, never its place in an order.
///
/// Two machines agree about a number when its owner is equal on both. Instance numbers, section ids
/// and creation order are accidents and take no part.
public enum Owner: Hashable, Sendable {
    /// The inter-processor interrupt of the given index (XIVE only; one for each possible server).
    case interprocessor(UInt32)
    /// The EPOW event source (power and environment warnings).
    case epow
    /// The hot-plug event source.
    case hotPlug
    /// A virtual I/O device, by the name of its type in the device tree and its unit address.
    case virtualDevice(type: String, unitAddress: UInt32)
    /// Pin 0…3 (INTA…INTD) of a PCI host bridge, which is named by its BUID.
    case bridgePin(bridge: UInt64, pin: UInt8)
    /// One message vector of a PCI function behind a host bridge, named by its configuration address.
    case bridgeMessage(bridge: UInt64, device: UInt32, vector: UInt32)
    /// Claimed, but nothing in the saved state says by what; the reason is a sentence.
    case unknown(String)
}

extension Owner {
    /// BUID of PCI host bridge 0; bridge *x* has this plus *x* (`hw/ppc/spapr_pci.c`, QEMU 5.2 to 11.1).
    public static let firstBridge: UInt64 = 0x0800_0000_2000_0000

    /// The index of the bridge with this BUID, or nil where the BUID was chosen freely.
    public static func bridgeIndex(_ buid: UInt64) -> UInt32? {
        guard buid >= firstBridge, buid - firstBridge < 256 else { return nil }
        return UInt32(buid - firstBridge)
    }

    /// `PHB 3`, or the BUID where it has no index.
    public static func bridgeName(_ buid: UInt64) -> String {
        if let index = bridgeIndex(buid) { return "PHB \(index)" }
        return "PHB with BUID \(hexadecimal(buid, digits: 16))"
    }

    /// `00:02.0`: bus, slot and function of a configuration address (bus<<16 | devfn<<8).
    public static func functionName(_ configurationAddress: UInt32) -> String {
        let bus = (configurationAddress >> 16) & 0xff
        let slot = (configurationAddress >> 11) & 0x1f
        let function = (configurationAddress >> 8) & 7
        return "\(hexadecimal(UInt64(bus), digits: 2).dropFirst(2)):"
            + "\(hexadecimal(UInt64(slot), digits: 2).dropFirst(2)).\(function)"
    }

    /// Whether the machine decides this number when it is built, before any stream is loaded.
    ///
    /// Message vectors are handed out at the guest's request and travel in the stream.
    public var isDecidedByConstruction: Bool {
        switch self {
        case .interprocessor, .epow, .hotPlug, .virtualDevice, .bridgePin: true
        case .bridgeMessage, .unknown: false
        }
    }
}

extension Owner: CustomStringConvertible {
    /// The form in which messages show it.
    public var description: String {
        switch self {
        case .interprocessor(let index): "IPI \(index)"
        case .epow: "EPOW events"
        case .hotPlug: "hot-plug events"
        case .virtualDevice(let type, let address):
            "VIO \(type)@\(String(address, radix: 16))"
        case .bridgePin(let bridge, let pin):
            "\(Owner.bridgeName(bridge)) LSI pin \(pin)"
        case .bridgeMessage(let bridge, let device, let vector):
            "\(Owner.bridgeName(bridge)) MSI \(Owner.functionName(device)) vector \(vector)"
        case .unknown: "unknown"
        }
    }
}

/// Where the knowledge of an owner, a server number or another derived fact comes from.
public enum Basis: String, Hashable, Sendable, CaseIterable {
    /// A field of a device section of the saved state.
    case section
    /// A property of the device tree carried in the saved state.
    case deviceTree
    /// The number map of the machine type (types 3.1 and later).
    case numberMap
    /// The claim order of the sequential allocator (types up to 3.0), where it leaves one possibility.
    case allocationOrder
    /// A scenario or machine model.
    case model
    /// Nothing says it.
    case none
}

/// One row of the number map: a number, its owner and its kind.
///
/// There is one for each claimed number, and one for each number that a device of the machine raises
/// even if it is not claimed: that such a number is free is itself a fault to be reported.
public struct NumberAssignment: Hashable, Sendable {
    /// The logical number.
    public var number: LogicalNumber
    /// The device or function that raises it.
    public var owner: Owner
    /// Where the knowledge of the owner comes from.
    public var basis: Basis
    /// Nil where neither the controller nor the owner says it: XIVE does not save it.
    public var kind: SourceKind?

    /// The value with these parts.
    public init(number: LogicalNumber, owner: Owner, basis: Basis, kind: SourceKind?) {
        self.number = number
        self.owner = owner
        self.basis = basis
        self.kind = kind
    }
}

extension NumberAssignment: Comparable {
    /// By number; where owners collide, by the owners' printed form.
    public static func < (left: NumberAssignment, right: NumberAssignment) -> Bool {
        if left.number != right.number { return left.number < right.number }
        return left.owner.description < right.owner.description
    }
}
