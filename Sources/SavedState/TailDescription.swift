/// The self-description at the end of a stream, and where it stands.
struct TailDescription: Sendable {
    var description: StreamDescription
    /// Offset of the stream's end mark, where the device sections end.
    var eofOffset: UInt64
    /// Offset behind the description.
    var end: UInt64

    /// End mark, mark of the description, its length.
    static let headerBytes: UInt64 = 6

    /// Searches backwards from the end for an end mark and a description that fill the stream exactly.
    ///
    /// Nothing tells where the description begins, but its length must match its own place: four bytes
    /// that agree by accident, in front of a JSON text, do not occur. Nil where there is no candidate;
    /// throws where there is one and it is invalid.
    ///
    /// - Parameter floor: nothing before this offset is read.
    static func find(
        in source: any ByteSource, from floor: UInt64 = 0, end: UInt64
    ) throws(SavedStateError) -> TailDescription? {
        var window: UInt64 = 64 << 10
        var searched: UInt64 = 0
        var failure: SavedStateError?
        let reach = min(end - min(floor, end), Limits.descriptionBytes + headerBytes)
        while searched < reach {
            window = min(window, reach)
            let bytes = try source.read(at: end - window, count: Int(window))
            for index in candidates(bytes, below: bytes.count - Int(searched)) {
                do throws(SavedStateError) {
                    let eof = end - window + UInt64(index)
                    return try read(Array(bytes[(index + 6)...]), eof: eof, end: end)
                } catch {
                    failure = failure ?? error
                }
            }
            // Keep what a candidate at the seam needs.
            searched = window
            window *= 4
        }
        if let failure { throw failure }
        return nil
    }

    /// Indexes of end marks with a description of just the right length behind, last first.
    private static func candidates(_ bytes: [UInt8], below bound: Int) -> [Int] {
        let count = bytes.count
        guard count >= 8 else { return [] }
        var found: [Int] = []
        bytes.withUnsafeBytes { raw in
            var index = min(bound, count - 8)
            while index >= 0, found.count < 16 {
                // Text holds no marks: most of it is passed eight bytes at a time.
                if index >= 7, !hasMark(raw.loadUnaligned(fromByteOffset: index - 6, as: UInt64.self)) {
                    index -= 8
                    continue
                }
                if raw[index + 1] == Mark.description, raw[index] == Mark.eof, raw[index + 6] == UInt8(ascii: "{"),
                    UInt32(bigEndian: raw.loadUnaligned(fromByteOffset: index + 2, as: UInt32.self))
                        == UInt32(truncatingIfNeeded: count - index - 6)
                {
                    found.append(index)
                }
                index -= 1
            }
        }
        return found
    }

    /// Whether one of eight bytes may mark a description: a byte that is zero after the exclusive or borrows from its
    /// top bit.
    private static func hasMark(_ word: UInt64) -> Bool {
        let rest = word ^ 0x0101_0101_0101_0101 &* UInt64(Mark.description)
        return (rest &- 0x0101_0101_0101_0101) & ~rest & 0x8080_8080_8080_8080 != 0
    }

    /// Reads the text of a description that stands behind the end mark at `eof`.
    static func read(_ text: [UInt8], eof: UInt64, end: UInt64) throws(SavedStateError) -> TailDescription {
        do throws(SavedStateError) {
            return TailDescription(
                description: try DescriptionReader.read(text, streamSize: end), eofOffset: eof, end: end)
        } catch {
            var error = error
            error.offset = error.offset.map { $0 &+ eof &+ headerBytes }
            throw error
        }
    }
}
