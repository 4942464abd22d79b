import InterruptState
import PSeries
import QEMUControl
import Replay
import SavedState
import Scenarios
import Synchronization

/// Why a scenario could not be run on builds; nothing about the machines themselves.
public enum BuildTrouble: Error, CustomStringConvertible {
    /// No build can be given this machine, or this build refuses it.
    case notBuildable(String)
    /// A build did not do what it was told.
    case build(QEMUError)
    /// What a build saved cannot be read.
    case state(SavedStateError)

    /// One sentence, and QEMU's own words.
    public var description: String {
        switch self {
        case .notBuildable(let reason): reason
        case .build(let error): error.description
        case .state(let error): error.description
        }
    }
}

/// States of machines as their command lines build them, which never vary.
public final class ConstructedStates: Sendable {
    private struct Key: Hashable {
        var build: String
        var arguments: [String]
    }

    private let known = Mutex<[Key: Result<MachineState, ConstructionError>]>([:])

    /// None yet.
    public init() {}

    func state<Failure>(
        _ build: String, _ arguments: [String],
        _ make: () throws(Failure) -> Result<MachineState, ConstructionError>
    ) throws(Failure) -> Result<MachineState, ConstructionError> {
        let key = Key(build: build, arguments: arguments)
        if let state = known.withLock({ $0[key] }) { return state }
        let state = try make()
        known.withLock { $0[key] = state }
        return state
    }
}

/// Runs a scenario's machines on builds, and moves their states by real migrations.
public struct BuildStage: ScenarioStage {
    /// How often QEMU was started, and how long it was at work for this stage.
    public private(set) var starts = 0
    /// What the guests on the source and on the last destination are known to do.
    public var forecasts = (source: GuestForecast(), destination: GuestForecast())

    private let scenario: Scenario
    private let sourceBuild: String
    private let destinationBuilds: [String]
    private let patience: Duration
    private let deadline: Deadline
    private let constructedStates: ConstructedStates
    private let way: GuestDriver.Way

    /// - Parameters:
    ///   - destinations: the builds that the state is moved to, one after the other.
    ///   - way: how guests make their calls.
    ///   - patience: how long a build may take to start, for a batch of calls, and to go on with a state.
    ///   - limit: how long everything together may take.
    public init(
        _ scenario: Scenario, source: String, destinations: [String], way: GuestDriver.Way = .payload,
        patience: Duration = .seconds(20), limit: Duration = .seconds(86_400),
        constructedStates: ConstructedStates = ConstructedStates()
    ) {
        self.scenario = scenario
        sourceBuild = source
        destinationBuilds = destinations
        self.patience = min(patience, limit)
        deadline = Deadline(after: limit)
        self.constructedStates = constructedStates
        self.way = way
    }

    /// As many as there are builds; none where the scenario has no destination.
    public var hopCount: Int { scenario.destination == nil ? 0 : destinationBuilds.count }

    private var destinationSetup: MachineSetup { scenario.destination ?? scenario.source }

    private func arguments(_ setup: MachineSetup) throws(BuildTrouble) -> [String] {
        do throws(ConstructionError) {
            return try SetupArguments(setup).arguments + accelerator
        } catch {
            throw .notBuildable(error.description)
        }
    }

    /// A vCPU that gives another one back waits for the other's thread, which must not be its own.
    private var accelerator: [String] {
        let unplugsCores = (scenario.steps + (scenario.destinationSteps ?? [])).contains { step in
            if case .unplug(.core) = step.action { true } else { false }
        }
        return unplugsCores ? ["-accel", "tcg,thread=multi"] : []
    }

    /// Starts the source.
    public mutating func source() throws(BuildTrouble) -> BuildMachine {
        starts += 1
        let source = try machine(scenario.source, build: sourceBuild)
        source.forecast = forecasts.source
        return source
    }

    /// Starts the last destination with nothing to load.
    public mutating func destination() throws(BuildTrouble) -> BuildMachine {
        starts += 1
        let destination = try machine(destinationSetup, build: destinationBuilds.last ?? sourceBuild)
        destination.forecast = forecasts.destination
        return destination
    }

    private func machine(_ setup: MachineSetup, build: String) throws(BuildTrouble) -> BuildMachine {
        guard !deadline.isOver else { throw .build(BuildMachine.overdue) }
        let arguments = try arguments(setup)
        do throws(QEMUError) {
            return try BuildMachine(
                setup: setup, build: build, arguments: arguments, way: way, patience: patience, deadline: deadline)
        } catch  where error.code == .ended && !error.log.isEmpty {
            throw .notBuildable("\(build) refuses the machine: \(Self.words(error))")
        } catch {
            throw .build(error)
        }
    }

    /// Saves a destination before it ran.
    public mutating func constructed(_ hop: Int) throws(BuildTrouble) -> Result<MachineState, ConstructionError> {
        let setup = destinationSetup
        let build = destinationBuilds[hop]
        var count = 0
        let state = try constructedStates.state(build, try arguments(setup)) { () throws(BuildTrouble) in
            count = 1
            do throws(BuildTrouble) {
                return .success(try Self.save(try machine(setup, build: build)).state)
            } catch {
                guard case .notBuildable(let reason) = error else { throw error }
                return .failure(ConstructionError(reason))
            }
        }
        starts += count
        return state
    }

    /// Starts a destination that waits, and gives it the state.
    public mutating func migrate(
        from player: BuildMachine, hop: Int
    ) throws(BuildTrouble) -> (LoadResult, BuildMachine?) {
        let bytes = try Self.save(player).bytes
        let setup = destinationSetup
        let arguments = try arguments(setup)
        starts += 1
        do throws(QEMUError) {
            let driver = try player.driver.destination(build: destinationBuilds[hop], arguments: arguments)
            do throws(QEMUError) {
                try driver.machine.explaining { machine throws(QEMUError) in
                    try machine.qmp.loadState(bytes, patience: patience)
                }
            } catch  where error.code == .ended || error.code == .migrationFailed {
                return (.refused(Self.words(error)), nil)
            }
            let machine = BuildMachine(setup: setup, taking: player, driver: driver)
            if hop == hopCount - 1 { machine.forecast = forecasts.destination }
            return (.accepted, machine)
        } catch {
            throw .build(error)
        }
    }

    /// The state now, the machine being paused; of one that ended, its state as its command line built it.
    public mutating func state(of player: inout BuildMachine) throws(BuildTrouble) -> MachineState {
        if let failure = player.failure { throw .build(failure) }
        guard player.end != nil else { return try Self.save(player).state }
        starts += 1
        return try Self.save(try machine(player.setup, build: player.driver.machine.build)).state
    }

    private static func save(_ player: BuildMachine) throws(BuildTrouble) -> BuildMachine.SavedState {
        if let saved = player.saved { return saved }
        var bytes = StateBytes()
        do throws(QEMUError) {
            try player.driver.pause()
            try player.driver.save(into: &bytes)
        } catch {
            throw .build(error)
        }
        var state = try decode(bytes, name: player.driver.machine.build)
        do throws(QEMUError) {
            try StateDecoder.readQueues(into: &state, from: player.driver.contents(of:))
        } catch {
            throw .build(error)
        }
        let saved = BuildMachine.SavedState(bytes: bytes, state: state)
        player.saved = saved
        return saved
    }

    private static func decode(_ bytes: StateBytes, name: String) throws(BuildTrouble) -> MachineState {
        do throws(SavedStateError) {
            return try StateDecoder.decode(SavedStream.open(MemoryByteSource(bytes.bytes), name: name))
        } catch {
            throw .state(error)
        }
    }

    /// QEMU's own words without its program's name, on one line.
    private static func words(_ error: QEMUError) -> String {
        let lines = error.log.split(separator: "\n").filter { !$0.contains("warning:") }
        guard !lines.isEmpty else { return error.message }
        return lines.map { line in
            line.firstRange(of: "qemu-system-ppc64: ").map { String(line[$0.upperBound...]) } ?? String(line)
        }.joined(separator: "; ")
    }
}

extension GuestDriver {
    /// What stretches of guest memory hold, the machine being paused.
    func contents(of stretches: [SavedState.GuestMemory.Stretch]) throws(QEMUError) -> [SavedState.GuestMemory.Content]
    {
        var contents: [SavedState.GuestMemory.Content] = []
        for stretch in stretches {
            guard let count = Int(exactly: stretch.count), hasMemory(at: stretch.address, count: count) else {
                contents.append(.outside)
                continue
            }
            let isBlank = isBlankMemory(at: stretch.address, count: count)
            contents.append(isBlank ? .blank : .bytes(try readMemory(at: stretch.address, count: count)))
        }
        return contents
    }
}
