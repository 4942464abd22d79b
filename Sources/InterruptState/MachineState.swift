/// The complete interrupt state of one machine, whatever it came from.
///
/// A real stream, a machine model and a snapshot file all become this value, so that any two can be
/// compared. It is sparse (what reset leaves costs nothing) and complete: the interrupt sections of a
/// stream can be written again from it byte for byte.
public struct MachineState: Hashable, Sendable {
    /// Mode, scheme, servers.
    public var facts: MachineFacts
    /// The number map: ordered by number, then owner.
    public var numbers: [NumberAssignment]
    /// Nil where the machine has no XIVE controller.
    public var xive: XiveController?
    /// Nil where the machine has no XICS controller.
    public var xics: XicsController?
    /// Ordered by index.
    public var cpus: [VirtualCPU]
    /// Ordered by BUID.
    public var bridges: [HostBridge]
    /// Ordered by unit address, then type.
    public var virtualDevices: [VirtualDevice]
    /// `spapr_irq_map`: words of the message bitmap, bit b of word w is number 0x1300 + 64w + b.
    public var messageBitmap: [UInt64]?
    /// `spapr_option_vector_ov5_cas`: negotiated option vector 5, 32 words.
    public var negotiatedOptions: [UInt64]?
    /// `spapr_dtb`: the tree as the stream carries it.
    public var deviceTreeBlob: DeviceTreeBlob?
    /// What the tree says of interrupts.
    public var deviceTree: DeviceTreeFacts?
    /// Ordered by section, instance, part.
    public var residues: [SectionResidue]
    /// What could not be known, and why.
    public var gaps: [Gap]
    /// Evidence, not state: takes no part in equality or digest.
    public var origin: Origin

    /// The value with these parts.
    public init(facts: MachineFacts) {
        self.facts = facts
        numbers = []
        cpus = []
        bridges = []
        virtualDevices = []
        residues = []
        gaps = []
        origin = Origin()
    }

    /// Where the state was read from: sections and sites.
    ///
    /// All origins are equal, so that a state means the same wherever it stood in a file.
    public struct Origin: Hashable, Sendable {
        /// Device sections in the order of the stream.
        public var sections: [SectionRecord] = []
        /// Rules that give the place of each fact.
        public var sites: [SiteRule] = []

        /// The value with these parts.
        public init(sections: [SectionRecord] = [], sites: [SiteRule] = []) {
            self.sections = sections
            self.sites = sites
        }

        /// All origins are equal.
        public static func == (left: Origin, right: Origin) -> Bool { true }
        /// Adds nothing.
        public func hash(into hasher: inout Hasher) {}
    }
}

// MARK: - What a guest sees of one number

/// The configuration of one number, the same under both controllers.
public struct SourceConfiguration: Hashable, Sendable {
    /// Whether a device has it.
    public var isClaimed: Bool
    /// Whether it is kept from the guest.
    public var isMasked: Bool
    /// Server that is to be interrupted; nil when masked or where no server is configured.
    public var server: ServerNumber?
    /// Priority; 0xff is masked.
    public var priority: UInt8
    /// Number shown in the queue (XIVE); nil under XICS.
    public var eisn: UInt32?

    /// The value with these parts.
    public init(isClaimed: Bool, isMasked: Bool, server: ServerNumber?, priority: UInt8, eisn: UInt32?) {
        self.isClaimed = isClaimed
        self.isMasked = isMasked
        self.server = server
        self.priority = priority
        self.eisn = eisn
    }
}

extension MachineState {
    /// The interrupt modes that the machine was built with.
    public var offeredModes: [InterruptMode] {
        (xics == nil ? [] : [.xics]) + (xive == nil ? [] : [.xive])
    }

    /// Half-open bounds of the number space of the controller in force.
    public var numberSpace: Range<UInt32> {
        switch facts.activeMode {
        case .xive:
            return 0..<(xive?.numberCount ?? 0)
        case .xics:
            guard let xics else { return 0..<0 }
            let base = xics.base.rawValue
            return base..<(base &+ min(xics.numberCount, UInt32.max - base))
        }
    }

    /// The numbers that are claimed in the controller in force, ascending.
    public var claimedNumbers: [LogicalNumber] {
        switch facts.activeMode {
        case .xive: xive?.sources.filter(\.assignment.isValid).map(\.number) ?? []
        case .xics: xics?.sources.filter(\.isClaimed).map(\.number) ?? []
        }
    }

    /// The configuration of a number under the controller in force.
    public func configuration(_ number: LogicalNumber) -> SourceConfiguration {
        switch facts.activeMode {
        case .xive: xiveConfiguration(number)
        case .xics: xicsConfiguration(number)
        }
    }

    private func xiveConfiguration(_ number: LogicalNumber) -> SourceConfiguration {
        guard let xive else {
            return SourceConfiguration(isClaimed: false, isMasked: true, server: nil, priority: 0xff, eisn: nil)
        }
        let assignment = xive.source(number).assignment
        let isMasked = assignment.isMasked
        return SourceConfiguration(
            isClaimed: assignment.isValid, isMasked: isMasked,
            server: isMasked ? nil : ServerNumber(assignment.queueIndex >> 3),
            priority: isMasked ? 0xff : UInt8(assignment.queueIndex & 7), eisn: assignment.eisn)
    }

    private func xicsConfiguration(_ number: LogicalNumber) -> SourceConfiguration {
        let source = xics?.source(number) ?? XicsSource(number: number)
        return SourceConfiguration(
            isClaimed: source.isClaimed, isMasked: source.isMasked, server: source.server,
            priority: source.priority, eisn: nil)
    }

    /// The rows of the number map for one number: none, one, or several where owners collide.
    public func assignments(of number: LogicalNumber) -> ArraySlice<NumberAssignment> {
        let first = numbers.partitionIndex { $0.number < number }
        var end = first
        while end < numbers.count, numbers[end].number == number { end += 1 }
        return numbers[first..<end]
    }

    /// The owner of a number, `nil` where it has none.
    public func owner(of number: LogicalNumber) -> Owner? {
        assignments(of: number).first?.owner
    }

    /// Where the bytes of a subject stand, or nil where the state was not read from a stream.
    public func site(of subject: Subject) -> Site? {
        let (kind, key) = subject.ruleKey
        for rule in origin.sites where rule.kind == kind {
            if let site = rule.site(key: key) { return site }
        }
        return nil
    }
}
