import InterruptState

/// The vCPUs of a machine as the interrupt controllers see them: names, and an input line each.
///
/// A vCPU's *row* is its place in order of creation. Rows are what the controllers store by.
public struct Processors: Hashable, Sendable {
    /// `cpu_index` of each row.
    public private(set) var indexes: [UInt32] = []
    /// Server number of each row.
    public private(set) var servers: [ServerNumber] = []
    /// External interrupt input of each row.
    public internal(set) var lines: [Bool] = []
    /// Whether a row is halted: the guest has not started it.
    public internal(set) var halted: [Bool] = []
    /// Whether a row is given no interrupt although its input is up: the machine forgot that the guest started it.
    public internal(set) var deaf: [Bool] = []
    /// Whether a row has its machine checks switched off, so that one ends the machine.
    var checkstops: [Bool] = []
    /// Row plus one of each possible server, 0 where no vCPU has it.
    private var rowOfServer: [UInt32]

    /// For so many possible servers.
    public init(serverCount: UInt32) {
        rowOfServer = [UInt32](repeating: 0, count: Int(serverCount))
    }

    /// Number of vCPUs.
    public var count: Int { indexes.count }
    /// Number of possible servers.
    public var serverCount: UInt32 { UInt32(rowOfServer.count) }

    /// Row of the vCPU that a server number names, or nil where none is plugged.
    @inline(__always)
    public func row(server: UInt32) -> Int? {
        guard server < rowOfServer.count else { return nil }
        let row = rowOfServer[Int(server)]
        return row == 0 ? nil : Int(row &- 1)
    }

    /// Row of the vCPU with this `cpu_index`, or nil.
    public func row(index: UInt32) -> Int? {
        indexes.firstIndex(of: index)
    }

    /// Adds a vCPU; its server number must be below ``serverCount`` and free.
    mutating func append(index: UInt32, server: ServerNumber, halted isHalted: Bool) {
        indexes.append(index)
        servers.append(server)
        lines.append(false)
        deaf.append(false)
        checkstops.append(false)
        halted.append(isHalted)
        rowOfServer[Int(server.rawValue)] = UInt32(indexes.count)
    }

    /// What a load may take from a row comes back: the machine was reset, or the guest starts the vCPU.
    mutating func refresh(row: Int) {
        deaf[row] = false
        checkstops[row] = false
    }

    /// Removes the vCPU of a row; later rows move down by one.
    mutating func remove(row: Int) {
        rowOfServer[Int(servers[row].rawValue)] = 0
        indexes.remove(at: row)
        servers.remove(at: row)
        lines.remove(at: row)
        deaf.remove(at: row)
        checkstops.remove(at: row)
        halted.remove(at: row)
        for later in row..<servers.count { rowOfServer[Int(servers[later].rawValue)] = UInt32(later + 1) }
    }
}

/// What both controllers act on: the vCPUs' inputs, guest memory, and how the build behaves.
public struct Board: Hashable, Sendable {
    /// The vCPUs and their inputs.
    public var processors: Processors
    /// Guest RAM.
    public var memory: GuestMemory
    /// How the build behaves.
    public let build: BuildProfile
    /// As shipped or as intended.
    public let behaviour: Behaviour
    /// Why the machine stopped for good, nil while it runs.
    public internal(set) var end: MachineEnd?

    init(processors: Processors, memory: GuestMemory, build: BuildProfile, behaviour: Behaviour) {
        self.processors = processors
        self.memory = memory
        self.build = build
        self.behaviour = behaviour
    }
}

/// How a machine ended, as the process that ran it would have.
public enum MachineEnd: Hashable, Sendable, CustomStringConvertible {
    /// A fault: the process is killed by SIGSEGV.
    case crashed(String)
    /// A failed assertion: the process is killed by SIGABRT.
    case aborted(String)
    /// An error that ends the process with status 1.
    case exited(String)
    /// The guest switched itself off.
    case poweredOff

    /// The end in words.
    public var description: String {
        switch self {
        case .crashed(let reason): "crashed (SIGSEGV): \(reason)"
        case .aborted(let reason): "aborted (SIGABRT): \(reason)"
        case .exited(let reason): "exited with an error: \(reason)"
        case .poweredOff: "powered off by the guest"
        }
    }
}
