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
    private let state: MachineState
    private var xivePlace = 0
    private var xicsPlace = 0

    init(_ state: MachineState) {
        self.state = state
    }

    struct Answer {
        var isInSpace: Bool
        var isClaimed: Bool
        /// Kind by the flags of the XICS source, if there is a claimed one.
        var flags: XicsSource.Flags?
        /// Claims of the two controllers, nil where one has no such number.
        var xive: Bool?
        var xics: Bool?
    }

    /// Numbers must not descend from call to call.
    mutating func answer(_ number: LogicalNumber) -> Answer {
        var answer = Answer(isInSpace: false, isClaimed: false)
        if let xive = state.xive, number.rawValue < xive.numberCount {
            while xivePlace < xive.sources.count, xive.sources[xivePlace].number < number { xivePlace += 1 }
            let isListed = xivePlace < xive.sources.count && xive.sources[xivePlace].number == number
            answer.xive = isListed && xive.sources[xivePlace].assignment.isValid
        }
        if let xics = state.xics, xics.contains(number) {
            while xicsPlace < xics.sources.count, xics.sources[xicsPlace].number < number { xicsPlace += 1 }
            let isListed = xicsPlace < xics.sources.count && xics.sources[xicsPlace].number == number
            answer.xics = isListed && xics.sources[xicsPlace].isClaimed
            if isListed, xics.sources[xicsPlace].isClaimed { answer.flags = xics.sources[xicsPlace].flags }
        }
        let first = state.facts.activeMode == .xive ? answer.xive : answer.xics
        let second = state.facts.activeMode == .xive ? answer.xics : answer.xive
        answer.isInSpace = answer.xive != nil || answer.xics != nil
        answer.isClaimed = first ?? second ?? false
        return answer
    }
}
