import Foundation
import InterruptState
import Replay
import Testing

/// Real migrations, repeated on the model: accepted or refused as QEMU did, with the same state after the load.
struct PairTests {
    struct Pair: Decodable {
        struct Side: Decodable {
            var capture: String?
        }
        struct Migration: Decodable {
            var accepted: Bool?
            var said: String?
        }
        var source: Side
        var migration: Migration
    }

    /// Refusals for something other than interrupts, which a model of interrupts cannot foresee.
    private static let otherReasons = ["VQ 0 vring.num"]

    @Test func migrationsEndAsTheyDidForReal() throws {
        let root = RecordedCapture.root
        let names = try FileManager.default.contentsOfDirectory(atPath: root.path).sorted()
        var accepted = 0
        var refused = 0
        for name in names {
            let file = root.appendingPathComponent("\(name)/pair.json")
            guard let data = try? Data(contentsOf: file) else { continue }
            let pair = try JSONDecoder().decode(Pair.self, from: data)
            let sourceName = pair.source.capture ?? "\(name)/src"
            guard RecordedCapture.exists(sourceName), let wasAccepted = pair.migration.accepted else { continue }
            guard !PairTests.otherReasons.contains(where: { pair.migration.said?.contains($0) == true }) else {
                continue
            }
            guard let destination = PairTests.destination(name) else { continue }
            let source = try RecordedCapture(sourceName)
            guard source.has("stream.bin.xz") else { continue }
            var machine = try Machine(destination.setup())
            let saved = try SavedMachine(source.state(), build: BuildProfile.named(source.manifest.qemu))
            let result = machine.load(saved)
            #expect((result == .accepted) == wasAccepted, "\(name): \(result), QEMU said \(pair.migration.said ?? "")")
            if case .refused(let reason) = result {
                #expect(
                    pair.migration.said?.contains(reason) == true, "\(name): \(reason) | \(pair.migration.said ?? "")")
            }
            if wasAccepted { accepted += 1 } else { refused += 1 }
            guard wasAccepted, RecordedCapture.exists("\(name)/dst") else { continue }
            let loaded = try RecordedCapture("\(name)/dst").state()
            let found = differences(model: machine.snapshot(), stream: loaded, isLoaded: true)
            #expect(found.isEmpty, "\(name): \(found.prefix(6))")
        }
        #expect(accepted > 30)
        #expect(refused > 10)
    }

    /// The capture that tells how the destination was built.
    static func destination(_ name: String) -> RecordedCapture? {
        for side in ["dst", "dst-alone"] where RecordedCapture.exists("\(name)/\(side)") {
            return try? RecordedCapture("\(name)/\(side)")
        }
        return nil
    }
}
