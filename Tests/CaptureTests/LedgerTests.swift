import CaptureSupport
import Foundation
import InterruptState
import PSeries
import SavedState
import Testing

/// Every byte of a captured guest is accounted for.
@Suite struct LedgerTests {
    @Test(arguments: FixtureTests.sample) func everyByteIsAccountedForOnceAndControllersAreDecodedToTheLast(
        _ capture: Capture
    ) throws {
        let bytes = try capture.stream()
        let stream = try SavedStream.open(MemoryByteSource(bytes), name: capture.name)
        let ledger = ByteLedger(stream, state: try StateDecoder.decode(stream))
        var position: UInt64 = 0
        for entry in ledger.entries {
            #expect(entry.offset == position, "a gap or an overlap in front of \(entry.text)")
            position = entry.offset + entry.count
        }
        #expect(position == UInt64(bytes.count))
        let sum = ByteLedger.Treatment.allCases.reduce(0) { $0 + ledger.total($1) }
        #expect(sum == UInt64(bytes.count))
        #expect(ledger.unknownSections.isEmpty, "\(ledger.unknownSections.map(\.name))")
        #expect(ledger.total(.notUnderstood) == 0)
        // What the controllers' sections hold is all interrupt state: nothing of them may be passed over.
        for (index, section) in stream.sections.enumerated() where Self.controllers.contains(section.name) {
            let decoded = ledger.entries.filter { $0.section == index && $0.treatment == .decoded }
            #expect(decoded.reduce(0) { $0 + $1.count } == section.bodyLength, "\(section.name)")
        }
    }

    private static let controllers: Set = [
        "ics", "icp/server", "xive-source", "spapr-xive", "xive-tctx", "spapr_pci",
    ]

    @Test func withoutAStateNothingIsCalledDecoded() throws {
        let stream = try SavedStream.open(
            MemoryByteSource(Fixtures.capture("q7.2_7.2_xive_A_reset").stream()), name: "guest")
        let ledger = ByteLedger(stream, state: nil)
        #expect(ledger.total(.decoded) == 0)
        #expect(ledger.unknownSections.contains { $0.name == "spapr-xive" })
    }

    /// A decoder that lost a bit would show: what is not written again as it was is not decoded.
    @Test func aStateThatIsNotThatOfTheStreamIsNotCalledDecoded() throws {
        let stream = try SavedStream.open(
            MemoryByteSource(Fixtures.capture("q7.2_7.2_xive_A_reset").stream()), name: "guest")
        var state = try StateDecoder.decode(stream)
        let index = try #require(state.xive?.sources.indices.first)
        state.xive?.sources[index].assignment = EventAssignment(rawValue: 1)
        let ledger = ByteLedger(stream, state: state)
        #expect(ledger.unknownSections.map(\.name) == ["spapr-xive"])
    }

    @Test func damageIsARangeAndHidesNothingElse() throws {
        let file = Fixtures.root.appending(path: "containers/27-unknown-section-type.bin.xz")
        let bytes = try Compressed.bytes(file)
        let stream = try SavedStream.open(MemoryByteSource(bytes), name: "vector")
        let ledger = ByteLedger(stream, state: nil)
        let unexplained = ledger.entries.filter { $0.section == nil && $0.treatment == .notUnderstood }
        #expect(unexplained.map(\.count) == [1])
        #expect(ledger.unknownSections.map(\.name) == ["icp/server", "toy"])
        #expect(ledger.entries.reduce(0) { $0 + $1.count } == UInt64(bytes.count))
    }
}
