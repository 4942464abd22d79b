/// A logical interrupt number (LISN): the token by which a guest knows one interrupt source.
///
/// The machine hands it out, the device tree and the RTAS calls carry it, and every interrupt call
/// names it. It is the same number under XICS and XIVE. Printed as four or more hexadecimal digits.
public struct LogicalNumber: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The plain value.
    public var rawValue: UInt32

    /// The value with this raw value.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// The value with this raw value.
    public init(_ rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// By value.
    public static func < (left: LogicalNumber, right: LogicalNumber) -> Bool {
        left.rawValue < right.rawValue
    }

    /// The form in which messages show it.
    public var description: String {
        hexadecimal(UInt64(rawValue), digits: 4)
    }
}

/// A server number: the value that names a virtual CPU in interrupt calls (its `vcpu_id`).
///
/// It is *not* the index of the vCPU: with a `vsmt` of 8 the second vCPU is server 8
/// (`hw/ppc/spapr.c`, QEMU 5.2 to 11.1).
public struct ServerNumber: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The plain value.
    public var rawValue: UInt32

    /// The value with this raw value.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// The value with this raw value.
    public init(_ rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// By value.
    public static func < (left: ServerNumber, right: ServerNumber) -> Bool {
        left.rawValue < right.rawValue
    }

    /// The form in which messages show it.
    public var description: String {
        String(rawValue)
    }
}

/// Whether an interrupt source is edge-triggered by a message or follows the level of a line.
public enum SourceKind: String, Hashable, Sendable, CaseIterable {
    /// Message-signalled, edge.
    case msi
    /// Level-signalled.
    case lsi
}

/// The interrupt controller architecture a guest talks to.
public enum InterruptMode: String, Hashable, Sendable, CaseIterable {
    case xics
    case xive
}

/// `0x` and at least `digits` lower-case hexadecimal digits.
///
/// `String(_:radix:)` has no padding and Foundation's formats cost start-up time.
public func hexadecimal(_ value: UInt64, digits: Int = 1) -> String {
    let text = String(value, radix: 16)
    return "0x" + String(repeating: "0", count: max(0, digits - text.count)) + text
}
