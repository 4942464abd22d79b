import InterruptState

/// What a machine type fixes about interrupts: one row of the table of machine types.
///
/// The number map belongs to the machine, not to its interrupt controller, so everything that decides
/// numbers is here. Facts are those of running builds 5.2, 7.2, 10.0 and 11.1 where these have the type
/// (`hw/ppc/spapr.c`, `hw/ppc/spapr_irq.c`); a vendor's type is another value of the same kind.
public struct MachineType: Hashable, Sendable {
    /// As in `-machine` and in the stream, for example `pseries-7.2`.
    public var name: String
    /// How numbers are handed out.
    public var scheme: NumberScheme
    /// `nr_xirqs`: how many external numbers there are, from 0x1000.
    public var externalCount: UInt32
    /// Values that `ic-mode` accepts; one alone where the option is refused.
    public var offeredModes: [InterruptModeSetting]
    /// `ic-mode` where the user sets none.
    public var defaultMode: InterruptModeSetting
    /// `vsmt` where the user sets none.
    public var serverSpacing: ServerSpacing
    /// `modern-hotplug-events` where the user sets none: with it a hot-plug event source takes a number.
    public var modernHotPlugEvents: Bool
    /// Highest `index` that a PCI host bridge may have.
    public var maximumBridgeIndex: UInt32
    /// Whether PCI host bridges can be plugged into a running machine.
    public var bridgeHotPlug: Bool
    /// Model of vCPU where the user sets none; below POWER9 only XICS works.
    public var defaultProcessor: Processor
    /// Builds that have the type, oldest first.
    public var builds: [QEMUBuild]
    /// What its streams hold.
    public var stream: StreamTraits
    /// A map that `scheme` does not say: one under trial, or a variant of a known one. Nil for upstream types.
    public var customMap: NumberMap?

    /// A type by all its facts, in the order of the fields.
    public init(
        name: String, scheme: NumberScheme, externalCount: UInt32, offeredModes: [InterruptModeSetting],
        defaultMode: InterruptModeSetting, serverSpacing: ServerSpacing, modernHotPlugEvents: Bool,
        maximumBridgeIndex: UInt32, bridgeHotPlug: Bool, defaultProcessor: Processor, builds: [QEMUBuild],
        stream: StreamTraits
    ) {
        self.name = name
        self.scheme = scheme
        self.externalCount = externalCount
        self.offeredModes = offeredModes
        self.defaultMode = defaultMode
        self.serverSpacing = serverSpacing
        self.modernHotPlugEvents = modernHotPlugEvents
        self.maximumBridgeIndex = maximumBridgeIndex
        self.bridgeHotPlug = bridgeHotPlug
        self.defaultProcessor = defaultProcessor
        self.builds = builds
        self.stream = stream
    }

    /// How numbers are handed out, with parameters.
    public var map: NumberMap {
        if let customMap { return customMap }
        switch scheme {
        case .sequential: return .sequential(size: externalCount)
        case .fixed: return .fixed(messages: .shipped)
        }
    }

    /// The version in the name; nil for a vendor's name.
    public var version: MachineTypeVersion? { MachineTypeVersion(typeName: name) }
}

extension MachineType {
    /// Model of vCPU by generation; the exact revision differs by build.
    public enum Processor: String, Hashable, Sendable, CaseIterable, Comparable {
        case power7
        case power8
        /// v2.0 in builds 5.2 and 7.2, v2.2 in 10.0 and 11.1: a stream of one is refused by the other
        /// unless `-cpu` names the revision.
        case power9
        case power10
        case power11

        /// POWER9 brought the XIVE controller.
        public var supportsXive: Bool { self >= .power9 }

        /// By generation.
        public static func < (left: Processor, right: Processor) -> Bool { left.order < right.order }

        private var order: Int {
            switch self {
            case .power7: 7
            case .power8: 8
            case .power9: 9
            case .power10: 10
            case .power11: 11
            }
        }
    }

    /// The QEMU releases whose behaviour was observed.
    public enum QEMUBuild: String, Hashable, Sendable, CaseIterable {
        case v5x2 = "5.2"
        case v7x2 = "7.2"
        case v10x0 = "10.0"
        case v11x1 = "11.1"
    }

    /// What a stream of this type holds, as far as decoding interrupts depends on it.
    public struct StreamTraits: Hashable, Sendable {
        /// The JSON description at the end: types from 2.3.
        public var selfDescription: Bool
        /// The machine type's name at the start, and a footer after each section: types from 2.4.
        public var configurationAndFooters: Bool
        /// `spapr_pci` without the window fields that older types save: types from 2.8.
        public var shortBridgeSection: Bool
        /// `spapr_option_vector_ov5_cas` in the `spapr` section: types from 2.8.
        public var negotiatedOptions: Bool
        /// An `icp/server` for existing vCPUs only, no dummies for possible ones: types from 2.10.
        public var noDummyPresenters: Bool
        /// A `spapr_cpu` section for each vCPU: types from 3.0.
        public var processorSection: Bool
        /// The device tree: types from 4.0.
        public var deviceTree: Bool
        /// Command 11, switchover start: types from 10.0.
        public var switchoverStart: Bool

        /// All traits, in the order of the fields.
        public init(
            selfDescription: Bool, configurationAndFooters: Bool, shortBridgeSection: Bool, negotiatedOptions: Bool,
            noDummyPresenters: Bool, processorSection: Bool, deviceTree: Bool, switchoverStart: Bool
        ) {
            self.selfDescription = selfDescription
            self.configurationAndFooters = configurationAndFooters
            self.shortBridgeSection = shortBridgeSection
            self.negotiatedOptions = negotiatedOptions
            self.noDummyPresenters = noDummyPresenters
            self.processorSection = processorSection
            self.deviceTree = deviceTree
            self.switchoverStart = switchoverStart
        }
    }
}
