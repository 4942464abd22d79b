import SeededRandom
import Synchronization
import Testing

@testable import SavedState

/// Guest memory of streams that were walked to their end, read by the map of their records.
@Suite struct RecordMapTests {
    /// A source that counts what is read of it.
    private final class Counted: ByteSource {
        private let bytes: MemoryByteSource
        let read = Mutex(0)
        var byteCount: UInt64 { bytes.byteCount }

        init(_ bytes: [UInt8]) { self.bytes = MemoryByteSource(bytes) }

        func read(at offset: UInt64, count: Int) throws(SavedStateError) -> [UInt8] {
            read.withLock { $0 += count }
            return try bytes.read(at: offset, count: count)
        }

        func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(SavedStateError) -> Int {
            let count = try bytes.read(at: offset, into: buffer)
            read.withLock { $0 += count }
            return count
        }
    }

    private static let pageCount = 1024

    /// A guest that is busy while it is saved: its pages come again and again, with other content.
    private struct BusyGuest {
        private(set) var bytes: [UInt8] = []
        /// First bytes of the pages of main memory in the end.
        var pages = [UInt8](repeating: 0, count: pageCount)

        init(seed: UInt64) {
            var random = SeededGenerator(seed: seed)
            var builder = StreamBuilder()
            builder.section(1, 2, "ram", instance: 0, version: 4)
            let size = UInt64(pageCount) << 12
            builder.bytes += be64(size + 0x1000 | 4) + StreamBuilder.name("ppc_spapr.ram") + be64(size)
            builder.bytes += StreamBuilder.name("pci@1:0/rom") + be64(0x1000) + be64(0x10)
            builder.footer(2)
            for pass in 0..<6 {
                var records: [UInt8] = []
                // In the first pass each page; a section may begin with a record that continues a block.
                for page in 0..<pageCount where pass == 0 || Bool.random(using: &random) {
                    records += record(page, isFirst: pass == 0 && page == 0, &random)
                    if page == 300 {
                        records += be64(2) + StreamBuilder.name("pci@1:0/rom") + [9]
                        records += be64(2) + StreamBuilder.name("ppc_spapr.ram") + [pages[0]]
                        pages[0] = records[records.count - 1]
                    }
                }
                builder.part(2, 2, records + be64(0x10))
            }
            builder.part(3, 2, be64(0x10))
            builder.plainDevice(3, "a", body: [1])
            builder.finish()
            bytes = builder.bytes
        }

        /// A whole page, a page of one value, or a change of the page's first byte.
        private mutating func record(_ page: Int, isFirst: Bool, _ random: inout SeededGenerator) -> [UInt8] {
            let offset = UInt64(page) << 12
            let value = UInt8.random(in: 0...255, using: &random)
            pages[page] = value
            let flags: UInt64 = isFirst ? 0 : 0x20
            let name = isFirst ? StreamBuilder.name("ppc_spapr.ram") : []
            switch isFirst ? 0 : Int.random(in: 0..<8, using: &random) {
            case 0...5: return be64(offset | 8 | flags) + name + [UInt8](repeating: value, count: 4096)
            case 6: return be64(offset | 2 | flags) + [value]
            default: return be64(offset | 0x40 | flags) + [1] + be16(3) + [0, 1, value]
            }
        }
    }

    private func firstBytes(_ stream: SavedStream, _ pages: [Int]) throws -> [GuestMemory.Content] {
        try GuestMemory(stream).read(pages.map { .init(address: UInt64($0) << 12, count: 1) })
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>) func aPageIsWhatItsLastRecordMadeIt(seed: UInt64) throws {
        let guest = BusyGuest(seed: seed)
        let stream = try SavedStream.open(MemoryByteSource(guest.bytes), name: "test")
        #expect(stream.method == .tail)
        #expect(stream.records != nil)
        let all = Array(guest.pages.indices)
        #expect(try firstBytes(stream, all) == guest.pages.map { .bytes([$0]) })
        for page in [0, 1, 299, 300, 301, 511] {
            #expect(try firstBytes(stream, [page]) == [.bytes([guest.pages[page]])], "page \(page), seed \(seed)")
        }
    }

    @Test func onlyStretchesThatMayHaveThePageAreReadAgain() throws {
        let guest = BusyGuest(seed: 5)
        let source = Counted(guest.bytes)
        let stream = try SavedStream.open(source, name: "test")
        source.read.withLock { $0 = 0 }
        #expect(try firstBytes(stream, [1000]) == [.bytes([guest.pages[1000]])])
        let read = source.read.withLock { $0 }
        #expect(read > 4096)
        // One stretch of each pass speaks of it, or two.
        #expect(read < guest.bytes.count * 2 / 3, "\(read) of \(guest.bytes.count) bytes")
    }

    @Test func aMapThatHasNoRoomIsNotUsed() {
        var map = RecordMap()
        for index in 0..<UInt64(Limits.recordStretches) {
            #expect(map.isComplete)
            guard map.isComplete else { return }
            _ = map.wants(block: 0, offset: 0, at: index)
            map.endSection()
        }
        #expect(!map.isComplete)
    }
}
