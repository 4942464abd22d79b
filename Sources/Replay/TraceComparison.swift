import InterruptState

/// The state that a trace leads to, held against the one that was saved at the same moment.
///
/// Every fact is either compared or, where the trace does not determine it, left open; an open fact in which the two
/// differ is listed with both values.
public struct TraceComparison: Sendable {
    /// How many facts of a kind were compared.
    public struct Count: Hashable, Sendable {
        /// What was compared, in the plural.
        public var subject: String
        /// How many.
        public var count: Int
    }

    /// What was compared, in the order of the state.
    public private(set) var counts: [Count] = []
    /// Where the two differ though the trace determines the fact.
    public private(set) var differences: [String] = []
    /// Where the two differ in what the trace does not determine.
    public private(set) var open: [String] = []

    private let left: MachineState
    private let right: MachineState
    private let run: TraceRun

    /// Compares where the replay ended with a saved state.
    public init(_ run: TraceRun, saved: MachineState) {
        self.run = run
        left = run.machine.snapshot()
        right = saved
        compareMachine()
        compareDevices()
        compareXive()
        compareXics()
        compareProcessors()
    }
}

// MARK: - Bookkeeping

extension TraceComparison {
    /// Compares one fact.
    private mutating func check<Value: Equatable>(_ what: String, _ one: Value, _ other: Value, isOpen: Bool = false) {
        guard one != other else { return }
        let text = "\(what): replayed \(one), saved \(other)"
        if isOpen { open.append(text) } else { differences.append(text) }
    }

    private mutating func count(_ subject: String, _ count: Int) {
        if count > 0 { counts.append(Count(subject: subject, count: count)) }
    }
}

// MARK: - Machine and devices

extension TraceComparison {
    private mutating func compareMachine() {
        check("interrupt mode", left.facts.activeMode.rawValue, right.facts.activeMode.rawValue)
        if let one = left.facts.serverCount, let other = right.facts.serverCount {
            check("possible servers", one, other)
        }
        let (one, other) = (TraceComparison.rows(left), TraceComparison.rows(right))
        for row in one.symmetricDifference(other).sorted() {
            differences.append("number map: \(row) only \(one.contains(row) ? "replayed" : "saved")")
        }
        count("rows of the number map", one.union(other).count)
        check("negotiated options", Options(left), Options(right), isOpen: true)
    }

    private static func rows(_ state: MachineState) -> Set<String> {
        Set(state.numbers.map { "\($0.number) \($0.owner) \($0.kind?.rawValue ?? "-")" })
    }

    private mutating func compareDevices() {
        check("host bridges", left.bridges.map(\.buid), right.bridges.map(\.buid))
        for (one, other) in zip(left.bridges, right.bridges) {
            let name = Owner.bridgeName(one.buid)
            check("pins of \(name)", one.pins, other.pins)
            let blocks = [one, other].map { $0.messages.sorted { $0.device < $1.device } }
            check("messages of \(name)", blocks[0], blocks[1])
        }
        count("host bridges with their messages", left.bridges.count)
        check("message bitmap", left.messageBitmap ?? [], right.messageBitmap ?? [])
    }
}

// MARK: - Controllers

extension TraceComparison {
    private mutating func compareXive() {
        check("XIVE controller", left.xive != nil, right.xive != nil)
        guard let one = left.xive, let other = right.xive else { return }
        let isBindingOpen = !run.hasXiveCalls && !run.machine.isLoaded
        let numbers = Set((one.sources + other.sources).map(\.number)).sorted()
        for number in numbers {
            let (source, saved) = (one.source(number), other.source(number))
            check("claim of \(number)", source.assignment.isValid, saved.assignment.isValid)
            check("binding of \(number)", Binding(source), Binding(saved), isOpen: isBindingOpen)
            check("PQ of \(number)", source.status, saved.status, isOpen: !run.hasStatusEvents)
        }
        count(isBindingOpen ? "claims of XIVE sources" : "bindings and masks of XIVE sources", numbers.count)
        if run.hasStatusEvents { count("PQ bits of XIVE sources", numbers.count) }
        let queues = Set((one.queues + other.queues).map(\.index)).sorted()
        for index in queues {
            let (queue, saved) = (one.queue(index), other.queue(index))
            check("settings of queue \(name(saved))", Settings(queue), Settings(saved), isOpen: isBindingOpen)
            check("position of queue \(name(saved))", Position(queue), Position(saved), isOpen: !run.hasStatusEvents)
        }
        if !isBindingOpen { count("settings of event queues", queues.count) }
        if run.hasStatusEvents { count("indexes and generations of event queues", queues.count) }
    }

    private func name(_ queue: EventQueue) -> String { "\(queue.tableServer)/\(queue.tablePriority)" }

    private mutating func compareXics() {
        check("XICS controller", left.xics != nil, right.xics != nil)
        guard let one = left.xics, let other = right.xics else { return }
        let openSubjects = Set(run.gaps.map(\.subject))
        let numbers = Set((one.sources + other.sources).map(\.number)).sorted()
        for number in numbers {
            let (source, saved) = (one.source(number), other.source(number))
            check("server of \(number)", source.server, saved.server)
            check("priority of \(number)", source.priority, saved.priority)
            check(
                "saved priority of \(number)", source.savedPriority, saved.savedPriority,
                isOpen: openSubjects.contains("the saved priority of \(number)"))
            check(
                "status of \(number)", source.status.rawValue, saved.status.rawValue,
                isOpen: openSubjects.contains("the level of \(number)"))
            check("flags of \(number)", source.flags.rawValue, saved.flags.rawValue)
        }
        count("bindings, masks and statuses of XICS sources", numbers.count)
    }

    private mutating func compareProcessors() {
        check("vCPUs", left.cpus.map(\.index), right.cpus.map(\.index))
        for (one, other) in zip(left.cpus, right.cpus) {
            if let context = one.context, let saved = other.context {
                check("context of vCPU \(one.index)", Rings(context), Rings(saved), isOpen: !run.hasContextEvents)
            }
            guard let presenter = one.presenter, let saved = other.presenter else { continue }
            check("presented to vCPU \(one.index)", presenter.presented, saved.presented)
            check("pending priority of vCPU \(one.index)", presenter.pendingPriority, saved.pendingPriority)
            check("CPPR of vCPU \(one.index)", presenter.currentPriority, saved.currentPriority)
            // A request no more favoured than CPPR has no effect, and only effects are traced.
            check(
                "MFRR of vCPU \(one.index)", presenter.mfrr, saved.mfrr, isOpen: saved.mfrr >= saved.currentPriority)
        }
        count("presenters", left.cpus.filter { $0.presenter != nil }.count)
        if run.hasContextEvents { count("thread contexts", left.cpus.filter { $0.context != nil }.count) }
    }
}

// MARK: - Facts as text

/// Where a XIVE source delivers.
private struct Binding: Equatable, CustomStringConvertible {
    let isMasked: Bool
    let queue: UInt32
    let eisn: UInt32

    init(_ source: XiveSource) {
        isMasked = source.assignment.isMasked
        queue = source.assignment.queueIndex
        eisn = source.assignment.eisn
    }

    var description: String {
        let place = "queue \(queue >> 3)/\(queue & 7), EISN \(hexadecimal(UInt64(eisn)))"
        return isMasked ? "masked, \(place)" : place
    }
}

/// What H_INT_SET_QUEUE_CONFIG decides of a queue.
private struct Settings: Equatable, CustomStringConvertible {
    let queue: EventQueue

    init(_ queue: EventQueue) { self.queue = queue }

    static func == (one: Settings, other: Settings) -> Bool {
        let (left, right) = (one.queue, other.queue)
        return [left.w0, left.w2, left.w3, left.w6, left.w7] == [right.w0, right.w2, right.w3, right.w6, right.w7]
    }

    var description: String {
        queue.isValid ? "\(queue.byteCount) bytes at \(hexadecimal(queue.address))" : "not valid"
    }
}

/// How far a queue is filled.
private struct Position: Equatable, CustomStringConvertible {
    let index: UInt32
    let generation: UInt8

    init(_ queue: EventQueue) {
        index = queue.nextIndex
        generation = queue.generation
    }

    var description: String { "index \(index), generation \(generation)" }
}

/// The register file of a thread context, in hexadecimal.
private struct Rings: Equatable, CustomStringConvertible {
    let bytes: [UInt8]

    init(_ context: ThreadContext) { bytes = context.bytes }

    var description: String {
        bytes.map { hexadecimal(UInt64($0), digits: 2).dropFirst(2) }.joined()
    }
}

/// Negotiated options, by the numbers of their bits.
private struct Options: Equatable, CustomStringConvertible {
    let bits: [Int]

    init(_ state: MachineState) {
        bits = (state.negotiatedOptions ?? []).enumerated().flatMap { word, value in
            (0..<64).filter { value >> UInt64($0) & 1 == 1 }.map { word * 64 + $0 }
        }
    }

    var description: String { bits.isEmpty ? "none" : bits.map(String.init).joined(separator: " ") }
}
