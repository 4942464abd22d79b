/// A block of guest RAM that a stream announces: main memory, a DIMM, a device's memory or ROM.
public struct RAMBlock: Hashable, Sendable {
    /// Printable name, for example `ppc_spapr.ram`.
    public var name: String
    /// Bytes of the block.
    public var length: UInt64
    /// Page size of the block, where it differs from the usual (only with postcopy).
    public var pageSize: UInt64?
    /// Address in the block's container (only with x-ignore-shared); no guest-physical address.
    public var address: UInt64?
    /// Where the pages stand in the file (only with mapped-ram).
    public var mapping: MappedRAM?

    /// A block; the optional parts are those that a stream has only with certain capabilities.
    public init(
        name: String, length: UInt64, pageSize: UInt64? = nil, address: UInt64? = nil, mapping: MappedRAM? = nil
    ) {
        self.name = name
        self.length = length
        self.pageSize = pageSize
        self.address = address
        self.mapping = mapping
    }
}

/// The fixed places of a block's pages in a mapped-ram file (QEMU 9.0 and later).
///
/// A clear bit means a zero page, whatever stands in its place. Offsets count from the start of the
/// *file*, also when the stream begins later.
public struct MappedRAM: Hashable, Sendable {
    /// Bytes of a page: a power of two.
    public var pageSize: UInt64
    /// Where the bitmap of the pages present begins.
    public var bitmapOffset: UInt64
    /// Where page 0 stands; page n follows at n times the page size.
    public var pagesOffset: UInt64

    /// Places of one block's pages.
    public init(pageSize: UInt64, bitmapOffset: UInt64, pagesOffset: UInt64) {
        self.pageSize = pageSize
        self.bitmapOffset = bitmapOffset
        self.pagesOffset = pagesOffset
    }
}
