import InterruptState
import PSeries

/// Blocks of messages of up to four PCI functions, packed, and the order in which they were last enabled.
///
/// Small enough that millions of states fit; the allocators of `PSeries` are held against it in tests.
struct MessageState: SearchState {
    /// Functions 0 and 1, 26 bits each: 14 of first place, 12 of count; then the order, 4 × 3 bits from bit 52.
    var low: UInt64 = 0
    /// Functions 2 and 3.
    var high: UInt64 = 0

    static let functionLimit = 4
    /// Places are below this.
    static let placeLimit: UInt32 = 1 << 14
    /// The most vectors that MSI-X has, and fewer than 12 bits hold.
    static let countLimit: UInt32 = 2048

    private static let blockWidth = 26
    private static let orderShift = 52

    var fingerprint: UInt64 { (low ^ high.mixed).mixed }

    func block(_ function: Int) -> (first: UInt32, count: UInt32) {
        let word = function < 2 ? low : high
        let bits = UInt32(truncatingIfNeeded: word >> UInt64((function & 1) &* Self.blockWidth))
        return (bits & 0x3fff, bits >> 14 & 0xfff)
    }

    mutating func setBlock(_ function: Int, first: UInt32, count: UInt32) {
        let shift = UInt64((function & 1) &* Self.blockWidth)
        let bits = UInt64(first & 0x3fff | (count & 0xfff) << 14) << shift
        let mask: UInt64 = 0x3ff_ffff << shift
        if function < 2 { low = low & ~mask | bits } else { high = high & ~mask | bits }
        removeFromOrder(function)
        if count > 0 { appendToOrder(function) }
    }

    /// The function enabled at a place in the order, the earliest first; nil behind the last.
    func ordered(_ place: Int) -> Int? {
        let entry = Int(low >> UInt64(Self.orderShift &+ place &* 3) & 7)
        return entry == 0 ? nil : entry &- 1
    }

    /// Blocks only: the order is the search's memory, no machine keeps it.
    var withoutOrder: MessageState {
        var state = self
        state.low &= (1 << UInt64(Self.orderShift)) &- 1
        return state
    }

    private mutating func appendToOrder(_ function: Int) {
        for place in 0..<Self.functionLimit where ordered(place) == nil {
            low |= UInt64(function &+ 1) << UInt64(Self.orderShift &+ place &* 3)
            return
        }
    }

    private mutating func removeFromOrder(_ function: Int) {
        var order = low >> UInt64(Self.orderShift)
        for place in 0..<Self.functionLimit where order >> UInt64(place &* 3) & 7 == UInt64(function &+ 1) {
            let below: UInt64 = (1 << UInt64(place &* 3)) &- 1
            order = order & below | order >> 3 & ~below
            break
        }
        low = withoutOrder.low | order << UInt64(Self.orderShift)
    }
}

/// How blocks are found: one of the schemes, reduced to size, alignment and what happens when full.
struct MessageRules: Hashable {
    /// Places, at most `MessageState.placeLimit`.
    var size: UInt32
    /// Places at the start that constructed devices hold: the sequential table.
    var reserved: UInt32 = 0
    /// Number of place 0 behind a bridge.
    var base: UInt32
    /// Distance between the tables of bridges; 0 where all share one.
    var bridgeStride: UInt32 = 0
    var behaviour: Behaviour

    enum Behaviour: Hashable {
        case shipped
        case intended
        case sequential
    }

    /// The distance of allowed places; nil where the request itself ends the machine.
    func alignment(count: UInt32, kind: MessageKind) -> UInt32? {
        switch (behaviour, kind) {
        case (.shipped, .msi), (.intended, .msix), (.sequential, .msix): 1
        case (.shipped, .msix): 2
        case (.intended, .msi): count <= 1 ? 1 : (UInt32.max >> UInt32((count &- 1).leadingZeroBitCount)) &+ 1
        case (.sequential, .msi): count.nonzeroBitCount == 1 && count <= 32 ? count : nil
        }
    }

    /// Whether a full table ends the machine rather than failing the call.
    var abortsWhenFull: Bool { behaviour == .shipped }
}

/// A PCI function that asks for messages.
public struct MessageFunction: Hashable, Sendable {
    /// Index of its host bridge.
    public var bridge: UInt32
    /// Slot on the bridge's bus; the configuration address is slot << 11.
    public var slot: UInt32
    /// What it asks for.
    public var kind: MessageKind
    /// How many vectors its drivers may ask for.
    public var counts: [UInt32]

    /// A function.
    public init(bridge: UInt32, slot: UInt32, kind: MessageKind, counts: [UInt32]) {
        self.bridge = bridge
        self.slot = slot
        self.kind = kind
        self.counts = counts
    }

    /// `phb0 slot 1`.
    public var name: String { "phb\(bridge).slot\(slot)" }
}
