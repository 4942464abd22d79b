/// A machine type as a certificate has it: what decides its numbers.
struct CertifiedMachine {
    enum Map: Equatable {
        case sequential(size: UInt64)
        case fixed(isShipped: Bool)
        case sparse(Layout)
    }

    struct Layout: Equatable {
        var genericBase: UInt64
        var genericExtra: UInt64
        var virtualBase: UInt64
        var bridgeBase: UInt64
        var bridgeWindow: UInt64
        var bridgeLimit: UInt64
        var isShipped: Bool

        static let numberLimit: UInt64 = 1 << 24

        /// Runs of numbers, half-open: generic, VIO, bridges.
        func runs(servers: UInt64) -> [(first: UInt64, end: UInt64)] {
            [
                (genericBase, genericBase + servers + genericExtra), (virtualBase, virtualBase + 0x1_0000),
                (bridgeBase, bridgeBase + (bridgeLimit + 1) * bridgeWindow),
            ]
        }

        /// Whether everything has its place.
        func isSound(servers: UInt64) -> Bool {
            runs(servers: servers).allSatisfy { $0.end <= Self.numberLimit } && areApart(runs(servers: servers))
                && genericExtra >= 2 && bridgeWindow > 0x100 && bridgeLimit <= 255
        }
    }

    var map: Map
    var typeBridges: UInt64
    var unplugsBridges: Bool
    var isSpacedByEight: Bool
    var offersXive: Bool
    var hasHotPlugEvents: Bool

    init(_ rows: Rows, side: String) throws(Rejection) {
        let query = """
            SELECT map, size, messages, generic_base, generic_extra, virtual_base, bridge_base, bridge_window, bridge_limit,
            type_bridges, bridge_hot_plug, spacing, offers_xive, hot_plug_events FROM machine WHERE side = '\(side)'
            """
        guard let row = try rows.rows(query).first else { throw Rejection("machine \(side)", "is missing") }
        let numbers = row.map { cell in cell.integer.flatMap { UInt32(exactly: $0) }.map(UInt64.init) }
        func number(_ column: Int) throws(Rejection) -> UInt64 {
            guard let number = numbers[column] else { throw Rejection("machine \(side)", "lacks a figure of its map") }
            return number
        }
        let isShipped = row[2].text == "shipped"
        switch row[0].text {
        case "sequential": map = .sequential(size: try number(1))
        case "fixed": map = .fixed(isShipped: isShipped)
        default:
            map = .sparse(
                Layout(
                    genericBase: try number(3), genericExtra: try number(4), virtualBase: try number(5),
                    bridgeBase: try number(6), bridgeWindow: try number(7), bridgeLimit: try number(8),
                    isShipped: isShipped))
        }
        typeBridges = try number(9)
        unplugsBridges = row[10].integer == 1
        isSpacedByEight = row[11].text == "atLeastEight"
        offersXive = row[12].integer == 1
        hasHotPlugEvents = row[13].integer == 1
        guard typeBridges < 1 << 16, (lastBridgeOfMap ?? 0) < 1 << 16 else {
            throw Rejection("machine \(side)", "has more host bridges than there can be")
        }
    }

    /// Whether numbers are a function of what a device is.
    var isFunction: Bool {
        if case .sequential = map { return false }
        return true
    }

    /// The highest host bridge that the type and its map have.
    var lastBridge: UInt64 {
        switch map {
        case .sequential: min(typeBridges, 255)
        case .fixed: min(typeBridges, 30)
        case .sparse(let layout): min(typeBridges, layout.bridgeLimit)
        }
    }

    /// The highest host bridge of the map alone.
    var lastBridgeOfMap: UInt64? {
        switch map {
        case .sequential: nil
        case .fixed: 30
        case .sparse(let layout): layout.bridgeLimit
        }
    }

    /// The number of a VIO device; nil where the map gives none.
    func virtual(_ address: UInt64) -> UInt64? {
        switch map {
        case .sequential: nil
        case .fixed:
            if address >= 0x7100_0000 {
                0x1100 + address % 256
            } else if address >= 0x3000_0000 {
                0x11f0 + address / 4096 % 16
            } else {
                0x1100 + address / 4096 % 256
            }
        case .sparse(let layout):
            if address >= 0x7100_0000 {
                address < 0x7100_4000 ? layout.virtualBase + address - 0x7100_0000 : nil
            } else if address % 4096 != 0 {
                nil
            } else if address >= 0x3000_0000 {
                address < 0x3400_0000 ? layout.virtualBase + 0x4000 + (address - 0x3000_0000) / 4096 : nil
            } else {
                address < 0x0800_0000 ? layout.virtualBase + 0x8000 + address / 4096 : nil
            }
        }
    }

    /// The number of a bridge's pin; nil where the map gives none.
    func pin(_ bridge: UInt64, _ pin: UInt64) -> UInt64? {
        switch map {
        case .sequential: nil
        case .fixed: bridge <= 30 ? 0x1200 + 4 * bridge + pin : nil
        case .sparse(let layout):
            bridge <= layout.bridgeLimit ? layout.bridgeBase + bridge * layout.bridgeWindow + pin : nil
        }
    }
}

/// Whether no two runs of numbers meet.
func areApart(_ runs: [(first: UInt64, end: UInt64)]) -> Bool {
    let ordered = runs.filter { $0.first < $0.end }.sorted { $0.first < $1.first }
    return zip(ordered, ordered.dropFirst()).allSatisfy { $0.end <= $1.first }
}
