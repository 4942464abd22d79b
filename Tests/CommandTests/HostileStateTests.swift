import CaptureSupport
import Checker
import InterruptState
import PSeries
import Reports
import SavedState
import SeededRandom
import Testing

/// Real guests with damaged bytes, through the whole way: read, decode, check, render.
@Suite struct HostileStateTests {
    /// Small real guests: the bytes of their interrupt sections, without the megabytes around them.
    private static let guests = ["q5.2_2.12_legacy_A_reset", "q7.2_7.2_xive_A_reset"]

    private func sections(_ name: String) throws -> [(section: DeviceSection, body: [UInt8])] {
        let stream = try SavedStream.open(MemoryByteSource(Fixtures.capture(name).stream()), name: name)
        return try stream.sections.filter { $0.bodyLength < 100_000 && $0.name != "timer" }
            .map { ($0, try stream.body(of: $0)) }
    }

    /// Whatever is damaged, there is a state or an error with its place; never a trap.
    @Test(arguments: zip(guests, [2_400, 400]))
    func damagedSectionsGiveAStateOrAnError(name: String, rounds: Int) throws {
        let intact = try sections(name)
        let whole = intact.flatMap(\.body)
        // Counts and sizes stand at the beginning of a section: that is where damage does most.
        let heads = intact.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.body.count) }.dropLast()
        let seed: UInt64 = 0x1f2e_3d4c
        var random = SeededGenerator(seed: seed)
        var errors = 0
        for round in 0..<rounds {
            var bytes = whole
            for _ in 0...round % 3 {
                let head = heads[Int(random.next() % UInt64(heads.count))] + Int(random.next() % 8)
                let anywhere = Int(random.next() % UInt64(bytes.count))
                let place = round % 3 == 0 ? min(head, bytes.count - 1) : anywhere
                bytes[place] = round.isMultiple(of: 2) ? bytes[place] ^ 1 << UInt8(random.next() % 8) : 0xff
            }
            var offset: UInt64 = 0
            let damaged = intact.map { item in
                defer { offset += UInt64(item.body.count) }
                var section = item.section
                section.bodyOffset = offset
                // Every other round without the description, so that the built-in layouts are hit too.
                if round % 4 < 2 { section.layout = nil }
                return section
            }
            let stream = SavedStream(
                name: name, source: MemoryByteSource(bytes), configuration: nil, sections: damaged, liveSections: [],
                method: .footers, notes: [])
            do {
                let state = try StateDecoder.decode(stream)
                guard round.isMultiple(of: 20) else { continue }
                exercise(state)
            } catch {
                errors += 1
                #expect(error.offset != nil || error.code == .missing, "seed \(seed), round \(round): \(error)")
            }
        }
        #expect(errors > 0, "no damage was noticed at all")
    }

    private func exercise(_ state: MachineState) {
        let findings = Checker.inspect(state)
        let evidence = Evidence(name: "damaged", facts: [], notes: [])
        _ = InspectionReport.text(
            state, findings: findings, evidence: evidence, showsAll: true, showsQueues: true, style: .plain)
        _ = InspectionReport.json(state, findings: findings, evidence: evidence)
        #expect(
            Checker.verify(source: state, destination: state, constructed: nil, level: .exact).verdict == .identical)
    }
}
