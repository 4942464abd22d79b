import InterruptState

/// Every invariant, held against one state.
struct Inspection {
    let state: MachineState
    private(set) var violations: [Violation] = []

    init(_ state: MachineState) {
        self.state = state
        checkMachine()
        checkRows()
        checkClaims()
        checkMessages()
        switch state.facts.activeMode {
        case .xive: checkXive()
        case .xics: checkXics()
        }
        checkParts()
        checkTree()
    }

    mutating func add(_ violation: Violation) { violations.append(violation) }

    // MARK: - Machine

    private mutating func checkMachine() {
        if !state.offeredModes.contains(state.facts.activeMode) {
            add(
                Violation(
                    .modeUnavailable, "The mode in force has no controller", subject: "mode in force",
                    value: state.facts.activeMode.rawValue, at: .negotiatedModes))
        }
        if let xive = state.xive, let servers = state.facts.serverCount, UInt64(xive.queueCount) != 8 * UInt64(servers)
        {
            add(
                Violation(
                    .queueCount, "The table of event queues has not eight entries for each server",
                    subject: "event queues",
                    value: "\(xive.queueCount) for \(counted(servers, "server"))"))
        }
    }

    /// State that the controller in force should have for every vCPU.
    private mutating func checkParts() {
        let mode = state.facts.activeMode
        for cpu in state.cpus where mode == .xive ? cpu.context == nil : cpu.presenter == nil {
            add(
                Violation(
                    .missingPart, "vCPUs have no state for the controller in force", subject: "vCPU \(cpu.index)",
                    value: "",
                    concerns: "vCPU \(cpu.index)"))
        }
    }
}

/// Answers for ascending numbers whether they are claimed, in one walk through the tables.
struct ClaimCursor {
    private let isXiveInForce: Bool
    private let xiveCount: UInt32?
    private let xiveSources: [XiveSource]
    private let xics: XicsController?
    private var xivePlace = 0
    private var xicsPlace = 0

    init(_ state: MachineState) {
        isXiveInForce = state.facts.activeMode == .xive
        xiveCount = state.xive?.numberCount
        xiveSources = state.xive?.sources ?? []
        xics = state.xics
    }

    struct Answer {
        var isInSpace: Bool
        var isClaimed: Bool
        /// Flags of the XICS source, if there is a claimed one.
        var flags: XicsSource.Flags?
    }

    /// Numbers must not descend from call to call.
    mutating func answer(_ number: LogicalNumber) -> Answer {
        var xiveClaim: Bool?
        var xicsClaim: Bool?
        var flags: XicsSource.Flags?
        if let xiveCount, number.rawValue < xiveCount {
            while xivePlace < xiveSources.count, xiveSources[xivePlace].number < number { xivePlace += 1 }
            let isListed = xivePlace < xiveSources.count && xiveSources[xivePlace].number == number
            xiveClaim = isListed && xiveSources[xivePlace].assignment.isValid
        }
        if let xics, xics.contains(number) {
            while xicsPlace < xics.sources.count, xics.sources[xicsPlace].number < number { xicsPlace += 1 }
            let isListed = xicsPlace < xics.sources.count && xics.sources[xicsPlace].number == number
            xicsClaim = isListed && xics.sources[xicsPlace].isClaimed
            if xicsClaim == true { flags = xics.sources[xicsPlace].flags }
        }
        return Answer(
            isInSpace: xiveClaim != nil || xicsClaim != nil,
            isClaimed: (isXiveInForce ? xiveClaim ?? xicsClaim : xicsClaim ?? xiveClaim) ?? false, flags: flags)
    }
}

/// A set of small numbers, such as queues or servers: asked for every source, so a table of bits.
///
/// Numbers beyond the table, which no machine has, go to an ordinary set.
struct SmallNumberSet {
    private var bits = [UInt64](repeating: 0, count: 1024)
    private var rest: Set<UInt32> = []

    init(_ numbers: some Sequence<UInt32>) {
        for number in numbers {
            if number < 65_536 {
                bits[Int(number >> 6)] |= 1 << UInt64(number & 63)
            } else {
                rest.insert(number)
            }
        }
    }

    func contains(_ number: UInt32) -> Bool {
        number < 65_536 ? bits[Int(number >> 6)] & 1 << UInt64(number & 63) != 0 : rest.contains(number)
    }
}
