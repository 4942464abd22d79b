import InterruptState

/// The XIVE controller of a pseries machine: sources, event assignments, event queues, thread contexts.
///
/// Columns instead of objects: a call touches a few machine words and allocates nothing. Rows exist for what was
/// written (``SparseRows``). Behaviour from `hw/intc/xive.c` and `hw/intc/spapr_xive.c`, QEMU 5.2 to 11.1.
struct XiveModel: Hashable, Sendable {
    /// Size of the number space.
    let numberCount: UInt32
    /// Number of event queue descriptors: 8 for each possible server.
    let queueCount: UInt32

    private var sourceRows: SparseRows
    private var assignments: [UInt64] = []
    private var statuses: [UInt8] = []
    private var levels: [Bool] = []

    private var queueRows: SparseRows
    private var queues: [EventQueue] = []

    /// 64 bytes for each vCPU, in order of creation.
    var contexts: [UInt8] = []
    /// Instance number of each context's section.
    var contextInstances: [UInt32] = []
    /// Whether each vCPU's context answers to the vCPU's own server number, so that a look-up need not search.
    private(set) var isRegular = true

    /// Takes note of contexts that were replaced.
    mutating func noteContexts(_ processors: Processors) {
        isRegular = (0..<processors.count).allSatisfy { row in
            camLine(row) & 0x80ff_ffff == 0x8000_0400 &+ processors.servers[row].rawValue
        }
    }

    init(numberCount: UInt32, queueCount: UInt32) {
        self.numberCount = numberCount
        self.queueCount = queueCount
        sourceRows = SparseRows(count: numberCount)
        queueRows = SparseRows(count: queueCount)
    }

    /// Status byte of a source that was never touched.
    static let statusOff: UInt8 = 0x01
    /// Q, P and asserted bits of a status byte.
    static let queued: UInt8 = 0x01
    static let pending: UInt8 = 0x02
    static let asserted: UInt8 = 0x04
}

// MARK: - Tables

extension XiveModel {
    /// Event assignment of a number, raw.
    @inline(__always)
    func assignment(_ number: UInt32) -> EventAssignment {
        guard let row = sourceRows.row(number) else { return .free }
        return EventAssignment(rawValue: assignments[row])
    }

    @inline(__always)
    func status(_ number: UInt32) -> UInt8 {
        guard let row = sourceRows.row(number) else { return Self.statusOff }
        return statuses[row]
    }

    /// Whether the number was claimed as a level source at any time: the bit is never cleared.
    @inline(__always)
    func isLevel(_ number: UInt32) -> Bool {
        guard let row = sourceRows.row(number) else { return false }
        return levels[row]
    }

    @inline(__always)
    mutating func setAssignment(_ number: UInt32, _ value: EventAssignment) {
        let row = sourceRows.row(number) ?? makeSourceRow(number)
        assignments[row] = value.rawValue
    }

    @inline(__always)
    mutating func setStatus(_ number: UInt32, _ value: UInt8) {
        let row = sourceRows.row(number) ?? makeSourceRow(number)
        statuses[row] = value
    }

    private mutating func setLevel(_ number: UInt32) {
        let row = sourceRows.row(number) ?? makeSourceRow(number)
        levels[row] = true
    }

    private mutating func makeSourceRow(_ number: UInt32) -> Int {
        let row = sourceRows.makePage(for: number)
        assignments.append(contentsOf: repeatElement(0, count: SparseRows.pageSize))
        statuses.append(contentsOf: repeatElement(Self.statusOff, count: SparseRows.pageSize))
        levels.append(contentsOf: repeatElement(false, count: SparseRows.pageSize))
        return row
    }

    @inline(__always)
    func queue(_ index: UInt32) -> EventQueue {
        guard let row = queueRows.row(index) else { return EventQueue(index: index) }
        return queues[row]
    }

    @inline(__always)
    mutating func setQueue(_ queue: EventQueue) {
        let row = queueRows.row(queue.index) ?? makeQueueRow(queue.index)
        queues[row] = queue
    }

    private mutating func makeQueueRow(_ index: UInt32) -> Int {
        let row = queueRows.makePage(for: index)
        let first = index & ~UInt32(SparseRows.pageSize - 1)
        for place in 0..<UInt32(SparseRows.pageSize) { queues.append(EventQueue(index: first &+ place)) }
        return row
    }

    /// Sources that are not as reset left them, ascending.
    var storedSources: [XiveSource] {
        var result: [XiveSource] = []
        sourceRows.forEach { number, row in
            let source = XiveSource(
                number: LogicalNumber(number), assignment: EventAssignment(rawValue: assignments[row]),
                status: SourceStatus(rawValue: statuses[row]))
            if !source.isBlank { result.append(source) }
        }
        return result
    }

    /// Queues that are not as reset left them, ascending.
    var storedQueues: [EventQueue] {
        var result: [EventQueue] = []
        queueRows.forEach { _, row in
            if !queues[row].isBlank { result.append(queues[row]) }
        }
        return result
    }

    /// Replaces tables by those of a stream; level bits stay, because no stream carries them.
    mutating func loadTables(sources: [XiveSource], queues newQueues: [EventQueue]) {
        for row in assignments.indices {
            assignments[row] = 0
            statuses[row] = Self.statusOff
        }
        for source in sources where source.number.rawValue < numberCount {
            setAssignment(source.number.rawValue, source.assignment)
            setStatus(source.number.rawValue, source.status.rawValue)
        }
        for row in queues.indices { queues[row] = EventQueue(index: queues[row].index) }
        for queue in newQueues where queue.index < queueCount { setQueue(queue) }
    }

    /// Every word of both tables as a host of the other byte order sees it: what QEMU makes of them after a
    /// migration between such hosts (`hw/intc/spapr_xive.c`, 5.2 to 11.1, from the source).
    mutating func swapTables() {
        for row in assignments.indices { assignments[row] = assignments[row].byteSwapped }
        for index in 0..<queueCount {
            let old = queue(index)
            var queue = EventQueue(index: index)
            (queue.w0, queue.w1, queue.w2, queue.w3) =
                (old.w0.byteSwapped, old.w1.byteSwapped, old.w2.byteSwapped, old.w3.byteSwapped)
            (queue.w4, queue.w5, queue.w6, queue.w7) =
                (old.w4.byteSwapped, old.w5.byteSwapped, old.w6.byteSwapped, old.w7.byteSwapped)
            setQueue(queue)
        }
    }
}

// MARK: - ControllerModel

extension XiveModel: ControllerModel {
    var bounds: Range<UInt32> { 0..<numberCount }

    @inline(__always)
    func isClaimed(_ number: UInt32) -> Bool { assignment(number).isValid }

    mutating func claim(_ number: UInt32, as kind: SourceKind) -> Bool {
        guard number < numberCount else { return false }
        let old = assignment(number)
        guard !old.isValid else { return false }
        setAssignment(number, EventAssignment(rawValue: old.rawValue | EventAssignment.claimed.rawValue))
        if kind == .lsi { setLevel(number) }
        return true
    }

    /// Clears VALID alone: queue, EISN, mask and PQ stay to be found by the next claim.
    mutating func release(_ number: UInt32) {
        guard number < numberCount else { return }
        let valid: UInt64 = 0x8000_0000_0000_0000
        setAssignment(number, EventAssignment(rawValue: assignment(number).rawValue & ~valid))
    }

    mutating func setInput(_ number: UInt32, to level: Bool, on board: inout Board) {
        guard number < numberCount else { return }
        guard isClaimed(number) else {
            if level { board.end = .aborted("interrupt \(LogicalNumber(number)) is raised and not claimed") }
            return
        }
        guard isLevel(number) else {
            if level, trigger(number) { forward(number, on: &board) }
            return
        }
        let old = status(number)
        guard level else { return setStatus(number, old & ~Self.asserted) }
        guard old & (Self.pending | Self.queued) == 0 else { return setStatus(number, old | Self.asserted) }
        setStatus(number, old | Self.asserted | Self.pending)
        forward(number, on: &board)
    }

    mutating func addProcessor(server: ServerNumber) {
        contexts.append(contentsOf: ThreadContext.reset(server: server).bytes)
        contextInstances.append((contextInstances.max() ?? 0) &+ (contextInstances.isEmpty ? 0 : 1))
    }

    mutating func removeProcessor(row: Int) {
        contexts.removeSubrange(row * ThreadContext.byteCount..<(row + 1) * ThreadContext.byteCount)
        contextInstances.remove(at: row)
    }

    mutating func reset(_ board: inout Board) {
        for row in assignments.indices {
            let isValid = EventAssignment(rawValue: assignments[row]).isValid
            assignments[row] = (isValid ? EventAssignment.claimed : .free).rawValue
            statuses[row] = Self.statusOff
        }
        for row in queues.indices { queues[row] = EventQueue(index: queues[row].index) }
        for (row, server) in board.processors.servers.enumerated() {
            setContext(row, .reset(server: server), processors: board.processors)
        }
        isRegular = true
    }
}
