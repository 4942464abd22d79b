import Glibc

/// Seeds whose scenarios were found to agree, kept in a file as they come.
final class Journal: Sendable {
    /// What was in the file.
    let seeds: Set<UInt64>
    private let descriptor: CInt
    private let subject: String

    /// Opens a file, or makes it.
    ///
    /// - Parameter subject: what the seeds are of, so that one file serves for several builds.
    init(_ path: String, of subject: String) throws(JournalError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw JournalError(path: path) }
        self.subject = subject
        seeds = Self.read(descriptor, subject)
    }

    deinit {
        close(descriptor)
    }

    func note(_ seed: UInt64) {
        let line = Array("\(subject) \(seed)\n".utf8)
        // Appended whole: lines of several threads do not mix.
        _ = write(descriptor, line, line.count)
    }

    private static func read(_ descriptor: CInt, _ subject: String) -> Set<UInt64> {
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &block, block.count)
            guard count > 0 else { break }
            bytes += block[..<count]
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        return Set(
            lines.compactMap { line in
                line.hasPrefix(subject + " ") ? UInt64(line.dropFirst(subject.utf8.count + 1)) : nil
            })
    }
}

/// A journal that cannot be kept.
struct JournalError: Error, CustomStringConvertible {
    var path: String
    var description: String { "\(path) cannot be written" }
}
