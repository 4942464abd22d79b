import Foundation

/// One moment of one guest: a folder with a `capture.json`, see `Fixtures/INDEX.md`.
package struct Capture: Hashable, Sendable, CustomStringConvertible {
    /// Path relative to `Fixtures/captures`.
    package let name: String
    /// The folder itself.
    package let folder: URL

    /// What the manifest says that tests need.
    package struct Manifest: Decodable, Hashable, Sendable {
        package var qemu: String
        package var machine: String
        package var hasRAM: Bool
        package var files: [String: File]

        /// A file of the capture, as it is decompressed.
        package struct File: Decodable, Hashable, Sendable {
            package var bytes: Int
            /// Lower-case hexadecimal; nil for files that are stored as they are.
            package var sha256: String?
        }

        enum CodingKeys: String, CodingKey {
            case qemu
            case machine
            case hasRAM = "ram_in_stream"
            case files
        }
    }

    /// The parsed `capture.json`.
    package func manifest() throws -> Manifest {
        try JSONDecoder().decode(Manifest.self, from: Data(contentsOf: folder.appending(path: "capture.json")))
    }

    /// The saved stream.
    package func stream() throws -> [UInt8] {
        try content("stream.bin.xz")
    }

    /// What `info pic` printed.
    package func infoPic() throws -> InfoPic {
        try InfoPic(parsing: String(decoding: content("info-pic.txt"), as: UTF8.self))
    }

    /// A file of the capture, decompressed if its name says that it is compressed.
    package func content(_ file: String) throws -> [UInt8] {
        let url = folder.appending(path: file)
        return file.hasSuffix(".xz") ? try Compressed.bytes(url) : [UInt8](try Data(contentsOf: url))
    }

    /// The names of all files in the folder but the manifest, relative to it.
    package func filesPresent() throws -> Set<String> {
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        var files = Set(names.filter { !$0.isEmpty && $0 != "capture.json" })
        files.remove("eq")
        return files
    }

    package var description: String { name }
}

/// A migration: a folder with a `pair.json`, see `Fixtures/INDEX.md`.
package struct CapturePair: Hashable, Sendable, CustomStringConvertible {
    package let name: String
    package let verdict: Verdict
    /// The verdict in words, with its cause.
    package let expected: String
    package let source: Capture
    /// The destination after an accepted migration.
    package let destination: Capture?
    /// The destination as built from its command line, never migrated to.
    package let constructed: Capture?

    /// What is due for a pair.
    package enum Verdict: String, Decodable, Hashable, Sendable {
        case identical
        case different
        /// QEMU refuses the stream for something other than interrupts.
        case noVerdict = "none"
        /// The destination cannot be built.
        case refusedAtStart = "refused at start"
    }

    package var description: String { name }
}
