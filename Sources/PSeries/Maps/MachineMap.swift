import InterruptState

/// The number space of one machine as built: ranges, claims, and answers to questions about them.
public struct MachineMap: Hashable, Sendable {
    /// The machine.
    public let construction: Construction
    /// Ranges of the map, ascending.
    public let ranges: [NumberRange]

    /// The map of a described machine, or why it cannot be built.
    public init(_ description: MachineDescription) throws(ConstructionRefusal) {
        construction = try Construction(description)
        let bridges = construction.claims.compactMap { claim -> UInt32? in
            guard case .bridgePin(let bridge, 0) = claim.owner else { return nil }
            return Owner.bridgeIndex(bridge)
        }
        ranges = description.type.map.ranges(
            servers: construction.servers, hasXive: description.effectiveMode.hasXive, bridges: bridges)
    }

    /// The machine.
    public var description: MachineDescription { construction.description }

    /// Claims by number.
    public var claims: [NumberAssignment] { construction.claims.sorted { $0.number < $1.number } }

    /// How many numbers of a range are claimed.
    public func claimedCount(in range: NumberRange) -> Int {
        construction.claims.count { range.numbers.contains($0.number.rawValue) }
    }

    /// What a number is.
    public struct Answer: Hashable, Sendable {
        /// The number asked for.
        public var number: LogicalNumber
        /// Its owner in this machine, if it is claimed.
        public var owner: Owner?
        /// The class of device whose range it lies in; nil outside every range.
        public var deviceClass: DeviceClass?
        /// Which devices the map would give this number to, as a formula; nil where none.
        public var wouldBelongTo: String?
    }

    /// Who has a number, and who could have it.
    public func answer(_ number: LogicalNumber) -> Answer {
        let range = ranges.first { $0.numbers.contains(number.rawValue) }
        return Answer(
            number: number, owner: construction.pool.owners[number], deviceClass: range?.deviceClass,
            wouldBelongTo: range.map { inverse(number, $0) })
    }

    private func inverse(_ number: LogicalNumber, _ range: NumberRange) -> String {
        let offset = number.rawValue &- range.numbers.lowerBound
        switch range.deviceClass {
        case .interprocessor: return "IPI \(offset)"
        case .epow, .hotPlug: return range.deviceClass.title
        case .message: return "the message of any PCI function, at its request"
        case .shared: return "the device or message that asks when it is the next free number"
        case .bridgePin: return pinInverse(number, offset)
        case .virtualDevice: return virtualInverse(offset)
        }
    }

    private func pinInverse(_ number: LogicalNumber, _ offset: UInt32) -> String {
        guard case .sparse(let map) = description.type.map else { return "PHB \(offset / 4) LSI pin \(offset % 4)" }
        let bridge = map.bridgeWindow > 0 ? (number.rawValue &- map.bridgeBase) / map.bridgeWindow : 0
        return "PHB \(bridge) LSI pin \(offset % 4)"
    }

    private func virtualInverse(_ offset: UInt32) -> String {
        func hex(_ value: UInt32) -> String { hexadecimal(UInt64(value)) }
        if case .sparse = description.type.map {
            switch offset {
            case ..<0x4000: return "VIO at \(hex(0x7100_0000 + offset))"
            case ..<0x8000: return "VIO at \(hex(0x3000_0000 + (offset - 0x4000) << 12))"
            default: return "VIO at \(hex((offset - 0x8000) << 12))"
            }
        }
        let terminal =
            offset >= 0xf0 ? ", or at 0x30000000…0x70ffffff where reg>>12 & 0xf is \(hex(offset & 0xf))" : ""
        return "VIO at 0x71000000… where reg & 0xff is \(hex(offset)), or below 0x30000000 where "
            + "reg>>12 & 0xff is \(hex(offset))\(terminal)"
    }

    /// The number of a device: as claimed in this machine, else as the map would give it; nil where it gives none.
    public func number(of owner: Owner) -> LogicalNumber? {
        if let claim = construction.claims.first(where: { $0.owner.isSameDevice(as: owner) }) { return claim.number }
        return description.type.map.number(of: owner, servers: construction.servers)
    }
}

extension Owner {
    /// Equal, or VIO devices at one unit address whatever their type.
    func isSameDevice(as other: Owner) -> Bool {
        if case .virtualDevice(_, let left) = self, case .virtualDevice(_, let right) = other { return left == right }
        return self == other
    }

    /// An owner from the words of a command line: `ipi3`, `epow`, `hotplug`, `vio@2000`, `vty@30000000`, `phb3.2`.
    ///
    /// A VIO device's address is hexadecimal, as in the device tree. Nil where the words name nothing.
    public init?(words: String) {
        func decimal(_ text: Substring) -> UInt32? {
            text.utf8.allSatisfy { (48...57).contains($0) } ? UInt32(text) : nil
        }
        if words == "epow" {
            self = .epow
        } else if words == "hotplug" || words == "hot-plug" {
            self = .hotPlug
        } else if words.hasPrefix("ipi"), let index = decimal(words.dropFirst(3)) {
            self = .interprocessor(index)
        } else if words.hasPrefix("phb") {
            let parts = words.dropFirst(3).split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 2, let index = decimal(parts[0]), let pin = decimal(parts[1]), pin < 4 else {
                return nil
            }
            self = .bridgePin(bridge: Owner.firstBridge + UInt64(index), pin: UInt8(pin))
        } else {
            let parts = words.split(separator: "@", omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, parts[1].first?.isHexDigit == true,
                let address = UInt32(parts[1], radix: 16)
            else { return nil }
            self = .virtualDevice(type: String(parts[0]), unitAddress: address)
        }
    }
}
