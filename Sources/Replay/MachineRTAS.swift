import InterruptState
import PSeries

// RTAS calls: `hw/ppc/spapr_rtas.c`, `hw/intc/xics_spapr.c`, `hw/ppc/spapr_pci.c`, QEMU 5.2 to 11.1.

/// The buffer of an RTAS call: big-endian words token, nargs, nret, arguments, returns.
private struct RTASBuffer {
    let address: UInt64
    let token: UInt32
    let argumentCount: UInt32
    let returnCount: UInt32
    let returns: UInt64

    init(at address: UInt64, in memory: GuestMemory) {
        self.address = address
        func word(_ index: UInt64) -> UInt32 { RTASBuffer.load(address &+ 4 &* index, memory) }
        token = word(0)
        argumentCount = word(1)
        returnCount = word(2)
        returns = address &+ 12 &+ 4 &* UInt64(argumentCount)
    }

    static func load(_ address: UInt64, _ memory: GuestMemory) -> UInt32 {
        UInt32(truncatingIfNeeded: memory.load(address, byteCount: 4) ?? 0)
    }

    func argument(_ index: UInt64, _ memory: GuestMemory) -> UInt32 {
        RTASBuffer.load(address &+ 12 &+ 4 &* index, memory)
    }

    func buid(at index: UInt64, _ memory: GuestMemory) -> UInt64 {
        UInt64(argument(index, memory)) << 32 | UInt64(argument(index &+ 1, memory))
    }
}

extension Machine {
    /// Hypercall 0xF000: the RTAS call whose buffer is at an address.
    mutating func rtas(at address: UInt64, processor row: Int) -> HypercallStatus {
        let buffer = RTASBuffer(at: address, in: board.memory)
        guard let call = RTASCall(rawValue: buffer.token), isRegistered(call) else {
            setReturn(buffer, 0, RTASStatus.parameter)
            return .parameter
        }
        switch call {
        case .setXive, .getXive, .intOff, .intOn: sourceCall(call, buffer)
        case .changeMSI: changeMessages(buffer)
        case .queryInterruptSourceNumber: querySource(buffer)
        case .writePCIConfig: writeConfiguration(buffer)
        case .startCPU: startProcessor(buffer)
        case .powerOff:
            setReturn(buffer, 0, RTASStatus.success)
            board.end = .poweredOff
        }
        return .success
    }

    private func isRegistered(_ call: RTASCall) -> Bool {
        switch call {
        case .setXive, .getXive, .intOff, .intOn: xics != nil
        default: true
        }
    }

    private mutating func setReturn(_ buffer: RTASBuffer, _ index: UInt64, _ value: UInt32) {
        board.memory.store(buffer.returns &+ 4 &* index, UInt64(value), byteCount: 4)
    }

    // MARK: - XICS sources

    private mutating func sourceCall(_ call: RTASCall, _ buffer: RTASBuffer) {
        let status = sourceStatus(call, buffer)
        setReturn(buffer, 0, status)
    }

    private mutating func sourceStatus(_ call: RTASCall, _ buffer: RTASBuffer) -> UInt32 {
        guard !isXiveNegotiated else { return RTASStatus.hardware }
        let (arguments, returns): (UInt32, UInt32) =
            switch call {
            case .setXive: (3, 1)
            case .getXive: (1, 3)
            default: (1, 1)
            }
        guard buffer.argumentCount == arguments, buffer.returnCount == returns else { return RTASStatus.parameter }
        let number = buffer.argument(0, board.memory)
        guard xics?.bounds.contains(number) == true, let source = xics?.source(number) else {
            return RTASStatus.parameter
        }
        switch call {
        case .setXive:
            let server = buffer.argument(1, board.memory)
            guard board.processors.row(server: server) != nil,
                let priority = UInt8(exactly: buffer.argument(2, board.memory))
            else { return RTASStatus.parameter }
            xics?.configure(
                number, server: server, priority: priority, savedPriority: priority, on: &board)
        case .intOff:
            xics?.configure(
                number, server: source.server.rawValue, priority: 0xff, savedPriority: source.priority, on: &board)
        case .intOn:
            xics?.configure(
                number, server: source.server.rawValue, priority: source.savedPriority,
                savedPriority: source.savedPriority, on: &board)
        default:
            setReturn(buffer, 1, source.server.rawValue)
            setReturn(buffer, 2, UInt32(source.priority))
        }
        return RTASStatus.success
    }

    // MARK: - PCI messages

    private func place(buid: UInt64, address: UInt32) -> (bridge: Int, function: Int)? {
        guard let bridge = bridges.firstIndex(where: { $0.buid == buid }) else { return nil }
        let wanted = address & 0x00ff_ff00
        let function = bridges[bridge].functions.firstIndex { $0.description.configurationAddress == wanted }
        return function.map { (bridge, $0) }
    }

    private mutating func changeMessages(_ buffer: RTASBuffer) {
        let result = changeMessages(
            configurationAddress: buffer.argument(0, board.memory), buid: buffer.buid(at: 1, board.memory),
            function: buffer.argument(3, board.memory), count: buffer.argument(4, board.memory))
        switch result {
        case .failed(let status):
            setReturn(buffer, 0, status)
        case .released:
            setReturn(buffer, 0, RTASStatus.success)
            setReturn(buffer, 1, 0)
        case .granted(let count, let kind, _):
            setReturn(buffer, 0, RTASStatus.success)
            setReturn(buffer, 1, count)
            setReturn(buffer, 2, buffer.argument(5, board.memory) &+ 1)
            if buffer.returnCount > 3 { setReturn(buffer, 3, kind == .msi ? 1 : 2) }
        }
    }

    /// What `ibm,change-msi` came to.
    public enum MessageChange: Hashable, Sendable {
        /// The status: -1 or -3 as 32 bits.
        case failed(UInt32)
        /// The block went back.
        case released
        /// Success with so many vectors; the first number is nil where none was allocated and the guest must
        /// repeat the request with this count.
        case granted(count: UInt32, kind: MessageKind, first: LogicalNumber?)
    }

    /// `ibm,change-msi` with its arguments taken apart; function 1 is either, 3 MSI, 4 MSI-X.
    public mutating func changeMessages(
        configurationAddress: UInt32, buid: UInt64, function: UInt32, count: UInt32
    ) -> MessageChange {
        guard let (bridge, place) = place(buid: buid, address: configurationAddress) else {
            return .failed(RTASStatus.parameter)
        }
        let part = bridges[bridge].functions[place]
        guard let kind = part.kind(function: function) else { return .failed(RTASStatus.parameter) }
        let old = bridges[bridge].blocks.firstIndex { $0.device == configurationAddress }
        guard count > 0 else {
            guard let old else { return .failed(RTASStatus.hardware) }
            releaseBlock(bridges[bridge].blocks.remove(at: old), bridge: bridges[bridge].index)
            return .released
        }
        let limit = kind == .msi ? UInt32(1) << part.enabledShift : part.description.tableVectors
        guard limit > 0 else { return .failed(RTASStatus.hardware) }
        guard count <= limit else { return .granted(count: limit, kind: kind, first: nil) }
        guard let first = allocateBlock(count, kind, bridge: bridges[bridge].index) else {
            return .failed(RTASStatus.hardware)
        }
        let block = MessageBlock(device: configurationAddress, first: first, count: count)
        if let old {
            releaseBlock(bridges[bridge].blocks[old], bridge: bridges[bridge].index)
            bridges[bridge].blocks[old] = block
        } else {
            bridges[bridge].blocks.append(block)
        }
        bridges[bridge].functions[place].hasVectors = true
        return .granted(count: count, kind: kind, first: first)
    }

    /// Allocates and claims; nil where the call fails, or where QEMU ends.
    private mutating func allocateBlock(_ count: UInt32, _ kind: MessageKind, bridge: UInt32) -> LogicalNumber? {
        do {
            let first = try plan.allocate(count, kind, bridge: bridge)
            for offset in 0..<count {
                do {
                    try claim(LogicalNumber(first.rawValue &+ offset), .msi)
                } catch {
                    for undone in 0..<offset { release(LogicalNumber(first.rawValue &+ undone)) }
                    plan.release(first, count, bridge: bridge)
                    return nil
                }
            }
            return first
        } catch {
            if case .abort = error, board.behaviour == .shipped {
                board.end = .aborted("\(count) message numbers cannot be allocated")
            }
            return nil
        }
    }

    mutating func releaseBlock(_ block: MessageBlock, bridge: UInt32) {
        plan.release(block.first, block.count, bridge: bridge)
        for offset in 0..<block.count { release(LogicalNumber(block.first.rawValue &+ offset)) }
    }

    private mutating func querySource(_ buffer: RTASBuffer) {
        let address = buffer.argument(0, board.memory)
        let vector = buffer.argument(3, board.memory)
        guard let (bridge, _) = place(buid: buffer.buid(at: 1, board.memory), address: address) else {
            return setReturn(buffer, 0, RTASStatus.parameter)
        }
        guard let block = bridges[bridge].blocks.first(where: { $0.device == address }), vector < block.count else {
            return setReturn(buffer, 0, RTASStatus.hardware)
        }
        setReturn(buffer, 0, RTASStatus.success)
        setReturn(buffer, 1, block.first.rawValue &+ vector)
        setReturn(buffer, 2, 1)
    }

    /// `ibm,write-pci-config`: of configuration space the model has the MSI capability's enabled count.
    ///
    /// Whatever is wrong is a hardware error (`hw/ppc/spapr_pci.c`, observed on 7.2).
    private mutating func writeConfiguration(_ buffer: RTASBuffer) {
        let address = buffer.argument(0, board.memory)
        guard let (bridge, function) = place(buid: buffer.buid(at: 1, board.memory), address: address) else {
            return setReturn(buffer, 0, RTASStatus.hardware)
        }
        let size = buffer.argument(3, board.memory)
        let offset = address & 0xff
        guard [1, 2, 4].contains(size), offset % size == 0 else { return setReturn(buffer, 0, RTASStatus.hardware) }
        setReturn(buffer, 0, RTASStatus.success)
        let part = bridges[bridge].functions[function]
        guard let capability = part.description.messageCapability else { return }
        // Message control is the capability's second half-word, little-endian; bits 6:4 are the enabled count.
        let control = capability &+ 2
        guard offset <= control, control < offset &+ size else { return }
        let value = buffer.argument(4, board.memory) >> (8 &* (control &- offset))
        enableMessages(bridge, function, shift: value >> 4 & 7)
    }

    /// The guest enables 2^shift vectors in a function's MSI capability, as many as it offers at most.
    ///
    /// False where there is no such function.
    @discardableResult
    public mutating func enableMessages(bridge: UInt32, configurationAddress: UInt32, shift: UInt32) -> Bool {
        guard let (bridge, function) = place(buid: Owner.firstBridge &+ UInt64(bridge), address: configurationAddress)
        else { return false }
        enableMessages(bridge, function, shift: shift)
        return true
    }

    private mutating func enableMessages(_ bridge: Int, _ function: Int, shift: UInt32) {
        let offered = bridges[bridge].functions[function].description.messageVectors
        let limit = UInt32(offered.trailingZeroBitCount)
        bridges[bridge].functions[function].enabledShift = offered == 0 ? 0 : min(shift, limit)
    }

    // MARK: - vCPUs

    private mutating func startProcessor(_ buffer: RTASBuffer) {
        guard buffer.argumentCount == 3, buffer.returnCount == 1,
            let row = board.processors.row(server: buffer.argument(0, board.memory))
        else { return setReturn(buffer, 0, RTASStatus.parameter) }
        guard board.processors.halted[row] else { return setReturn(buffer, 0, RTASStatus.hardware) }
        board.processors.halted[row] = false
        board.processors.refresh(row: row)
        setReturn(buffer, 0, RTASStatus.success)
    }
}

extension FunctionPart {
    /// Which kind of message a function of `ibm,change-msi` asks this PCI function for.
    func kind(function: UInt32) -> MessageKind? {
        let hasMessages = description.messageVectors > 0
        let hasTable = description.tableVectors > 0
        switch function {
        case 1: return hasMessages ? .msi : hasTable ? .msix : nil
        case 3: return hasMessages ? .msi : nil
        case 4: return hasTable ? .msix : nil
        default: return nil
        }
    }
}
