import Files
import Foundation
import Testing

/// A file is there whole or not at all, and nothing else of it is.
@Suite final class WholeFileTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "irqproof-files-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    private func path(_ name: String) -> String { folder.appending(path: name).path }

    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    @Test func whatIsNoFileIsNeitherWrittenNorReplaced() throws {
        #expect(mkfifo(path("pipe"), 0o600) == 0)
        for place in [path("pipe"), folder.path, path("absent/file"), path("pipe/file")] {
            #expect(throws: FileFailure.self, "\(place)") { try WholeFile.write([1], to: place) }
        }
        #expect(try names() == ["pipe"])
    }

    @Test func whatWasThereStaysUntilTheNewOneIsWhole() throws {
        try Data("old".utf8).write(to: folder.appending(path: "file"))
        do {
            let file = try WholeFile(path: path("file"))
            try file.append(Array("new".utf8)[...])
            #expect(try String(contentsOfFile: path("file"), encoding: .utf8) == "old")
        }
        #expect(try names() == ["file"])
        try WholeFile.write(Array("new".utf8), to: path("file"))
        #expect(try String(contentsOfFile: path("file"), encoding: .utf8) == "new")
        #expect(try names() == ["file"])
    }

    @Test func aLinkIsFollowedAndStays() throws {
        try Data("old".utf8).write(to: folder.appending(path: "file"))
        try FileManager.default.createSymbolicLink(atPath: path("link"), withDestinationPath: "file")
        try WholeFile.write(Array("new".utf8), to: path("link"))
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path("link")) == "file")
        #expect(try String(contentsOfFile: path("file"), encoding: .utf8) == "new")
    }

    @Test func aFileWithoutAPlaceIsItsUsersAlone() throws {
        let file = try WholeFile()
        try file.append([1, 2, 3])
        try file.finish()
        var facts = stat()
        #expect(stat(file.bytesPath, &facts) == 0)
        #expect(facts.st_mode & 0o777 == 0o600 && facts.st_nlink == 0 && facts.st_size == 3)
    }
}
