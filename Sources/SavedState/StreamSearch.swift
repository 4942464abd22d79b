import Glibc

extension StreamCursor {
    /// Goes behind the next place where these bytes stand and gives the place, or nil at the end.
    mutating func find(_ mark: [UInt8]) throws(SavedStateError) -> UInt64? {
        guard let first = mark.first else { return nil }
        while let offset = try findByte(first) {
            seek(to: offset)
            if try isNext(mark) {
                seek(to: offset + UInt64(mark.count))
                return offset
            }
            seek(to: offset + 1)
        }
        return nil
    }

    /// Goes behind the next end mark with a description behind it that fits the input.
    mutating func findDescription() throws(SavedStateError) -> (offset: UInt64, length: UInt64)? {
        while let offset = try find([Mark.eof, Mark.description]) {
            guard remaining > 4 else { return nil }
            let length: UInt32 = try integer("a self-description")
            let isText = try peek() == UInt8(ascii: "{")
            let fits = UInt64(length) <= min(remaining, Limits.descriptionBytes)
            seek(to: offset + 1)
            if isText, fits { return (offset, UInt64(length)) }
        }
        return nil
    }
}
