import InterruptState

/// The machine option `ic-mode`: which interrupt controllers a machine is built with.
public enum InterruptModeSetting: String, Hashable, Sendable, CaseIterable {
    /// XICS of the sequential machine types, which refuse the option and read it back as `legacy`.
    case legacy
    case xics
    case xive
    /// Both, of which the guest chooses one; it starts in XICS.
    case dual

    /// The controllers that exist, XICS first.
    public var controllers: [InterruptMode] {
        switch self {
        case .legacy, .xics: [.xics]
        case .xive: [.xive]
        case .dual: [.xics, .xive]
        }
    }

    /// Whether inter-processor interrupts take numbers: only the XIVE controller has sources for them.
    public var hasXive: Bool { self == .xive || self == .dual }

    /// The controller in force after reset (`hw/ppc/spapr_irq.c`, QEMU 5.2 to 11.1).
    public var modeAtReset: InterruptMode { self == .xive ? .xive : .xics }
}
