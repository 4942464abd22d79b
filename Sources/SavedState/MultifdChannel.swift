/// The pages that went over one of the extra connections of a multifd migration.
///
/// ```
/// hello:  be32 11223344 | be32 1 | uuid[16] | u8 channel | 39 reserved
/// packet: be32 11223344 | be32 1 | be32 flags | be32 allocated | be32 normal pages | be32 data bytes | be64 number
///         be32 zero pages | be32 reserved | 3 x be64 reserved | block name[256] | be64 offset for each page
/// ```
/// The header has room for as many offsets as pages fit into 512 KiB; normal pages first, then zero pages, of which
/// only the former have data behind the header (`migration/multifd.c`, QEMU 7.2 to 11.1).
struct MultifdChannel {
    let source: any ByteSource
    let pageSize: UInt64

    /// A page, as the last packet that has it says.
    struct Page {
        /// Packets are numbered over all channels.
        var packet: UInt64
        /// Nil for a page of zeros.
        var content: [UInt8]?
    }

    private static let magic: UInt32 = 0x1122_3344
    private static let helloBytes: UInt64 = 64
    private static let packetBytes: UInt64 = 512 << 10
    private static let nameBytes = 256
    /// How the data are compressed: bits 1 to 5. Devices use bit 6 for their own state.
    private static let methodMask: UInt32 = 0x3e
    private static let deviceState: UInt32 = 0x40

    /// Collects wanted pages of a block, by their offset; newer packets replace older ones.
    func collect(
        _ offsets: Set<UInt64>, of block: String, into pages: inout [UInt64: Page]
    ) throws(SavedStateError) {
        var cursor = StreamCursor(source)
        let first: UInt32 = try cursor.integer("a multifd channel")
        guard first == Self.magic else {
            throw SavedStateError(.notASavedState, "the input is no multifd channel", offset: 0)
        }
        try cursor.skip(Self.helloBytes - 4, "the beginning of a multifd channel")
        while cursor.remaining > 0 {
            try packet(&cursor, offsets, block, &pages)
        }
    }

    private func packet(
        _ cursor: inout StreamCursor, _ wanted: Set<UInt64>, _ block: String, _ pages: inout [UInt64: Page]
    ) throws(SavedStateError) {
        let start = cursor.position
        let what: StaticString = "a multifd packet"
        let magic: UInt32 = try cursor.integer(what)
        let version: UInt32 = try cursor.integer(what)
        let flags: UInt32 = try cursor.integer(what)
        guard magic == Self.magic, version == 1 else {
            throw SavedStateError(.malformed, "there is no multifd packet", offset: start)
        }
        guard flags & (Self.methodMask | Self.deviceState) == 0 else {
            throw SavedStateError(
                .unsupported,
                "a multifd packet with the flags 0x\(hexadecimal(UInt64(flags))), which are not understood",
                offset: start + 8, advice: "pages of a channel are read only where they are not compressed")
        }
        try cursor.skip(4, what)
        let normal: UInt32 = try cursor.integer(what)
        let size: UInt32 = try cursor.integer(what)
        let number: UInt64 = try cursor.integer(what)
        let zero: UInt32 = try cursor.integer(what)
        try cursor.skip(28, what)
        let name = try cursor.bytes(Self.nameBytes, what)
        let room = Self.packetBytes / pageSize
        guard UInt64(normal) <= room, UInt64(zero) <= room - UInt64(normal) else {
            throw SavedStateError(.malformed, "a multifd packet claims \(normal) and \(zero) pages", offset: start + 16)
        }
        guard normal == 0 || UInt64(size) == UInt64(normal) * pageSize else {
            throw SavedStateError(.malformed, "a multifd packet claims \(size) bytes for its pages", offset: start + 20)
        }
        var offsets: [UInt64] = []
        for _ in 0..<room { offsets.append(try cursor.integer(what)) }
        let isWanted = printable(name.prefix { $0 != 0 }) == block
        for (index, offset) in offsets.prefix(Int(normal + zero)).enumerated() {
            let isZero = index >= Int(normal)
            guard isWanted, wanted.contains(offset), pages[offset].map({ $0.packet <= number }) ?? true else {
                if !isZero { try cursor.skip(pageSize, "a page") }
                continue
            }
            pages[offset] = Page(packet: number, content: isZero ? nil : try cursor.bytes(Int(pageSize), "a page"))
        }
    }
}

extension GuestMemory {
    /// Wanted pages from the channels of the migration; what the main connection says of a page is in `main`.
    ///
    /// QEMU up to 8.2 sends zero pages over the main connection. Nothing tells whether such a record came before or
    /// after a packet with the same page: such a page is not known.
    func pages(
        of block: Int, at offsets: Set<UInt64>, sentOver channels: [any ByteSource], main: [UInt64: Content]
    ) throws(SavedStateError) -> [UInt64: Content] {
        var found: [UInt64: MultifdChannel.Page] = [:]
        for channel in channels {
            let reader = MultifdChannel(source: channel, pageSize: stream.pageSize)
            try reader.collect(offsets, of: stream.blocks[block].name, into: &found)
        }
        var pages: [UInt64: Content] = [:]
        for offset in offsets {
            switch (found[offset], main[offset]) {
            case (let page?, .bytes?) where page.content != nil:
                pages[offset] = .absent("the page came over two connections, and nothing tells which is newer")
            case (let page?, _):
                pages[offset] = .bytes(page.content ?? [UInt8](repeating: 0, count: Int(stream.pageSize)))
            case (nil, let content?): pages[offset] = content
            case (nil, nil): pages[offset] = .absent("no connection has a record of this page")
            }
        }
        return pages
    }
}
