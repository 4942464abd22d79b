import CCrypto

/// A SHA-256 digest.
public struct Digest: Hashable, Sendable, CustomStringConvertible {
    /// 32 bytes.
    public let bytes: [UInt8]

    /// The digest of some bytes, computed by the system's libcrypto.
    public init(of data: [UInt8]) {
        var result = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        _ = SHA256(data, data.count, &result)
        bytes = result
    }

    /// A digest that was computed earlier, or nil unless there are 32 bytes.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Int(SHA256_DIGEST_LENGTH) else { return nil }
        self.bytes = bytes
    }

    /// 64 lower-case hexadecimal digits.
    public var description: String {
        String(unsafeUninitializedCapacity: bytes.count * 2) { text in
            for (place, byte) in bytes.enumerated() {
                text[2 * place] = CanonicalText.digit(byte >> 4)
                text[2 * place + 1] = CanonicalText.digit(byte & 0xf)
            }
            return bytes.count * 2
        }
    }
}

/// Computes a digest piece by piece, for inputs that must not be held in memory whole.
public final class DigestBuilder {
    private let context = EVP_MD_CTX_new()

    /// The value with these parts.
    public init() {
        EVP_DigestInit_ex(context, EVP_sha256(), nil)
    }

    deinit {
        EVP_MD_CTX_free(context)
    }

    /// Adds bytes.
    public func update(_ bytes: UnsafeRawBufferPointer) {
        EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    }

    /// The digest of everything added; the builder must not be used any more.
    public func finish() -> Digest {
        var result = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        EVP_DigestFinal_ex(context, &result, nil)
        return Digest(finished: result)
    }
}

extension Digest {
    fileprivate init(finished bytes: [UInt8]) {
        self.bytes = bytes
    }
}
