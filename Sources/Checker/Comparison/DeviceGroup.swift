import InterruptState

/// What owns numbers together: the unit in which differences of the map are folded.
enum DeviceGroup: Hashable {
    case interprocessor
    case epow
    case hotPlug
    case virtualDevice(type: String, unitAddress: UInt32)
    case bridge(UInt64)
    case messages(bridge: UInt64, device: UInt32)
    case unknown

    init(_ owner: Owner) {
        self =
            switch owner {
            case .interprocessor: .interprocessor
            case .epow: .epow
            case .hotPlug: .hotPlug
            case .virtualDevice(let type, let address): .virtualDevice(type: type, unitAddress: address)
            case .bridgePin(let bridge, _): .bridge(bridge)
            case .bridgeMessage(let bridge, let device, _): .messages(bridge: bridge, device: device)
            case .unknown: .unknown
            }
    }

    /// As a sentence names it; also the stable subject of findings.
    var name: String {
        switch self {
        case .interprocessor: "IPIs"
        case .epow: Owner.epow.description
        case .hotPlug: Owner.hotPlug.description
        case .virtualDevice(let type, let address):
            Owner.virtualDevice(type: type, unitAddress: address).description
        case .bridge(let buid): Owner.bridgeName(buid)
        case .messages(let buid, let device): "\(Owner.bridgeName(buid)) MSIs of \(Owner.functionName(device))"
        case .unknown: "unknown owner"
        }
    }

    /// Whether a sentence takes the name as a plural.
    var isPlural: Bool {
        switch self {
        case .virtualDevice, .bridge, .unknown: false
        case .interprocessor, .epow, .hotPlug, .messages: true
        }
    }

    /// The numbers of the group as a noun: `LSIs`, `number`.
    func noun(_ count: UInt64) -> String {
        switch self {
        case .bridge: count == 1 ? "LSI" : "LSIs"
        case .messages: count == 1 ? "MSI" : "MSIs"
        default: count == 1 ? "number" : "numbers"
        }
    }

    /// The device section that tells the group's numbers, if one does.
    func site(_ number: LogicalNumber?, in state: MachineState) -> Site? {
        let section: Subject? =
            switch self {
            case .virtualDevice(let type, let address): .virtualDevice(type: type, unitAddress: address)
            case .bridge(let buid): .bridgePins(buid)
            case .messages(let buid, _): .bridgeMessages(buid)
            case .interprocessor, .epow, .hotPlug, .unknown: nil
            }
        if let section, let site = state.site(of: section) { return site }
        return number.flatMap { state.site(of: state.tableSubject($0)) }
    }
}

/// One owner whose number is not the same on both sides.
struct MapChange {
    var group: DeviceGroup
    var owner: Owner
    /// Its numbers on the source; empty where it does not exist there. A single one except for a block of messages.
    var source: NumberRanges
    var other: NumberRanges

    init(_ owner: Owner, source: LogicalNumber?, other: LogicalNumber?) {
        self.init(
            owner, source: NumberRanges(source.map { [$0] } ?? []), other: NumberRanges(other.map { [$0] } ?? []))
    }

    init(_ owner: Owner, source: NumberRanges, other: NumberRanges) {
        self.owner = owner
        group = DeviceGroup(owner)
        self.source = source
        self.other = other
    }

    var isMoved: Bool { !source.isEmpty && !other.isEmpty }

    /// By how much it moved, where that is one figure.
    var distance: Int64? {
        guard source.count == other.count, let from = source.first, let to = other.first else { return nil }
        return Int64(to.rawValue) - Int64(from.rawValue)
    }
}
