import InterruptState

/// The sparse scheme: every class of device in a range of its own, every host bridge in a window of its own.
///
/// Outlined in the design discussion of 2017 and in no QEMU release; the bases are this project's choice.
///
/// ```
/// generic + 0 … servers-1      IPIs
/// generic + servers + 0, 1     EPOW and hot-plug events, then room up to servers + extra
/// vio + index(unit address)    VIO devices, 64 Ki places, no two addresses of the domain share one
/// phb + x × window + 0 … 3     pins of host bridge x
/// phb + x × window + 0x100 …   messages behind host bridge x, from a bitmap of its own
/// ```
/// All defaults stay below 2^24, the largest number that an XICS presenter can show.
public struct SparseNumberMap: Hashable, Sendable {
    /// First generic number; not 0, as XICS gives the values 0 and 2 a meaning of their own.
    public var genericBase: UInt32 = 0x1000
    /// Generic numbers beyond one for each possible server.
    public var genericExtra: UInt32 = 4096
    /// First number of VIO devices.
    public var virtualDeviceBase: UInt32 = 0x10_0000
    /// First number of host bridge 0.
    public var bridgeBase: UInt32 = 0x20_0000
    /// Distance from one host bridge to the next, and the size of its window.
    public var bridgeWindow: UInt32 = 0x4000
    /// Highest index of a host bridge.
    public var maximumBridgeIndex: UInt32 = 255
    /// How messages are found within a window.
    public var messages: MessageBitmap.Behaviour = .intended

    /// The layout with its default bases.
    public init() {}

    /// Places for VIO devices.
    public static let virtualDeviceCount: UInt32 = 0x1_0000
    /// Distance of the first message from the start of a window.
    public static let messageOffset: UInt32 = 0x100
    /// Beyond the last number that an XICS presenter can show (24 bits).
    public static let numberLimit: UInt32 = 1 << 24

    /// Numbers of events relative to the end of the IPIs.
    static let epowOffset: UInt32 = 0
    static let hotPlugOffset: UInt32 = 1
}

extension SparseNumberMap {
    /// The place of a VIO device in its range, or nil where the address is outside the domain.
    ///
    /// Domain: 0x71000000 + 0…0x3fff as QEMU gives addresses; 0x30000000 + 4096 × 0…0x3fff as libvirt
    /// numbers terminals; 4096 × 0…0x7fff as it numbers the rest. Injective, unlike the fixed map.
    @inlinable
    public static func virtualDeviceIndex(unitAddress: UInt32) -> UInt32? {
        switch unitAddress {
        case 0x7100_0000...:
            let index = unitAddress &- 0x7100_0000
            return index < 0x4000 ? index : nil
        case 0x3000_0000...:
            let index = (unitAddress &- 0x3000_0000) >> 12
            return index < 0x4000 && unitAddress & 0xfff == 0 ? 0x4000 | index : nil
        default:
            let index = unitAddress >> 12
            return index < 0x8000 && unitAddress & 0xfff == 0 ? 0x8000 | index : nil
        }
    }

    /// The number of an interrupt that the map decides, or nil outside its domain.
    ///
    /// - Parameter servers: number of possible servers; IPIs have indices below it.
    public func number(of owner: Owner, servers: UInt32) -> LogicalNumber? {
        switch owner {
        case .interprocessor(let index):
            return index < servers ? sum(genericBase, index) : nil
        case .epow:
            return sum(genericBase, servers, Self.epowOffset)
        case .hotPlug:
            return sum(genericBase, servers, Self.hotPlugOffset)
        case .virtualDevice(_, let address):
            return Self.virtualDeviceIndex(unitAddress: address).flatMap { sum(virtualDeviceBase, $0) }
        case .bridgePin(let bridge, let pin):
            guard let index = Owner.bridgeIndex(bridge), let base = windowBase(index), pin < 4 else { return nil }
            return sum(base, UInt32(pin))
        case .bridgeMessage, .unknown:
            return nil
        }
    }

    /// First number of a host bridge's window, or nil outside the domain.
    public func windowBase(_ index: UInt32) -> UInt32? {
        guard index <= maximumBridgeIndex else { return nil }
        let (offset, overflow) = index.multipliedReportingOverflow(by: bridgeWindow)
        return overflow ? nil : sum(bridgeBase, offset)?.rawValue
    }

    /// Numbers for messages in one window, half-open; empty where the window has no room.
    public func messageRange(_ index: UInt32) -> Range<UInt32>? {
        guard let base = windowBase(index), bridgeWindow > Self.messageOffset,
            let first = sum(base, Self.messageOffset)?.rawValue, let end = sum(base, bridgeWindow)?.rawValue
        else { return nil }
        return first..<end
    }

    /// What is wrong with the layout for a number of servers: overlapping or overflowing ranges; empty if sound.
    public func faults(servers: UInt32) -> [String] {
        let ranges: [(name: String, first: UInt64, end: UInt64)] = [
            ("generic", UInt64(genericBase), UInt64(genericBase) + UInt64(servers) + UInt64(genericExtra)),
            ("VIO", UInt64(virtualDeviceBase), UInt64(virtualDeviceBase) + UInt64(Self.virtualDeviceCount)),
            (
                "PHB", UInt64(bridgeBase),
                UInt64(bridgeBase) + (UInt64(maximumBridgeIndex) + 1) * UInt64(bridgeWindow)
            ),
        ]
        var faults: [String] = []
        for (place, range) in ranges.enumerated() {
            if range.end > UInt64(Self.numberLimit) {
                faults.append("the \(range.name) range ends above 0xffffff, the largest number XICS can show")
            }
            for other in ranges[(place + 1)...] where range.first < other.end && other.first < range.end {
                faults.append("the \(range.name) range and the \(other.name) range overlap")
            }
        }
        if genericExtra < 2 { faults.append("generic-extra leaves no room for the two event sources") }
        if bridgeWindow <= Self.messageOffset { faults.append("phb-window leaves no room for messages") }
        if maximumBridgeIndex > 255 { faults.append("phb-limit is above 255, the last index with a BUID of its own") }
        return faults
    }

    private func sum(_ parts: UInt32...) -> LogicalNumber? {
        UInt32(exactly: parts.reduce(UInt64(0)) { $0 + UInt64($1) }).map(LogicalNumber.init(_:))
    }
}
