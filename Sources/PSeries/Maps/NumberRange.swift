import InterruptState

/// A run of the number space and what it is for.
public struct NumberRange: Hashable, Sendable {
    /// Numbers, half-open.
    public var numbers: Range<UInt32>
    /// What lives there.
    public var deviceClass: DeviceClass

    /// A run.
    public init(_ numbers: Range<UInt32>, _ deviceClass: DeviceClass) {
        self.numbers = numbers
        self.deviceClass = deviceClass
    }
}

/// The classes of interrupts that a map treats alike.
public enum DeviceClass: String, Hashable, Sendable, CaseIterable {
    case interprocessor = "ipi"
    case epow
    case hotPlug = "hot-plug"
    case virtualDevice = "vio"
    case bridgePin = "phb-lsi"
    case message = "phb-msi"
    /// A table that devices and messages share: the sequential scheme.
    case shared

    /// The class of an owner; nil where it is unknown.
    public init?(of owner: Owner) {
        switch owner {
        case .interprocessor: self = .interprocessor
        case .epow: self = .epow
        case .hotPlug: self = .hotPlug
        case .virtualDevice: self = .virtualDevice
        case .bridgePin: self = .bridgePin
        case .bridgeMessage: self = .message
        case .unknown: return nil
        }
    }

    /// For people.
    public var title: String {
        switch self {
        case .interprocessor: "IPIs"
        case .epow: "EPOW events"
        case .hotPlug: "hot-plug events"
        case .virtualDevice: "VIO devices"
        case .bridgePin: "PHB pins"
        case .message: "messages"
        case .shared: "devices and messages"
        }
    }
}

extension NumberMap {
    /// The ranges that the map divides the space into, ascending; what is between them is unused.
    ///
    /// - Parameters:
    ///   - servers: number of possible servers.
    ///   - hasXive: whether IPIs take numbers.
    ///   - bridges: indices whose windows are listed in the sparse scheme.
    public func ranges(servers: UInt32, hasXive: Bool, bridges: [UInt32]) -> [NumberRange] {
        switch self {
        case .sequential(let size):
            return [NumberRange(0x1000..<(0x1000 &+ min(size, SparseNumberMap.numberLimit)), .shared)]
        case .fixed:
            let ipis = hasXive && servers > 0 ? [NumberRange(0..<servers, .interprocessor)] : []
            return ipis + [
                NumberRange(Self.one(FixedNumberMap.epow), .epow),
                NumberRange(Self.one(FixedNumberMap.hotPlug), .hotPlug),
                NumberRange(FixedNumberMap.virtualDeviceRange, .virtualDevice),
                NumberRange(
                    FixedNumberMap.pinRange
                        .lowerBound..<(FixedNumberMap.pinRange.lowerBound + 4 * (FixedNumberMap.maximumBridgeIndex + 1)),
                    .bridgePin),
                NumberRange(FixedNumberMap.messageRange, .message),
            ]
        case .sparse(let map):
            return map.ranges(servers: servers, hasXive: hasXive, bridges: bridges)
        }
    }

    private static func one(_ number: LogicalNumber) -> Range<UInt32> {
        number.rawValue..<(number.rawValue + 1)
    }
}

extension SparseNumberMap {
    fileprivate func ranges(servers: UInt32, hasXive: Bool, bridges: [UInt32]) -> [NumberRange] {
        guard faults(servers: servers).isEmpty else { return [] }
        let events = genericBase + servers
        var ranges = hasXive && servers > 0 ? [NumberRange(genericBase..<events, .interprocessor)] : []
        ranges.append(NumberRange(events..<(events + 1), .epow))
        ranges.append(NumberRange((events + 1)..<(events + 2), .hotPlug))
        ranges.append(
            NumberRange(virtualDeviceBase..<(virtualDeviceBase + Self.virtualDeviceCount), .virtualDevice))
        for bridge in Set(bridges).sorted() {
            guard let base = windowBase(bridge), let messages = messageRange(bridge) else { continue }
            ranges.append(NumberRange(base..<(base + 4), .bridgePin))
            ranges.append(NumberRange(messages, .message))
        }
        return ranges.sorted { $0.numbers.lowerBound < $1.numbers.lowerBound }
    }
}
