import Glibc

/// Big-endian integers in byte arrays. All integers of a stream are big-endian and unaligned.
extension Array where Element == UInt8 {
    /// The integer at an index, or nil where the array ends before it does.
    func bigEndian<Value: FixedWidthInteger & UnsignedInteger>(at index: Int, as: Value.Type = Value.self) -> Value? {
        let size = MemoryLayout<Value>.size
        guard index >= 0, index <= count, count - index >= size else { return nil }
        return withUnsafeBytes { Value(bigEndian: $0.loadUnaligned(fromByteOffset: index, as: Value.self)) }
    }
}

extension Array where Element == UInt8 {
    /// Whether all bytes are zero: told by the C library, a gigabyte of them should not take long.
    var isZero: Bool {
        guard let first else { return true }
        return withUnsafeBytes { bytes in
            guard first == 0, let base = bytes.baseAddress else { return false }
            return memcmp(base, base + 1, bytes.count - 1) == 0
        }
    }
}

/// Spells bytes for people: printable ASCII as it is, everything else and `\` as `\xNN`.
///
/// Different bytes give different texts, so names may be compared in this form.
func printable(_ bytes: some Collection<UInt8>) -> String {
    // Nearly every name is plain.
    if bytes.allSatisfy(isPlain) { return String(decoding: bytes, as: UTF8.self) }
    var text = ""
    for byte in bytes {
        if isPlain(byte) {
            text.unicodeScalars.append(Unicode.Scalar(byte))
        } else {
            text += "\\x" + hexadecimal(UInt64(byte), digits: 2)
        }
    }
    return text
}

private func isPlain(_ byte: UInt8) -> Bool { (0x20...0x7e).contains(byte) && byte != UInt8(ascii: "\\") }

/// A number in base 16, zero-padded.
func hexadecimal(_ value: UInt64, digits: Int = 1) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
}
