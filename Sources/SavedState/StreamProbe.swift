/// A few looks into a long stretch of RAM records: do they look like one stream, saved in one pass?
///
/// A stopped guest's pages stand in ascending order. If another stream ended in between, its devices
/// would show as bytes that are no records, and the order would begin anew. The looks stand closer
/// together near the beginning, each a tenth further than the one before, so their number grows with
/// the logarithm of the size. They can miss a stream that is built to be missed; they cost nothing.
struct StreamProbe {
    private let source: any ByteSource
    private let pageSize: UInt64
    /// Length of the longest block, whose pages come first, and of the longest of the others.
    private let longest: UInt64
    private let second: UInt64

    init(_ source: any ByteSource, blocks: [RAMBlock], pageSize: UInt64) {
        self.source = source
        self.pageSize = pageSize
        let lengths = blocks.map(\.length).sorted(by: >)
        longest = lengths.first ?? 0
        second = lengths.dropFirst().first ?? 0
    }

    /// Whether every look between two offsets shows page records in one ascending order.
    func isOnePass(from start: UInt64, to end: UInt64) throws(SavedStateError) -> Bool {
        var position = start
        var last: UInt64 = 0
        var isPastFirstBlock = false
        while position < end, end - position > windowBytes {
            guard let page = try page(near: position) else { return false }
            if page < last { isPastFirstBlock = true }
            // Behind the longest block only the shorter ones follow, whose pages have small offsets.
            if isPastFirstBlock, page >= second { return false }
            last = page
            position += max(position / 10, windowBytes)
        }
        return true
    }

    /// Records that must follow one another, each a page further, to be taken for records.
    private static let chainLength = 3

    /// Room for the chain from any byte of a page on.
    private var windowBytes: UInt64 { (pageSize + 8) * UInt64(Self.chainLength + 2) }

    /// Offset of a page whose record stands near a position; nil where there are no records.
    private func page(near position: UInt64) throws(SavedStateError) -> UInt64? {
        let bytes = try source.read(at: position, count: Int(windowBytes))
        return bytes.withUnsafeBytes { window in
            for start in 0..<Int(pageSize) * 2 {
                if let page = chain(window, from: start) { return page }
            }
            return nil
        }
    }

    private func chain(_ window: UnsafeRawBufferPointer, from start: Int) -> UInt64? {
        var index = start
        var first: UInt64?
        for step in 0..<UInt64(Self.chainLength) {
            guard window.count - index >= 8 else { return nil }
            let word = UInt64(bigEndian: window.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let page = word & ~(pageSize - 1)
            guard page < longest, page == (first ?? page) &+ step * pageSize else { return nil }
            first = first ?? page
            switch word & (pageSize - 1) {
            case 0x28: index += 8 + Int(pageSize)
            case 0x22: index += 9
            default: return nil
            }
            guard index <= window.count else { return nil }
        }
        return first
    }
}
