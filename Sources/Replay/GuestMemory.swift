/// The guest's RAM as far as anything was written to it: pages of 4 KiB, absent ones are zero.
public struct GuestMemory: Hashable, Sendable {
    /// Size in bytes; guest-physical addresses are 0 ..< size.
    public let size: UInt64

    private static let pageShift: UInt64 = 12
    private static let pageSize = 1 << 12
    private var slots: [UInt64: Int] = [:]
    private var bytes: [UInt8] = []
    /// The page last used and where it is, so that a queue's entries cost no look-up.
    private var lastPage = UInt64.max
    private var lastBase = 0

    /// Memory of `size` bytes, all zero.
    public init(size: UInt64) {
        self.size = size
    }

    /// Whether `count` bytes from an address are RAM.
    public func contains(_ address: UInt64, count: UInt64) -> Bool {
        let (end, overflow) = address.addingReportingOverflow(count)
        return !overflow && end <= size
    }

    /// Reads a big-endian integer of `byteCount` bytes (1…8), or nil outside RAM.
    public func load(_ address: UInt64, byteCount: Int) -> UInt64? {
        guard contains(address, count: UInt64(byteCount)) else { return nil }
        var value: UInt64 = 0
        for index in 0..<UInt64(byteCount) { value = value << 8 | UInt64(byte(address &+ index)) }
        return value
    }

    /// Writes a big-endian integer of `byteCount` bytes (1…8); false, and nothing written, outside RAM.
    @discardableResult
    public mutating func store(_ address: UInt64, _ value: UInt64, byteCount: Int) -> Bool {
        guard contains(address, count: UInt64(byteCount)) else { return false }
        if address & 4095 <= UInt64(Self.pageSize - byteCount) {
            let start = base(makingPage: address >> Self.pageShift) + Int(address & 4095)
            for index in 0..<byteCount {
                bytes[start + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * (byteCount - 1 - index)))
            }
            return true
        }
        for index in 0..<UInt64(byteCount) {
            let byte = UInt8(truncatingIfNeeded: value >> (8 * (UInt64(byteCount) - 1 - index)))
            storeByte(address &+ index, byte)
        }
        return true
    }

    /// Writes bytes; false, and nothing written, where they do not fit into RAM.
    @discardableResult
    public mutating func store(_ address: UInt64, bytes data: [UInt8]) -> Bool {
        guard contains(address, count: UInt64(data.count)) else { return false }
        for (index, byte) in data.enumerated() { storeByte(address &+ UInt64(index), byte) }
        return true
    }

    /// Addresses and contents of the pages that were written, ascending.
    public var pages: [(address: UInt64, bytes: ArraySlice<UInt8>)] {
        slots.keys.sorted().map { page in
            let start = slots[page] ?? 0
            return (page << Self.pageShift, bytes[start..<start + Self.pageSize])
        }
    }

    /// Pages that were written and begin in a range of addresses, ascending.
    func pages(in bounds: Range<UInt64>) -> [(address: UInt64, bytes: ArraySlice<UInt8>)] {
        guard let last = bounds.last else { return [] }
        let wanted = bounds.lowerBound >> Self.pageShift...last >> Self.pageShift
        // A range of a few pages is looked up; of one larger than memory the pages are walked.
        let found = wanted.count <= slots.count ? wanted.filter { slots[$0] != nil } : slots.keys.sorted()
        return found.compactMap { page in
            guard bounds.contains(page << Self.pageShift), let start = slots[page] else { return nil }
            return (page << Self.pageShift, bytes[start..<start + Self.pageSize])
        }
    }

    private func byte(_ address: UInt64) -> UInt8 {
        guard let start = slots[address >> Self.pageShift] else { return 0 }
        return bytes[start + Int(address & 4095)]
    }

    private mutating func storeByte(_ address: UInt64, _ value: UInt8) {
        let start = base(makingPage: address >> Self.pageShift)
        bytes[start + Int(address & 4095)] = value
    }

    private mutating func base(makingPage page: UInt64) -> Int {
        if page == lastPage { return lastBase }
        lastPage = page
        if let start = slots[page] {
            lastBase = start
            return start
        }
        lastBase = bytes.count
        slots[page] = lastBase
        bytes.append(contentsOf: repeatElement(0, count: Self.pageSize))
        return lastBase
    }

    /// Equal where every byte is; a page of zeros is as one never written.
    public static func == (left: GuestMemory, right: GuestMemory) -> Bool {
        left.size == right.size && left.written == right.written
    }

    /// Hashes the bytes, not where they are kept.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(size)
        hasher.combine(written)
    }

    /// Pages with any byte set: a page of zeros is as one never written.
    private var written: [UInt64: ArraySlice<UInt8>] {
        var result: [UInt64: ArraySlice<UInt8>] = [:]
        for (page, start) in slots {
            let content = bytes[start..<start + Self.pageSize]
            if content.contains(where: { $0 != 0 }) { result[page] = content }
        }
        return result
    }
}
