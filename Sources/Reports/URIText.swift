import InterruptState

/// Text for URIs.
enum URIText {
    /// A path as a URI reference: everything but unreserved characters and slashes is percent-encoded.
    static func reference(_ path: String) -> String {
        let encoded = path.utf8.map { byte -> String in
            let isPlain =
                switch byte {
                case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x2f, 0x5f, 0x7e: true
                default: false
                }
            return isPlain
                ? String(UnicodeScalar(byte))
                : "%" + hexadecimal(UInt64(byte), digits: 2).dropFirst(2).uppercased()
        }
        return (path.hasPrefix("/") ? "file://" : "") + encoded.joined()
    }
}
