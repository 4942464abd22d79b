import Glibc
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

    @Test func onlyWhatNobodyWroteIsBlank() throws {
        let memory = try MachineMemory(mebibytes: 4)
        #expect(memory.isBlank(0x20_0000, count: 0x20_0000))
        try memory.write([0], at: 0x30_0000)
        #expect(!memory.isBlank(0x20_0000, count: 0x20_0000))
        #expect(memory.isBlank(0x20_0000, count: 0x10_0000))
        #expect(memory.isBlank(0x30_1000, count: 0xf_f000))
        #expect(!memory.isBlank(0x3f_f000, count: 0x1001))
    }

    @Test func wordsAreSharedAndHaveTheGuestsOrder() throws {
        let memory = try MachineMemory(mebibytes: 2)
        try memory.setWord(0x0102_0304_0506_0708, at: 0x4000)
        #expect(try memory.read(at: 0x4000, count: 8) == [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(try memory.word(at: 0x4000) == 0x0102_0304_0506_0708)
        // Across the end of what is mapped.
        try memory.write([1, 2, 3, 4], at: 0xf_fffe)
        #expect(try memory.read(at: 0xf_fffd, count: 6) == [0, 1, 2, 3, 4, 0])
        for address in [0x4001, 0x10_0000, 0xf_fffc] as [UInt64] {
            #expect(code { () throws(QEMUError) in _ = try memory.word(at: address) } == .payload)
        }
    }

    @Test func nobodyCanMakeItSmaller() throws {
        let memory = try MachineMemory(mebibytes: 1)
        #expect(ftruncate(memory.file.number, 0) != 0)
        #expect(try memory.word(at: 0xf_fff8) == 0)
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
