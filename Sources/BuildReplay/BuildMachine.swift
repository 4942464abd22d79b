import InterruptState
import PSeries
import QEMUControl
import Replay
import Scenarios

/// A build that runs a scenario's machine, its guest being the payload.
public final class BuildMachine: ScenarioMachine {
    /// What was asked of the build.
    public let setup: MachineSetup
    /// Why the machine stopped for good.
    public private(set) var end: MachineEnd?
    /// What the guest is about to do, where somebody knows.
    var forecast = GuestForecast()
    /// What went wrong that is not the machine's own end; nothing it says after that counts.
    public internal(set) var failure: QEMUError?
    /// The controller that the guest chose, or was born with.
    public internal(set) var activeMode: InterruptMode

    let driver: GuestDriver
    private let deadline: Deadline
    /// The state where it was saved and the machine did not run since.
    var saved: SavedState?
    /// vCPUs by row: index and number, in order of creation.
    var processors: [(index: UInt32, server: UInt32)]
    /// For each vCPU that runs the payload, the number by which it was started; its thread, whatever it is called now.
    var threads: [UInt32: UInt32]
    private var facts: DeviceTreeFacts?
    private var cards: [Scenario.FunctionReference: NetworkCard] = [:]
    /// Host bridges that came and went since the machine was started.
    var plugged: Set<UInt64> = []
    var unplugged: Set<UInt64> = []

    /// A saved state: its bytes, and what they mean.
    struct SavedState {
        var bytes: StateBytes
        var state: MachineState
    }

    /// Starts a build with a machine, paused at its reset.
    init(
        setup: MachineSetup, build: String, arguments: [String], way: GuestDriver.Way, patience: Duration,
        deadline: Deadline
    ) throws(QEMUError) {
        self.setup = setup
        self.deadline = deadline
        processors = Self.processors(of: setup)
        threads = [:]
        activeMode = Self.modeAtReset(setup)
        let boot = processors.first?.server ?? 0
        // A stream without a configuration cannot say that it has no memory in it.
        driver = try GuestDriver(
            build: build, arguments: arguments, server: boot, way: way,
            memoryTransfer: setup.type.stream.configurationAndFooters ? .besideStream : .inStream, patience: patience)
        if let first = processors.first { threads[first.index] = first.server }
    }

    /// A destination that was loaded: the guest of another machine goes on in it.
    init(setup: MachineSetup, taking guest: BuildMachine, driver: GuestDriver) {
        self.setup = setup
        self.driver = driver
        deadline = guest.deadline
        processors = Self.processors(of: setup)
        threads = guest.threads
        activeMode = guest.activeMode
        facts = guest.facts
        cards = guest.cards
        plugged = guest.plugged
        unplugged = guest.unplugged
    }

    private static func processors(of setup: MachineSetup) -> [(index: UInt32, server: UInt32)] {
        let added = setup.devices.compactMap { device in
            if case .core(let index) = device { index } else { nil }
        }
        return (Array(0..<setup.processorCount) + added).map { ($0, server(of: $0, in: setup)) }
    }

    static func server(of index: UInt32, in setup: MachineSetup) -> UInt32 {
        let spacing = setup.serverSpacing ?? setup.type.serverSpacing.vsmt(threads: max(1, setup.threads))
        return ServerNumbering(threads: setup.threads, vsmt: spacing)?.server(cpuIndex: index) ?? index
    }

    static func modeAtReset(_ setup: MachineSetup) -> InterruptMode {
        (setup.mode ?? setup.type.defaultMode) == .xive ? .xive : .xics
    }

    // MARK: - vCPUs

    /// The vCPU's place in order of creation.
    public func row(cpu index: UInt32) -> Int? { processors.firstIndex { $0.index == index } }

    /// The vCPU's number on this machine.
    public func server(of row: Int) -> ServerNumber { ServerNumber(processors[row].server) }

    /// `start-cpu`: the vCPU runs the payload from then on.
    public func start(server: UInt32, processor row: Int) -> UInt32 {
        event { startPayload(server: server, processor: row) }
    }

    /// By the boot vCPU.
    public func wake(processor row: Int) {
        guard processors.indices.contains(row), threads[processors[row].index] == nil else { return }
        event { _ = startPayload(server: processors[row].server, processor: 0) }
    }

    private func startPayload(server: UInt32, processor row: Int) -> UInt32 {
        guard let target = processors.first(where: { $0.server == server }) else {
            return rtas(RTASCall.startCPU.rawValue, [server, 0, 0], returns: 1, processor: row).first ?? .max
        }
        if threads[target.index] != nil { return RTASStatus.hardwareError }
        return attempt { () throws(QEMUError) in
            try driver.start(server: server)
            threads[target.index] = server
            return 0
        } ?? .max
    }

    /// Runs calls on a vCPU that was started.
    func run(_ calls: [GuestCall], _ row: Int) -> [CallResult]? {
        guard end == nil, failure == nil, processors.indices.contains(row) else { return nil }
        guard let thread = threads[processors[row].index] else { return nil }
        saved = nil
        return attempt { () throws(QEMUError) in try driver.run(calls, on: thread) }
    }

    /// Runs a call, together with those that are known to follow it.
    private func run(_ call: GuestCall, _ row: Int) -> CallResult? {
        if let result = forecast.result(of: call, row) { return result }
        let ahead = forecast.batch(from: call, row)
        guard ahead.count > 1 else { return run([call], row)?.first }
        guard let results = run(ahead, row), end == nil else {
            // Which of the calls it was is not known.
            failure = failure ?? Self.misled
            return nil
        }
        forecast.note(results)
        return forecast.result(of: call, row)
    }

    /// Something that is no plain call: what is forecast ends before it, and goes on after it.
    func event<Result, Failure>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        if forecast.isBehind { failure = failure ?? Self.misled }
        forecast.beginEvent()
        defer { forecast.endEvent() }
        return try body()
    }

    /// What is told of a machine whose guest was expected to do something else.
    public static let misled = QEMUError(.payload, "the guest does otherwise than was forecast")

    /// What is told of a machine whose time is over.
    static let overdue = QEMUError(.timedOut, "the time limit is over")

    /// Keeps what goes wrong: the machine's own end, or trouble with it.
    func attempt<Result>(_ body: () throws(QEMUError) -> Result) -> Result? {
        guard !deadline.isOver else {
            failure = Self.overdue
            return nil
        }
        do throws(QEMUError) {
            return try body()
        } catch {
            note(error)
            return nil
        }
    }

    func note(_ error: QEMUError) {
        if let ending = try? driver.machine.exit(within: error.code == .timedOut ? .zero : .seconds(2)) {
            let words = error.log.split(separator: "\n").last.map(String.init) ?? "\(error.message)"
            switch ending {
            // Nobody but the outside sends these.
            case .signal(2), .signal(9), .signal(15): failure = error
            case .signal(6): end = .aborted(words)
            case .signal: end = .crashed(words)
            case .status(0): end = .poweredOff
            case .status: end = .exited(words)
            }
        } else if (try? driver.machine.qmp.runState()) == "shutdown" {
            end = .poweredOff
        } else {
            failure = error
        }
    }

    // MARK: - Calls

    /// `sc 1` with r3 to r12.
    public func hypercall(_ registers: inout Registers, processor row: Int) {
        guard let result = run(.hypercall(registers.all), row) else { return }
        var r = result.registers
        // The host's clock, which means nothing.
        if registers.r3 == Hypercall.xirrX.rawValue, r[0] == 0 { r[2] = 0 }
        registers = Registers(r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8], r[9])
    }

    /// Through a buffer of the payload's.
    public func rtas(_ token: UInt32, _ arguments: [UInt32], returns: Int, processor row: Int) -> [UInt32] {
        run(.firmware(token: token, arguments: arguments, returns: returns), row)?.returns
            ?? [UInt32](repeating: .max, count: returns)
    }

    /// With vectors that accept every processor.
    public func negotiate(_ mode: InterruptMode, processor row: Int) -> HypercallStatus {
        let result = event { run([.negotiation(OptionVectors.choosing(xive: mode == .xive))], row)?.first }
        let status = HypercallStatus(rawValue: Int64(bitPattern: result?.status ?? .max))
        if status == .success { activeMode = mode }
        return status
    }

    /// In real mode.
    public func load(_ address: UInt64, byteCount: Int, processor row: Int) -> UInt64? {
        guard let result = run(.load(address, bytes: byteCount), row), result.fault == nil else { return nil }
        return result.status
    }

    /// In real mode.
    @discardableResult
    public func store(_ address: UInt64, _ value: UInt64, byteCount: Int, processor row: Int) -> Bool {
        guard let result = run(.store(address, bytes: byteCount, value: value), row) else { return false }
        return result.fault == nil
    }

    /// The vCPU lets external interrupts in for a moment.
    public func isInterrupted(processor row: Int) -> Bool { run(.listen, row)?.fault == 0x500 }

    // MARK: - Numbers

    /// From the device tree that the machine was started with; of message vectors, from the firmware.
    ///
    /// A bridge that was plugged in later has its numbers from the type's map, as the node that the firmware hands out
    /// for it is not read.
    public func number(of owner: Owner) -> LogicalNumber? {
        switch owner {
        case .bridgeMessage(let bridge, let device, let vector):
            let place = [device, UInt32(truncatingIfNeeded: bridge >> 32), UInt32(truncatingIfNeeded: bridge), vector]
            let returns = event {
                rtas(RTASCall.queryInterruptSourceNumber.rawValue, place, returns: 3, processor: 0)
            }
            return returns.first == 0 ? LogicalNumber(returns[1]) : nil
        case .interprocessor(let index):
            let mode = setup.mode ?? setup.type.defaultMode
            guard mode.hasXive, (setup.processor ?? setup.type.defaultProcessor).supportsXive else { return nil }
            return setup.type.map.number(of: .interprocessor(index), servers: index &+ 1)
        case .bridgePin(let bridge, _) where unplugged.contains(bridge): return nil
        default:
            return treeNumber { Self.isSame($0, owner) }
                ?? (isPlugged(owner) ? setup.type.map.number(of: owner, servers: 1) : nil)
        }
    }

    private func isPlugged(_ owner: Owner) -> Bool {
        if case .bridgePin(let bridge, _) = owner { plugged.contains(bridge) } else { false }
    }

    private func treeNumber(_ isWanted: (Owner) -> Bool) -> LogicalNumber? {
        if facts == nil {
            // The payload notes the tree's place when it begins to run.
            _ = run([], 0)
            facts = attempt { () throws(QEMUError) in DeviceTreeFacts(flattened: try driver.deviceTree()) } ?? nil
        }
        return facts?.numbers.first { isWanted($0.owner) }?.number
    }

    /// Scenarios name VIO devices by address alone.
    private static func isSame(_ owner: Owner, _ wanted: Owner) -> Bool {
        if case .virtualDevice(_, let address) = owner, case .virtualDevice("", let other) = wanted {
            return address == other
        }
        return owner == wanted
    }

    // MARK: - Devices

    /// EPOW by a request to power down, the first terminal by typing, an e1000e by its own registers.
    public func raiseInterrupt(of source: InterruptSource) throws(ConstructionError) {
        try event { () throws(ConstructionError) in try raise(source) }
    }

    private func raise(_ source: InterruptSource) throws(ConstructionError) {
        switch source {
        case .epow:
            awaiting("POWERDOWN") { machine throws(QEMUError) in try machine.qmp.execute("system_powerdown") }
        case .hotPlug:
            throw ConstructionError("a build raises its hot-plug interrupt only where something is plugged")
        case .virtualDevice(let address):
            try type(at: address)
        case .message(let bridge, let address, let vector):
            // Without a number the card would keep the vector in mind, and send it when it gets one.
            let owner = Owner.bridgeMessage(
                bridge: Owner.firstBridge + UInt64(bridge), device: address, vector: vector)
            guard number(of: owner) != nil else { return }
            let place = Scenario.FunctionReference(bridge: bridge, configurationAddress: address)
            try card(place)?.raise(vector, on: self)
        }
    }

    /// Runs a command and waits until what it asks for has begun to happen.
    func awaiting(_ event: String, _ body: (VirtualMachine) throws(QEMUError) -> Void) {
        guard end == nil, failure == nil else { return }
        saved = nil
        _ = attempt { () throws(QEMUError) in
            try driver.letRun()
            try driver.machine.explaining { machine throws(QEMUError) in
                _ = try machine.qmp.takeEvents()
                try body(machine)
                try machine.qmp.await(event: event)
            }
        }
    }

    /// Lets timers of devices run out that are shorter than a millisecond.
    func settle() {
        _ = attempt { () throws(QEMUError) in
            try driver.letRun()
            QEMUControl.pause(.milliseconds(1))
            // A timer that is due runs before the main loop answers a second time.
            for _ in 0..<2 { _ = try driver.machine.qmp.runState() }
        }
    }

    /// A character at the first terminal pulses its interrupt; it is read so that the next one does too.
    private func type(at address: UInt32) throws(ConstructionError) {
        guard setup.serialCount > 0, address == 0x7100_0000 else {
            throw ConstructionError("of VIO devices a build raises the first terminal's interrupt alone")
        }
        _ = run([], 0)
        guard attempt({ () throws(QEMUError) in try driver.type(0x2e) }) != nil else { return }
        let deadline = Deadline(after: driver.patience)
        while end == nil, failure == nil {
            if run(.hypercall([0x54, UInt64(address)]), 0)?.registers[1] ?? 1 != 0 { return }
            if deadline.isOver { failure = QEMUError(.timedOut, "what was typed at the terminal does not arrive") }
        }
    }

    /// With XIVE by the number's trigger page; XICS has no such thing.
    public func pulse(_ number: LogicalNumber) throws(ConstructionError) {
        guard activeMode == .xive else {
            throw ConstructionError("under XICS a guest cannot raise the input of \(number)")
        }
        _ = event {
            store(0x0006_0100_0000_0000 + UInt64(number.rawValue) * 0x2_0000, 0, byteCount: 8, processor: 0)
        }
    }

    /// An e1000e drives its pin by its own registers.
    public func drive(
        pinOf function: Scenario.FunctionReference, to level: Bool
    ) throws(ConstructionError) {
        try event { () throws(ConstructionError) in try card(function)?.drivePin(to: level, on: self) }
    }

    /// The card at a place, ready to raise interrupts; nil where nothing is plugged in, which raises none.
    private func card(_ place: Scenario.FunctionReference) throws(ConstructionError) -> NetworkCard? {
        if let card = cards[place] { return card }
        guard let card = try NetworkCard(at: place, of: self) else { return nil }
        cards[place] = card
        return card
    }

    /// Sets Multiple Message Enable in the function's MSI capability.
    public func enableMessages(of function: Scenario.FunctionReference, shift: UInt32) {
        event {
            var space = ConfigurationSpace(function, self)
            guard let capability = space.capability(5) else { return }
            let control = space.read(capability + 2, 2)
            let offered = control >> 1 & 7
            space.write(capability + 2, 2, control & ~0x70 | min(shift, offered) << 4)
        }
    }

    /// Cards whose registers lost what was told them: all, or those behind a bridge.
    func forgetCards(behind bridge: UInt32? = nil) {
        cards = bridge.map { bridge in cards.filter { $0.key.bridge != bridge } } ?? [:]
    }
}

extension RTASStatus {
    /// The call cannot be carried out: the vCPU runs already.
    static let hardwareError = UInt32(bitPattern: -1)
}
