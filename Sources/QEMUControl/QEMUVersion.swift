/// A release of QEMU.
public struct QEMUVersion: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The first number.
    public var major: Int64
    /// The second number.
    public var minor: Int64
    /// The third number.
    public var micro: Int64
    /// What the packager added, for example `Debian 1:7.2+dfsg-7`; empty where nothing.
    public var package: String

    /// A release by its numbers.
    public init(_ major: Int64, _ minor: Int64, _ micro: Int64, package: String = "") {
        self.major = major
        self.minor = minor
        self.micro = micro
        self.package = package
    }

    /// Reads the object that the greeting and query-version give.
    init?(_ value: QMPValue?) {
        guard let numbers = value?["qemu"], let major = numbers["major"]?.integer,
            let minor = numbers["minor"]?.integer, let micro = numbers["micro"]?.integer
        else { return nil }
        self.init(major, minor, micro, package: value?["package"]?.text ?? "")
    }

    /// `7.2`: what build profiles and machine types are named by.
    public var release: String { "\(major).\(minor)" }

    /// `7.2.22 (Debian 1:7.2+dfsg-7)`.
    public var description: String {
        "\(major).\(minor).\(micro)" + (package.isEmpty ? "" : package.hasPrefix("(") ? " \(package)" : " (\(package))")
    }

    /// By number.
    public static func < (left: QEMUVersion, right: QEMUVersion) -> Bool {
        (left.major, left.minor, left.micro) < (right.major, right.minor, right.micro)
    }
}
