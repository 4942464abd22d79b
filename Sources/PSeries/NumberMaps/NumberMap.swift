import InterruptState

/// A way to hand out interrupt numbers, with its parameters.
///
/// The map belongs to the machine: controllers are told numbers and never choose them.
public enum NumberMap: Hashable, Sendable {
    /// The next free of `size` numbers from 0x1000: pseries up to 3.0.
    case sequential(size: UInt32)
    /// A function of the device, messages from one bitmap: pseries 3.1 and later.
    case fixed(messages: MessageBitmap.Behaviour)
    /// A function of the device, with a range for each class and a window for each host bridge.
    case sparse(SparseNumberMap)

    /// `sequential`, `fixed` or `sparse`.
    public var name: String {
        switch self {
        case .sequential: "sequential"
        case .fixed: "fixed"
        case .sparse: "sparse"
        }
    }

    /// Whether a device's number is a function of what it is, whatever came before it.
    public var isFunction: Bool {
        if case .sequential = self { return false }
        return true
    }

    /// The number of an interrupt that the map decides.
    ///
    /// Nil where the owner is outside the map's domain, and for messages and the sequential scheme, whose
    /// numbers are handed out.
    ///
    /// - Parameter servers: number of possible servers.
    public func number(of owner: Owner, servers: UInt32) -> LogicalNumber? {
        switch self {
        case .sequential:
            // IPIs need the XIVE controller, which these types do not have.
            return nil
        case .fixed:
            return Self.fixedNumber(of: owner, servers: servers)
        case .sparse(let map):
            return map.number(of: owner, servers: servers)
        }
    }

    private static func fixedNumber(of owner: Owner, servers: UInt32) -> LogicalNumber? {
        switch owner {
        case .interprocessor(let index): index < servers ? FixedNumberMap.ipi(index) : nil
        case .epow: FixedNumberMap.epow
        case .hotPlug: FixedNumberMap.hotPlug
        case .virtualDevice(_, let address): FixedNumberMap.virtualDevice(unitAddress: address)
        case .bridgePin(let bridge, let pin):
            Owner.bridgeIndex(bridge).flatMap { FixedNumberMap.pin(bridgeIndex: $0, pin: pin) }
        case .bridgeMessage, .unknown: nil
        }
    }

    /// Highest index of a host bridge for which the map has numbers; nil where it has no limit of its own.
    public var maximumBridgeIndex: UInt32? {
        switch self {
        case .sequential: nil
        case .fixed: FixedNumberMap.maximumBridgeIndex
        case .sparse(let map): map.maximumBridgeIndex
        }
    }

    /// All numbers that the XIVE controller of such a machine has, half-open from 0.
    public var numberSpaceEnd: UInt32 {
        switch self {
        case .sequential(let size): 0x1000 &+ min(size, SparseNumberMap.numberLimit)
        case .fixed: FixedNumberMap.externalRange.upperBound
        case .sparse: SparseNumberMap.numberLimit
        }
    }
}

extension SourceKind {
    /// How an interrupt of this owner signals: pins follow a level, everything else sends messages.
    public init?(of owner: Owner) {
        switch owner {
        case .interprocessor, .epow, .hotPlug, .virtualDevice, .bridgeMessage: self = .msi
        case .bridgePin: self = .lsi
        case .unknown: return nil
        }
    }
}
