import InterruptState

/// An owner as columns: those that another kind of owner has are NULL.
private struct OwnerCells {
    /// Kinds of owner as the column `owner_kind` spells them.
    enum Kind: String {
        case interprocessor = "ipi"
        case epow
        case hotPlug = "hot-plug"
        case virtualDevice = "vio"
        case bridgePin = "lsi"
        case bridgeMessage = "msi"
        case unknown
    }

    var kind: Kind
    var index: UInt32?
    var deviceType: String?
    var unitAddress: UInt32?
    var bridge: UInt64?
    var pin: UInt8?
    var function: UInt32?
    var vector: UInt32?
    var reason: String?

    init(_ owner: Owner) {
        switch owner {
        case .interprocessor(let index):
            kind = .interprocessor
            self.index = index
        case .epow: kind = .epow
        case .hotPlug: kind = .hotPlug
        case .virtualDevice(let type, let unitAddress):
            kind = .virtualDevice
            deviceType = type
            self.unitAddress = unitAddress
        case .bridgePin(let bridge, let pin):
            kind = .bridgePin
            self.bridge = bridge
            self.pin = pin
        case .bridgeMessage(let bridge, let device, let vector):
            kind = .bridgeMessage
            self.bridge = bridge
            function = device
            self.vector = vector
        case .unknown(let reason):
            kind = .unknown
            self.reason = reason
        }
    }

    /// The owner, or nil where a column that its kind needs is NULL.
    var owner: Owner? {
        switch kind {
        case .interprocessor: index.map { .interprocessor($0) }
        case .epow: .epow
        case .hotPlug: .hotPlug
        case .virtualDevice:
            if let deviceType, let unitAddress {
                .virtualDevice(type: deviceType, unitAddress: unitAddress)
            } else {
                nil
            }
        case .bridgePin:
            if let bridge, let pin { .bridgePin(bridge: bridge, pin: pin) } else { nil }
        case .bridgeMessage:
            if let bridge, let function, let vector {
                .bridgeMessage(bridge: bridge, device: function, vector: vector)
            } else {
                nil
            }
        case .unknown: reason.map { .unknown($0) }
        }
    }
}

extension RowBuffer {
    /// Kind, basis and owner of a number: the columns that the number map and the device tree share.
    mutating func assignment(_ row: NumberAssignment) {
        let cells = OwnerCells(row.owner)
        optional(row.kind?.rawValue)
        text(row.basis.rawValue)
        text(cells.kind.rawValue)
        optional(cells.index)
        optional(cells.deviceType)
        optional(cells.unitAddress)
        optional(cells.bridge)
        optional(cells.pin)
        optional(cells.function)
        optional(cells.vector)
        optional(cells.reason)
    }
}

extension RowReader {
    /// What ``RowBuffer/assignment(_:)`` wrote.
    mutating func assignment(number: LogicalNumber) throws(StoreError) -> NumberAssignment {
        let kind: SourceKind? = try optionalValue("kind")
        let basis: Basis = try value("basis")
        var cells = OwnerCells(.epow)
        cells.kind = try value("owner_kind")
        cells.index = try optional("ipi")
        cells.deviceType = try optionalText("device_type")
        cells.unitAddress = try optional("unit_address")
        cells.bridge = try optional("buid")
        cells.pin = try optional("pin")
        cells.function = try optional("function")
        cells.vector = try optional("vector")
        cells.reason = try optionalText("reason")
        guard let owner = cells.owner else { throw unfit("owner_kind") }
        return NumberAssignment(number: number, owner: owner, basis: basis, kind: kind)
    }
}
