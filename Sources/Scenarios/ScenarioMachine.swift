import InterruptState
import PSeries
import Replay

/// A machine that a scenario drives: the model, or a build that runs.
///
/// A vCPU's *row* is whatever the machine makes of its index. What ends the machine is in ``end``, after which nothing
/// that is asked of it has an effect.
public protocol ScenarioMachine {
    /// Why it stopped for good; nil while it runs.
    var end: MachineEnd? { get }
    /// The controller that the guest uses.
    var activeMode: InterruptMode { get }

    /// The row of the vCPU of an index; nil where there is none.
    func row(cpu index: UInt32) -> Int?
    /// The number by which calls name the vCPU of a row.
    func server(of row: Int) -> ServerNumber
    /// The number that the guest knows an interrupt by; nil where its machine has none.
    mutating func number(of owner: Owner) -> LogicalNumber?

    /// Executes a hypercall of a vCPU.
    mutating func hypercall(_ registers: inout Registers, processor row: Int)
    /// Calls the firmware; what it returns, its status first.
    mutating func rtas(_ token: UInt32, _ arguments: [UInt32], returns: Int, processor row: Int) -> [UInt32]
    /// Chooses a controller in the negotiation of the client's architecture.
    mutating func negotiate(_ mode: InterruptMode, processor row: Int) -> HypercallStatus
    /// A load from a real address; nil where it faults.
    mutating func load(_ address: UInt64, byteCount: Int, processor row: Int) -> UInt64?
    /// A store to a real address; false where it faults.
    @discardableResult
    mutating func store(_ address: UInt64, _ value: UInt64, byteCount: Int, processor row: Int) -> Bool
    /// Starts the vCPU of a server; the status of `start-cpu`.
    mutating func start(server: UInt32, processor row: Int) -> UInt32
    /// Starts the vCPU of a row where nobody did, so that it can act.
    mutating func wake(processor row: Int)
    /// Whether a vCPU that opens itself for external interrupts gets one.
    mutating func isInterrupted(processor row: Int) -> Bool

    /// Something raises its interrupt; throws a sentence where this machine cannot be made to.
    mutating func raiseInterrupt(of source: InterruptSource) throws(ConstructionError)
    /// The input of a number goes up and down.
    mutating func pulse(_ number: LogicalNumber) throws(ConstructionError)
    /// A function asserts or deasserts its pin.
    mutating func drive(pinOf function: Scenario.FunctionReference, to level: Bool) throws(ConstructionError)
    /// The guest enables 2^shift vectors in a function's MSI capability.
    mutating func enableMessages(of function: Scenario.FunctionReference, shift: UInt32)
    mutating func plug(_ device: DeviceSetup) throws(ConstructionError)
    mutating func unplug(_ device: DeviceSetup) throws(ConstructionError)
    mutating func reset()
    mutating func resetBridge(_ index: UInt32) throws(ConstructionError)
}

/// Builds the machines of a scenario and moves their states.
public protocol ScenarioStage {
    /// The machines.
    associatedtype Player: ScenarioMachine
    /// What can go wrong that is nothing of the machines' own.
    associatedtype Failure: Error

    /// How many machines the state is moved to, one after the other; 0 where the scenario has no destination.
    var hopCount: Int { get }
    /// Builds the source.
    mutating func source() throws(Failure) -> Player
    /// The state of a destination as its command line builds it, or why it cannot be built.
    mutating func constructed(_ hop: Int) throws(Failure) -> Result<MachineState, ConstructionError>
    /// Builds the last destination, which runs from its reset.
    mutating func destination() throws(Failure) -> Player
    /// Moves a machine's state; the machine goes on as if nothing had happened.
    ///
    /// - Returns: what came of the load, and the destination where it was accepted.
    mutating func migrate(from player: Player, hop: Int) throws(Failure) -> (LoadResult, Player?)
    /// The state of a machine now; of one that ended, the best that is known.
    mutating func state(of player: inout Player) throws(Failure) -> MachineState
}

// MARK: - The model

extension Machine: ScenarioMachine {
    /// The vCPUs in order of creation.
    public func row(cpu index: UInt32) -> Int? { board.processors.row(index: index) }

    /// The number of a vCPU in calls.
    public func server(of row: Int) -> ServerNumber { board.processors.servers[row] }

    /// Calls RTAS through a buffer in memory.
    public mutating func rtas(
        _ token: UInt32, _ arguments: [UInt32], returns: Int, processor row: Int
    ) -> [UInt32] {
        let buffer: UInt64 = 0x6000
        let words = [token, UInt32(arguments.count), UInt32(returns)] + arguments
        // What a call does not return stays as it is: all ones, wherever a scenario is run.
        let buffered = words + [UInt32](repeating: .max, count: returns)
        for (index, word) in buffered.enumerated() {
            store(buffer + 4 * UInt64(index), UInt64(word), byteCount: 4, processor: row)
        }
        var registers = Registers(Hypercall.rtas.rawValue, buffer)
        hypercall(&registers, processor: row)
        let first = buffer + 4 * UInt64(words.count)
        return (0..<returns).map { index in
            UInt32(truncatingIfNeeded: load(first + 4 * UInt64(index), byteCount: 4, processor: row) ?? 0)
        }
    }

    /// `start-cpu`.
    public mutating func start(server: UInt32, processor row: Int) -> UInt32 {
        rtas(RTASCall.startCPU.rawValue, [server, 0, 0], returns: 1, processor: row).first ?? .max
    }

    /// Whether a vCPU waits for `start-cpu`; one that is not there does not.
    public func isHalted(processor row: Int) -> Bool {
        board.processors.halted.indices.contains(row) && board.processors.halted[row]
    }

    /// By the boot vCPU, as a guest does.
    public mutating func wake(processor row: Int) {
        guard isHalted(processor: row) else { return }
        _ = start(server: board.processors.servers[row].rawValue, processor: 0)
    }

    /// Whether the vCPU's input is up, and the machine knows that it runs.
    public mutating func isInterrupted(processor row: Int) -> Bool {
        board.processors.lines.indices.contains(row) && board.processors.lines[row] && !board.processors.deaf[row]
    }

    /// A source that the machine has not raises nothing.
    public mutating func raiseInterrupt(of source: InterruptSource) throws(ConstructionError) {
        raise(source)
    }

    /// Up and down.
    public mutating func pulse(_ number: LogicalNumber) throws(ConstructionError) {
        setInput(number, to: true)
        setInput(number, to: false)
    }

    /// A function that is not there drives nothing.
    public mutating func drive(
        pinOf function: Scenario.FunctionReference, to level: Bool
    ) throws(ConstructionError) {
        setPin(bridge: function.bridge, configurationAddress: function.configurationAddress, to: level)
    }

    /// Multiple Message Enable.
    public mutating func enableMessages(of function: Scenario.FunctionReference, shift: UInt32) {
        enableMessages(bridge: function.bridge, configurationAddress: function.configurationAddress, shift: shift)
    }
}

/// Models of a scenario's machines.
public struct ModelStage: ScenarioStage {
    private let scenario: Scenario

    /// Machines as the scenario describes them.
    public init(_ scenario: Scenario) {
        self.scenario = scenario
    }

    /// One hop where the scenario has a destination.
    public var hopCount: Int { scenario.destination == nil ? 0 : 1 }

    /// The model of the source.
    public func source() throws(ConstructionError) -> Machine { try Machine(scenario.source) }

    /// The destination's state at its reset.
    public func constructed(_ hop: Int) throws(ConstructionError) -> Result<MachineState, ConstructionError> {
        do throws(ConstructionError) {
            return .success(try destination().snapshot())
        } catch {
            return .failure(error)
        }
    }

    /// The model of the destination, or of the source again where the scenario has none.
    public func destination() throws(ConstructionError) -> Machine {
        try Machine(scenario.destination ?? scenario.source)
    }

    /// Saves the model and loads it into one of the destination.
    public func migrate(from player: Machine, hop: Int) throws(ConstructionError) -> (LoadResult, Machine?) {
        var machine = try destination()
        let result = machine.load(player.save())
        return (result, result == .accepted ? machine : nil)
    }

    /// All that the model's state is made of.
    public func state(of player: inout Machine) throws(ConstructionError) -> MachineState { player.snapshot() }
}
