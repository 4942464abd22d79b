import InterruptState

/// The fixed number map of pseries 3.1 and later: a number is a function of what the device is.
///
/// ```
/// 0x0000 … servers-1   IPIs (XIVE only), room for 0x1000
/// 0x1000               EPOW events
/// 0x1001               hot-plug events
/// 0x1002 … 0x10ff      unused
/// 0x1100 … 0x11ff      VIO devices, by unit address
/// 0x1200 … 0x127b      PHB pins, 4 × index + pin, index up to 30
/// 0x127c … 0x12ff      unused
/// 0x1300 … 0x1fff      messages, from a bitmap
/// ```
/// `include/hw/ppc/spapr_irq.h`, `hw/ppc/spapr_vio.c`, `hw/ppc/spapr_pci.c`; the same in QEMU 5.2 to 11.1.
public enum FixedNumberMap {
    /// EPOW events.
    public static let epow = LogicalNumber(0x1000)
    /// Hot-plug events; claimed only with `modern-hotplug-events`.
    public static let hotPlug = LogicalNumber(0x1001)
    /// Room for IPIs, half-open; the servers of a large machine with vsmt 8 can overrun it.
    public static let interprocessorRange: Range<UInt32> = 0..<0x1000
    /// All external numbers.
    public static let externalRange: Range<UInt32> = 0x1000..<0x2000
    /// VIO devices.
    public static let virtualDeviceRange: Range<UInt32> = 0x1100..<0x1200
    /// Room for pins; only the first 124 can be reached.
    public static let pinRange: Range<UInt32> = 0x1200..<0x1300
    /// Highest index of a host bridge.
    public static let maximumBridgeIndex: UInt32 = 30
    /// First number of the message bitmap.
    public static let messageBase: UInt32 = 0x1300
    /// Bits of the message bitmap.
    public static let messageCount: UInt32 = 0xd00
    /// Messages.
    public static let messageRange: Range<UInt32> = 0x1300..<0x2000

    /// The IPI of a server index: the index itself, for every index.
    public static func ipi(_ index: UInt32) -> LogicalNumber { LogicalNumber(index) }

    /// The number of a VIO device, for every unit address; several addresses share a number.
    public static func virtualDevice(unitAddress: UInt32) -> LogicalNumber {
        LogicalNumber(virtualDeviceRange.lowerBound | virtualDeviceIndex(unitAddress: unitAddress))
    }

    /// The place of a VIO device in its range, 0…255 (`hw/ppc/spapr_vio.c`, QEMU 5.2 to 11.1).
    ///
    /// Three rules: addresses that QEMU gives, terminals as libvirt numbers them, and the rest as it does.
    @inlinable
    public static func virtualDeviceIndex(unitAddress: UInt32) -> UInt32 {
        switch unitAddress {
        case 0x7100_0000...: unitAddress & 0xff
        case 0x3000_0000...: 0xf0 | (unitAddress >> 12) & 0xf
        default: (unitAddress >> 12) & 0xff
        }
    }

    /// The number of a host bridge's pin; nil outside index 0…30 and pin 0…3.
    public static func pin(bridgeIndex: UInt32, pin: UInt8) -> LogicalNumber? {
        guard bridgeIndex <= maximumBridgeIndex, pin < 4 else { return nil }
        return LogicalNumber(pinRange.lowerBound &+ bridgeIndex &* 4 &+ UInt32(pin))
    }

    /// The number of a bit of the message bitmap; nil outside 0…3327.
    public static func message(bit: UInt32) -> LogicalNumber? {
        guard bit < messageCount else { return nil }
        return LogicalNumber(messageBase &+ bit)
    }

    /// What a number can belong to.
    public enum NumberClass: Hashable, Sendable {
        case interprocessor(UInt32)
        case epow
        case hotPlug
        /// A VIO device whose address has this place in the range.
        case virtualDevice(index: UInt32)
        case bridgePin(bridgeIndex: UInt32, pin: UInt8)
        case message(bit: UInt32)
        /// Inside the space, and no device has it.
        case unused
        /// 0x2000 and above.
        case outside
    }

    /// The inverse of the map, for every number.
    public static func numberClass(_ number: LogicalNumber) -> NumberClass {
        let value = number.rawValue
        switch value {
        case interprocessorRange: return .interprocessor(value)
        case epow.rawValue: return .epow
        case hotPlug.rawValue: return .hotPlug
        case virtualDeviceRange: return .virtualDevice(index: value & 0xff)
        case pinRange where (value & 0xff) >> 2 <= maximumBridgeIndex:
            return .bridgePin(bridgeIndex: (value & 0xff) >> 2, pin: UInt8(value & 3))
        case messageRange: return .message(bit: value &- messageBase)
        case externalRange: return .unused
        default: return .outside
        }
    }
}
