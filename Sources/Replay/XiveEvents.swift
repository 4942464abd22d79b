import InterruptState

// What happens to an event: source state machine, routing, presentation.
extension XiveModel {
    /// A trigger of a source: whether the event goes on.
    @inline(__always)
    mutating func trigger(_ number: UInt32) -> Bool {
        let old = status(number)
        switch old & 3 {
        case 0:
            setStatus(number, old | Self.pending)
            return true
        case Self.pending:
            setStatus(number, old | Self.queued)
            return false
        default:
            return false
        }
    }

    /// End of interrupt at a source: whether an event goes on.
    mutating func endOfInterrupt(_ number: UInt32) -> Bool {
        let old = status(number)
        switch old & 3 {
        case Self.pending:
            setStatus(number, old & ~3)
        case 3:
            setStatus(number, old & ~3 | Self.pending)
            return true
        default:
            break
        }
        let now = status(number)
        guard isLevel(number), now & 7 == Self.asserted else { return false }
        setStatus(number, now | Self.pending)
        return true
    }

    /// Routes an event of a source to its queue and, if the queue says so, to a vCPU.
    mutating func forward(_ number: UInt32, on board: inout Board) {
        let assignment = assignment(number)
        guard assignment.isValid, !assignment.isMasked else { return }
        guard assignment.queueIndex < queueCount else { return }
        var queue = queue(assignment.queueIndex)
        guard queue.isValid else { return }
        var isChanged = false
        if queue.isEnqueuing { isChanged = push(assignment.eisn, into: &queue, memory: &board.memory) }
        let notifies = notification(&queue, isChanged: &isChanged)
        if isChanged { setQueue(queue) }
        if notifies, let server = queue.server { present(server, priority: queue.priority, on: &board) }
    }

    /// Writes the next entry; false, and nothing changed, where the queue's page is no RAM.
    private func push(_ eisn: UInt32, into queue: inout EventQueue, memory: inout GuestMemory) -> Bool {
        let entries = queue.entryCount
        let index = queue.nextIndex
        let word = UInt32(queue.generation) << 31 | eisn
        let address = queue.address &+ UInt64(index) &* 4
        guard memory.store(address, UInt64(word), byteCount: 4) else { return false }
        let next = (index &+ 1) & (entries &- 1)
        var w1 = queue.w1 & ~0x003f_ffff | next
        if next == 0 { w1 ^= 0x0040_0000 }
        queue.w1 = w1
        return true
    }

    /// Whether an event that reached a queue interrupts a vCPU; ESn is taken along.
    private func notification(_ queue: inout EventQueue, isChanged: inout Bool) -> Bool {
        let silent: UInt32 = 0x0100_0000
        guard queue.w0 & silent == 0 else { return false }
        let isFormat0 = queue.w6 & 0x0080_0000 == 0
        guard isFormat0, queue.priority != 0xff else { return false }
        if queue.alwaysNotifies { return true }
        switch queue.notificationStatus {
        case 0:
            queue.w1 |= 0x8000_0000
            isChanged = true
            return true
        case 2:
            queue.w1 |= 0xc000_0000
            isChanged = true
            return false
        default:
            return false
        }
    }

    /// Delivers a notification to the vCPU whose context answers to a server number.
    private mutating func present(_ server: ServerNumber, priority: UInt8, on board: inout Board) {
        guard board.processors.row(server: server.rawValue) != nil else { return }
        guard let row = contextRow(server, processors: board.processors) else { return }
        if board.build.lessFavouredSetsBitOnly, priority >= register(row, OSRing.pipr) {
            addPending(row, priority: priority)
        } else {
            setPending(row, priority: priority, on: &board)
        }
    }
}

// MARK: - Thread contexts

/// Bytes of the OS ring.
enum OSRing {
    static let nsr = 0x10
    static let cppr = 0x11
    static let ipb = 0x12
    static let pipr = 0x17
}

extension XiveModel {
    @inline(__always)
    func register(_ row: Int, _ place: Int) -> UInt8 { contexts[row &* 64 &+ place] }

    @inline(__always)
    mutating func setRegister(_ row: Int, _ place: Int, _ value: UInt8) { contexts[row &* 64 &+ place] = value }

    /// The context of a row.
    func context(_ row: Int) -> ThreadContext? {
        ThreadContext(bytes: Array(contexts[row * 64..<row * 64 + 64]))
    }

    /// Replaces the context of a row.
    mutating func setContext(_ row: Int, _ context: ThreadContext, processors: Processors) {
        contexts.replaceSubrange(row * 64..<row * 64 + 64, with: context.bytes)
        noteContexts(processors)
    }

    /// Word 2 of the OS ring: valid bit and CAM line.
    func camLine(_ row: Int) -> UInt32 {
        let first = row &* 64 &+ 0x18
        return UInt32(contexts[first]) << 24 | UInt32(contexts[first &+ 1]) << 16
            | UInt32(contexts[first &+ 2]) << 8 | UInt32(contexts[first &+ 3])
    }

    /// The row whose context answers to a server number: none where none does, or several.
    func contextRow(_ server: ServerNumber, processors: Processors) -> Int? {
        if isRegular { return processors.row(server: server.rawValue) }
        let wanted: UInt32 = 0x8000_0400 &+ server.rawValue
        var found: Int?
        for row in 0..<processors.count where camLine(row) & 0x80ff_ffff == wanted {
            if found != nil { return nil }
            found = row
        }
        return found
    }

    /// PIPR as IPB implies it: the most favoured pending priority, or 0xff.
    @inline(__always)
    static func pendingPriority(_ ipb: UInt8) -> UInt8 {
        ipb == 0 ? 0xff : UInt8(truncatingIfNeeded: ipb.leadingZeroBitCount)
    }

    /// IPB gains a priority.
    @inline(__always)
    private mutating func addPending(_ row: Int, priority: UInt8) {
        setRegister(row, OSRing.ipb, register(row, OSRing.ipb) | (priority > 7 ? 0 : 0x80 >> priority))
    }

    /// IPB gains a priority, and the vCPU is interrupted if that is enough.
    @inline(__always)
    mutating func setPending(_ row: Int, priority: UInt8, on board: inout Board) {
        addPending(row, priority: priority)
        setRegister(row, OSRing.pipr, Self.pendingPriority(register(row, OSRing.ipb)))
        notify(row, on: &board)
    }

    /// Raises the vCPU's input if the pending priority passes CPPR; whether it did.
    @discardableResult
    private mutating func notify(_ row: Int, on board: inout Board) -> Bool {
        guard register(row, OSRing.pipr) < register(row, OSRing.cppr) else { return false }
        setRegister(row, OSRing.nsr, 0x80)
        board.processors.lines[row] = true
        return true
    }

    /// A store to CPPR of the OS ring.
    mutating func setCurrentPriority(_ row: Int, _ value: UInt8, on board: inout Board) {
        setRegister(row, OSRing.cppr, value > 7 ? 0xff : value)
        if board.build.priorityWriteDerivesPending {
            setRegister(row, OSRing.pipr, Self.pendingPriority(register(row, OSRing.ipb)))
        }
        if !notify(row, on: &board), board.build.priorityWriteClearsException {
            setRegister(row, OSRing.nsr, 0)
            board.processors.lines[row] = false
        }
    }

    /// Accept: takes the pending priority into CPPR; NSR and CPPR as the load returns them.
    mutating func accept(_ row: Int, on board: inout Board) -> UInt16 {
        board.processors.lines[row] = false
        let nsr = register(row, OSRing.nsr)
        if nsr & 0x80 != 0 {
            let priority = register(row, OSRing.pipr)
            setRegister(row, OSRing.cppr, priority)
            let ipb = register(row, OSRing.ipb) & ~(priority > 7 ? 0 : 0x80 >> priority)
            setRegister(row, OSRing.ipb, ipb)
            if !board.build.acceptKeepsPendingPriority {
                setRegister(row, OSRing.pipr, Self.pendingPriority(ipb))
            }
            setRegister(row, OSRing.nsr, 0)
        }
        return UInt16(nsr) << 8 | UInt16(register(row, OSRing.cppr))
    }
}
