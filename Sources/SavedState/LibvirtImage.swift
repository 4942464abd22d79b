/// Head of a save image of libvirt (`src/qemu/qemu_saveimage.h`; written by `virsh save`, managed save and
/// external memory snapshots).
///
/// ```
///  0 magic[16] | 16 version | 20 data length | 24 was running | 28 format | 32 cookie offset | 36 zeros
/// 92 XML, NUL; at the cookie offset: cookie XML, NUL; zeros
/// 92 + data length: the stream
/// ```
/// The integers are in the byte order of the host that saved.
public struct LibvirtImage: Hashable, Sendable {
    /// How the stream is stored.
    public enum Format: Hashable, Sendable {
        /// As it is.
        case raw
        /// Through a compressing program.
        case compressed(Compression)
        /// With mapped-ram (libvirt 11.2 and later).
        case sparse
    }

    /// Whether the head was written by a big-endian host.
    public var isBigEndian: Bool
    /// How the stream behind the head is stored.
    public var format: Format
    /// Whether libvirt starts the guest when it restores the image.
    public var wasRunning: Bool
    /// The domain's XML.
    public var domain: String
    /// The cookie's XML, where there is one.
    public var cookie: String?
    /// Offset in the file where the stream, or its compressed form, begins.
    public var streamOffset: UInt64

    private static let headerBytes: UInt64 = 92

    /// Reads the head; throws `malformed`, `truncated` or `unsupported` with the offset in the file.
    static func read(_ source: any ByteSource) throws(SavedStateError) -> LibvirtImage {
        guard source.byteCount >= headerBytes else {
            throw SavedStateError(
                .truncated, "the libvirt save image ends inside its header", offset: source.byteCount)
        }
        let header = Header(try source.read(at: 0, count: Int(headerBytes)))
        let length = UInt64(header.dataLength)
        guard length > 0 else { throw wrong("claims to have no domain XML", at: 20) }
        guard length <= source.byteCount - headerBytes else {
            throw SavedStateError(
                .truncated,
                "the libvirt save image claims \(length) bytes of XML, the file has"
                    + " \(source.byteCount - headerBytes)", offset: 20)
        }
        guard header.cookieOffset < header.dataLength else {
            throw wrong(
                "places its cookie at \(header.cookieOffset), behind its \(header.dataLength) bytes of XML", at: 32)
        }
        let format = try format(header)
        let text = try source.read(at: headerBytes, count: Int(min(length, Limits.libvirtTextBytes)))
        return LibvirtImage(
            isBigEndian: header.isBigEndian, format: format, wasRunning: header.wasRunning != 0,
            domain: upToZero(text[...]), cookie: cookie(text, Int(header.cookieOffset)),
            streamOffset: headerBytes + length)
    }

    private static func format(_ header: Header) throws(SavedStateError) -> Format {
        // Only version 2 has the field; whatever else is uncompressed.
        guard header.version == 2 else { return .raw }
        switch header.format {
        case 0: return .raw
        case 1: return .compressed(.gzip)
        case 2: return .compressed(.bzip2)
        case 3: return .compressed(.xz)
        case 4: return .compressed(.lzop)
        case 5: return .compressed(.zstd)
        case 6: return .sparse
        default:
            throw SavedStateError(
                .unsupported, "the libvirt save image has the unknown format \(header.format)", offset: 28,
                advice: "it was written by a newer libvirt, or is damaged")
        }
    }

    private static func cookie(_ text: [UInt8], _ offset: Int) -> String? {
        offset > 0 && offset < text.count ? upToZero(text[offset...]) : nil
    }

    private static func upToZero(_ text: ArraySlice<UInt8>) -> String {
        String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
    }

    private static func wrong(_ message: String, at offset: UInt64) -> SavedStateError {
        SavedStateError(.malformed, "the libvirt save image " + message, offset: offset)
    }

    /// The integers of the head in the order of the host that reads them right.
    private struct Header {
        var isBigEndian = false
        var version: UInt32 = 0
        var dataLength: UInt32 = 0
        var wasRunning: UInt32 = 0
        var format: UInt32 = 0
        var cookieOffset: UInt32 = 0

        init(_ bytes: [UInt8]) {
            // libvirt's own rule: a version above 2 is one of the other byte order.
            let version: UInt32 = bytes.bigEndian(at: 16) ?? 0
            isBigEndian = version <= 2
            func integer(_ index: Int) -> UInt32 {
                let value: UInt32 = bytes.bigEndian(at: index) ?? 0
                return isBigEndian ? value : value.byteSwapped
            }
            self.version = integer(16)
            dataLength = integer(20)
            wasRunning = integer(24)
            format = integer(28)
            cookieOffset = integer(32)
        }
    }
}
