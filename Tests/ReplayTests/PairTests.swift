import Checker
import Foundation
import InterruptState
import PSeries
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
        var judged = 0
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
            if try PairTests.compareVerdicts(name, source, try Machine(destination.setup()), machine, result) {
                judged += 1
            }
            guard wasAccepted, RecordedCapture.exists("\(name)/dst") else { continue }
            let loaded = try RecordedCapture("\(name)/dst").state()
            let found = differences(model: machine.snapshot(), stream: loaded, isLoaded: true)
            #expect(found.isEmpty, "\(name): \(found.prefix(6))")
        }
        #expect(accepted > 30)
        #expect(refused > 10)
        #expect(judged > 50)
    }

    /// With the model in the destination's place the checker finds what it finds with the real one; false where
    /// the real one was not recorded.
    private static func compareVerdicts(
        _ name: String, _ source: RecordedCapture, _ built: Machine, _ loaded: Machine, _ result: LoadResult
    ) throws -> Bool {
        func state(_ side: String) throws -> MachineState? {
            guard RecordedCapture.exists("\(name)/\(side)") else { return nil }
            let capture = try RecordedCapture("\(name)/\(side)")
            return capture.has("stream.bin.xz") ? try capture.state() : nil
        }
        let (realLoaded, realBuilt) = (try state("dst"), try state("dst-alone"))
        guard realLoaded != nil || realBuilt != nil else { return false }
        let from = try source.state()
        let real = Checker.verify(
            source: from, destination: realLoaded, constructed: realBuilt, level: .guestVisible)
        let model = Checker.verify(
            source: from, destination: realLoaded.map { _ in loaded.snapshot() },
            constructed: realBuilt.map { _ in built.snapshot() }, level: .guestVisible)
        let (wanted, found) = (PairTests.rules(real), PairTests.rules(model))
        let more = found.subtracting(wanted).subtracting(PairTests.rulesOfHiddenFacts)
        #expect(wanted.isSubset(of: found) && more.isEmpty, "\(name): \(found.sorted()), QEMU \(wanted.sorted())")
        #expect(model.verdict == real.verdict, "\(name)")
        return true
    }

    /// After a load the device tree in a stream is the source's: what the destination has itself, the model alone knows.
    private static let rulesOfHiddenFacts: Set<String> = [
        "device-tree/server", "device-tree/server-count", "queue/server-missing",
    ]

    private static func rules(_ verification: Verification) -> Set<String> {
        Set(verification.findings.filter { $0.severity != .note }.map(\.rule.id))
    }

    /// The capture that tells how the destination was built.
    static func destination(_ name: String) -> RecordedCapture? {
        for side in ["dst", "dst-alone"] where RecordedCapture.exists("\(name)/\(side)") {
            return try? RecordedCapture("\(name)/\(side)")
        }
        return nil
    }
}
