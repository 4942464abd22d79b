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
            let mover = destination ?? twin.machine
            guard mover.end == nil else {
                load = .refused("the source has ended")
                return
            }
            let (result, machine) = try stage.migrate(from: mover, hop: hop)
            load = result
            guard var machine else { return }
            loaded = try stage.state(of: &machine)
            destination = machine
        }
        guard let destination else { return }
        var side = ScenarioSide(machine: destination, guest: twin.guest)
        guard !steps.isEmpty else { return }
        // One after the other, as a machine that is not saved yet may be one that runs.
        for step in steps { perform(step, on: &twin) }
        let twinState = try stage.state(of: &twin.machine)
        for step in steps { performOnDestination(step, &side) }
        continued = (twinState, try stage.state(of: &side.machine))
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
        values.isEmpty ? "none" : values.map { hexadecimal($0) }.joined(separator: " ")
    }
}
