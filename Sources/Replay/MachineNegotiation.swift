import InterruptState
import PSeries

// Client architecture support, hypercall 0xF002: `hw/ppc/spapr_hcall.c`, QEMU 5.2 to 11.1.
extension Machine {
    /// Reads the guest's vectors, intersects vector 5 with the platform's and switches the controller at once.
    mutating func negotiate(_ registers: inout Registers, processor row: Int) -> HypercallStatus {
        for other in 0..<board.processors.count where other != row && !board.processors.halted[other] {
            return .threadsActive
        }
        guard registers.r6 >= 4 else {
            board.end = .exited("the buffer for the device tree is too small")
            return .parameter
        }
        guard let (vectors, isUsable) = processorVersions(at: registers.r4), isUsable else { return .hardware }
        guard let guest = optionVector(5, at: vectors), optionVector(1, at: vectors) != nil else { return .parameter }
        return apply(guest, buffer: registers.r5)
    }

    private mutating func apply(_ guest: [UInt8], buffer: UInt64) -> HypercallStatus {
        let mode = guest.count >= 23 ? guest[22] : 0
        if mode & 0x80 != 0 {
            board.end = .exited("guest requested an invalid interrupt mode")
            return .parameter
        }
        let wantsXive = mode & 0x40 != 0
        if wantsXive, xive == nil {
            board.end = .exited(
                "Guest requested unavailable interrupt mode (XIVE), try the ic-mode=xive or ic-mode=dual machine "
                    + "property")
            return .parameter
        }
        if !wantsXive, xics == nil {
            board.end = .exited(
                "Guest requested unavailable interrupt mode (XICS), either don't set the ic-mode machine property or "
                    + "try ic-mode=xics or ic-mode=dual")
            return .parameter
        }
        setNegotiated(zip(platformOptions, Machine.words(of: guest)).map { $0 & $1 })
        selectController()
        settleFunctions()
        guestTree = currentTree()
        // The tree handed back says what was chosen; what the platform offers is in the first one only.
        guestTree.offeredModes = nil
        let one: UInt64 = setup.hostByteOrder == .little ? 0x0100_0000 : 1
        board.memory.store(buffer, one, byteCount: 4)
        return .success
    }

    /// Walks the list of processor versions: where it ends, and whether one of them can be run.
    private func processorVersions(at address: UInt64) -> (end: UInt64, isUsable: Bool)? {
        var place = address
        var isUsable = false
        // The guest's list is untrusted; no list of a real guest has more than a few dozen entries.
        for _ in 0..<4096 {
            guard let mask = board.memory.load(place, byteCount: 4),
                let value = board.memory.load(place &+ 4, byteCount: 4)
            else { return nil }
            place &+= 8
            if isRunnable(mask: UInt32(mask), value: UInt32(value)) { isUsable = true }
            if ~UInt32(mask) & UInt32(value) != 0 { return (place, isUsable) }
        }
        return nil
    }

    /// The processor itself, or an architecture level that it can be.
    private func isRunnable(mask: UInt32, value: UInt32) -> Bool {
        let (version, levels): (UInt32, ClosedRange<UInt32>) =
            switch setup.processor ?? setup.type.defaultProcessor {
            case .power7: (0x003f_0000, 2...3)
            case .power8: (0x004d_0000, 2...4)
            case .power9: (0x004e_0000, 2...5)
            case .power10: (0x0080_0000, 2...6)
            case .power11: (0x0082_0000, 2...7)
            }
        // Architecture levels are 0x0f000002 to 0x0f000007, and 0x0f100003 for 2.06 plus.
        if value & 0xff00_0000 == 0x0f00_0000 { return levels.contains(value & 0xf) }
        return mask & 0xffff_0000 != 0 && version & mask & 0xffff_0000 == value & mask & 0xffff_0000
    }

    /// The bytes of a vector: a count less one, then for each vector a length less one and its bytes.
    private func optionVector(_ wanted: UInt64, at address: UInt64) -> [UInt8]? {
        guard let last = board.memory.load(address, byteCount: 1), wanted <= last &+ 1 else { return nil }
        var place = address &+ 1
        for number in 1...wanted {
            guard let length = board.memory.load(place, byteCount: 1) else { return nil }
            if number == wanted {
                return (0...length).map {
                    UInt8(truncatingIfNeeded: board.memory.load(place &+ 1 &+ $0, byteCount: 1) ?? 0)
                }
            }
            place &+= length &+ 2
        }
        return nil
    }

    /// A vector as 32 words: bit 8 x (byte - 1) + bit, counted from the most significant of each byte.
    static func words(of vector: [UInt8]) -> [UInt64] {
        var words = [UInt64](repeating: 0, count: 32)
        for (index, byte) in vector.prefix(256).enumerated() {
            for bit in 0..<8 where byte & (0x80 >> UInt8(bit)) != 0 {
                let place = index * 8 + bit
                words[place / 64] |= 1 << UInt64(place % 64)
            }
        }
        return words
    }

    /// What the platform offers in vector 5 that the negotiated vector of real streams shows.
    var platformOptions: [UInt64] {
        var words = [UInt64](repeating: 0, count: 32)
        func set(_ bit: Int) { words[bit / 64] |= 1 << UInt64(bit % 64) }
        set(OptionVector5.memoryReconfiguration)
        set(OptionVector5.form1Affinity)
        if let version = setup.type.version, version >= MachineTypeVersion(6, 2) {
            set(OptionVector5.form2Affinity)
        }
        if hotPlug != nil { set(OptionVector5.hotPlugEvents) }
        set(OptionVector5.hashTableResize)
        set(OptionVector5.memoryDescriptors)
        if xive != nil { set(OptionVector5.xive) }
        if (setup.processor ?? setup.type.defaultProcessor).supportsXive {
            set(OptionVector5.radix)
            set(OptionVector5.guestTranslation)
        }
        return words
    }

    /// Writes a block of option vectors that chooses a mode, as a small guest would, and negotiates.
    ///
    /// Uses 0x7000 for the vectors, as the recorded guests do, and leaves the status in the result.
    public mutating func negotiate(_ mode: InterruptMode, processor row: Int = 0) -> HypercallStatus {
        var bytes: [UInt8] = []
        // From POWER7 to POWER11, by level and by model.
        for word: UInt32 in [
            0xffff_ffff, 0x0f00_0006, 0xffff_ffff, 0x0f00_0005, 0xffff_ffff, 0x0f00_0004, 0xffff_ffff, 0x0f00_0003,
            0xffff_0000, 0x003f_0000, 0xffff_0000, 0x004e_0000, 0xffff_0000, 0x0080_0000, 0x0000_0000, 0x0f00_0005,
        ] {
            for shift in stride(from: 24, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> UInt32(shift)))
            }
        }
        bytes += [4, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 25]
        var vector = [UInt8](repeating: 0, count: 26)
        vector[22] = mode == .xive ? 0x40 : 0
        board.memory.store(0x7000, bytes: bytes + vector)
        var registers = Registers(Hypercall.clientArchitectureSupport.rawValue, 0x7000, 0x80_0000, 0x10_0000)
        hypercall(&registers, processor: row)
        return registers.status
    }
}
