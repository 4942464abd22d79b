import BuildReplay
import InterruptState
import PSeries
import QEMUControl
import Replay
import Scenarios

/// What guests did on models: for builds, which can then do it in one go.
final class GuestRecord {
    private(set) var elements: [GuestForecast.Element] = []

    /// Notes a call; one that ends the machine is no part of a batch, or nobody would know which it was.
    func note(_ call: GuestCall, _ row: Int, _ machine: Machine) {
        elements.append(machine.end == nil ? .call(call, row: row) : .event)
    }

    /// Notes something that is no plain call.
    func noteEvent() { elements.append(.event) }
}

/// The model, with a record of what is done on it.
struct RecordedMachine: ScenarioMachine {
    private(set) var machine: Machine
    let record = GuestRecord()

    init(_ machine: Machine) {
        self.machine = machine
    }

    var end: MachineEnd? { machine.end }
    var activeMode: InterruptMode { machine.activeMode }

    func row(cpu index: UInt32) -> Int? { machine.row(cpu: index) }
    func server(of row: Int) -> ServerNumber { machine.server(of: row) }

    func number(of owner: Owner) -> LogicalNumber? {
        if case .bridgeMessage = owner { record.noteEvent() }
        return machine.number(of: owner)
    }

    // MARK: - Calls

    mutating func hypercall(_ registers: inout Registers, processor row: Int) {
        let call = GuestCall.hypercall(registers.all)
        machine.hypercall(&registers, processor: row)
        record.note(call, row, machine)
    }

    mutating func rtas(_ token: UInt32, _ arguments: [UInt32], returns: Int, processor row: Int) -> [UInt32] {
        let result = machine.rtas(token, arguments, returns: returns, processor: row)
        record.note(.firmware(token: token, arguments: arguments, returns: returns), row, machine)
        return result
    }

    mutating func load(_ address: UInt64, byteCount: Int, processor row: Int) -> UInt64? {
        let result = machine.load(address, byteCount: byteCount, processor: row)
        record.note(.load(address, bytes: byteCount), row, machine)
        return result
    }

    mutating func store(_ address: UInt64, _ value: UInt64, byteCount: Int, processor row: Int) -> Bool {
        let result = machine.store(address, value, byteCount: byteCount, processor: row)
        record.note(.store(address, bytes: byteCount, value: value), row, machine)
        return result
    }

    mutating func isInterrupted(processor row: Int) -> Bool {
        record.note(.listen, row, machine)
        return machine.isInterrupted(processor: row)
    }

    // MARK: - Events

    mutating func negotiate(_ mode: InterruptMode, processor row: Int) -> HypercallStatus {
        record.noteEvent()
        return machine.negotiate(mode, processor: row)
    }

    mutating func start(server: UInt32, processor row: Int) -> UInt32 {
        record.noteEvent()
        return machine.start(server: server, processor: row)
    }

    mutating func wake(processor row: Int) {
        if machine.isHalted(processor: row) { record.noteEvent() }
        machine.wake(processor: row)
    }

    mutating func raiseInterrupt(of source: InterruptSource) throws(ConstructionError) {
        record.noteEvent()
        try machine.raiseInterrupt(of: source)
    }

    mutating func pulse(_ number: LogicalNumber) throws(ConstructionError) {
        record.noteEvent()
        try machine.pulse(number)
    }

    mutating func drive(pinOf function: Scenario.FunctionReference, to level: Bool) throws(ConstructionError) {
        record.noteEvent()
        try machine.drive(pinOf: function, to: level)
    }

    mutating func enableMessages(of function: Scenario.FunctionReference, shift: UInt32) {
        record.noteEvent()
        machine.enableMessages(of: function, shift: shift)
    }

    mutating func plug(_ device: DeviceSetup) throws(ConstructionError) {
        record.noteEvent()
        try machine.plug(device)
    }

    mutating func unplug(_ device: DeviceSetup) throws(ConstructionError) {
        record.noteEvent()
        try machine.unplug(device)
    }

    mutating func reset() {
        record.noteEvent()
        machine.reset()
    }

    mutating func resetBridge(_ index: UInt32) throws(ConstructionError) {
        record.noteEvent()
        machine.resetBridge(index)
    }
}

/// Models of a scenario's machines, with records of their guests.
struct RecordedStage: ScenarioStage {
    private(set) var sourceRecord = GuestRecord()
    private(set) var destinationRecord = GuestRecord()
    private let models: ModelStage

    init(_ scenario: Scenario) {
        models = ModelStage(scenario)
    }

    var hopCount: Int { models.hopCount }

    mutating func source() throws(ConstructionError) -> RecordedMachine {
        let machine = RecordedMachine(try models.source())
        sourceRecord = machine.record
        return machine
    }

    mutating func destination() throws(ConstructionError) -> RecordedMachine {
        let machine = RecordedMachine(try models.destination())
        destinationRecord = machine.record
        return machine
    }

    func constructed(_ hop: Int) throws(ConstructionError) -> Result<MachineState, ConstructionError> {
        try models.constructed(hop)
    }

    mutating func migrate(
        from player: RecordedMachine, hop: Int
    ) throws(ConstructionError) -> (LoadResult, RecordedMachine?) {
        let (result, machine) = try models.migrate(from: player.machine, hop: hop)
        guard let machine else { return (result, nil) }
        let recorded = RecordedMachine(machine)
        destinationRecord = recorded.record
        return (result, recorded)
    }

    func state(of player: inout RecordedMachine) throws(ConstructionError) -> MachineState { player.machine.snapshot() }
}
