import CaptureSupport
import InterruptState
import PSeries
import SavedState
import Testing

/// Event queues read from the RAM of a stream, held against the memory that was saved beside it.
@Suite struct QueueTests {
    /// Captures that carry RAM and have their queue pages beside them.
    private static let captures =
        (try? Fixtures.allCaptures())?.filter { capture in
            let files = (try? capture.filesPresent()) ?? []
            return (try? capture.manifest().hasRAM) == true && files.contains { $0.hasPrefix("eq/") }
        } ?? []

    @Test func thereAreCapturesToLookAt() {
        #expect(!Self.captures.isEmpty)
    }

    @Test(arguments: captures) func pagesAreTheGuestsMemoryByteForByte(_ capture: Capture) throws {
        let stream = try SavedStream.open(MemoryByteSource(capture.stream()), name: capture.name)
        let pages = try capture.filesPresent().filter { $0.hasPrefix("eq/eq-") }.sorted()
        for page in pages {
            let expected = try capture.content(page)
            let address = try #require(UInt64(page.dropFirst(6).prefix { $0 != "." }, radix: 16))
            let stretch = GuestMemory.Stretch(address: address, count: UInt64(expected.count))
            let found = try GuestMemory(stream).read([stretch])
            #expect(found == [.bytes(expected)], "\(page)")
        }
    }

    @Test(arguments: captures) func newestEntriesAreThoseThatQEMUPrinted(_ capture: Capture) throws {
        let stream = try SavedStream.open(MemoryByteSource(capture.stream()), name: capture.name)
        var state = try StateDecoder.decode(stream)
        try StateDecoder.readQueues(into: &state, from: stream)
        guard case .captured(let entries) = state.xive?.contents else {
            Issue.record("nothing was captured")
            return
        }
        let written = Dictionary(grouping: entries, by: \.queueIndex)
        for queue in try capture.infoPic().xiveSources.compactMap(\.queue) {
            let index = queue.server << 3 | UInt32(queue.priority)
            let words = Dictionary(uniqueKeysWithValues: (written[index] ?? []).map { ($0.position, $0.word) })
            // QEMU prints the entries in front of the next one, then that one.
            for (back, printed) in queue.words.dropLast().reversed().enumerated() {
                let position = (queue.nextIndex &- 1 &- UInt32(back)) & (queue.entryCount - 1)
                #expect(words[position] ?? 0 == printed, "queue \(index), position \(position)")
            }
        }
    }

    @Test func streamWithoutRAMSaysSo() throws {
        let capture = Fixtures.capture("lx_q7.2_7.2_xive")
        let stream = try SavedStream.open(MemoryByteSource(capture.stream()), name: capture.name)
        var state = try StateDecoder.decode(stream)
        try StateDecoder.readQueues(into: &state, from: stream)
        guard case .notCaptured(let reason) = state.xive?.contents else {
            Issue.record("entries were read from a stream that has none")
            return
        }
        #expect(!reason.isEmpty)
    }
}
