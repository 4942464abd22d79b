import InterruptState
import PSeries

/// An executable model of the interrupt side of a pseries machine.
///
/// A value: a copy is another machine in the same state. Built from a ``MachineSetup`` as QEMU builds a
/// machine from a command line, then driven by hypercalls, RTAS calls, device events, plugging and reset; saved
/// into and loaded from ``SavedMachine``; observed with ``snapshot()``.
public struct Machine: Hashable, Sendable {
    /// What it was built from.
    public let setup: MachineSetup
    /// vCPUs, memory and build.
    public internal(set) var board: Board
    /// Controllers: one, or both in dual mode.
    var xive: XiveModel?
    var xics: XicsModel?
    /// The controller in force.
    public internal(set) var activeMode: InterruptMode
    /// Negotiated option vector 5: bit k of the vector in word k/64 at 1 << (k mod 64); 32 words.
    public internal(set) var negotiatedOptions: [UInt64]
    /// Whether bit 177 of ``negotiatedOptions`` is set, which every XIVE call asks first.
    var isXiveNegotiated = false
    /// Whether event state buffers and thread management area answer: also under XICS, until XIVE goes out of force for the
    /// first time (`spapr_xive_deactivate`, `hw/intc/spapr_xive.c`; observed on 5.2 to 11.1).
    var hasXivePages = true
    var plan: NumberPlan
    var epow: LogicalNumber
    var hotPlug: LogicalNumber?
    var virtualDevices: [VirtualDevicePart] = []
    var bridges: [BridgePart] = []
    /// Rows of vCPUs made after machine initialisation, whose sections stand later in a stream.
    var firstPluggedRow = 0
    /// What the guest was told at reset or at its negotiation; a load replaces it by the source's.
    var guestTree: DeviceTreeFacts
    /// Whether a stream was loaded, after which claims need not follow from construction.
    public internal(set) var isLoaded = false

    let mode: InterruptModeSetting
    let numbering: ServerNumbering

    /// Builds the machine, claiming numbers in QEMU's order, and resets it.
    ///
    /// - Throws: what QEMU says when it refuses the command line.
    public init(_ setup: MachineSetup) throws(ConstructionError) {
        try self.init(checked: setup)
        try claimMachineNumbers()
        for device in setup.devices { try add(device) }
        resetAll()
    }

    /// The reason why the machine stopped for good, or nil while it runs.
    public var end: MachineEnd? { board.end }

    /// Number of vCPUs.
    public var processorCount: Int { board.processors.count }
}

// MARK: - Construction

extension Machine {
    private init(checked setup: MachineSetup) throws(ConstructionError) {
        let mode = try Machine.mode(of: setup)
        guard
            let numbering = ServerNumbering(
                threads: setup.threads,
                vsmt: setup.serverSpacing
                    ?? setup.type.serverSpacing.vsmt(threads: max(1, setup.threads))),
            let serverCount = numbering.serverCount(possibleCPUs: setup.maximumProcessors),
            serverCount <= Machine.maximumServers
        else { throw ConstructionError("threads, vsmt and maxcpus give no server numbers") }
        guard numbering.vsmt >= numbering.threads else {
            throw ConstructionError(
                "Cannot support VSMT mode \(numbering.vsmt) because it must be >= threads/core (\(numbering.threads))")
        }
        guard setup.maximumProcessors <= Machine.maximumProcessors else {
            throw ConstructionError(
                "Invalid SMP CPUs \(setup.maximumProcessors). The max CPUs supported by machine "
                    + "'\(setup.type.name)' is \(Machine.maximumProcessors)")
        }
        guard setup.processorCount <= setup.maximumProcessors, setup.processorCount > 0 else {
            throw ConstructionError(
                "Invalid CPU topology: maxcpus (\(setup.maximumProcessors)) must be equal to or greater than "
                    + "smp (\(setup.processorCount)), which must be at least 1")
        }
        self.setup = setup
        self.mode = mode
        self.numbering = numbering
        board = Board(
            processors: Processors(serverCount: serverCount),
            memory: GuestMemory(size: setup.memoryByteCount), build: setup.build,
            behaviour: setup.behaviour)
        let space = setup.type.map.numberSpaceEnd
        if mode != .xive {
            xics = XicsModel(base: Machine.externalBase, numberCount: space &- Machine.externalBase)
        }
        if mode.hasXive { xive = XiveModel(numberCount: space, queueCount: serverCount &* 8) }
        activeMode = mode.modeAtReset
        negotiatedOptions = [UInt64](repeating: 0, count: 32)
        plan = NumberPlan(type: setup.type, servers: serverCount, behaviour: setup.behaviour)
        epow = FixedNumberMap.epow
        guestTree = DeviceTreeFacts(numbers: [], servers: [], serverCount: nil, offeredModes: nil)
    }

    /// First number that is no IPI of the fixed map, and first of the XICS source controller.
    static let externalBase: UInt32 = 0x1000
    /// QEMU 7.2 to 11.1 take 4096 vCPUs at most.
    static let maximumProcessors: UInt32 = 4096
    /// Queue indexes are 24 bits wide, eight to a server.
    static let maximumServers: UInt32 = 1 << 21

    private static func mode(of setup: MachineSetup) throws(ConstructionError) -> InterruptModeSetting {
        let type = setup.type
        if let mode = setup.mode, type.offeredModes == [.legacy], mode != .legacy {
            throw ConstructionError("This machine only uses the legacy XICS backend, don't pass ic-mode")
        }
        let mode = setup.mode ?? type.defaultMode
        guard type.offeredModes.contains(mode) else {
            throw ConstructionError("Bad value for \"ic-mode\" property")
        }
        guard mode.hasXive, !(setup.processor ?? type.defaultProcessor).supportsXive else { return mode }
        guard mode == .dual else { throw ConstructionError("XIVE-only machines require a POWER9 CPU") }
        return .xics
    }

    /// What machine initialisation makes: IPIs, event sources, vCPUs, terminals, NVRAM, PHB 0.
    private mutating func claimMachineNumbers() throws(ConstructionError) {
        if let count = xive.map({ _ in board.processors.serverCount }) {
            for index in 0..<count { try claimInterprocessor(index) }
        }
        for core in stride(from: 0, to: setup.processorCount, by: Int(setup.threads)) {
            try addCore(core, isBoot: true)
        }
        firstPluggedRow = board.processors.count
        epow = try plan.number(of: .epow)
        try claim(epow, .msi)
        if setup.modernHotPlugEvents ?? setup.type.modernHotPlugEvents {
            let number = try plan.number(of: .hotPlug)
            try claim(number, .msi)
            hotPlug = number
        }
        for _ in 0..<setup.serialCount {
            try addVirtualDevice(VirtualDeviceSetup(type: "vty", unitAddress: nil))
        }
        try addVirtualDevice(VirtualDeviceSetup(type: "nvram", unitAddress: setup.nvramAddress))
        try addBridge(0)
    }

    private mutating func claimInterprocessor(_ index: UInt32) throws(ConstructionError) {
        let number = try plan.number(of: .interprocessor(index))
        guard xive?.claim(number.rawValue, as: .msi) == true else {
            throw ConstructionError("IRQ \(number.rawValue) is not free")
        }
    }

    /// Claims a number in every controller that the machine has.
    mutating func claim(_ number: LogicalNumber, _ kind: SourceKind) throws(ConstructionError) {
        let isClaimed = xics?.claim(number.rawValue, as: kind) ?? true
        guard isClaimed, xive?.claim(number.rawValue, as: kind) ?? true else {
            throw ConstructionError("IRQ \(number.rawValue) is not free")
        }
    }

    /// Gives a number back in every controller that the machine has.
    mutating func release(_ number: LogicalNumber) {
        xics?.release(number.rawValue)
        xive?.release(number.rawValue)
    }

    /// Whether the controller in force has a number claimed.
    public func isClaimed(_ number: LogicalNumber) -> Bool {
        switch activeMode {
        case .xics: xics?.isClaimed(number.rawValue) ?? false
        case .xive: xive?.isClaimed(number.rawValue) ?? false
        }
    }
}

// MARK: - Reset and mode

extension Machine {
    /// Machine reset: negotiation forgotten, message blocks dropped, controllers reset; claims stay.
    public mutating func reset() {
        guard board.end == nil else { return }
        resetAll()
    }

    /// Resets a host bridge and what is behind it: message blocks go back (`hw/ppc/spapr_pci.c`, QEMU 5.2 to 11.1).
    public mutating func resetBridge(_ index: UInt32) {
        guard board.end == nil, let place = bridges.firstIndex(where: { $0.index == index }) else { return }
        for function in bridges[place].functions {
            setPin(bridge: index, configurationAddress: function.description.configurationAddress, to: false)
        }
        resetBridge(place: place)
    }

    private mutating func resetBridge(place: Int) {
        for block in bridges[place].blocks { releaseBlock(block, bridge: bridges[place].index) }
        bridges[place].blocks = []
        for function in bridges[place].functions.indices {
            bridges[place].functions[function].enabledShift = 0
            bridges[place].functions[function].hasVectors = false
            bridges[place].functions[function].isAsserted = false
        }
    }

    mutating func resetAll() {
        for place in virtualDevices.indices {
            virtualDevices[place].queueState = [UInt8](repeating: 0, count: virtualDevices[place].queueState.count)
        }
        for row in 0..<board.processors.count {
            board.processors.lines[row] = false
            board.processors.halted[row] = row != 0
            board.processors.refresh(row: row)
        }
        xics?.reset(&board)
        xive?.reset(&board)
        // After the controllers: numbers of messages go back as ones that were reset (observed on 5.2 to 11.1).
        for place in bridges.indices { resetBridge(place: place) }
        setNegotiated([UInt64](repeating: 0, count: 32))
        selectController()
        settleFunctions()
        guestTree = currentTree()
    }

    mutating func setNegotiated(_ words: [UInt64]) {
        negotiatedOptions = words
        isXiveNegotiated = words[OptionVector5.xive / 64] >> UInt64(OptionVector5.xive % 64) & 1 == 1
    }

    /// XIVE if there is no XICS, or if it was negotiated; else XICS (`hw/ppc/spapr_irq.c`).
    mutating func selectController() {
        let mode: InterruptMode = xics == nil || (isXiveNegotiated && xive != nil) ? .xive : .xics
        if mode != activeMode { hasXivePages = mode == .xive }
        activeMode = mode
    }
}

/// Bits of option vector 5 (`include/hw/ppc/spapr_ovec.h`): 8 x (byte - 1) + bit, bit 0 the most significant.
enum OptionVector5 {
    static let memoryReconfiguration = bit(2, 2)
    static let form1Affinity = bit(5, 0)
    static let form2Affinity = bit(5, 2)
    static let hotPlugEvents = bit(6, 5)
    static let hashTableResize = bit(6, 7)
    static let memoryDescriptors = bit(22, 0)
    static let xive = bit(23, 1)
    static let radix = bit(24, 1)
    static let guestTranslation = bit(26, 1)

    private static func bit(_ byte: Int, _ bit: Int) -> Int { (byte - 1) * 8 + bit }
}
