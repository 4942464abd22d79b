/// Escapes of JSON strings.
enum JSONEscapes {
    /// The bytes that a checked string stands for; a lone surrogate gives U+FFFD.
    static func resolve(_ slice: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var index = slice.startIndex
        while index < slice.endIndex {
            let byte = slice[index]
            index += 1
            guard byte == UInt8(ascii: "\\"), index < slice.endIndex else {
                result.append(byte)
                continue
            }
            let escape = slice[index]
            index += 1
            if escape == UInt8(ascii: "u") {
                result += Array(String(scalar(slice, &index)).utf8)
            } else {
                result.append(simple[escape] ?? escape)
            }
        }
        return result
    }

    /// What may follow a backslash, except `u`.
    static let simple: [UInt8: UInt8] = [
        UInt8(ascii: "\""): 0x22, UInt8(ascii: "\\"): 0x5c, UInt8(ascii: "/"): 0x2f, UInt8(ascii: "b"): 8,
        UInt8(ascii: "f"): 12, UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9,
    ]

    private static func scalar(_ slice: ArraySlice<UInt8>, _ index: inout Int) -> Unicode.Scalar {
        let replacement: Unicode.Scalar = "\u{fffd}"
        guard let high = unit(slice, index) else { return replacement }
        index += 4
        guard (0xd800...0xdbff).contains(high) else { return Unicode.Scalar(high) ?? replacement }
        guard slice.endIndex - index >= 6, slice[index] == UInt8(ascii: "\\"), slice[index + 1] == UInt8(ascii: "u"),
            let low = unit(slice, index + 2), (0xdc00...0xdfff).contains(low)
        else { return replacement }
        index += 6
        return Unicode.Scalar(0x10000 + (high - 0xd800) << 10 + (low - 0xdc00)) ?? replacement
    }

    private static func unit(_ slice: ArraySlice<UInt8>, _ index: Int) -> UInt32? {
        guard slice.endIndex - index >= 4 else { return nil }
        return UInt32(String(decoding: slice[index..<index + 4], as: UTF8.self), radix: 16)
    }
}
