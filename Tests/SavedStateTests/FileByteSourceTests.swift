import Glibc
import SavedState
import Testing

@Suite struct FileByteSourceTests {
    private func temporary(_ body: (String) throws -> Void) throws {
        var name = Array("/tmp/saved-state-XXXXXX".utf8CString)
        let directory = try #require(mkdtemp(&name).map { String(cString: $0) })
        defer { rmdir(directory) }
        try body(directory)
    }

    @Test func whatIsNoFileIsRefused() throws {
        try temporary { directory in
            let fifo = directory + "/fifo"
            mkfifo(fifo, 0o600)
            defer { unlink(fifo) }
            for path in [directory, directory + "/none", fifo, "/dev/zero", "/dev/null"] {
                let error = #expect(throws: SavedStateError(.unreadable, "")) { try FileByteSource(path: path) }
                #expect(error?.file == path)
            }
        }
    }

    @Test func aFileWithoutPermissionIsRefused() throws {
        // Root may read everything.
        guard geteuid() != 0 else { return }
        try temporary { directory in
            let path = directory + "/secret"
            close(creat(path, 0))
            defer { unlink(path) }
            #expect(throws: SavedStateError(.unreadable, "")) { try FileByteSource(path: path) }
        }
    }

    @Test func readsAreExactOrThrow() throws {
        try temporary { directory in
            let path = directory + "/file"
            let file = creat(path, 0o600)
            let content: [UInt8] = [1, 2, 3, 4, 5]
            #expect(write(file, content, 5) == 5)
            close(file)
            defer { unlink(path) }
            let source = try FileByteSource(path: path)
            #expect(source.byteCount == 5)
            #expect(try source.read(at: 1, count: 3) == [2, 3, 4])
            #expect(try source.read(at: 5, count: 0) == [])
            #expect(throws: SavedStateError(.truncated, "")) { try source.read(at: 3, count: 3) }
            #expect(throws: SavedStateError(.truncated, "")) { try source.read(at: .max, count: 1) }
            truncate(path, 2)
            #expect(throws: SavedStateError(.truncated, "")) { try source.read(at: 0, count: 5) }
        }
    }
}
