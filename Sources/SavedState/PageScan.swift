/// Collects some pages of one block from a stream's RAM records: by the map of them where the stream was walked to its
/// end already, else in one sequential pass.
struct PageScan {
    let stream: SavedStream
    let block: Int
    /// Offsets of the wanted pages in the block.
    let offsets: Set<UInt64>
    /// Whether the pages of other connections are read as well: then this one need not have all.
    var hasChannels = false

    init(stream: SavedStream, block: Int, offsets: Set<UInt64>) {
        self.stream = stream
        self.block = block
        self.offsets = offsets
    }

    /// The final content of each page.
    func run(_ progress: ((UInt64, UInt64?) -> Void)?) throws(SavedStateError) -> [UInt64: GuestMemory.Content] {
        let (found, ram) = try collect(progress)
        if hasChannels { return found.mapValues { .bytes($0) } }
        let reason = absence(ram)
        return Dictionary(
            uniqueKeysWithValues: offsets.map { offset in
                (
                    offset,
                    found[offset].flatMap { reason == nil ? .bytes($0) : nil }
                        ?? .absent(reason ?? "the stream has no record of this page")
                )
            })
    }

    /// The pages that the records give, and the reader behind them.
    private func collect(
        _ progress: ((UInt64, UInt64?) -> Void)?
    ) throws(SavedStateError) -> ([UInt64: [UInt8]], RAMRecords) {
        var wanted = WantedPages(block: block, offsets: offsets, pageSize: stream.pageSize)
        if let records = stream.records {
            try records.read(stream.source, block: block, offsets: offsets, into: &wanted)
            return (wanted.pages, records.ram)
        }
        let source: any ByteSource
        if let passes = stream.passes { source = try passes() } else { source = stream.source }
        var walker = try StreamWalker(source, sink: wanted, pageSize: stream.pageSize, fileOffset: stream.fileOffset)
        let total = stream.passes == nil ? source.byteCount : nil
        while try passed(&walker) { progress?(walker.cursor.position, total) }
        return (walker.sink.pages, walker.ram)
    }

    /// Passes one item; false at the first device, behind all RAM.
    private func passed(_ walker: inout StreamWalker<WantedPages>) throws(SavedStateError) -> Bool {
        switch try walker.next() {
        case .start, .live, .command: return true
        case .end: return false
        case .device(let header):
            // A device that is written early stands before RAM.
            guard let section = stream.sections.first(where: { $0.offset == header.offset }),
                let next = stream.sections.first(where: { $0.position == section.position + 1 }),
                next.offset != section.bodyOffset + section.bodyLength + (walker.hasFooters == true ? 5 : 0)
            else { return false }
            try walker.cursor.skip(section.bodyLength, "a device section")
            try walker.footer(of: header.id, section.name)
            return true
        }
    }

    /// Why the pages found are not all there is.
    private func absence(_ ram: RAMRecords) -> String? {
        if ram.hasFlush || !ram.hasData && ram.hasPages {
            return "the pages went over other connections (multifd), which are not in this file"
        }
        if !ram.hasPages, stream.configuration?.capabilities.contains("x-ignore-shared") == true {
            return "guest memory was left out of the stream (capability x-ignore-shared)"
        }
        return nil
    }
}

/// Collects pages: each record replaces or patches what was there before.
struct WantedPages: PageSink {
    private let block: Int
    private let pageSize: UInt64
    private let shift: UInt64
    /// A bit for each wanted page, by the low bits of its number: most records are dismissed by it alone.
    private var filter = [UInt64](repeating: 0, count: 1024)
    private let offsets: Set<UInt64>
    private(set) var pages: [UInt64: [UInt8]] = [:]

    init(block: Int, offsets: Set<UInt64>, pageSize: UInt64) {
        self.block = block
        self.offsets = offsets
        self.pageSize = pageSize
        shift = UInt64(pageSize.trailingZeroBitCount)
        for offset in offsets {
            let number = offset >> shift
            filter[Int(number >> 6 & 1023)] |= 1 << (number & 63)
        }
    }

    @inline(__always)
    func wants(block: Int, offset: UInt64, at position: UInt64) -> Bool {
        let number = offset >> shift
        guard filter[Int(truncatingIfNeeded: number >> 6 & 1023)] >> (number & 63) & 1 != 0 else { return false }
        return block == self.block && offsets.contains(offset)
    }

    func endSection() {}

    mutating func take(
        _ content: PageContent, block: Int, offset: UInt64, position: UInt64
    ) throws(SavedStateError) {
        switch content {
        case .fill(let value): pages[offset] = [UInt8](repeating: value, count: Int(pageSize))
        case .page(let bytes): pages[offset] = bytes
        case .compressed(let bytes):
            guard let page = Inflate.zlib(bytes, count: Int(pageSize)) else {
                throw damaged("a compressed page does not unpack to one page", position)
            }
            pages[offset] = page
        case .delta(let bytes):
            var page = pages[offset] ?? [UInt8](repeating: 0, count: Int(pageSize))
            guard Delta.apply(bytes, to: &page) else { throw damaged("a page's delta is damaged", position) }
            pages[offset] = page
        }
    }

    private func damaged(_ message: String, _ position: UInt64) -> SavedStateError {
        SavedStateError(.malformed, message, section: "ram", offset: position)
    }
}

/// XBZRLE: runs of bytes to keep and of bytes to replace, in turn (`migration/xbzrle.c`).
enum Delta {
    /// Patches a page; false where the delta is damaged.
    static func apply(_ delta: [UInt8], to page: inout [UInt8]) -> Bool {
        var index = 0
        var position = 0
        while index < delta.count {
            let isFirst = index == 0
            guard let kept = length(delta, &index), isFirst || kept > 0, kept <= page.count - position else {
                return false
            }
            position += kept
            guard let count = length(delta, &index), count > 0, count <= page.count - position,
                count <= delta.count - index
            else { return false }
            page.replaceSubrange(position..<position + count, with: delta[index..<index + count])
            position += count
            index += count
        }
        return true
    }

    /// A run's length: LEB128 of one or two bytes.
    private static func length(_ delta: [UInt8], _ index: inout Int) -> Int? {
        guard index < delta.count else { return nil }
        let low = Int(delta[index])
        index += 1
        guard low >= 0x80 else { return low }
        guard index < delta.count, delta[index] < 0x80 else { return nil }
        defer { index += 1 }
        return low & 0x7f | Int(delta[index]) << 7
    }
}
