/// A set of small numbers as 64-bit words, sized once.
///
/// Indices at or beyond `count` read as taken, so that no search can leave the set.
struct BitSet: Hashable, Sendable {
    let count: UInt32
    private(set) var words: [UInt64]

    init(count: UInt32) {
        self.count = count
        words = [UInt64](repeating: 0, count: Int((count >> 6) &+ (count & 63 == 0 ? 0 : 1)))
    }

    subscript(index: UInt32) -> Bool {
        index >= count || words[Int(index >> 6)] >> UInt64(index & 63) & 1 == 1
    }

    mutating func set(_ index: UInt32, to value: Bool) {
        guard index < count else { return }
        let mask: UInt64 = 1 << UInt64(index & 63)
        if value { words[Int(index >> 6)] |= mask } else { words[Int(index >> 6)] &= ~mask }
    }

    mutating func set(_ range: Range<UInt32>, to value: Bool) {
        for index in range.clamped(to: 0..<count) { set(index, to: value) }
    }

    /// The first index not in the set at or after `start`; `count` where there is none.
    func firstClear(from start: UInt32) -> UInt32 {
        guard start < count else { return count }
        var index = Int(start >> 6)
        var word = ~words[index] & (~0 << UInt64(start & 63))
        while word == 0 {
            index += 1
            guard index < words.count else { return count }
            word = ~words[index]
        }
        return min(count, UInt32(index) << 6 | UInt32(word.trailingZeroBitCount))
    }

    /// The first index in the set within a range; nil where there is none.
    func firstSet(in range: Range<UInt32>) -> UInt32? {
        let range = range.clamped(to: 0..<count)
        guard !range.isEmpty else { return nil }
        var index = Int(range.lowerBound >> 6)
        var word = words[index] & (~0 << UInt64(range.lowerBound & 63))
        while word == 0 {
            index += 1
            guard index < words.count else { return nil }
            word = words[index]
        }
        let found = UInt32(index) << 6 | UInt32(word.trailingZeroBitCount)
        return found < range.upperBound ? found : nil
    }

    var isEmpty: Bool { words.allSatisfy { $0 == 0 } }
    var taken: [UInt32] { (0..<count).filter { self[$0] } }

    /// Replaces the content by words of the same layout; bits at or beyond `count` are dropped.
    mutating func load(words source: [UInt64]) {
        for index in words.indices { words[index] = index < source.count ? source[index] : 0 }
        if count & 63 != 0, let last = words.indices.last { words[last] &= (1 << UInt64(count & 63)) - 1 }
    }
}
