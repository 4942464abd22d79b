import Testing

@testable import QEMUControl

/// Guest memory without a guest.
@Suite struct MachineMemoryTests {
    @Test func whatIsOutsideIsRefused() throws {
        let memory = try MachineMemory(mebibytes: 1)
        #expect(code { () throws(QEMUError) in _ = try memory.read(at: 1 << 20, count: 1) } == .payload)
        #expect(code { () throws(QEMUError) in try memory.write([1], at: .max) } == .payload)
        let other = try MachineMemory(mebibytes: 2)
        #expect(code { () throws(QEMUError) in try memory.become(other) } == .system)
    }

    @Test func aCopyIsEqualWithItsHolesAndEnds() throws {
        let (memory, copy) = (try MachineMemory(mebibytes: 2), try MachineMemory(mebibytes: 2))
        let written: [UInt64] = [0, 0xfff, 0x1000, 0x8_0000, 0x1f_ffff]
        for address in written { try memory.write([UInt8(address % 251) + 1], at: address) }
        // What only the copy holds gives way, in a page of the other's and in a hole.
        try copy.write([7, 7], at: 0x10)
        try copy.write([7, 7], at: 0x10_0000)
        try copy.become(memory)
        #expect(try copy.read(at: 0, count: copy.size) == memory.read(at: 0, count: memory.size))
        #expect(try copy.read(at: 0x10_0000, count: 2) == [0, 0])
        #expect(try copy.read(at: 0x1f_ffff, count: 1) == [UInt8(0x1f_ffff % 251) + 1])
    }
}
