import Glibc

/// Files that are read from their first byte to their last.
enum FilePieces {
    /// Hands a file over in pieces of up to 1 MiB, in order.
    ///
    /// Only what has an end and can be read again is taken: a file or a disk, not a pipe or a terminal.
    static func forEach(of path: String, _ take: (UnsafeRawBufferPointer) throws -> Void) throws {
        let descriptor = try open(path)
        defer { close(descriptor) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Trouble("\(path): \(String(cString: strerror(errno)))") }
            if count == 0 { return }
            try take(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    private static func open(_ path: String) throws -> Int32 {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Trouble("\(path): \(String(cString: strerror(errno)))") }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, [S_IFREG, S_IFBLK].contains(facts.st_mode & S_IFMT) else {
            close(descriptor)
            throw Trouble("\(path): not a file")
        }
        return descriptor
    }
}
