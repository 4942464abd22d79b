/// Guest memory as a stream holds it: the final content of the pages that somebody asks for.
///
/// A stream's RAM is a log: a page may come several times, the last one counts, and nothing but reading
/// all of it tells which one that is. (A search by bisection would need every page to come once and in
/// order, which no stream says of itself.) So all stretches wanted are collected in one sequential pass.
/// Only mapped-ram files give each page a fixed place.
public struct GuestMemory: Sendable {
    let stream: SavedStream
    /// The files of a multifd migration's other connections.
    private let channels: [any ByteSource]
    /// Byte order of the host that saved, where the caller knows it: mapped-ram bitmaps are host words.
    private let isBigEndianHost: Bool

    /// Memory of an opened stream.
    ///
    /// - Parameters:
    ///   - channels: what went over the other connections of a multifd migration, in any order.
    ///   - isBigEndianHost: of the host that saved; the default is right for x86 and ppc64le.
    public init(_ stream: SavedStream, channels: [any ByteSource] = [], isBigEndianHost: Bool = false) {
        self.stream = stream
        self.channels = channels
        self.isBigEndianHost = isBigEndianHost
    }

    /// Content of a stretch of guest-physical memory.
    public enum Content: Hashable, Sendable {
        case bytes([UInt8])
        /// All of it is zero: nobody ever wrote there.
        case blank
        /// The guest has no memory there.
        case outside
        /// The stream does not hold it, for this reason; it is not known, and not zero.
        case absent(String)
    }

    /// A stretch of guest-physical memory.
    public struct Stretch: Hashable, Sendable {
        /// Guest-physical.
        public var address: UInt64
        /// Bytes.
        public var count: UInt64

        /// `count` bytes from a guest-physical address on.
        public init(address: UInt64, count: UInt64) {
            self.address = address
            self.count = count
        }
    }

    /// Reads stretches; the answers are in the same order.
    ///
    /// - Parameter progress: called now and then with the bytes passed and the size of the stream, where
    ///   it is known.
    public func read(
        _ stretches: [Stretch], progress: ((UInt64, UInt64?) -> Void)? = nil
    ) throws(SavedStateError) -> [Content] {
        do throws(SavedStateError) {
            return try collect(stretches, progress)
        } catch {
            var error = error
            error.file = error.file ?? stream.name
            throw error
        }
    }

    private func collect(
        _ stretches: [Stretch], _ progress: ((UInt64, UInt64?) -> Void)?
    ) throws(SavedStateError) -> [Content] {
        if let reason = absence { return stretches.map { _ in .absent(reason) } }
        guard let main = mainBlock else {
            let reason = "memory is in several blocks, and the stream does not say at which address each begins"
            return stretches.map { _ in .absent(reason) }
        }
        let length = stream.blocks[main].length
        let inside = stretches.map { $0.count <= length && $0.address <= length - $0.count }
        try checkAmount(zip(stretches, inside).filter(\.1).map(\.0))
        var offsets: Set<UInt64> = []
        for (stretch, isInside) in zip(stretches, inside) where isInside && stretch.count > 0 {
            let first = stretch.address / pageSize(main)
            let last = (stretch.address + stretch.count - 1) / pageSize(main)
            for page in first...last { offsets.insert(page * pageSize(main)) }
        }
        let pages = try pages(of: main, at: offsets, progress)
        return zip(stretches, inside).map { stretch, isInside in
            isInside ? content(stretch, pages, pageSize(main)) : (hasUnplacedBlocks ? .absent(Self.unplaced) : .outside)
        }
    }

    private static let unplaced = "the address is behind main memory; it may be in a DIMM, whose place is not known"

    private func checkAmount(_ stretches: [Stretch]) throws(SavedStateError) {
        var total: UInt64 = 0
        for stretch in stretches {
            let (sum, overflow) = total.addingReportingOverflow(stretch.count)
            guard !overflow, sum <= Limits.guestBytes else {
                throw SavedStateError(.limit, "more than \(Limits.guestBytes) bytes of guest memory are wanted at once")
            }
            total = sum
        }
    }

    /// Why nothing of guest memory is known at all.
    private var absence: String? {
        if stream.blocks.isEmpty { return "the stream announces no guest memory" }
        if stream.method == .package { return "the stream switched to postcopy, so its memory is incomplete" }
        return nil
    }

    // MARK: Blocks

    /// Blocks of memory, in contrast to those of devices, whose names begin with the device's bus path.
    private var memoryBlocks: [Int] {
        stream.blocks.indices.filter { index in
            let name = stream.blocks[index].name
            return !name.contains("/") || name.hasPrefix("/objects/")
        }
    }

    /// The block whose first byte is at guest-physical address 0.
    private var mainBlock: Int? {
        if let index = stream.blocks.firstIndex(where: { Self.mainNames.contains($0.name) }) { return index }
        return memoryBlocks.count == 1 ? memoryBlocks.first : nil
    }

    private var hasUnplacedBlocks: Bool { memoryBlocks.count > 1 }

    /// Names that QEMU gives the main memory of its POWER machines.
    private static let mainNames: Set<String> = ["ppc_spapr.ram", "pnv.ram", "ppc_core99.ram"]

    private func pageSize(_ block: Int) -> UInt64 { stream.blocks[block].mapping?.pageSize ?? stream.pageSize }

    // MARK: Pages

    private func pages(
        of block: Int, at offsets: Set<UInt64>, _ progress: ((UInt64, UInt64?) -> Void)?
    ) throws(SavedStateError) -> [UInt64: Content] {
        guard !offsets.isEmpty else { return [:] }
        if let mapping = stream.blocks[block].mapping {
            let mapped = MappedPages(stream, stream.blocks[block], mapping, isBigEndianHost: isBigEndianHost)
            return try mapped.read(offsets)
        }
        var scan = PageScan(stream: stream, block: block, offsets: offsets)
        guard !channels.isEmpty else { return try scan.run(progress) }
        scan.hasChannels = true
        let main = try scan.run(progress)
        return try pages(of: block, at: offsets, sentOver: channels, main: main)
    }

    private func content(_ stretch: Stretch, _ pages: [UInt64: Content], _ pageSize: UInt64) -> Content {
        var bytes: [UInt8] = []
        var position = stretch.address
        let end = stretch.address + stretch.count
        while position < end {
            let page = position - position % pageSize
            guard case .bytes(let content)? = pages[page] else { return pages[page] ?? .outside }
            let part = Int(position - page)..<Int(min(end - page, pageSize))
            bytes += content[part]
            position = page + UInt64(part.upperBound)
        }
        return .bytes(bytes)
    }
}
