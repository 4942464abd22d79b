/// The version in the name of a machine type: `pseries-2.12-sxxm` is 2, 12, `sxxm`.
public struct MachineTypeVersion: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// QEMU release, for example the 2 of 2.12.
    public var major: UInt16
    /// The 12 of 2.12.
    public var minor: UInt16
    /// What follows the number, without its hyphen; empty for an ordinary type.
    public var variant: String

    /// A version by its parts.
    public init(_ major: UInt16, _ minor: UInt16, variant: String = "") {
        self.major = major
        self.minor = minor
        self.variant = variant
    }

    /// The version in a name, or nil where the name is not of the form `pseries-X.Y` or `pseries-X.Y-variant`.
    public init?(typeName: String) {
        let prefix = "pseries-"
        guard typeName.hasPrefix(prefix) else { return nil }
        let parts = typeName.dropFirst(prefix.count).split(
            separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let numbers = (parts.first ?? "").split(separator: ".", omittingEmptySubsequences: false)
        guard numbers.count == 2, let major = Self.number(numbers[0]), let minor = Self.number(numbers[1]) else {
            return nil
        }
        if parts.count == 2, parts[1].isEmpty { return nil }
        self.init(major, minor, variant: parts.count == 2 ? String(parts[1]) : "")
    }

    /// Digits only: `UInt16("+7")` is 7, and no type is called so.
    private static func number(_ text: Substring) -> UInt16? {
        text.utf8.allSatisfy { (48...57).contains($0) } ? UInt16(text) : nil
    }

    /// By number, then variant: an ordinary type comes before its variants.
    public static func < (left: MachineTypeVersion, right: MachineTypeVersion) -> Bool {
        (left.major, left.minor, left.variant) < (right.major, right.minor, right.variant)
    }

    /// As in the name, `2.12-sxxm`.
    public var description: String {
        "\(major).\(minor)" + (variant.isEmpty ? "" : "-\(variant)")
    }
}
