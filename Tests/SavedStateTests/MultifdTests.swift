import Testing

@testable import SavedState

/// Pages that went over other connections than the stream.
@Suite struct MultifdTests {
    /// A stream with a flush mark and, as QEMU 7.2 sends them, zero pages.
    private func main(zero: [UInt64] = []) throws -> SavedStream {
        var builder = StreamBuilder()
        builder.section(1, 2, "ram", instance: 0, version: 4)
        builder.bytes += be64(0x10000 | 4) + StreamBuilder.name("ppc_spapr.ram") + be64(0x10000) + be64(0x10)
        builder.footer(2)
        let zeros = zero.flatMap { be64($0 | 2) + StreamBuilder.name("ppc_spapr.ram") + [0] }
        builder.part(2, 2, zeros + be64(0x200) + be64(0x10))
        builder.part(3, 2, be64(0x10))
        builder.plainDevice(3, "a", body: [1])
        builder.finish()
        return try SavedStream.open(MemoryByteSource(builder.bytes), name: "main")
    }

    private func hello() -> [UInt8] {
        be32(0x1122_3344) + be32(1) + [UInt8](repeating: 0, count: 56)
    }

    private func packet(
        _ number: UInt64, _ normal: [(offset: UInt64, value: UInt8)], zero: [UInt64] = [], flags: UInt32 = 0,
        block: String = "ppc_spapr.ram", size: UInt32? = nil
    ) -> [UInt8] {
        var bytes = be32(0x1122_3344) + be32(1) + be32(flags) + be32(128) + be32(UInt32(normal.count))
        bytes += be32(size ?? UInt32(normal.count * 4096)) + be64(number) + be32(UInt32(zero.count)) + be32(0)
        bytes += be64(0) + be64(0) + be64(0)
        bytes += Array(block.utf8) + [UInt8](repeating: 0, count: 256 - block.utf8.count)
        let offsets = normal.map(\.offset) + zero
        bytes += (offsets + [UInt64](repeating: 0, count: 128 - offsets.count)).flatMap { be64($0) }
        return bytes + normal.flatMap { [UInt8](repeating: $0.value, count: 4096) }
    }

    private func read(
        _ stream: SavedStream, _ channels: [[UInt8]], at address: UInt64
    ) throws -> GuestMemory.Content {
        let memory = GuestMemory(stream, channels: channels.map { MemoryByteSource($0) })
        return try memory.read([.init(address: address, count: 2)])[0]
    }

    @Test func withoutItsChannelsNothingIsKnown() throws {
        guard case .absent(let reason) = try read(main(), [], at: 0) else {
            Issue.record("pages from nowhere")
            return
        }
        #expect(reason.contains("multifd"))
    }

    @Test func theNewestPacketCountsWhateverTheChannel() throws {
        let first = hello() + packet(1, [(0, 1), (0x1000, 2)]) + packet(4, [(0x2000, 9)], zero: [0x1000])
        let second = hello() + packet(2, [(0, 3)]) + packet(3, [(0x3000, 4)], block: "other") + packet(5, [])
        for channels in [[first, second], [second, first]] {
            #expect(try read(main(), channels, at: 0) == .bytes([3, 3]))
            #expect(try read(main(), channels, at: 0x1000) == .bytes([0, 0]))
            #expect(try read(main(), channels, at: 0x2000) == .bytes([9, 9]))
            guard case .absent = try read(main(), channels, at: 0x3000) else {
                Issue.record("a page of another block")
                return
            }
        }
    }

    @Test func aZeroPageOfTheMainConnectionCountsWhereNoChannelHasIt() throws {
        let channel = hello() + packet(1, [(0, 1)])
        #expect(try read(main(zero: [0x1000]), [channel], at: 0x1000) == .bytes([0, 0]))
        guard case .absent(let reason) = try read(main(zero: [0]), [channel], at: 0) else {
            Issue.record("nothing tells which of two is newer")
            return
        }
        #expect(reason.contains("newer"))
    }

    @Test func damagedAndCompressedChannelsAreRefusedWithTheirPlace() throws {
        let good = hello() + packet(1, [(0, 1)])
        let cases: [([UInt8], SavedStateError.Code)] = [
            (Array(good.dropLast(1)), .truncated), (Array(good[..<70]), .truncated),
            ([1, 2, 3, 4, 5], .notASavedState),
            (hello() + packet(1, [(0, 1)], flags: 4), .unsupported),
            (hello() + packet(1, [], flags: 0x40), .unsupported),
            (hello() + packet(1, [(0, 1)], size: 1), .malformed), (good + be32(7) + be32(1) + be32(0), .malformed),
        ]
        for (channel, code) in cases {
            let error = #expect(throws: SavedStateError(code, "")) { try read(main(), [channel], at: 0) }
            #expect(error?.offset != nil)
        }
        for length in stride(from: 0, to: good.count, by: 97) {
            _ = try? read(main(), [Array(good[..<length])], at: 0)
        }
    }
}
