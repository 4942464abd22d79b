import InterruptState

/// The XICS controller of a pseries machine: one source controller (ICS) and a presenter (ICP) for each vCPU.
///
/// Behaviour from `hw/intc/xics.c`, QEMU 5.2 to 11.1. The order of every step is that of the source, because each
/// step can move an interrupt.
struct XicsModel: Hashable, Sendable {
    /// First number of the space.
    let base: UInt32
    let numberCount: UInt32

    private var rows: SparseRows
    private var servers: [UInt32] = []
    private var priorities: [UInt8] = []
    private var savedPriorities: [UInt8] = []
    private var statuses: [UInt8] = []
    private var flags: [UInt8] = []
    /// Numbers that a resend would look at, ascending: edge ones rejected, level ones asserted and not sent.
    private var waiting: [UInt32] = []

    /// XIRR, pending priority, MFRR of each vCPU, in order of creation.
    private(set) var presenters: [Presenter] = []
    /// Whether the source of what each presenter presents is known; a load forgets it.
    private var ownerKnown: [Bool] = []

    init(base: UInt32, numberCount: UInt32) {
        self.base = base
        self.numberCount = numberCount
        rows = SparseRows(count: numberCount)
    }

    private typealias Status = XicsSource.Status
    private typealias Flags = XicsSource.Flags
}

// MARK: - Tables

extension XicsModel {
    /// The source of a number; the number must be in the space.
    func source(_ number: UInt32) -> XicsSource {
        guard let row = rows.row(number &- base) else { return XicsSource(number: LogicalNumber(number)) }
        return stored(number, row)
    }

    /// Sources that are not as reset left a free number, ascending.
    var storedSources: [XicsSource] {
        var result: [XicsSource] = []
        rows.forEach { index, row in
            let source = stored(base &+ index, row)
            if !source.isBlank { result.append(source) }
        }
        return result
    }

    private func stored(_ number: UInt32, _ row: Int) -> XicsSource {
        XicsSource(
            number: LogicalNumber(number), server: ServerNumber(servers[row]), priority: priorities[row],
            savedPriority: savedPriorities[row], status: Status(rawValue: statuses[row]),
            flags: Flags(rawValue: flags[row]))
    }

    /// Replaces the table by that of a stream.
    mutating func loadSources(_ sources: [XicsSource]) {
        for row in servers.indices { blank(row) }
        waiting = []
        for source in sources where bounds.contains(source.number.rawValue) {
            let row = makeRow(source.number.rawValue)
            servers[row] = source.server.rawValue
            priorities[row] = source.priority
            savedPriorities[row] = source.savedPriority
            flags[row] = source.flags.rawValue
            setStatus(source.number.rawValue, row, source.status)
        }
    }

    /// Replaces a presenter by that of a stream, which does not say whose interrupt is presented.
    mutating func loadPresenter(_ row: Int, _ presenter: Presenter, ownerKnown isKnown: Bool) {
        presenters[row] = presenter
        ownerKnown[row] = isKnown
    }

    /// Whether the source of what a presenter presents is known.
    func knowsOwner(_ row: Int) -> Bool { ownerKnown[row] }

    /// Numbers that a resend would look at.
    var waitingNumbers: [UInt32] { waiting }

    private mutating func blank(_ row: Int) {
        servers[row] = 0
        priorities[row] = 0xff
        savedPriorities[row] = 0xff
        statuses[row] = 0
        flags[row] = 0
    }

    private mutating func makeRow(_ number: UInt32) -> Int {
        if let row = rows.row(number &- base) { return row }
        let row = rows.makePage(for: number &- base)
        servers.append(contentsOf: repeatElement(0, count: SparseRows.pageSize))
        priorities.append(contentsOf: repeatElement(0xff, count: SparseRows.pageSize))
        savedPriorities.append(contentsOf: repeatElement(0xff, count: SparseRows.pageSize))
        statuses.append(contentsOf: repeatElement(0, count: SparseRows.pageSize))
        flags.append(contentsOf: repeatElement(0, count: SparseRows.pageSize))
        return row
    }

    private func isLevel(_ row: Int) -> Bool { flags[row] & Flags.lsi.rawValue != 0 }

    /// Sets a status and keeps ``waiting`` true to it.
    private mutating func setStatus(_ number: UInt32, _ row: Int, _ status: Status) {
        let isWaiting = waits(row)
        statuses[row] = status.rawValue
        note(number, row, wasWaiting: isWaiting)
    }

    private func waits(_ row: Int) -> Bool {
        let status = Status(rawValue: statuses[row])
        return isLevel(row) ? status.contains(.asserted) && !status.contains(.sent) : status.contains(.rejected)
    }

    private mutating func note(_ number: UInt32, _ row: Int, wasWaiting: Bool) {
        let isWaiting = waits(row)
        guard isWaiting != wasWaiting else { return }
        let place = waiting.partitionPlace { $0 < number }
        if isWaiting { waiting.insert(number, at: place) } else { waiting.remove(at: place) }
    }
}

// MARK: - ControllerModel

extension XicsModel: ControllerModel {
    var bounds: Range<UInt32> { base..<base &+ numberCount }

    func isClaimed(_ number: UInt32) -> Bool {
        guard bounds.contains(number), let row = rows.row(number &- base) else { return false }
        return flags[row] != 0
    }

    mutating func claim(_ number: UInt32, as kind: SourceKind) -> Bool {
        guard bounds.contains(number), !isClaimed(number) else { return false }
        let row = makeRow(number)
        let wasWaiting = waits(row)
        flags[row] |= (kind == .lsi ? Flags.lsi : Flags.msi).rawValue
        note(number, row, wasWaiting: wasWaiting)
        return true
    }

    /// Zeroes the entry, priority included: the next claim finds it unmasked at the most favoured priority.
    mutating func release(_ number: UInt32) {
        guard bounds.contains(number) else { return }
        let row = makeRow(number)
        let wasWaiting = waits(row)
        blank(row)
        priorities[row] = 0
        savedPriorities[row] = 0
        note(number, row, wasWaiting: wasWaiting)
    }

    mutating func setInput(_ number: UInt32, to level: Bool, on board: inout Board) {
        guard bounds.contains(number) else { return }
        let row = makeRow(number)
        var status = Status(rawValue: statuses[row])
        if isLevel(row) {
            if level { status.insert(.asserted) } else { status.remove(.asserted) }
            setStatus(number, row, status)
            resendLevel(number, row, on: &board)
        } else if level {
            if priorities[row] == 0xff {
                status.insert(.maskedPending)
                setStatus(number, row, status)
            } else {
                deliver(number, row, on: &board)
            }
        }
    }

    mutating func addProcessor(server: ServerNumber) {
        presenters.append(.reset)
        ownerKnown.append(false)
    }

    mutating func removeProcessor(row: Int) {
        presenters.remove(at: row)
        ownerKnown.remove(at: row)
    }

    mutating func reset(_ board: inout Board) {
        for row in servers.indices {
            let kept = flags[row]
            blank(row)
            flags[row] = kept
        }
        waiting = []
        for row in presenters.indices {
            presenters[row] = .reset
            ownerKnown[row] = false
        }
    }
}

// MARK: - Sources

extension XicsModel {
    /// `ibm,set-xive` and its kind: stores server and priorities, then sends what waited for it.
    mutating func configure(
        _ number: UInt32, server: UInt32, priority: UInt8, savedPriority: UInt8, on board: inout Board
    ) {
        guard bounds.contains(number) else { return }
        let row = makeRow(number)
        servers[row] = server
        priorities[row] = priority
        savedPriorities[row] = savedPriority
        if isLevel(row) { return resendLevel(number, row, on: &board) }
        var status = Status(rawValue: statuses[row])
        guard status.contains(.maskedPending), priority != 0xff else { return }
        status.remove(.maskedPending)
        setStatus(number, row, status)
        deliver(number, row, on: &board)
    }

    private mutating func resendLevel(_ number: UInt32, _ row: Int, on board: inout Board) {
        var status = Status(rawValue: statuses[row])
        guard priorities[row] != 0xff, status.contains(.asserted), !status.contains(.sent) else { return }
        status.insert(.sent)
        setStatus(number, row, status)
        deliver(number, row, on: &board)
    }

    private mutating func resendEdge(_ number: UInt32, _ row: Int, on board: inout Board) {
        var status = Status(rawValue: statuses[row])
        guard status.contains(.rejected) else { return }
        status.remove(.rejected)
        setStatus(number, row, status)
        if priorities[row] != 0xff { deliver(number, row, on: &board) }
    }

    private mutating func reject(_ number: UInt32) {
        guard bounds.contains(number) else { return }
        let row = makeRow(number)
        var status = Status(rawValue: statuses[row])
        if isLevel(row) {
            status.remove(.sent)
        } else if flags[row] != 0 {
            // A number that went back while it was presented is nothing any more.
            status.insert(.rejected)
        }
        setStatus(number, row, status)
    }

    /// Walks the sources that wait, in order of their numbers; each may displace others.
    private mutating func resendSources(on board: inout Board) {
        var next = base
        while board.end == nil {
            let place = waiting.partitionPlace { $0 < next }
            guard place < waiting.count else { return }
            let number = waiting[place]
            next = number &+ 1
            guard let row = rows.row(number &- base) else { return }
            if isLevel(row) {
                resendLevel(number, row, on: &board)
            } else {
                resendEdge(number, row, on: &board)
            }
        }
    }

    private mutating func deliver(_ number: UInt32, _ row: Int, on board: inout Board) {
        let server = servers[row]
        let priority = priorities[row]
        guard let target = board.processors.row(server: server) else {
            guard board.behaviour == .shipped, board.build.invalidServer == .crash else { return reject(number) }
            board.end = .crashed("interrupt \(LogicalNumber(number)) is bound to server \(server), which has no vCPU")
            return
        }
        let presenter = presenters[target]
        let isPresenting = presenter.presented != 0
        if priority >= presenter.currentPriority || (isPresenting && presenter.pendingPriority <= priority) {
            return reject(number)
        }
        if isPresenting, ownerKnown[target] { reject(presenter.presented) }
        presenters[target].xirr = presenter.xirr & 0xff00_0000 | number & 0x00ff_ffff
        presenters[target].pendingPriority = priority
        ownerKnown[target] = true
        board.processors.lines[target] = true
    }
}

// MARK: - Presenters

extension XicsModel {
    /// H_XIRR: takes what is presented; XIRR as it was.
    mutating func accept(_ row: Int, on board: inout Board) -> UInt32 {
        let old = presenters[row]
        board.processors.lines[row] = false
        presenters[row].xirr = UInt32(old.pendingPriority) << 24
        presenters[row].pendingPriority = 0xff
        ownerKnown[row] = false
        return old.xirr
    }

    /// H_CPPR.
    mutating func setCurrentPriority(_ row: Int, _ value: UInt8, on board: inout Board) {
        let old = presenters[row]
        presenters[row].xirr = old.xirr & 0x00ff_ffff | UInt32(value) << 24
        if value < old.currentPriority {
            guard old.presented != 0, value <= old.pendingPriority else { return }
            presenters[row].xirr &= 0xff00_0000
            presenters[row].pendingPriority = 0xff
            board.processors.lines[row] = false
            if ownerKnown[row] { reject(old.presented) }
            ownerKnown[row] = false
        } else if old.presented == 0 {
            resend(row, on: &board)
        }
    }

    /// H_IPI: sets MFRR, which asks for the inter-processor interrupt.
    mutating func setRequest(_ row: Int, _ value: UInt8, on board: inout Board) {
        presenters[row].mfrr = value
        if value < presenters[row].currentPriority { presentRequest(row, on: &board) }
    }

    /// H_EOI.
    mutating func endOfInterrupt(_ row: Int, _ xirr: UInt32, on board: inout Board) {
        presenters[row].xirr = presenters[row].xirr & 0x00ff_ffff | xirr & 0xff00_0000
        let number = xirr & 0x00ff_ffff
        if bounds.contains(number), let source = rows.row(number &- base), isLevel(source) {
            var status = Status(rawValue: statuses[source])
            status.remove(.sent)
            setStatus(number, source, status)
        }
        if presenters[row].presented == 0 { resend(row, on: &board) }
    }

    /// Presents what waits to be presented: a request of the vCPU's own first, then the sources.
    mutating func resend(_ row: Int, on board: inout Board) {
        if presenters[row].mfrr < presenters[row].currentPriority { presentRequest(row, on: &board) }
        resendSources(on: &board)
    }

    private mutating func presentRequest(_ row: Int, on board: inout Board) {
        let presenter = presenters[row]
        if presenter.presented != 0 {
            guard presenter.pendingPriority > presenter.mfrr else { return }
            if ownerKnown[row] { reject(presenter.presented) }
        }
        presenters[row].xirr = presenter.xirr & 0xff00_0000 | XicsModel.interprocessor
        presenters[row].pendingPriority = presenter.mfrr
        ownerKnown[row] = false
        board.processors.lines[row] = true
    }

    /// XISR value of the inter-processor interrupt.
    static let interprocessor: UInt32 = 2
}
