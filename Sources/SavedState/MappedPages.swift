/// Pages of a block that has a fixed place for each (mapped-ram).
struct MappedPages {
    private let stream: SavedStream
    private let block: RAMBlock
    private let mapping: MappedRAM
    private let isBigEndianHost: Bool

    init(_ stream: SavedStream, _ block: RAMBlock, _ mapping: MappedRAM, isBigEndianHost: Bool) {
        self.stream = stream
        self.block = block
        self.mapping = mapping
        self.isBigEndianHost = isBigEndianHost
    }

    /// Pages at offsets in the block.
    func read(_ offsets: Set<UInt64>) throws(SavedStateError) -> [UInt64: GuestMemory.Content] {
        guard stream.passes == nil else {
            let reason = "places in the file are given, but it was compressed as a whole"
            return Dictionary(uniqueKeysWithValues: offsets.map { ($0, .absent(reason)) })
        }
        var pages: [UInt64: GuestMemory.Content] = [:]
        for offset in offsets { pages[offset] = .bytes(try page(offset)) }
        return pages
    }

    /// A page. A clear bit in the bitmap means zero, whatever an earlier write has left in its place.
    private func page(_ offset: UInt64) throws(SavedStateError) -> [UInt8] {
        let size = Int(mapping.pageSize)
        guard try isPresent(offset / mapping.pageSize) else { return [UInt8](repeating: 0, count: size) }
        return try stream.source.read(at: mapping.pagesOffset - stream.fileOffset + offset, count: size)
    }

    /// The bitmap is made of 64-bit words in the order of the host that saved.
    private func isPresent(_ number: UInt64) throws(SavedStateError) -> Bool {
        let place = mapping.bitmapOffset - stream.fileOffset + number / 64 * 8
        let bytes = try stream.source.read(at: place, count: 8)
        let word: UInt64 = bytes.bigEndian(at: 0) ?? 0
        return (isBigEndianHost ? word : word.byteSwapped) >> (number % 64) & 1 != 0
    }
}
