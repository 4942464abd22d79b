import InterruptState

// Loads and stores of the guest: event state buffers and the thread interrupt management area.
extension XiveModel {
    /// First address of the event state buffers; source n has 0x20000 from base + n x 0x20000.
    static let statusBase: UInt64 = 0x0006_0100_0000_0000
    /// First address of the thread interrupt management area: pages HW, HV, OS, USER of 64 KiB.
    static let managementBase: UInt64 = 0x0006_0302_0318_0000
    /// Bytes of address space of one source: trigger page and management page.
    static let statusStride: UInt64 = 0x20000

    /// Bytes of address space of all sources; the queues' pages follow.
    var statusByteCount: UInt64 { UInt64(numberCount) &* Self.statusStride }

    /// Offset within the event state buffers, or nil where the address is elsewhere.
    func statusOffset(_ address: UInt64) -> UInt64? {
        guard address >= Self.statusBase, address &- Self.statusBase < statusByteCount else { return nil }
        return address &- Self.statusBase
    }

    /// Offset within the thread interrupt management area, or nil where the address is elsewhere.
    func managementOffset(_ address: UInt64) -> UInt64? {
        guard address >= Self.managementBase, address &- Self.managementBase < 0x40000 else { return nil }
        return address &- Self.managementBase
    }

    /// A load from the pages of a source; all ones where nothing answers.
    mutating func loadStatus(_ offset: UInt64, on board: inout Board) -> UInt64 {
        guard let (number, isManagement) = place(offset), isManagement else { return .max }
        let action = offset & 0xfff
        switch action {
        case 0x000...0x7ff:
            guard endOfInterrupt(number) else { return 0 }
            forward(number, on: &board)
            return 1
        case 0x800...0xbff:
            return UInt64(status(number) & 3)
        default:
            let old = status(number)
            setStatus(number, old & ~3 | UInt8(truncatingIfNeeded: (action >> 8) & 3))
            return UInt64(old & 3)
        }
    }

    /// A store to the pages of a source; the value is of no account.
    mutating func storeStatus(_ offset: UInt64, on board: inout Board) {
        guard let (number, isManagement) = place(offset) else { return }
        let action = offset & 0xfff
        guard isManagement, action >= 0x400 else {
            if trigger(number) { forward(number, on: &board) }
            return
        }
        switch action {
        case 0x400...0x7ff:
            break
        case 0x800...0xbff:
            if board.build.managementStoreInjects { forward(number, on: &board) }
        default:
            setStatus(number, status(number) & ~3 | UInt8(truncatingIfNeeded: (action >> 8) & 3))
        }
    }

    private func place(_ offset: UInt64) -> (number: UInt32, isManagement: Bool)? {
        let index = offset / Self.statusStride
        guard index < UInt64(numberCount) else { return nil }
        return (UInt32(index), offset & 0x10000 != 0)
    }

    /// A load by a vCPU from its thread interrupt management area; all ones where nothing answers.
    mutating func loadManagement(_ offset: UInt64, byteCount: Int, row: Int, on board: inout Board) -> UInt64 {
        guard offset >> 16 == 2 else { return .max }
        let place = Int(offset & 0xfff)
        if place == 0x810, byteCount == 2 { return UInt64(accept(row, on: &board)) }
        // Of the ring itself whole words alone are read, and of its upper half nothing (observed on 5.2 to 11.1).
        guard byteCount >= 4, place >= 0x10, place &+ byteCount <= 0x18, place % byteCount == 0 else { return .max }
        var value: UInt64 = 0
        for index in place..<place + byteCount {
            let isReadable = index != 0x16
            value = value << 8 | UInt64(isReadable ? register(row, index) : 0)
        }
        return value
    }

    /// A store by a vCPU to its thread interrupt management area.
    mutating func storeManagement(
        _ offset: UInt64, _ value: UInt64, byteCount: Int, row: Int, on board: inout Board
    ) {
        guard offset >> 16 == 2 else { return }
        let place = Int(offset & 0xfff)
        if byteCount == 1, place == OSRing.cppr {
            setCurrentPriority(row, UInt8(truncatingIfNeeded: value), on: &board)
        } else if byteCount == 1, place == 0x812 {
            setPending(row, priority: UInt8(truncatingIfNeeded: value), on: &board)
        } else if byteCount >= 4, place == 0x10 {
            let shift = UInt64(8 &* (place &+ byteCount &- 1 &- OSRing.cppr))
            setRegister(row, OSRing.cppr, UInt8(truncatingIfNeeded: value >> shift))
        }
    }
}
