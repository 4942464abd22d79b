#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What a path leads to, found out before SQLite touches it.
///
/// SQLite opens anything, waits on a FIFO and answers "unable to open" to most mistakes; a user deserves the reason.
/// Symbolic links are followed, like everywhere on the command line.
enum FileCheck {
    enum Finding {
        case absent
        /// A regular file without bytes.
        case empty
        /// A regular file that begins as a SQLite database does.
        case database
    }

    static func look(at path: String) throws(StoreError) -> Finding {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw StoreError(.unreadable, "this is no path of a file", file: path)
        }
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT { return .absent }
            throw StoreError(.unreadable, reason(errno), file: path)
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw StoreError(.unreadable, "this is a directory, not a snapshot file", file: path)
        default: throw StoreError(.unreadable, "this is a device, pipe or socket, not a snapshot file", file: path)
        }
        return try head(path)
    }

    private static func head(_ path: String) throws(StoreError) -> Finding {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw StoreError(.unreadable, reason(errno), file: path) }
        defer { close(descriptor) }
        let magic = Array("SQLite format 3\0".utf8)
        var bytes = [UInt8](repeating: 0, count: magic.count)
        let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        if count == 0 { return .empty }
        guard count >= 0 else { throw StoreError(.inputOutput, reason(errno), file: path) }
        guard bytes == magic else {
            throw StoreError(.notADatabase, "this is no snapshot file (no SQLite database)", file: path)
        }
        return .database
    }

    private static func reason(_ code: Int32) -> String {
        switch code {
        case EACCES, EPERM: "there is no permission to read it"
        case ENOTDIR: "a part of the path is no directory"
        case ELOOP: "too many symbolic links"
        case ENAMETOOLONG: "the path is too long"
        default: "the operating system reports: " + String(cString: strerror(code))
        }
    }
}

extension SnapshotStore {
    /// Whether a path leads to a SQLite database, by content: what a command line must know before it opens an input.
    ///
    /// Anything that cannot be looked at is no database; opening it otherwise says why.
    public static func recognizes(path: String) -> Bool {
        (try? FileCheck.look(at: path)) == .database
    }
}
