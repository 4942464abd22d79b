/// What a record of the `ram` section says about a page.
enum PageContent: Hashable, Sendable {
    /// Every byte of the page has this value.
    case fill(UInt8)
    /// The page itself.
    case page([UInt8])
    /// A zlib stream of the page.
    case compressed([UInt8])
    /// Changes to the page as it is at this moment.
    case delta([UInt8])
}

/// Receives pages in the order of the stream; only those that it wants are read.
protocol PageSink {
    /// Whether the page at an offset of a block is wanted. Asked for every record: must be quick.
    ///
    /// - Parameter position: stream offset of the record.
    mutating func wants(block: Int, offset: UInt64, at position: UInt64) -> Bool
    /// A section's records are over.
    mutating func endSection()
    /// Takes one record of a wanted page.
    mutating func take(
        _ content: PageContent, block: Int, offset: UInt64, position: UInt64
    ) throws(SavedStateError)
}

/// For passing over RAM.
struct IgnoredPages: PageSink {
    @inline(__always)
    func wants(block: Int, offset: UInt64, at position: UInt64) -> Bool { false }
    func endSection() {}
    mutating func take(_ content: PageContent, block: Int, offset: UInt64, position: UInt64) {}
}

extension SavedStateError.Code {
    /// Not an error: a reader stopped where it was told to. Never leaves this module.
    static let paused = SavedStateError.Code(rawValue: "paused")
}

/// Reader of the records of section `ram`, version 4 (`migration/ram.c`, QEMU 2.x to 11.1).
struct RAMRecords {
    /// Mask of the flags in a record; a power of two.
    var pageSize: UInt64
    /// Capability x-ignore-shared: the block list has addresses.
    var hasAddresses = false
    /// Capability mapped-ram: the block list has mappings and there are no page records.
    var isMapped = false
    /// Postcopy was announced: the block list may have page sizes.
    var mayHavePageSizes = false
    /// Offset in the file of the stream's first byte; mapped-ram offsets count from the file's start.
    var fileOffset: UInt64 = 0

    /// Reading stops with `paused` at the first record from this offset on, for those who want a glimpse.
    var pauseOffset = UInt64.max

    private(set) var blocks: [RAMBlock] = []
    /// Whether there were records of pages, of pages with data, and marks of a multifd migration.
    private(set) var hasPages = false
    private(set) var hasData = false
    private(set) var hasFlush = false
    private var indexes: [[UInt8]: Int] = [:]
    /// The block of the record before; it survives across sections.
    private var current: Int?

    init(pageSize: UInt64) {
        self.pageSize = pageSize
    }

    private enum Flag {
        static let zero: UInt64 = 0x002
        static let blockList: UInt64 = 0x004
        static let page: UInt64 = 0x008
        static let endOfSection: UInt64 = 0x010
        static let sameBlock: UInt64 = 0x020
        static let delta: UInt64 = 0x040
        static let compressed: UInt64 = 0x100
        static let multifdFlush: UInt64 = 0x200
    }

    /// Reads the records of one section up to and including its end mark.
    mutating func read<Sink: PageSink>(
        _ cursor: inout StreamCursor, into sink: inout Sink
    ) throws(SavedStateError) {
        let mask = pageSize &- 1
        while true {
            let start = cursor.position
            guard start < pauseOffset else {
                throw SavedStateError(.paused, "reading was stopped", offset: start)
            }
            let word: UInt64 = try cursor.integer("a RAM record")
            let flags = word & mask
            let offset = word & ~mask
            switch flags & ~Flag.sameBlock {
            case Flag.page:
                let block = try block(flags, offset, &cursor)
                hasData = true
                guard sink.wants(block: block, offset: offset, at: start) else {
                    try cursor.skip(pageSize, "a RAM page")
                    continue
                }
                let position = cursor.position
                let page = try cursor.bytes(Int(pageSize), "a RAM page")
                try sink.take(.page(page), block: block, offset: offset, position: position)
            case Flag.zero:
                let block = try block(flags, offset, &cursor)
                let fill: UInt8 = try cursor.integer("a RAM record")
                guard sink.wants(block: block, offset: offset, at: start) else { continue }
                try sink.take(.fill(fill), block: block, offset: offset, position: cursor.position &- 1)
            case Flag.delta, Flag.compressed:
                let block = try block(flags, offset, &cursor)
                hasData = true
                let count = flags & Flag.delta != 0 ? try delta(&cursor) : try compressed(&cursor)
                let position = cursor.position
                guard sink.wants(block: block, offset: offset, at: start) else {
                    try cursor.skip(UInt64(count), "a RAM page")
                    continue
                }
                let bytes = try cursor.bytes(count, "a RAM page")
                let content = flags & Flag.delta != 0 ? PageContent.delta(bytes) : .compressed(bytes)
                try sink.take(content, block: block, offset: offset, position: position)
            case Flag.endOfSection where flags == Flag.endOfSection:
                sink.endSection()
                return
            case Flag.multifdFlush where flags == Flag.multifdFlush:
                hasFlush = true
            case Flag.blockList where flags == Flag.blockList:
                try readBlocks(total: offset, &cursor)
            default:
                throw SavedStateError(
                    .malformed, "a RAM record has the unknown flags 0x\(hexadecimal(flags))", section: "ram",
                    offset: cursor.position &- 8)
            }
        }
    }

    /// Bytes of a record at most: word, block's name, length, and a compressed page.
    static func longest(_ pageSize: UInt64) -> UInt64 { 8 + 256 + 4 + 2 * pageSize }

    /// Makes ready for a record in the midst of a section, which may continue this block.
    mutating func goOn(in block: Int) {
        current = block
    }

    /// The block of a page record, checked against the block's length.
    @inline(__always)
    private mutating func block(
        _ flags: UInt64, _ offset: UInt64, _ cursor: inout StreamCursor
    ) throws(SavedStateError) -> Int {
        if flags & Flag.sameBlock == 0 { current = try namedBlock(&cursor) }
        guard let current, !isMapped else { throw misplacedRecord(cursor.position) }
        hasPages = true
        let length = blocks[current].length
        guard offset < length else {
            throw SavedStateError(
                .malformed,
                "a RAM record names page 0x\(hexadecimal(offset)) of block “\(blocks[current].name)”, which has"
                    + " \(length) bytes", section: "ram", offset: cursor.position &- 8)
        }
        return current
    }

    private func misplacedRecord(_ position: UInt64) -> SavedStateError {
        SavedStateError(
            .malformed,
            isMapped
                ? "a page record in a mapped-ram file"
                : "a RAM record continues the block of the record before, but is the first", section: "ram",
            offset: position &- 8)
    }

    private func namedBlock(_ cursor: inout StreamCursor) throws(SavedStateError) -> Int {
        let position = cursor.position
        let name = try cursor.name("the name of a RAM block")
        guard let index = indexes[name] else {
            throw SavedStateError(
                .malformed, "a RAM record names the block “\(printable(name))”, which was not announced",
                section: "ram", offset: position)
        }
        return index
    }

    /// Length of a delta, behind its head.
    private func delta(_ cursor: inout StreamCursor) throws(SavedStateError) -> Int {
        let position = cursor.position
        let kind: UInt8 = try cursor.integer("a RAM delta")
        let count: UInt16 = try cursor.integer("a RAM delta")
        guard kind == 1, UInt64(count) <= pageSize else {
            throw SavedStateError(
                .malformed, "a RAM delta of kind \(kind) claims \(count) bytes for a page of \(pageSize)",
                section: "ram", offset: position)
        }
        return Int(count)
    }

    /// Length of a compressed page, behind its head.
    private func compressed(_ cursor: inout StreamCursor) throws(SavedStateError) -> Int {
        let count: UInt32 = try cursor.integer("a compressed RAM page")
        // zlib's bound for incompressible data stays below twice the page.
        guard count > 0, UInt64(count) <= pageSize * 2 else {
            throw SavedStateError(
                .malformed, "a compressed RAM page claims \(count) bytes", section: "ram",
                offset: cursor.position &- 4)
        }
        return Int(count)
    }

    // MARK: The block list

    /// Reads the block list; where postcopy was announced, with page sizes if it does not add up without.
    private mutating func readBlocks(total: UInt64, _ cursor: inout StreamCursor) throws(SavedStateError) {
        let begin = cursor.position
        do throws(SavedStateError) {
            blocks = try blockList(total, &cursor, withPageSizes: false)
        } catch {
            guard mayHavePageSizes else { throw error }
            cursor.seek(to: begin)
            blocks = try blockList(total, &cursor, withPageSizes: true)
        }
    }

    private mutating func blockList(
        _ total: UInt64, _ cursor: inout StreamCursor, withPageSizes: Bool
    ) throws(SavedStateError) -> [RAMBlock] {
        var blocks: [RAMBlock] = []
        indexes = [:]
        current = nil
        var sum: UInt64 = 0
        while sum < total {
            let position = cursor.position
            let (block, name) = try block(&cursor, withPageSizes: withPageSizes)
            let (next, overflow) = sum.addingReportingOverflow(block.length)
            guard !overflow, next <= total, block.length > 0, blocks.count < Limits.ramBlocks else {
                throw SavedStateError(
                    .malformed, "the RAM blocks do not add up to the \(total) bytes announced", section: "ram",
                    offset: position)
            }
            sum = next
            // A second block of the same name can only be meant by neither.
            guard indexes.updateValue(blocks.count, forKey: name) == nil else {
                throw SavedStateError(
                    .malformed, "the RAM block “\(block.name)” is announced twice", section: "ram", offset: position)
            }
            blocks.append(block)
        }
        return blocks
    }

    private func block(
        _ cursor: inout StreamCursor, withPageSizes: Bool
    ) throws(SavedStateError) -> (RAMBlock, name: [UInt8]) {
        let position = cursor.position
        let name = try cursor.name("the name of a RAM block")
        guard !name.isEmpty, name.allSatisfy({ (0x20...0x7e).contains($0) }) else {
            throw SavedStateError(
                .malformed, "a RAM block has the impossible name “\(printable(name))”", section: "ram",
                offset: position)
        }
        var block = RAMBlock(name: printable(name), length: try cursor.integer("the length of a RAM block"))
        if withPageSizes, hasPageSize(name) { block.pageSize = try cursor.integer("the page size of a RAM block") }
        if hasAddresses { block.address = try cursor.integer("the address of a RAM block") }
        if isMapped { block.mapping = try mapping(of: block, &cursor) }
        return (block, name)
    }

    /// Only blocks of main memory can have huge pages; those of devices have names with a bus path.
    private func hasPageSize(_ name: [UInt8]) -> Bool {
        !name.contains(UInt8(ascii: "/")) && !name.contains(UInt8(ascii: ":"))
    }

    /// A mapping; the stream goes on behind the pages it places.
    private func mapping(of block: RAMBlock, _ cursor: inout StreamCursor) throws(SavedStateError) -> MappedRAM {
        let position = cursor.position
        let version: UInt32 = try cursor.integer("a mapped-ram header")
        guard version == 1 else {
            throw SavedStateError(
                .unsupported, "a mapped-ram header of version \(version)", section: "ram", offset: position)
        }
        let mapping = MappedRAM(
            pageSize: try cursor.integer("a mapped-ram header"),
            bitmapOffset: try cursor.integer("a mapped-ram header"),
            pagesOffset: try cursor.integer("a mapped-ram header"))
        guard let end = end(of: mapping, block, behind: cursor.position), end <= cursor.end else {
            throw SavedStateError(
                .malformed, "the mapped-ram header of block “\(block.name)” places its pages impossibly",
                section: "ram", offset: position, advice: "the file is damaged or was cut short")
        }
        cursor.seek(to: end)
        return mapping
    }

    /// Stream offset behind the pages, or nil where bitmap and pages do not follow the header in order.
    private func end(of mapping: MappedRAM, _ block: RAMBlock, behind header: UInt64) -> UInt64? {
        guard Limits.pageSizes.contains(mapping.pageSize), mapping.pageSize.nonzeroBitCount == 1 else { return nil }
        let words = block.length / mapping.pageSize / 64 + 1
        let (bitmapEnd, overflow) = mapping.bitmapOffset.addingReportingOverflow((words - 1) * 8)
        let (fileEnd, overflowEnd) = mapping.pagesOffset.addingReportingOverflow(block.length)
        guard !overflow, !overflowEnd, mapping.bitmapOffset >= fileOffset, bitmapEnd <= mapping.pagesOffset,
            mapping.bitmapOffset - fileOffset >= header
        else { return nil }
        return fileEnd - fileOffset
    }
}
