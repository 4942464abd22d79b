import CCrypto
import CSQLite
import CZlib

/// Libraries that the running process uses.
enum Libraries {
    /// Name and version of those outside the package.
    static var versions: [(label: String, value: String)] {
        [
            ("SQLite", String(cString: sqlite3_libversion())), ("zlib", String(cString: zlibVersion())),
            ("libcrypto", String(cString: OpenSSL_version(OPENSSL_VERSION))),
        ]
    }

    /// Whether the Swift runtime is loaded from shared libraries instead of being part of the program.
    static var hasSharedSwiftRuntime: Bool {
        (try? TextFile.read("/proc/self/maps", limit: 1 << 22))?.contains("/libswiftCore.so") ?? false
    }
}
