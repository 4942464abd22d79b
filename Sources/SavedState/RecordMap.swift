/// Which pages each stretch of a stream's RAM records is about.
///
/// Made while a stream is walked from end to end, so that guest memory can then be read without a second walk: every
/// record belongs to a stretch, and only stretches that may speak of a wanted page are read again. A page's records
/// all stand in such stretches, in their order, so that the last one decides and deltas meet what they change.
struct RecordMap: PageSink, Sendable {
    private struct Stretch {
        /// Offsets in the stream of its first record and its last.
        var first: UInt64
        var last: UInt64
        /// The block that all of its records are about, and the lowest and highest page.
        var block: Int
        var pages: ClosedRange<UInt64>
    }

    /// Bytes of a stretch; the last record may go beyond.
    private static let stretchBytes: UInt64 = 1 << 20
    private var stretches: [Stretch] = []
    private var first: UInt64 = 0
    private var last: UInt64 = 0
    private var block = -1
    private var lowest: UInt64 = 0
    private var highest: UInt64 = 0

    /// Whether it has every record: a stream may be made of more stretches than are kept.
    var isComplete: Bool { stretches.count < Limits.recordStretches }

    @inline(__always)
    mutating func wants(block: Int, offset: UInt64, at position: UInt64) -> Bool {
        if block != self.block || position &- first >= Self.stretchBytes {
            endSection()
            (self.block, first, lowest, highest) = (block, position, offset, offset)
        }
        last = position
        lowest = min(lowest, offset)
        highest = max(highest, offset)
        return false
    }

    mutating func endSection() {
        if block >= 0, isComplete {
            stretches.append(Stretch(first: first, last: last, block: block, pages: lowest...highest))
        }
        block = -1
    }

    mutating func take(_ content: PageContent, block: Int, offset: UInt64, position: UInt64) {}

    /// Reads the records of those stretches that may be about a wanted page.
    ///
    /// - Parameters:
    ///   - offsets: of the wanted pages in the block.
    ///   - ram: the reader as it was behind the last record: it knows the blocks.
    func read(
        _ source: any ByteSource, block: Int, offsets: Set<UInt64>, ram: RAMRecords, into sink: inout some PageSink
    ) throws(SavedStateError) {
        let sorted = offsets.sorted()
        for stretch in stretches where stretch.block == block && Self.isAny(of: sorted, in: stretch.pages) {
            var cursor = StreamCursor(source, at: stretch.first, end: stretch.last + RAMRecords.longest(ram.pageSize))
            var ram = ram
            ram.pauseOffset = stretch.last + 1
            ram.goOn(in: block)
            do throws(SavedStateError) {
                try ram.read(&cursor, into: &sink)
            } catch  where error.code != .paused {
                throw error
            } catch {}
        }
    }

    /// Whether one of some ascending offsets lies in a range.
    private static func isAny(of sorted: [UInt64], in range: ClosedRange<UInt64>) -> Bool {
        var low = 0
        var high = sorted.count
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < range.lowerBound { low = middle + 1 } else { high = middle }
        }
        return low < sorted.count && sorted[low] <= range.upperBound
    }
}

/// The records of a stream's RAM where all of them were seen.
struct MappedRecords: Sendable {
    private let map: RecordMap
    /// The reader as it was behind the last record: it knows the blocks.
    let ram: RAMRecords

    /// Nil where the walk has not kept every record.
    init?(_ walker: borrowing StreamWalker<RecordMap>) {
        guard walker.sink.isComplete else { return nil }
        map = walker.sink
        ram = walker.ram
    }

    /// Reads the records that may be about wanted pages, which are given by their offsets in a block.
    func read(
        _ source: any ByteSource, block: Int, offsets: Set<UInt64>, into sink: inout some PageSink
    ) throws(SavedStateError) {
        try map.read(source, block: block, offsets: offsets, ram: ram, into: &sink)
    }
}
