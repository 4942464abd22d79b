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

        var rest = FixtureTests.captures[...]
        let added = try SnapshotStore.create(path: path).add {
            try rest.popFirst().map { NewSnapshot(name: $0.name, state: try $0.state(), provenance: $0.provenance) }
        }
        #expect(added.count == FixtureTests.captures.count)

        let store = try SnapshotStore.open(path: path)
        for capture in FixtureTests.captures {
            let stored = try store.snapshot(.name(capture.name)).state
            let original = try capture.state()
            #expect(stored == original, "\(capture)")
            #expect(stored.digest() == original.digest(), "\(capture)")
            #expect(stored.origin.sections == original.origin.sections, "\(capture)")
            #expect(SectionEncoder.encode(stored) == SectionEncoder.encode(original), "\(capture)")
        }
    }
}

extension Capture {
    fileprivate func state() throws -> MachineState {
        try StateDecoder.decode(open())
    }

    fileprivate var provenance: Provenance {
        Provenance(
            filePath: name, fileSize: 0, container: "stream", toolVersion: "test", importTime: "2026-01-01T00:00:00Z")
    }
}
