import InterruptState
import SeededRandom
import SnapshotStore
import Testing

/// Equality that looks at the evidence as well.
func isSame(_ left: MachineState, _ right: MachineState) -> Bool {
    left == right && left.digest() == right.digest() && left.origin.sections == right.origin.sections
        && left.origin.sites == right.origin.sites
}

@Suite struct RoundTripTests {
    @Test func aStateThatBreaksTheOrderOfItsTypesIsRefused() throws {
        let folder = try Folder()
        let store = try SnapshotStore.create(path: folder.file("s.db"))
        var states: [MachineState] = []
        for _ in 0..<5 { states.append(.guest()) }
        states[0].numbers.reverse()
        states[1].xive?.sources.append(XiveSource(number: LogicalNumber(0), assignment: .claimed, status: .off))
        states[2].xive?.queues.reverse()
        states[3].xive?.contents = .captured([
            QueueEntry(queueIndex: 1, position: 2, word: 0), QueueEntry(queueIndex: 1, position: 2, word: 0),
        ])
        states[4].messageBitmap = [UInt64](repeating: 0, count: 100_000)
        for state in states {
            #expect(throws: StoreError(.invalid, "")) { try store.add([NewSnapshot("a", state)]) }
        }
        #expect(try store.list().isEmpty)
    }

    @Test func aProvenanceWithoutUniversalTimeIsRefused() throws {
        let folder = try Folder()
        let store = try SnapshotStore.create(path: folder.file("s.db"))
        for time in ["", "2026-01-31", "2026-01-31T12:00:00", "2026-01-31T12:00:00+01:00", "yesterday at 12:00:00Z"] {
            var new = NewSnapshot("a", .guest())
            new.provenance.importTime = time
            #expect(throws: StoreError(.invalid, "")) { try store.add([new]) }
        }
        #expect(throws: StoreError(.invalid, "")) { try store.add([NewSnapshot("", .guest())]) }
        #expect(try store.list().isEmpty)
    }

    @Test func randomStatesComeBackAsTheyWere() throws {
        let seed: UInt64 = 0x5eed_0001
        var random = SeededGenerator(seed: seed)
        let states = (0..<200).map { _ in MachineState.random(&random) }
        let folder = try Folder()
        let path = folder.file("s.db")
        try SnapshotStore.create(path: path).add(states.enumerated().map { NewSnapshot("\($0)", $1) })
        let store = try SnapshotStore.open(path: path)
        for (index, state) in states.enumerated() {
            let stored = try store.snapshot(.name("\(index)"))
            #expect(isSame(stored.state, state), "seed \(seed), state \(index)")
            #expect(stored.summary.digest == state.digest())
            #expect(stored.provenance == .sample)
        }
    }

    @Test func everyFactOfTheProvenanceComesBack() throws {
        let folder = try Folder()
        let store = try SnapshotStore.create(path: folder.file("s.db"))
        try store.add([NewSnapshot(name: "a", state: .guest(), provenance: .complete)])
        #expect(try store.snapshot().provenance == .complete)
    }

    @Test func aTableOfEveryNumberComesBack() throws {
        var state = MachineState.guest()
        state.numbers = (0..<0x2000).map {
            NumberAssignment(number: LogicalNumber($0), owner: .interprocessor($0), basis: .model, kind: .msi)
        }
        state.xive?.sources = (0..<0x2000).map {
            XiveSource(
                number: LogicalNumber($0), assignment: EventAssignment(rawValue: 0x8000_0000_0000_0000 | UInt64($0)),
                status: SourceStatus(rawValue: 0))
        }
        let folder = try Folder()
        let store = try SnapshotStore.create(path: folder.file("s.db"))
        try store.add([NewSnapshot("a", state)])
        let stored = try store.snapshot()
        #expect(isSame(stored.state, state))
        #expect(stored.summary.claimedCount == 0x2000)
    }

    @Test func namesAreKeptByteForByte() throws {
        let names = ["it's", "a\nb", "#", "Größe", "e\u{301}", "日本", " ", "x\u{1b}[0m", "a#b", "%_"]
        let folder = try Folder()
        let store = try SnapshotStore.create(path: folder.file("s.db"))
        try store.add(names.map { NewSnapshot($0, .guest()) })
        for name in names {
            #expect(Array(try store.snapshot(.name(name)).summary.name.utf8) == Array(name.utf8))
        }
    }

    @Test func aListingTellsWhatTheStatesAre() throws {
        let folder = try Folder()
        let store = try SnapshotStore.create(path: folder.file("s.db"))
        var legacy = MachineState(
            facts: MachineFacts(
                typeName: nil, scheme: .sequential, activeMode: .xics, serverCount: nil, serverCountBasis: .none))
        legacy.xics = XicsController(
            base: LogicalNumber(0x1000), numberCount: 0x400,
            sources: [
                XicsSource(number: LogicalNumber(0x1000), flags: .msi), XicsSource(number: LogicalNumber(0x1002)),
            ])
        let added = try store.add([
            NewSnapshot(name: "guest", state: .guest(), provenance: .complete), NewSnapshot("legacy", legacy),
        ])
        let list = try store.list()
        #expect(list == added)
        #expect(list.map(\.name) == ["guest", "legacy"])
        #expect(list[0].machineType == "pseries-7.2")
        #expect(list[0].claimedCount == 13)
        #expect(list[0].enabledQueueCount == 2)
        #expect(list[0].cpuCount == 2)
        #expect(list[0].producerVersion == "7.2.22")
        #expect(list[0].offeredModes == [.xive])
        #expect(list[1].machineType == nil)
        #expect(list[1].activeMode == .xics)
        #expect(list[1].claimedCount == 1)
        #expect(list[1].importTime == "2026-01-31T12:00:00Z")
        #expect(list[1].digest == legacy.digest())
    }
}
