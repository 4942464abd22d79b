import InterruptState

/// A set of logical numbers, kept as ranges: what a finding is about.
///
/// Ranges, because numbers that differ for one cause are usually neighbours, and because a damaged
/// state may claim blocks of billions of numbers, which must cost nothing.
public struct NumberRanges: Hashable, Sendable {
    /// Ascending, disjoint and not adjacent.
    public private(set) var ranges: [ClosedRange<LogicalNumber>]

    /// The empty set.
    public init() {
        ranges = []
    }

    /// The set of these numbers, in any order and with repetitions.
    public init(_ numbers: some Sequence<LogicalNumber>) {
        self.init(merging: numbers.map { $0...$0 })
    }

    /// The union of these ranges, in any order and overlapping.
    public init(merging parts: [ClosedRange<LogicalNumber>]) {
        ranges = []
        for part in parts.sorted(by: { $0.lowerBound < $1.lowerBound }) { append(part) }
    }

    /// Number of numbers.
    public var count: UInt64 {
        ranges.reduce(0) { $0 + UInt64($1.upperBound.rawValue - $1.lowerBound.rawValue) + 1 }
    }

    /// Whether there is none.
    public var isEmpty: Bool { ranges.isEmpty }

    /// The smallest number.
    public var first: LogicalNumber? { ranges.first?.lowerBound }

    /// Whether the number is in the set; binary search.
    public func contains(_ number: LogicalNumber) -> Bool {
        let place = ranges.partitionIndex { $0.upperBound < number }
        return place < ranges.count && ranges[place].contains(number)
    }

    /// The numbers of either.
    public func union(_ other: NumberRanges) -> NumberRanges {
        NumberRanges(merging: ranges + other.ranges)
    }

    /// The numbers of this set that are not in the other. Linear.
    public func subtracting(_ other: NumberRanges) -> NumberRanges {
        var result = NumberRanges()
        var next = 0
        for range in ranges {
            var low = UInt64(range.lowerBound.rawValue)
            let high = UInt64(range.upperBound.rawValue)
            while next < other.ranges.count, UInt64(other.ranges[next].upperBound.rawValue) < low { next += 1 }
            var place = next
            while low <= high, place < other.ranges.count {
                let cut = other.ranges[place]
                let cutLow = UInt64(cut.lowerBound.rawValue)
                guard cutLow <= high else { break }
                if cutLow > low { result.append(low, cutLow - 1) }
                low = max(low, UInt64(cut.upperBound.rawValue) + 1)
                place += 1
            }
            if low <= high { result.append(low, high) }
        }
        return result
    }

    /// Appends a range that does not begin before the last one.
    mutating func append(_ range: ClosedRange<LogicalNumber>) {
        guard let last = ranges.last, isTouching(last, range) else {
            ranges.append(range)
            return
        }
        ranges[ranges.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
    }

    private mutating func append(_ low: UInt64, _ high: UInt64) {
        append(LogicalNumber(UInt32(truncatingIfNeeded: low))...LogicalNumber(UInt32(truncatingIfNeeded: high)))
    }

    private func isTouching(_ left: ClosedRange<LogicalNumber>, _ right: ClosedRange<LogicalNumber>) -> Bool {
        UInt64(right.lowerBound.rawValue) <= UInt64(left.upperBound.rawValue) + 1
    }
}

extension NumberRanges: CustomStringConvertible {
    /// `0x1001, 0x1208..0x120b`: all of it.
    public var description: String { text(limit: .max) }

    /// At most `limit` ranges, and how many numbers were left out.
    public func text(limit: Int) -> String {
        var text = ranges.prefix(limit).map(NumberRanges.text).joined(separator: ", ")
        if ranges.count > limit {
            let shown = NumberRanges(merging: Array(ranges.prefix(limit))).count
            text += " and \(count - shown) more"
        }
        return text
    }

    private static func text(_ range: ClosedRange<LogicalNumber>) -> String {
        let isSingle = range.lowerBound == range.upperBound
        return isSingle ? "\(range.lowerBound)" : "\(range.lowerBound)..\(range.upperBound)"
    }
}

extension MessageBlock {
    /// The numbers of the block that exist: a damaged block may be empty or reach beyond the last number.
    var range: ClosedRange<LogicalNumber>? {
        guard count > 0 else { return nil }
        let (last, overflow) = first.rawValue.addingReportingOverflow(count - 1)
        return first...LogicalNumber(overflow ? .max : last)
    }
}
