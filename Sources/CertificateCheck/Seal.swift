import Glibc

/// The digest over every byte of a certificate but its own 64 digits.
///
/// It stands in the table `seal`. While it is computed, ``placeholder`` stands there: so unused bytes of pages, the
/// file's head and the schema are covered as well as the rows.
public enum CertificateSeal {
    /// What stands in the place of the digest while it is computed; occurs nowhere else.
    public static let placeholder = String(repeating: "irqproof", count: 8)

    /// Puts the digest of a certificate into the place of the placeholder; nil unless that is there exactly once.
    public static func sealed(_ bytes: [UInt8]) -> [UInt8]? {
        let digest = SHA256.text(of: bytes)
        return replaced(Array(placeholder.utf8), by: Array(digest.utf8), in: bytes)
    }

    /// Whether the digest that a certificate holds is that of its bytes.
    static func holds(_ digest: String, in bytes: [UInt8]) -> Bool {
        guard let open = replaced(Array(digest.utf8), by: Array(placeholder.utf8), in: bytes) else { return false }
        return SHA256.text(of: open) == digest
    }

    /// The bytes with another text in the place of the only occurrence of a text; nil if there is none or another.
    private static func replaced(_ text: [UInt8], by other: [UInt8], in bytes: [UInt8]) -> [UInt8]? {
        guard text.count == other.count, let place = place(of: text, in: bytes, from: 0),
            self.place(of: text, in: bytes, from: place + 1) == nil
        else { return nil }
        var result = bytes
        result.replaceSubrange(place..<(place + text.count), with: other)
        return result
    }

    private static func place(of text: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard let first = text.first else { return nil }
        return bytes.withUnsafeBytes { buffer -> Int? in
            guard let base = buffer.baseAddress else { return nil }
            var place = start
            while place + text.count <= buffer.count {
                guard let found = memchr(base + place, Int32(first), buffer.count - text.count + 1 - place) else {
                    return nil
                }
                place = base.distance(to: UnsafeRawPointer(found))
                if memcmp(base + place, text, text.count) == 0 { return place }
                place += 1
            }
            return nil
        }
    }
}
