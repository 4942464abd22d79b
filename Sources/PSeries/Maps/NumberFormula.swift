import InterruptState

/// How a map numbers one class of interrupts, as a formula a person can read.
public struct NumberFormula: Hashable, Sendable {
    /// What is numbered.
    public var deviceClass: DeviceClass
    /// Number as a function, in hexadecimal.
    public var rule: String
    /// For which devices it holds.
    public var domain: String
}

extension NumberMap {
    /// One formula for each class, in the order of `DeviceClass`.
    public var formulas: [NumberFormula] {
        switch self {
        case .sequential(let size): Self.sequentialFormulas(size)
        case .fixed(let messages): Self.fixedFormulas(messages)
        case .sparse(let map): map.formulas
        }
    }

    private static func sequentialFormulas(_ size: UInt32) -> [NumberFormula] {
        let next = "next free of 0x1000 + 0…0x\(String(size &- 1, radix: 16)), in order of creation"
        return [
            NumberFormula(deviceClass: .interprocessor, rule: "none", domain: "XICS only"),
            NumberFormula(deviceClass: .epow, rule: "0x1000", domain: "created first"),
            NumberFormula(deviceClass: .hotPlug, rule: "0x1001", domain: "created second"),
            NumberFormula(deviceClass: .virtualDevice, rule: next, domain: "whatever the unit address"),
            NumberFormula(deviceClass: .bridgePin, rule: "four from the " + next, domain: "whatever the index"),
            NumberFormula(
                deviceClass: .message, rule: "first fit in 0x1000 + 0…0x\(String(size &- 1, radix: 16))",
                domain: "MSI at multiples of the count, MSI-X anywhere"),
        ]
    }

    private static func fixedFormulas(_ messages: MessageBitmap.Behaviour) -> [NumberFormula] {
        [
            NumberFormula(deviceClass: .interprocessor, rule: "n", domain: "n < servers ≤ 0x1000"),
            NumberFormula(deviceClass: .epow, rule: "0x1000", domain: "always"),
            NumberFormula(deviceClass: .hotPlug, rule: "0x1001", domain: "with modern-hotplug-events"),
            NumberFormula(
                deviceClass: .virtualDevice,
                rule:
                    "0x1100 | (reg ≥ 0x71000000 ? reg & 0xff : reg ≥ 0x30000000 ? 0xf0 | reg>>12 & 0xf : reg>>12 & 0xff)",
                domain: "every 32-bit unit address; several share a number"),
            NumberFormula(deviceClass: .bridgePin, rule: "0x1200 + 4 × index + pin", domain: "index ≤ 30, pin ≤ 3"),
            NumberFormula(
                deviceClass: .message, rule: "0x1300 + first fit in 0xd00 bits", domain: alignment(messages)),
        ]
    }

    fileprivate static func alignment(_ messages: MessageBitmap.Behaviour) -> String {
        switch messages {
        case .shipped: "MSI anywhere, MSI-X at even places; abort when full"
        case .intended: "MSI at multiples of the count, MSI-X anywhere; failure when full"
        }
    }
}

extension SparseNumberMap {
    fileprivate var formulas: [NumberFormula] {
        func hex(_ value: UInt32) -> String { hexadecimal(UInt64(value)) }
        let vio = hex(virtualDeviceBase)
        let window = "\(hex(bridgeBase)) + \(hex(bridgeWindow)) × index"
        return [
            NumberFormula(deviceClass: .interprocessor, rule: "\(hex(genericBase)) + n", domain: "n < servers"),
            NumberFormula(deviceClass: .epow, rule: "\(hex(genericBase)) + servers", domain: "always"),
            NumberFormula(
                deviceClass: .hotPlug, rule: "\(hex(genericBase)) + servers + 1", domain: "with modern-hotplug-events"),
            NumberFormula(
                deviceClass: .virtualDevice,
                rule: "\(vio) + (reg ≥ 0x71000000 ? reg − 0x71000000 : "
                    + "reg ≥ 0x30000000 ? 0x4000 + (reg − 0x30000000)>>12 : 0x8000 + reg>>12)",
                domain: "0x71000000 + 0…0x3fff; 0x30000000 + 0x1000 × 0…0x3fff; 0x1000 × 0…0x7fff; no two share one"),
            NumberFormula(
                deviceClass: .bridgePin, rule: "\(window) + pin", domain: "index ≤ \(maximumBridgeIndex), pin ≤ 3"),
            NumberFormula(
                deviceClass: .message,
                rule: "\(window) + 0x100 + first fit in \(hex(bridgeWindow &- Self.messageOffset)) bits",
                domain: NumberMap.alignment(messages)),
        ]
    }
}
