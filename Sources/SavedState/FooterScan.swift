import Glibc

/// Finds the end of device sections by their footers, where nothing tells their length.
///
/// Proven on every captured stream of four QEMU versions: a footer with the right id, followed by what
/// may follow a section, does not occur inside one.
struct FooterScan {
    let source: any ByteSource
    /// Nothing at or behind this offset belongs to the sections.
    let end: UInt64
    /// Whether the sections end with the stream's end mark; in a package they end with the package.
    let hasEndMark: Bool
    /// How often a follow-up with an odd name may still be believed; each costs a longer search.
    private var oddNames = 16

    /// How far a regular follow-up is looked for behind an odd one.
    private static let oddReach: UInt64 = 4 << 20

    init(source: any ByteSource, end: UInt64, hasEndMark: Bool) {
        self.source = source
        self.end = end
        self.hasEndMark = hasEndMark
    }

    /// Offset of the footer that closes a section, or nil.
    mutating func footer(of id: UInt32, from bodyOffset: UInt64) throws(SavedStateError) -> UInt64? {
        var odd: UInt64?
        var limit = end
        var position = bodyOffset
        let mark = StreamWalker<IgnoredPages>.footer(id)
        let capacity = Int(min(end - min(position, end), UInt64(Limits.scanBlock)))
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 16)
        defer { buffer.deallocate() }
        var size = Limits.firstBlock
        while position < limit, limit - position >= 5 {
            let block = UnsafeMutableRawBufferPointer(
                rebasing: buffer[0..<Int(min(UInt64(size), limit - position))])
            let count = try source.read(at: position, into: block)
            guard count >= 5 else { break }
            for index in Self.places(of: mark, in: UnsafeRawBufferPointer(rebasing: block[0..<count])) {
                let offset = position + UInt64(index)
                switch try followUp(at: offset + 5) {
                case .regular: return offset
                case .odd where odd == nil && oddNames > 0:
                    odd = offset
                    oddNames -= 1
                    limit = min(end, offset + Self.oddReach)
                case .odd, .none: break
                }
            }
            position += UInt64(count - 4)
            size = min(size * 4, Limits.scanBlock)
        }
        return odd
    }

    /// Indexes of a five-byte mark in a block.
    private static func places(of mark: [UInt8], in block: UnsafeRawBufferPointer) -> [Int] {
        guard let base = block.baseAddress else { return [] }
        var found: [Int] = []
        var index = 0
        while index + 5 <= block.count {
            guard let hit = memchr(base + index, CInt(Mark.footer), block.count - 4 - index) else { break }
            index = UnsafeRawPointer(hit) - base
            if block[index..<index + 5].elementsEqual(mark) { found.append(index) }
            index += 1
        }
        return found
    }

    private enum FollowUp {
        case regular, odd, none
    }

    /// What stands behind a supposed footer.
    private func followUp(at offset: UInt64) throws(SavedStateError) -> FollowUp {
        if offset == end { return hasEndMark ? .none : .regular }
        let bytes = try source.read(at: offset, count: Int(min(end - offset, 6 + 255 + 8)))
        switch bytes[0] {
        case Mark.full: return followUp(header: bytes)
        case Mark.start: return followUp(header: bytes) == .regular ? .regular : .none
        case Mark.command:
            guard let code: UInt16 = bytes.bigEndian(at: 1), let length: UInt16 = bytes.bigEndian(at: 3) else {
                return .none
            }
            return code > 0 && code <= StreamCommand.last && UInt64(length) <= end - offset - 5 ? .regular : .none
        case Mark.eof where hasEndMark: return isEnd(bytes) ? .regular : .none
        default: return .none
        }
    }

    private func followUp(header bytes: [UInt8]) -> FollowUp {
        guard bytes.count > 6, bytes[5] > 0, let version: UInt32 = bytes.bigEndian(at: 6 + Int(bytes[5]) + 4),
            version < 65536
        else { return .none }
        let isRegular = bytes[6..<6 + Int(bytes[5])].allSatisfy { (0x21...0x7e).contains($0) }
        return isRegular ? .regular : .odd
    }

    /// The end mark is last, or a description, another stream or nothing but zeros follows.
    private func isEnd(_ bytes: [UInt8]) -> Bool {
        bytes.count == 1 || bytes[1] == Mark.description || bytes[1...].starts(with: StreamHead.magic)
            || bytes[1...].allSatisfy { $0 == 0 }
    }
}
