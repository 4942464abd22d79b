import Checker

/// What a gate finds beyond the states: in the run itself, and in what was recorded or waived.
public struct GateRule: Hashable, Sendable {
    /// `group/name`; never given to another rule.
    public let id: String
    /// One line: what it finds.
    public let summary: String
    /// What it does to the guest, or to the gate's worth.
    public let effect: String

    private init(_ id: String, _ summary: String, _ effect: String) {
        self.id = id
        self.summary = summary
        self.effect = effect
    }

    /// The destination does not take the state.
    public static let refused = GateRule(
        "run/load-refused", "The destination refuses the state", "The guest cannot be moved.")
    /// The destination does not exist.
    public static let destinationNotBuilt = GateRule(
        "run/destination-refused", "The destination's build refuses the machine", "The guest cannot be moved.")
    /// A step has another result than the scenario demands.
    public static let step = GateRule(
        "run/step-result", "A step has another result than the scenario demands",
        "The guest is told something else than on the machine that the scenario was written for.")
    /// The destination goes on otherwise than the source.
    public static let parted = GateRule(
        "run/sides-part", "A step after the migration has another result than on the source",
        "The guest sees that it was moved, or loses an interrupt.")
    /// A machine ended by itself.
    public static let ended = GateRule("run/machine-ended", "A machine ended by itself", "The guest is dead.")
    /// Source and destination are not what the scenario says they are.
    public static let expectation = GateRule(
        "run/not-as-expected", "The scenario does not end as it says", "Something changed that was known.")
    /// The candidate's numbers are not those recorded.
    public static let baselineMap = GateRule(
        "baseline/map", "A number is another interrupt than recorded",
        "A guest that was saved by the recorded release finds its interrupts elsewhere.")
    /// The candidate binds a number otherwise.
    public static let baselineBinding = GateRule(
        "baseline/binding", "A number is bound otherwise than recorded", "An interrupt reaches another vCPU or queue.")
    /// The candidate's queues are not those recorded.
    public static let baselineQueue = GateRule(
        "baseline/queue", "An event queue is another than recorded", "Events are written elsewhere, or get lost.")
    /// The candidate's vCPUs are not those recorded.
    public static let baselineContext = GateRule(
        "baseline/context", "A vCPU's interrupt context is another than recorded",
        "A vCPU has another number, priority or pending interrupt.")
    /// The candidate's machine is not the one recorded.
    public static let baselineMachine = GateRule(
        "baseline/machine", "The machine is another than recorded", "Modes, servers or devices changed.")
    /// The guest is told something else than recorded.
    public static let baselineStep = GateRule(
        "baseline/step", "A step has another result than recorded", "The guest is told something else.")
    /// A recorded cell was not run.
    public static let baselineUnused = GateRule(
        "baseline/not-run", "A recorded cell was not run", "What was once verified is verified no more.")
    /// Nothing was recorded of a cell.
    public static let baselineMissing = GateRule(
        "baseline/not-recorded", "Nothing was recorded of a cell", "The cell was compared with nothing.")
    /// A waiver that matches nothing.
    public static let waiverUnused = GateRule(
        "waiver/unused", "A waiver matches no finding", "It hides whatever may match it one day: remove it.")
    /// A waiver that holds no more.
    public static let waiverExpired = GateRule(
        "waiver/expired", "A waiver has expired", "What it accepted counts again.")
    /// A waiver that is none.
    public static let waiverMalformed = GateRule(
        "waiver/malformed", "A waiver is malformed", "It accepts nothing.")

    /// Every rule.
    public static let all: [GateRule] = [
        refused, destinationNotBuilt, step, parted, ended, expectation, baselineMap, baselineBinding, baselineQueue,
        baselineContext, baselineMachine, baselineStep, baselineUnused, baselineMissing, waiverUnused, waiverExpired,
        waiverMalformed,
    ]

    /// The rule of an id.
    public static func named(_ id: String) -> GateRule? { all.first { $0.id == id } }
}
