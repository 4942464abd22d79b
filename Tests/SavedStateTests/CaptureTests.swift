import Testing

@testable import SavedState

/// Streams of real guests.
@Suite struct CaptureTests {
    @Test func thereAreCaptures() {
        #expect(Fixtures.names.count >= 4)
    }

    @Test(arguments: Fixtures.names)
    func forwardsAndBackwardsGiveTheSameSections(name: String) throws {
        let source = MemoryByteSource(try Fixtures.stream(name))
        let tail = try StreamOpener(source: source, layouts: nil, fileOffset: 0).locate()
        #expect(tail.method == .tail)
        #expect(tail.notes.isEmpty)
        #expect(tail.sections.count > 15)
        let forward = try ForwardOpener(source: source, layouts: nil, fileOffset: 0, tail: nil).locate()
        #expect(forward.method == .forward)
        #expect(forward.sections == tail.sections)
        let bare = MemoryByteSource(Array(source.bytes[...Int(try #require(tail.endOffset))]))
        let footers = try ForwardOpener(source: bare, layouts: nil, fileOffset: 0, tail: nil).locate()
        #expect(footers.method == .footers)
        #expect(footers.sections.map(\.bodyOffset) == tail.sections.map(\.bodyOffset))
        #expect(footers.sections.map(\.bodyLength) == tail.sections.map(\.bodyLength))
    }

    @Test(arguments: Fixtures.names)
    func everySectionHasAReader(name: String) throws {
        let stream = try SavedStream.open(MemoryByteSource(try Fixtures.stream(name)), name: name)
        for section in stream.sections { _ = try stream.reader(of: section) }
        #expect(stream.liveSections.map(\.name) == ["ram", "spapr/htab"])
        #expect(stream.blocks.first.map { $0.length >= 256 << 20 } == true)
    }
}
