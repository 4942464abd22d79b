/// One thing that guest code does.
public enum GuestCall: Hashable, Sendable {
    /// A hypercall: r3 (the opcode) to at most r12.
    case hypercall([UInt64])
    /// A call of the firmware, by its token.
    case firmware(token: UInt32, arguments: [UInt32], returns: Int)
    /// The negotiation of the client's architecture with these option vectors.
    case negotiation([UInt8])
    /// A load of 1, 2, 4 or 8 bytes from a real address.
    case load(UInt64, bytes: Int)
    /// A store of 1, 2, 4 or 8 bytes to a real address.
    case store(UInt64, bytes: Int, value: UInt64)
    /// The vCPU opens itself for external interrupts for a moment; one that comes is the result's fault 0x500.
    case listen
}

/// What a call left behind.
public struct CallResult: Hashable, Sendable {
    /// r3 to r12; of a load, r3 is the value. All zero where the call faulted.
    public var registers: [UInt64]
    /// Of a firmware call: what it returned, its status first. Empty for others.
    public var returns: [UInt32] = []
    /// The interrupt vector that the call raised instead of ending; nil where it ended.
    public var fault: UInt64?

    /// r3: the status of a hypercall, the value of a load.
    public var status: UInt64 { registers.first ?? 0 }
}

/// Option vectors of a negotiation.
public enum OptionVectors {
    /// Vectors that accept every POWER7 to POWER11 and choose a controller.
    ///
    /// PVR records end with the first whose value has bits outside its mask; of vector 5 only byte 23 is set, 0x40
    /// for XIVE (`hw/ppc/spapr_hcall.c`, QEMU 5.2 to 11.1).
    public static func choosing(xive: Bool) -> [UInt8] {
        let logical: [UInt32] = [0x0f00_0007, 0x0f00_0006, 0x0f00_0005, 0x0f00_0004, 0x0f00_0003]
        let models: [UInt32] = [0x0082_0000, 0x0080_0000, 0x004e_0000, 0x004d_0000, 0x004b_0000, 0x003f_0000]
        var records: [(mask: UInt32, value: UInt32)] = logical.map { (0xffff_ffff, $0) }
        records += models.map { (0xffff_0000, $0) }
        records.append((0, 0x0f00_0005))
        var bytes = records.flatMap { $0.mask.bigEndianBytes + $0.value.bigEndianBytes }
        // Five vectors, each with its length less one; the first names the architecture levels.
        bytes += [4]
        bytes += [2, 0, 0, 0]
        bytes += [0, 0, 0, 0, 0, 0]
        var options = [UInt8](repeating: 0, count: 26)
        options[22] = xive ? 0x40 : 0
        return bytes + [UInt8(options.count - 1)] + options
    }
}
