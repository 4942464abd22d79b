import InterruptState
import PSeries
import Replay

/// A scenario, run: the states on both sides and what became of every step.
public struct ScenarioRun: Sendable {
    /// What one step came to on one machine.
    public struct Outcome: Hashable, Sendable {
        /// Line of the step in the scenario.
        public var line: Int
        /// What came back: statuses, outputs, numbers handled.
        public var results: [UInt64]
        /// Why the machine refused, or how it ended at this step.
        public var refusal: String?
    }

    /// A step whose result is not the one demanded.
    public struct Failure: Hashable, Sendable, CustomStringConvertible {
        /// Line of the step in the scenario.
        public var line: Int
        /// What came of it and what was demanded.
        public var description: String
    }

    /// The source when it was saved, or at the end where it was not.
    public private(set) var source: MachineState
    /// The destination as built; nil where there is none or it cannot be built.
    public private(set) var constructed: MachineState?
    /// The destination after the load.
    public private(set) var loaded: MachineState?
    /// Source and destination after the steps that follow the migration; nil where the load was refused, or none follow.
    public private(set) var continued: (source: MachineState, destination: MachineState)?
    /// What came of the load; nil where nothing migrated.
    public private(set) var load: LoadResult?
    /// Why the destination could not be built.
    public private(set) var constructionRefusal: String?
    /// What each step came to on the source, in order.
    public private(set) var sourceOutcomes: [Outcome] = []
    /// What each step came to on the destination, in order.
    public private(set) var destinationOutcomes: [Outcome] = []
    /// Steps that did not come to what the scenario demands.
    public private(set) var failures: [Failure] = []
    /// How the source ended, nil while it runs.
    public private(set) var sourceEnd: MachineEnd?
    /// How the destination ended, nil while it runs.
    public private(set) var destinationEnd: MachineEnd?
    /// Line of the first step that came to something else on the destination.
    public private(set) var firstPartingLine: Int?
    /// States between the first and the last machine of a migration over several; empty where it goes to one.
    public private(set) var passes: [Pass] = []

    /// A machine on the way: it was loaded, and saved again before it ran.
    public struct Pass: Sendable {
        /// As its command line built it.
        public var constructed: MachineState
        /// After the load.
        public var loaded: MachineState
    }

    /// Runs a scenario on models of the machines it names.
    ///
    /// - Throws: a sentence where the source cannot be built.
    public init(_ scenario: Scenario) throws(ConstructionError) {
        var stage = ModelStage(scenario)
        try self.init(scenario, on: &stage)
    }

    /// Runs a scenario.
    ///
    /// Steps before the migration run on the source. Those after it run on both, the source going on as if it had
    /// never left; without a migration every step runs on both machines from their reset, or the destination's own
    /// steps on the destination.
    ///
    /// - Parameter stage: builds the machines and moves their states.
    public init<Stage: ScenarioStage>(_ scenario: Scenario, on stage: inout Stage) throws(Stage.Failure) {
        var side = ScenarioSide(machine: try stage.source())
        source = MachineState(
            facts: MachineFacts(
                typeName: nil, scheme: nil, activeMode: .xics, serverCount: nil, serverCountBasis: .none))
        let place = scenario.steps.firstIndex { $0.action == .migrate }
        let before = scenario.steps[..<(place ?? scenario.steps.endIndex)]
        for step in before { perform(step, on: &side) }
        source = try stage.state(of: &side.machine)
        sourceEnd = side.machine.end
        guard stage.hopCount > 0 else { return }
        if let place {
            try migrate(&side, on: &stage, steps: scenario.steps[(place + 1)...])
        } else {
            try runBeside(on: &stage, steps: scenario.destinationSteps ?? Array(before))
        }
    }

    private mutating func migrate<Stage: ScenarioStage>(
        _ twin: inout ScenarioSide<Stage.Player>, on stage: inout Stage, steps: ArraySlice<Scenario.Step>
    ) throws(Stage.Failure) {
        var destination: Stage.Player?
        for hop in 0..<stage.hopCount {
            if let constructed, let loaded { passes.append(Pass(constructed: constructed, loaded: loaded)) }
            loaded = nil
            switch try stage.constructed(hop) {
            case .success(let state): constructed = state
            case .failure(let refusal):
                constructed = nil
                constructionRefusal = refusal.description
                return
            }
            let (result, machine) = try stage.migrate(from: destination ?? twin.machine, hop: hop)
            load = result
            guard var machine else { return }
            loaded = try stage.state(of: &machine)
            destination = machine
        }
        guard let destination else { return }
        var side = ScenarioSide(machine: destination, guest: twin.guest)
        guard !steps.isEmpty else { return }
        for step in steps {
            perform(step, on: &twin)
            performOnDestination(step, &side)
        }
        continued = (try stage.state(of: &twin.machine), try stage.state(of: &side.machine))
        sourceEnd = twin.machine.end
        destinationEnd = side.machine.end
    }

    private mutating func runBeside<Stage: ScenarioStage>(
        on stage: inout Stage, steps: [Scenario.Step]
    ) throws(Stage.Failure) {
        switch try stage.constructed(stage.hopCount - 1) {
        case .success(let state): constructed = state
        case .failure(let refusal):
            constructionRefusal = refusal.description
            return
        }
        var side = ScenarioSide(machine: try stage.destination())
        for step in steps { performOnDestination(step, &side) }
        loaded = try stage.state(of: &side.machine)
        destinationEnd = side.machine.end
    }

    private mutating func performOnDestination(
        _ step: Scenario.Step, _ side: inout ScenarioSide<some ScenarioMachine>
    ) {
        let outcome = side.outcome(step)
        destinationOutcomes.append(outcome)
        if firstPartingLine == nil, let other = sourceOutcomes.last(where: { $0.line == step.line }), other != outcome {
            firstPartingLine = step.line
        }
    }

    /// Performs a step on the source and holds its result against what is demanded.
    private mutating func perform(_ step: Scenario.Step, on side: inout ScenarioSide<some ScenarioMachine>) {
        let outcome = side.outcome(step)
        sourceOutcomes.append(outcome)
        guard let wanted = step.gives else { return }
        let values = side.values(wanted)
        guard values != outcome.results else { return }
        let found = outcome.refusal ?? ScenarioRun.text(outcome.results)
        failures.append(
            Failure(line: step.line, description: "the step gives \(found), expected \(ScenarioRun.text(values))"))
    }

    private static func text(_ values: [UInt64]) -> String {
        values.isEmpty ? "none" : values.map { hexadecimal($0, digits: 1) }.joined(separator: " ")
    }
<<<<<<< HEAD

    private static func outcome(_ step: Scenario.Step, _ side: inout Side) -> Outcome {
        var outcome = Outcome(line: step.line, results: [], refusal: nil)
        if let end = side.machine.end {
            outcome.refusal = "the machine has ended: \(end)"
            return outcome
        }
        guard let row = side.machine.board.processors.row(index: step.cpu) else {
            outcome.refusal = "there is no vCPU \(step.cpu)"
            return outcome
        }
        do {
            outcome.results = try side.perform(step, row)
        } catch {
            outcome.refusal = error.description
        }
        if let end = side.machine.end { outcome.refusal = "the machine ends: \(end)" }
        return outcome
    }
}

// MARK: - Actions

extension ScenarioRun.Side {
    /// What a value means to this guest: it knows devices by the numbers that its machine told it.
    func value(_ value: Scenario.Value) -> UInt64 {
        switch value {
        case .integer(let number): number
        case .status(let status): UInt64(bitPattern: status.rawValue)
        case .interprocessor(let index): number(.interprocessor(index))
        case .epow: number(.epow)
        case .hotPlug: number(.hotPlug)
        case .virtualDevice(let address): virtual(address)
        case .pin(let bridge, let pin): number(.bridgePin(bridge: Owner.firstBridge + UInt64(bridge), pin: pin))
        case .message(let function, let vector):
            number(
                .bridgeMessage(
                    bridge: Owner.firstBridge + UInt64(function.bridge), device: function.configurationAddress,
                    vector: vector))
        }
    }

    /// All ones where the machine has no such interrupt, which no call takes for a number.
    private func number(_ owner: Owner) -> UInt64 {
        (machine.number(of: owner)?.rawValue).map(UInt64.init) ?? .max
    }

    private func virtual(_ address: UInt32) -> UInt64 {
        (machine.number(of: .virtualDevice(unitAddress: address))?.rawValue).map(UInt64.init) ?? .max
    }

    mutating func perform(_ step: Scenario.Step, _ row: Int) throws(ConstructionError) -> [UInt64] {
        switch step.action {
        case .negotiate(let mode):
            return [UInt64(bitPattern: machine.negotiate(mode, processor: row).rawValue)]
        case .hypercall(let opcode, let values):
            return hypercall(opcode, values.map { value($0) }, wanted: step.gives?.count ?? 5, row)
        case .rtas(let token, let values, let returns):
            let arguments = values.map { UInt32(truncatingIfNeeded: value($0)) }
            return guest.rtas(&machine, token, arguments, returns: returns, processor: row)
                .prefix(step.gives?.count ?? returns).map(UInt64.init)
        case .load(let address, let byteCount):
            return [machine.load(address, byteCount: byteCount, processor: row) ?? .max]
        case .store(let address, let value, let byteCount):
            return machine.store(address, value, byteCount: byteCount, processor: row) ? [] : [.max]
        case .queue, .bind, .mask, .interrupt, .open, .take:
            return act(step.action, row)
        case .messages(let function, let count, let kind):
            return messages(function, count, kind)
        case .raise(let value):
            raise(value)
            return []
        case .pin(let function, let level):
            machine.setPin(bridge: function.bridge, configurationAddress: function.configurationAddress, to: level)
            return []
        case .plug(let device):
            try machine.plug(device)
            return []
        case .unplug(let device):
            try machine.unplug(device)
            return []
        case .start(let server):
            return guest.rtas(&machine, RTASCall.startCPU.rawValue, [server, 0, 0], returns: 1, processor: row)
                .map(UInt64.init)
        case .reset:
            machine.reset()
            guest = Guest()
            return []
        case .resetBridge(let index):
            machine.resetBridge(index)
            return []
        case .migrate:
            return []
        }
    }

    private mutating func hypercall(_ opcode: UInt64, _ arguments: [UInt64], wanted: Int, _ row: Int) -> [UInt64] {
        func argument(_ index: Int) -> UInt64 { index < arguments.count ? arguments[index] : 0 }
        var registers = Registers(
            opcode, argument(0), argument(1), argument(2), argument(3), argument(4), argument(5), argument(6),
            argument(7), argument(8))
        machine.hypercall(&registers, processor: row)
        return Array(registers.all.prefix(wanted))
    }

    private mutating func act(_ action: Scenario.Action, _ row: Int) -> [UInt64] {
        switch action {
        case .queue(let server, let priority, let page, let shift, let always):
            let status = guest.setQueue(
                &machine, server: server, priority: priority, page: page, shift: shift, always: always, processor: row)
            return [UInt64(bitPattern: status.rawValue)]
        case .bind(let number, let server, let priority, let eisn):
            let number = UInt32(truncatingIfNeeded: value(number))
            return [guest.bind(&machine, number, server: server, priority: priority, eisn: eisn, processor: row)]
        case .mask(let number):
            return [guest.mask(&machine, UInt32(truncatingIfNeeded: value(number)), processor: row)]
        case .interrupt(let server):
            return [guest.interrupt(&machine, server: server, processor: row)]
        case .open:
            guest.open(&machine, processor: row)
            return []
        default:
            return guest.take(&machine, processor: row).map(UInt64.init)
        }
    }

    /// The first number, after repeating the request with the count that the machine grants, as Linux does.
    private mutating func messages(
        _ function: Scenario.FunctionReference, _ count: UInt32, _ kind: MessageKind
    ) -> [UInt64] {
        var count = count
        if kind == .msi, count > 1 {
            let shift = UInt32(UInt32.bitWidth - (count - 1).leadingZeroBitCount)
            machine.enableMessages(
                bridge: function.bridge, configurationAddress: function.configurationAddress, shift: shift)
        }
        for _ in 0..<2 {
            let change = machine.changeMessages(
                configurationAddress: function.configurationAddress,
                buid: Owner.firstBridge + UInt64(function.bridge), function: kind == .msi ? 3 : 4, count: count)
            switch change {
            case .failed(let status): return [UInt64(bitPattern: Int64(Int32(bitPattern: status)))]
            case .released: return []
            case .granted(_, _, let first?): return [UInt64(first.rawValue)]
            case .granted(let granted, _, nil): count = granted
            }
        }
        return []
    }

    private mutating func raise(_ value: Scenario.Value) {
        switch value {
        case .epow: machine.raise(.epow)
        case .hotPlug: machine.raise(.hotPlug)
        case .virtualDevice(let address): machine.raise(.virtualDevice(unitAddress: address))
        case .message(let function, let vector):
            machine.raise(
                .message(
                    bridge: function.bridge, configurationAddress: function.configurationAddress, vector: vector))
        default:
            let number = LogicalNumber(UInt32(truncatingIfNeeded: self.value(value)))
            machine.setInput(number, to: true)
            machine.setInput(number, to: false)
        }
    }
=======
}
