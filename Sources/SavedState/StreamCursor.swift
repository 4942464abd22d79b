import Glibc

/// A forward reader over a source: buffered, checked, with the offset in every error.
///
/// The buffer starts small and doubles, so that reading a head costs little and scanning RAM is done
/// in large blocks. Skipping never reads what lies outside the buffer.
struct StreamCursor: ~Copyable {
    let source: any ByteSource
    /// Nothing at or behind this offset is read.
    let end: UInt64
    private let buffer: UnsafeMutableRawBufferPointer
    /// Stream offset of the buffer's first byte.
    private var start: UInt64
    private var index = 0
    private var filled = 0
    private var nextFill = Limits.firstBlock

    /// A reader from `position` up to `end`, or to the end of the source.
    init(_ source: any ByteSource, at position: UInt64 = 0, end: UInt64? = nil) {
        self.source = source
        self.end = min(end ?? source.byteCount, source.byteCount)
        start = min(position, self.end)
        buffer = .allocate(byteCount: Int(min(self.end - start, UInt64(Limits.scanBlock))), alignment: 16)
    }

    deinit {
        buffer.deallocate()
    }

    /// Offset in the stream of the next byte.
    var position: UInt64 { start &+ UInt64(index) }

    /// Bytes that were read ahead of the position.
    var buffered: [UInt8] { Array(buffer[index..<filled]) }

    /// Bytes between the position and the end.
    var remaining: UInt64 { end &- position }

    /// The next byte without consuming it, nil at the end.
    mutating func peek() throws(SavedStateError) -> UInt8? {
        guard remaining > 0 else { return nil }
        try require(1, "an item")
        return buffer[index]
    }

    /// Whether the next bytes are these; consumes nothing.
    mutating func isNext(_ bytes: [UInt8]) throws(SavedStateError) -> Bool {
        guard remaining >= UInt64(bytes.count) else { return false }
        try require(bytes.count, "a mark")
        return buffer[index..<index + bytes.count].elementsEqual(bytes)
    }

    @inline(__always)
    mutating func integer<Value: FixedWidthInteger & UnsignedInteger>(
        _ what: StaticString, as: Value.Type = Value.self
    ) throws(SavedStateError) -> Value {
        let size = MemoryLayout<Value>.size
        if filled &- index < size { try require(size, what) }
        let value = Value(bigEndian: buffer.loadUnaligned(fromByteOffset: index, as: Value.self))
        index &+= size
        return value
    }

    mutating func bytes(_ count: Int, _ what: StaticString) throws(SavedStateError) -> [UInt8] {
        guard UInt64(count) <= remaining else { throw truncated(what) }
        if count > buffer.count {
            let bytes = try source.read(at: position, count: count)
            seek(to: position &+ UInt64(count))
            return bytes
        }
        try require(count, what)
        let bytes = Array(buffer[index..<index + count])
        index += count
        return bytes
    }

    /// A name behind its length byte.
    mutating func name(_ what: StaticString) throws(SavedStateError) -> [UInt8] {
        let count: UInt8 = try integer(what)
        return try bytes(Int(count), what)
    }

    @inline(__always)
    mutating func skip(_ count: UInt64, _ what: StaticString) throws(SavedStateError) {
        if count <= UInt64(filled &- index) {
            index &+= Int(count)
        } else {
            guard count <= remaining else { throw truncated(what) }
            seek(to: position &+ count)
        }
    }

    /// Goes to an offset, which must not lie behind the end.
    mutating func seek(to offset: UInt64) {
        let target = min(offset, end)
        if target >= start, target - start <= UInt64(filled) {
            index = Int(target - start)
        } else {
            start = target
            index = 0
            filled = 0
        }
    }

    /// Offset of the next byte of this value, or nil at the end; the position is then anywhere before it.
    mutating func findByte(_ byte: UInt8) throws(SavedStateError) -> UInt64? {
        while remaining > 0 {
            try require(1, "an item")
            if let base = buffer.baseAddress, let hit = memchr(base + index, CInt(byte), filled - index) {
                return start + UInt64(UnsafeRawPointer(hit) - UnsafeRawPointer(base))
            }
            seek(to: start + UInt64(filled))
        }
        return nil
    }

    /// The input ends before what is read here; its end may be known only now, from a pipe.
    func truncated(_ what: StaticString, end: UInt64? = nil) -> SavedStateError {
        SavedStateError(
            .truncated, "the input ends at byte \(end ?? self.end) while \(what) is read", offset: position,
            advice: "the file is incomplete: save or copy it again")
    }

    /// Makes `count` bytes at the position available in the buffer.
    private mutating func require(_ count: Int, _ what: StaticString) throws(SavedStateError) {
        guard filled - index < count else { return }
        guard UInt64(count) <= remaining, count <= buffer.count else { throw truncated(what) }
        // What is left is kept, never read again: a pipe cannot go back.
        let rest = filled - index
        if rest > 0, let base = buffer.baseAddress { memmove(base, base + index, rest) }
        start = position
        index = 0
        filled = rest
        let size = Int(min(UInt64(min(max(nextFill, count), buffer.count)), end - start))
        nextFill = min(nextFill * 2, buffer.count)
        let target = UnsafeMutableRawBufferPointer(rebasing: buffer[rest..<max(rest, size)])
        filled += try source.read(at: start + UInt64(rest), into: target)
        guard filled >= count else { throw truncated(what, end: start &+ UInt64(filled)) }
    }
}
