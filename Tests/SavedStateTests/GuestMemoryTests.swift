import Testing

@testable import SavedState

@Suite struct GuestMemoryTests {
    private func stream(_ records: [UInt8], name: String = "ppc_spapr.ram") throws -> SavedStream {
        var builder = StreamBuilder()
        builder.section(1, 2, "ram", instance: 0, version: 4)
        builder.bytes += be64(0x4000 | 4) + StreamBuilder.name(name) + be64(0x3000)
        builder.bytes += StreamBuilder.name("pci@1:0/rom") + be64(0x1000) + be64(0x10)
        builder.footer(2)
        builder.part(2, 2, records + be64(0x10))
        builder.part(3, 2, be64(0x10))
        builder.plainDevice(3, "a", body: [1])
        builder.finish()
        return try SavedStream.open(MemoryByteSource(builder.bytes), name: "test")
    }

    private func record(_ offset: UInt64, _ flag: UInt64, _ content: [UInt8], block: String = "ppc_spapr.ram")
        -> [UInt8]
    {
        be64(offset | flag) + StreamBuilder.name(block) + content
    }

    private func page(_ value: UInt8) -> [UInt8] { [UInt8](repeating: value, count: 4096) }

    private func content(_ stream: SavedStream, _ address: UInt64, _ count: UInt64) throws -> GuestMemory.Content {
        try GuestMemory(stream).read([.init(address: address, count: count)])[0]
    }

    @Test func theLastRecordOfAPageCounts() throws {
        let records =
            record(0, 8, page(1)) + record(0x1000, 2, [0]) + record(0x2000, 8, page(3)) + record(0, 2, [0])
            + record(0x1000, 8, page(2)) + record(0x1000, 8, page(9), block: "pci@1:0/rom").prefix(0)
        let stream = try stream(records)
        #expect(try content(stream, 0, 4096) == .bytes(page(0)))
        #expect(try content(stream, 0x1ffe, 4) == .bytes([2, 2, 3, 3]))
        let both = try GuestMemory(stream).read([.init(address: 0x1000, count: 1), .init(address: 0x2000, count: 2)])
        #expect(both == [.bytes([2]), .bytes([3, 3])])
    }

    @Test func theBlockOfTheRecordBeforeGoesOn() throws {
        let stream = try stream(
            record(0, 8, page(1)) + be64(0x1000 | 8 | 0x20) + page(2) + be64(0x2000 | 2 | 0x20) + [7])
        #expect(try content(stream, 0x1000, 1) == .bytes([2]))
        #expect(try content(stream, 0x2000, 2) == .bytes([7, 7]))
    }

    @Test func deltasPatchThePageAsItIs() throws {
        let delta: [UInt8] = [2, 1, 0xaa] + [0x80, 1, 2, 0xbb, 0xcc]
        let stream = try stream(
            record(0, 8, page(1)) + record(0, 0x40, [1] + be16(UInt16(delta.count)) + delta)
                + record(0, 0x40, [1] + be16(3) + [0, 1, 0xdd]))
        #expect(try content(stream, 0, 4) == .bytes([0xdd, 1, 0xaa, 1]))
        #expect(try content(stream, 3 + 128, 3) == .bytes([0xbb, 0xcc, 1]))
    }

    @Test(
        arguments: [[0, 0], [1, 0], [0xff, 0xff, 1, 1], [0x80, 0x20, 1, 1], [1, 2, 3], [0, 1, 5, 0, 1, 5]] as [[UInt8]])
    func damagedDeltasAreErrors(delta: [UInt8]) throws {
        let stream = try stream(record(0, 0x40, [1] + be16(UInt16(delta.count)) + delta))
        #expect(throws: SavedStateError(.malformed, "")) { try content(stream, 0, 1) }
        // Pages that nobody asks for are not unpacked.
        #expect(try content(stream, 0x1000, 1) != .bytes([0]))
    }

    @Test func compressedPagesAreUnpacked() throws {
        let packed = deflateZlib(page(5))
        let good = try stream(record(0, 0x100, be32(UInt32(packed.count)) + packed))
        #expect(try content(good, 10, 2) == .bytes([5, 5]))
        for size in [4095, 4097] {
            let wrong = deflateZlib([UInt8](repeating: 5, count: size))
            let bad = try stream(record(0, 0x100, be32(UInt32(wrong.count)) + wrong))
            #expect(throws: SavedStateError(.malformed, "")) { try content(bad, 0, 1) }
        }
    }

    @Test func whatTheStreamDoesNotHoldIsNotZero() throws {
        let stream = try stream(record(0, 8, page(1)))
        guard case .absent = try content(stream, 0x1000, 8) else {
            Issue.record("a page without a record has content")
            return
        }
        #expect(try content(stream, 0x3000, 1) == .outside)
        #expect(try content(stream, .max, 1) == .outside)
        #expect(try content(stream, 1, .max) == .outside)
    }

    @Test func multifdStreamsDoNotPassForEmptyMemory() throws {
        let flushed = try stream(be64(0x200) + record(0, 2, [0]))
        let zeros = try stream(record(0, 2, [0]))
        for stream in [flushed, zeros] {
            guard case .absent(let reason) = try content(stream, 0, 1) else {
                Issue.record("zero from a multifd stream")
                return
            }
            #expect(reason.contains("multifd"))
        }
    }

    @Test func wrongRecordsAreErrorsWithTheirPlace() throws {
        let wrong: [[UInt8]] = [
            be64(0x20 | 8) + page(0), record(0x9000, 8, page(0)), record(0, 8, page(0), block: "zz"),
            be64(0x400), record(0, 0x40, [1] + be16(0xffff)), be64(8 | 0x80),
        ]
        for records in wrong {
            let stream = try stream(records)
            #expect(stream.notes.contains { $0.contains("not understood") })
            let error = #expect(throws: SavedStateError.self) { try content(stream, 0, 1) }
            #expect(error?.offset != nil)
        }
    }

    // MARK: mapped-ram

    private func mapped(prefix: Int, bigEndian: Bool = false) throws -> SavedStream {
        var builder = StreamBuilder()
        builder.bytes += [5] + StreamBuilder.name("configuration/capabilities") + be32(1) + be32(1)
        builder.bytes += StreamBuilder.name("mapped-ram")
        builder.section(1, 2, "ram", instance: 0, version: 4)
        builder.bytes += be64(0x3000 | 4) + StreamBuilder.name("ppc_spapr.ram") + be64(0x3000) + be32(1) + be64(4096)
        let bitmap = builder.bytes.count + 16
        builder.bytes += be64(UInt64(bitmap + prefix)) + be64(UInt64(0x2000 + prefix))
        // Pages 0 and 2 are there; page 1 was zeroed later and has its old content in its place.
        builder.bytes += bigEndian ? be64(5) : be64(5).reversed()
        builder.bytes += [UInt8](repeating: 0xee, count: 0x2000 - builder.bytes.count) + page(1) + page(2) + page(3)
        builder.bytes += be64(0x10)
        builder.footer(2)
        builder.part(3, 2, be64(0x10))
        builder.plainDevice(3, "a", body: [1])
        builder.finish()
        let source = MemoryByteSource([UInt8](repeating: 0x48, count: prefix) + builder.bytes)
        return try SavedStream.open(
            SliceByteSource(source, from: UInt64(prefix)), name: "test", fileOffset: UInt64(prefix))
    }

    @Test(arguments: [0, 4096], [true, false])
    func mappedPagesAreFoundByTheirBitmap(prefix: Int, bigEndian: Bool) throws {
        let stream = try mapped(prefix: prefix, bigEndian: bigEndian)
        #expect(stream.method == .tail)
        #expect(stream.sections.map(\.name) == ["a"])
        let memory = GuestMemory(stream, isBigEndianHost: bigEndian)
        let content = try memory.read([.init(address: 0, count: 0x3000)])
        #expect(content == [.bytes(page(1) + page(0) + page(3))])
    }
}
