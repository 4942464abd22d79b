import Files
import Glibc

/// Small text files: descriptions, scenarios.
enum TextFile {
    /// Whether something stands at a path.
    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// The text of a file, `-` being standard input, up to a limit in bytes.
    ///
    /// A shell's `<(…)` may be given, which is a pipe; one that nobody writes to is empty, and not waited for.
    static func read(_ path: String, limit: Int) throws -> String {
        let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw Trouble("\(path): \(String(cString: strerror(errno)))") }
        defer { if descriptor != STDIN_FILENO { close(descriptor) } }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN {
                var silent = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                poll(&silent, 1, -1)
                continue
            }
            guard count >= 0 else { throw Trouble("\(path): \(String(cString: strerror(errno)))") }
            if count == 0 { break }
            bytes.append(contentsOf: buffer[..<count])
            guard bytes.count <= limit else { throw Trouble("\(path): larger than \(limit) bytes") }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Trouble("\(path): not UTF-8 text") }
        return text
    }

    /// Writes a file whole or not at all, replacing what stands there.
    static func write(_ text: String, to path: String) throws {
        do {
            try WholeFile.write(Array(text.utf8), to: path)
        } catch {
            throw Trouble("\(path): \(error.reason)")
        }
    }
}
