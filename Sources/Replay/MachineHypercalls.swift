import InterruptState

// Hypercalls: dispatch and the order of checks, `hw/intc/spapr_xive.c` and `hw/intc/xics_spapr.c`, QEMU 5.2 to 11.1.
extension Machine {
    /// Executes the hypercall in r3 for the vCPU of a row; status and outputs come back in the registers.
    ///
    /// A machine that has ended leaves the registers as they are.
    public mutating func hypercall(_ registers: inout Registers, processor row: Int) {
        guard board.end == nil, row >= 0, row < board.processors.count else { return }
        guard let call = Hypercall(rawValue: registers.r3) else {
            registers.status = .function
            return
        }
        switch call {
        case .eoi, .cppr, .ipi, .ipoll, .xirr, .xirrX:
            registers.status = presenterCall(call, &registers, row)
        case .rtas:
            registers.status = rtas(at: registers.r4, processor: row)
        case .clientArchitectureSupport:
            registers.status = negotiate(&registers, processor: row)
        default:
            registers.status = isXiveNegotiated ? xiveCall(call, &registers) : .function
        }
    }

    // MARK: - XICS

    private mutating func presenterCall(_ call: Hypercall, _ registers: inout Registers, _ row: Int) -> HypercallStatus
    {
        guard xics != nil else { return .function }
        // The two accepts act before they find that XIVE is in force.
        let accepted = call == .xirr || call == .xirrX ? xics?.accept(row, on: &board) : nil
        guard !isXiveNegotiated else { return .hardware }
        switch call {
        case .cppr:
            xics?.setCurrentPriority(row, UInt8(truncatingIfNeeded: registers.r4), on: &board)
        case .eoi:
            xics?.endOfInterrupt(row, UInt32(truncatingIfNeeded: registers.r4), on: &board)
        case .ipi, .ipoll:
            guard let target = board.processors.row(server: UInt32(truncatingIfNeeded: registers.r4)) else {
                return .parameter
            }
            if call == .ipi {
                xics?.setRequest(target, UInt8(truncatingIfNeeded: registers.r5), on: &board)
            } else if let presenter = xics?.presenters[target] {
                registers.r4 = UInt64(presenter.xirr)
                registers.r5 = UInt64(presenter.mfrr)
            }
        default:
            registers.r4 = UInt64(accepted ?? 0)
            // The host's tick counter in QEMU; the model has no clock.
            if call == .xirrX { registers.r5 = 0 }
        }
        return .success
    }

    // MARK: - XIVE

    private mutating func xiveCall(_ call: Hypercall, _ registers: inout Registers) -> HypercallStatus {
        switch call {
        case .getSourceInfo: getSourceInfo(&registers)
        case .setSourceConfig: setSourceConfig(registers)
        case .getSourceConfig: getSourceConfig(&registers)
        case .getQueueInfo: getQueueInfo(&registers)
        case .setQueueConfig: setQueueConfig(registers)
        case .getQueueConfig: getQueueConfig(&registers)
        case .esb: accessStatus(&registers)
        case .sync: checkedNumber(registers, allowedFlags: 0).status
        case .reset: resetController(registers)
        default: .function
        }
    }

    /// Flags, range and claim, in this order, of the calls whose second argument is a number.
    @inline(__always)
    private func checkedNumber(
        _ registers: Registers, allowedFlags: UInt64
    ) -> (number: UInt32, status: HypercallStatus) {
        guard registers.r4 & ~allowedFlags == 0 else { return (0, .parameter) }
        guard let count = xive?.numberCount, registers.r5 < UInt64(count) else { return (0, .parameter2) }
        let number = UInt32(truncatingIfNeeded: registers.r5)
        return (number, xive?.isClaimed(number) == true ? .success : .parameter2)
    }

    /// Flags, priority and server, in this order, of the calls that name a queue.
    @inline(__always)
    private func checkedQueue(
        _ registers: Registers, allowedFlags: UInt64
    ) -> (index: UInt32, server: UInt32, status: HypercallStatus) {
        guard registers.r4 & ~allowedFlags == 0 else { return (0, 0, .parameter) }
        let priority = UInt8(truncatingIfNeeded: registers.r6)
        guard priority < Machine.firstReservedPriority else { return (0, 0, .parameter3) }
        let server = UInt32(truncatingIfNeeded: registers.r5)
        guard board.processors.row(server: server) != nil else { return (0, 0, .parameter2) }
        return (server &* 8 &+ UInt32(priority), server, .success)
    }

    /// Priorities from 7 are reserved for the hypervisor.
    static let firstReservedPriority: UInt8 = 7

    private func getSourceInfo(_ registers: inout Registers) -> HypercallStatus {
        let (number, status) = checkedNumber(registers, allowedFlags: 0)
        guard status == .success else { return status }
        registers.r7 = 16
        if xive?.isLevel(number) == true {
            registers.r4 = 0xc
            registers.r5 = .max
            registers.r6 = .max
        } else {
            let trigger = XiveModel.statusBase &+ UInt64(number) &* XiveModel.statusStride
            registers.r4 = 0
            registers.r5 = trigger &+ 0x10000
            registers.r6 = trigger
        }
        return .success
    }

    private mutating func setSourceConfig(_ registers: Registers) -> HypercallStatus {
        let (number, status) = checkedNumber(registers, allowedFlags: 3)
        guard status == .success else { return status }
        guard registers.r7 != 0xff else {
            xive?.setAssignment(number, .claimed)
            return .success
        }
        let priority = UInt8(truncatingIfNeeded: registers.r7)
        guard priority < Machine.firstReservedPriority else { return .parameter4 }
        let server = UInt32(truncatingIfNeeded: registers.r6)
        guard board.processors.row(server: server) != nil else { return .parameter3 }
        let old = xive?.assignment(number).rawValue ?? 0
        let queue = UInt64(server &* 8 &+ UInt32(priority))
        let eisn = registers.r4 & 2 != 0 ? registers.r8 & 0x7fff_ffff : old & 0x7fff_ffff
        let mask: UInt64 = registers.r4 & 1 != 0 ? 0x8000_0000 : 0
        let kept = old & EventAssignment.reserved | 0x8000_0000_0000_0000
        xive?.setAssignment(number, EventAssignment(rawValue: kept | (queue & 0xff_ffff) << 32 | mask | eisn))
        return .success
    }

    private func getSourceConfig(_ registers: inout Registers) -> HypercallStatus {
        let (number, status) = checkedNumber(registers, allowedFlags: 0)
        guard status == .success, let assignment = xive?.assignment(number),
            let queue = xive?.queue(assignment.queueIndex)
        else { return status }
        registers.r4 = UInt64((queue.w6 & 0x7_ffff) &- 0x400)
        registers.r5 = assignment.isMasked ? 0xff : UInt64(queue.priority)
        registers.r6 = UInt64(assignment.eisn)
        return .success
    }

    private func getQueueInfo(_ registers: inout Registers) -> HypercallStatus {
        let (index, _, status) = checkedQueue(registers, allowedFlags: 0)
        guard status == .success, let queue = xive?.queue(index), let count = xive?.statusByteCount else {
            return status
        }
        registers.r4 = XiveModel.statusBase &+ count &+ UInt64(index) &* XiveModel.statusStride
        registers.r5 = queue.isEnqueuing ? UInt64(queue.sizeShift) : 0
        return .success
    }

    private mutating func setQueueConfig(_ registers: Registers) -> HypercallStatus {
        let (index, server, status) = checkedQueue(registers, allowedFlags: 1)
        guard status == .success else { return status }
        let page = registers.r7
        guard let shift = Machine.queueShifts.first(where: { UInt64($0) == registers.r8 }) else { return .parameter5 }
        guard shift != 0 else {
            xive?.setQueue(EventQueue(index: index))
            return .success
        }
        guard page & (1 << UInt64(shift) - 1) == 0 else { return .parameter4 }
        guard board.memory.contains(page, count: 1 << UInt64(shift)) else { return .parameter4 }
        var queue = xive?.queue(index) ?? EventQueue(index: index)
        let flags: UInt32 = 0xc000_0000 | (registers.r4 & 1 != 0 ? 0x2000_0000 : 0)
        queue.w0 = queue.w0 & ~0xe00f_0000 | flags | (shift &- 12) << 16
        queue.w1 = 0x0040_0000
        queue.w2 = UInt32(truncatingIfNeeded: page >> 32) & 0x0fff_ffff
        queue.w3 = UInt32(truncatingIfNeeded: page)
        queue.w6 = 0x400 &+ server
        queue.w7 = (index & 7) << 16
        xive?.setQueue(queue)
        return .success
    }

    /// log2 of the queue sizes that are taken; 0 takes a queue away.
    private static let queueShifts: [UInt32] = [0, 12, 16, 21, 24]

    private func getQueueConfig(_ registers: inout Registers) -> HypercallStatus {
        let (index, _, status) = checkedQueue(registers, allowedFlags: 1)
        guard status == .success, let queue = xive?.queue(index) else { return status }
        let isDebug = registers.r4 & 1 != 0
        registers.r4 = queue.alwaysNotifies ? 1 : 0
        if isDebug { registers.r4 |= UInt64(queue.generation) << 62 }
        registers.r5 = queue.isEnqueuing ? queue.address : 0
        registers.r6 = queue.isEnqueuing ? UInt64(queue.sizeShift) : 0
        registers.r7 = isDebug ? UInt64(queue.nextIndex) : 0
        return .success
    }

    /// H_INT_ESB: an access of eight bytes from the management page on.
    private mutating func accessStatus(_ registers: inout Registers) -> HypercallStatus {
        let (number, status) = checkedNumber(registers, allowedFlags: 1)
        guard status == .success, let count = xive?.statusByteCount else { return status }
        guard registers.r6 <= 0x20000 else { return .parameter3 }
        let offset = UInt64(number) &* XiveModel.statusStride &+ 0x10000 &+ registers.r6
        guard offset < count else { return .hardware }
        if registers.r4 & 1 != 0 {
            xive?.storeStatus(offset, on: &board)
            registers.r4 = .max
        } else {
            let value = xive?.loadStatus(offset, on: &board) ?? .max
            registers.r4 = setup.hostByteOrder == .little ? value.byteSwapped : value
        }
        return .success
    }

    /// H_INT_RESET: meant to reset the controller; as shipped it does nothing, the handlers being the machine's.
    private mutating func resetController(_ registers: Registers) -> HypercallStatus {
        guard registers.r4 == 0 else { return .parameter }
        if board.behaviour == .intended { xive?.reset(&board) }
        return .success
    }
}

extension EventAssignment {
    /// Bits without meaning, which calls keep.
    static let reserved: UInt64 = 0x7000_0000_0000_0000
}

// MARK: - Loads and stores

extension Machine {
    /// A load of the guest from real addresses: RAM, event state buffers, thread management area.
    ///
    /// Nil where the access faults. 1, 2, 4 or 8 bytes, big-endian.
    public mutating func load(_ address: UInt64, byteCount: Int, processor row: Int) -> UInt64? {
        guard board.end == nil, row >= 0, row < board.processors.count else { return nil }
        if address < board.memory.size { return board.memory.load(address, byteCount: byteCount) }
        let kept = UInt64.max >> UInt64(max(0, 64 - 8 * byteCount))
        switch pages(address, byteCount) {
        case .status(let offset)?: return (xive?.loadStatus(offset, on: &board)).map { $0 & kept }
        case .management(let offset)?:
            return (xive?.loadManagement(offset, byteCount: byteCount, row: row, on: &board)).map { $0 & kept }
        case nil: return unanswered(row) ? nil : 0
        }
    }

    /// Pages that answer accesses beyond RAM, with the offset in them.
    private enum Pages {
        case status(UInt64)
        case management(UInt64)
    }

    /// Who answers an access; nil where nobody does.
    private func pages(_ address: UInt64, _ byteCount: Int) -> Pages? {
        guard hasXivePages, let xive else { return nil }
        if let offset = xive.statusOffset(address) {
            return byteCount == 8 || board.build.narrowStatusAccesses ? .status(offset) : nil
        }
        return xive.managementOffset(address).map { .management($0) }
    }

    /// Whether an access that nothing answers faults; otherwise a load gives 0 and a store is lost.
    private mutating func unanswered(_ row: Int) -> Bool {
        guard board.build.unansweredFaults else { return false }
        if board.processors.checkstops[row] { board.end = .poweredOff }
        return true
    }

    /// A store of the guest to real addresses; false where the access faults.
    @discardableResult
    public mutating func store(_ address: UInt64, _ value: UInt64, byteCount: Int, processor row: Int) -> Bool {
        guard board.end == nil, row >= 0, row < board.processors.count else { return false }
        if address < board.memory.size { return board.memory.store(address, value, byteCount: byteCount) }
        switch pages(address, byteCount) {
        case .status(let offset)?: xive?.storeStatus(offset, on: &board)
        case .management(let offset)?:
            xive?.storeManagement(offset, value, byteCount: byteCount, row: row, on: &board)
        case nil: return !unanswered(row)
        }
        return true
    }
}
