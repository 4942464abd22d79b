import InterruptState
import PSeries
import Replay

/// What happens to a machine, step by step, and what is expected of it.
///
/// Read from YAML or JSON by ``ScenarioReader``; run by ``ScenarioRun``.
public struct Scenario: Sendable {
    /// A short name, as a sentence without a full stop.
    public var name: String
    /// What the scenario shows, for a reader.
    public var about: String
    /// The machine that runs first.
    public var source: MachineSetup
    /// Where it migrates to; nil where the scenario names none.
    public var destination: MachineSetup?
    /// What happens, in order.
    public var steps: [Step]
    /// What the destination does in their place; nil where it does the same, or takes the source's state over.
    public var destinationSteps: [Step]?
    /// How it must end.
    public var expectation: Expectation

    /// One step: what is done, and where it stands in the file.
    public struct Step: Sendable {
        /// Line in the file, from 1.
        public var line: Int
        /// Index of the vCPU that acts.
        public var cpu: UInt32
        /// What is done.
        public var action: Action
        /// What must come of it; nil where nothing is demanded.
        public var gives: [Value]?
    }

    /// How the scenario must end. What is nil is not demanded.
    public struct Expectation: Sendable {
        /// Whether the destination accepts the stream.
        public var load: Load?
        /// Whether source and destination are the same to the guest.
        public var verdict: Verdict?
        /// Ids of rules whose findings must be there.
        public var findings: [String] = []
        /// Whether the source or the destination ends on its own (a crash, an abort); `source`, `destination` or none.
        public var ends: [String] = []

        /// Whether a destination takes the stream.
        public enum Load: String, Sendable, CaseIterable {
            case accepted
            case refused
        }

        /// Whether both sides are the same to the guest.
        public enum Verdict: String, Sendable, CaseIterable {
            case identical
            case different
        }
    }
}

extension Scenario {
    /// What a step does.
    public enum Action: Sendable, Equatable {
        /// The guest negotiates an interrupt mode.
        case negotiate(InterruptMode)
        /// A hypercall: opcode and r4…; gives status, r4….
        case hypercall(UInt64, [Value])
        /// An RTAS call: token and arguments; gives the returns.
        case rtas(UInt32, [Value], returns: Int)
        /// A load from a real address; gives the value.
        case load(UInt64, byteCount: Int)
        case store(UInt64, value: UInt64, byteCount: Int)
        /// The guest sets a queue up: XIVE alone.
        case queue(server: UInt32, priority: UInt8, page: UInt64, shift: UInt64, always: Bool)
        /// The guest binds a number and switches it on, by the calls of the mode in force.
        case bind(Value, server: UInt32, priority: UInt8, eisn: UInt32?)
        /// The guest switches a number off.
        case mask(Value)
        /// The guest asks for message numbers of a function; gives the first.
        case messages(FunctionReference, count: UInt32, kind: MessageKind)
        /// Something raises an interrupt by message or pulse.
        case raise(Value)
        /// A function asserts or deasserts its pin.
        case pin(FunctionReference, level: Bool)
        /// One vCPU asks another for attention: H_IPI, or the other's IPI number under XIVE.
        case interrupt(server: UInt32)
        /// The vCPU opens itself for every priority.
        case open
        /// The vCPU takes its interrupt if its input is raised; gives the numbers it handled.
        case take
        case plug(DeviceSetup)
        case unplug(DeviceSetup)
        /// The guest starts the vCPU of a server number.
        case start(UInt32)
        case reset
        /// A host bridge and what is behind it are reset.
        case resetBridge(UInt32)
        /// The machine moves to the destination.
        case migrate
    }

    /// A number in a scenario: itself, or what the guest learnt it as.
    public enum Value: Sendable, Equatable {
        case integer(UInt64)
        case epow
        case hotPlug
        case interprocessor(UInt32)
        case virtualDevice(UInt32)
        case pin(bridge: UInt32, pin: UInt8)
        case message(FunctionReference, vector: UInt32)
        case status(HypercallStatus)
    }

    /// A PCI function: `phb1:02.0`, or `phb1:03:02.0` with a bus.
    public struct FunctionReference: Sendable, Hashable, CustomStringConvertible {
        /// Index of the host bridge.
        public var bridge: UInt32
        /// bus<<16 | devfn<<8.
        public var configurationAddress: UInt32

        /// A function by its bridge and address.
        public init(bridge: UInt32, configurationAddress: UInt32) {
            self.bridge = bridge
            self.configurationAddress = configurationAddress
        }

        /// As scenarios write it.
        public var description: String {
            "phb\(bridge):\(Owner.functionName(configurationAddress))"
        }
    }
}

/// What is wrong with a scenario file, and where.
public struct ScenarioError: Error, Equatable, CustomStringConvertible {
    /// One sentence.
    public var message: String
    /// From 1; nil where no line is to blame.
    public var line: Int?
    /// From 1; nil where no column is to blame.
    public var column: Int?
    /// Name of the file, as it was given.
    public var file: String?

    /// A fault; place and file where they are known.
    public init(message: String, line: Int? = nil, column: Int? = nil, file: String? = nil) {
        self.message = message
        self.line = line
        self.column = column
        self.file = file
    }

    /// `FILE:LINE:COLUMN: what is wrong`, as compilers print it.
    public var description: String {
        let place = [file, line.map(String.init), column.map(String.init)].compactMap(\.self).joined(separator: ":")
        return place.isEmpty ? message : "\(place): \(message)"
    }
}
