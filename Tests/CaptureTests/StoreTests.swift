import CaptureSupport
import Foundation
import InterruptState
import PSeries
import SavedState
import SnapshotStore
import Testing

/// Real states through a snapshot file.
@Suite struct StoreTests {
    @Test func everyStateAndItsSectionsComeBackFromASnapshotFile() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "irqproof-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "all.db").path

        let originals = try FixtureTests.sample.map { ($0, try StateDecoder.decode($0.open())) }
        let added = try SnapshotStore.create(path: path).add(
            originals.map { NewSnapshot(name: $0.name, state: $1, provenance: $0.provenance) })
        #expect(added.count == FixtureTests.sample.count)

        let store = try SnapshotStore.open(path: path)
        for (capture, original) in originals {
            let stored = try store.snapshot(.name(capture.name)).state
            #expect(stored == original, "\(capture)")
            #expect(stored.digest() == original.digest(), "\(capture)")
            #expect(stored.origin.sections == original.origin.sections, "\(capture)")
            #expect(SectionEncoder.encode(stored) == SectionEncoder.encode(original), "\(capture)")
        }
    }
}

extension Capture {
    fileprivate var provenance: Provenance {
        Provenance(
            filePath: name, fileSize: 0, container: "stream", toolVersion: "test", importTime: "2026-01-01T00:00:00Z")
    }
}
