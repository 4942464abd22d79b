/// Where the entries of a large, mostly empty table are stored: pages of 64 numbers, made when first written.
///
/// A number space may have a million numbers and a few hundred claimed. The directory costs four bytes for each
/// 64 numbers; everything else is in proportion to the pages in use.
struct SparseRows: Hashable, Sendable {
    /// Numbers in a page.
    static let pageSize = 1 << shift
    private static let shift = 6
    private static let mask: UInt32 = (1 << 6) - 1

    /// For each page its slot plus one, or 0.
    private var directory: [UInt32]
    /// Pages in use, ascending, with their slots.
    private(set) var pages: [Page] = []

    struct Page: Hashable, Sendable {
        var number: UInt32
        var slot: UInt32
    }

    init(count: UInt32) {
        let pageCount = (UInt64(count) + UInt64(Self.mask)) >> UInt64(Self.shift)
        directory = [UInt32](repeating: 0, count: Int(pageCount))
    }

    /// The row of an entry, or nil where its page was never written and it is in its reset state.
    @inline(__always)
    func row(_ number: UInt32) -> Int? {
        let page = Int(number >> UInt32(Self.shift))
        guard page < directory.count else { return nil }
        let slot = directory[page]
        return slot == 0 ? nil : Int(slot &- 1) << Self.shift | Int(number & Self.mask)
    }

    /// Makes the page of a number; the caller extends its columns by ``pageSize`` entries.
    ///
    /// The number must be inside the table and its page absent.
    mutating func makePage(for number: UInt32) -> Int {
        let page = number >> UInt32(Self.shift)
        let slot = UInt32(pages.count)
        directory[Int(page)] = slot &+ 1
        let place = pages.partitionPlace { $0.number < page }
        pages.insert(Page(number: page, slot: slot), at: place)
        return Int(slot) << Self.shift | Int(number & Self.mask)
    }

    /// Calls `body` with every stored number and its row, ascending.
    @inline(__always)
    func forEach(_ body: (_ number: UInt32, _ row: Int) -> Void) {
        for page in pages {
            let first = page.number << UInt32(Self.shift)
            let row = Int(page.slot) << Self.shift
            for index in 0..<Self.pageSize { body(first &+ UInt32(index), row &+ index) }
        }
    }
}

extension Array {
    /// Index of the first element for which `isBefore` is false, in an array ordered that way.
    func partitionPlace(_ isBefore: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = low + (high - low) / 2
            if isBefore(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
