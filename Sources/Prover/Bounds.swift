import PSeries

/// How far a run goes; every bound is printed with the result.
public struct Bounds: Hashable, Sendable {
    /// Unit addresses of VIO devices.
    public var addresses: ClosedRange<UInt32> = 0...UInt32.max
    /// Possible vCPUs, from 1.
    public var possibleCPUs: UInt32 = 4096
    /// Devices added to a machine in the configurations that are enumerated, at most three.
    public var addedDevices: Int = 2
    /// Longest history; searches end sooner where no new state comes, and then cover every length.
    public var depth: Int = 40
    /// States after which a search gives up.
    public var states: Int = 20_000_000
    /// PCI functions of message histories, at most four.
    public var functions: [MessageFunction] = [
        MessageFunction(bridge: 0, slot: 1, kind: .msix, counts: [1, 2, 3]),
        MessageFunction(bridge: 0, slot: 2, kind: .msix, counts: [1, 2, 3]),
        MessageFunction(bridge: 0, slot: 3, kind: .msi, counts: [1, 2, 4]),
    ]

    /// All unit addresses, 4,096 vCPUs, histories of three functions that a search of depth 40 exhausts.
    public init() {}

    /// Whether the whole space of unit addresses is covered.
    var coversAllAddresses: Bool { addresses == 0...UInt32.max }

    var addressSentence: String {
        coversAllAddresses
            ? "all 4,294,967,296 unit addresses"
            : "unit addresses 0x\(String(addresses.lowerBound, radix: 16)) to 0x\(String(addresses.upperBound, radix: 16)) only"
    }
}
