import InterruptState
import Testing

@testable import Checker

/// No field of a state escapes the comparison.
@Suite struct CompletenessTests {
    /// Every combination of controllers and mode in force, twice.
    static let seeds: [UInt64] = Array(0..<12)
    /// The smallest machine that has a table of every kind: there are many bits to be changed.
    static let small = Machine(cpus: [0, 1], maximumCPUs: 2, devices: [.virtual("vty", 0x7100_0000)])

    @Test(arguments: seeds) func aStateIsIdenticalToItself(seed: UInt64) {
        let state = RandomMachine(seed: seed).state
        for level in Level.allCases {
            let result = Checker.verify(source: state, destination: state, constructed: state, level: level)
            #expect(result.verdict == .identical, "seed \(seed)")
            #expect(result.findings.allSatisfy { $0.severity != .error }, "seed \(seed)")
        }
    }

    @Test(arguments: Mutator.all) func everyFieldIsComparedAtItsLevel(mutator: Mutator) {
        var applied = 0
        for seed in CompletenessTests.seeds.prefix(6) {
            let state = RandomMachine(seed: seed).state
            var changed = state
            mutator.apply(&changed)
            let isChanged = changed.canonicalBytes() != state.canonicalBytes()
            applied += isChanged ? 1 : 0
            for (source, other) in [(state, changed), (changed, state)] {
                let exact = Checker.verify(source: source, destination: other, constructed: nil, level: .exact)
                #expect((exact.verdict == .different) == isChanged, "seed \(seed), exact")
                let visible = Checker.verify(source: source, destination: other, constructed: nil)
                let isVisible = isChanged && mutator.visibility.holds(state)
                #expect(
                    (visible.findings.contains { $0.severity == .error }) == isVisible,
                    "seed \(seed), guest-visible: \(visible.findings.map(\.title))")
            }
        }
        #expect(applied > 0, "no state has such a field")
    }

    @Test func everyStoredPropertyHasAMutator() {
        let covered = Set(Mutator.all.map(\.field))
        // Evidence takes no part in equality; whole words are tested bit by bit below.
        let exempt: Set<String> = [
            "MachineState.origin", "EventQueue.w0", "EventQueue.w1", "EventQueue.w2", "EventQueue.w3", "EventQueue.w4",
            "EventQueue.w5", "EventQueue.w6", "EventQueue.w7",
        ]
        var fields: Set<String> = []
        for seed in CompletenessTests.seeds.prefix(3) { gather(RandomMachine(seed: seed).state, into: &fields) }
        #expect(fields.count > 60)
        #expect(fields.subtracting(covered).subtracting(exempt).isEmpty)
    }

    /// Names every stored property of every structure of the vocabulary that a state holds.
    private func gather(_ value: Any, into fields: inout Set<String>) {
        let mirror = Mirror(reflecting: value)
        let type = String(describing: Swift.type(of: value))
        let leaves: Set<String> = [
            "LogicalNumber", "ServerNumber", "EventAssignment", "SourceStatus", "Status", "Flags", "Origin",
        ]
        guard !leaves.contains(type) else { return }
        for child in mirror.children {
            if mirror.displayStyle == .struct, let label = child.label { fields.insert("\(type).\(label)") }
            gather(child.value, into: &fields)
        }
    }

    // MARK: - Bit by bit

    private func expect(
        _ state: MachineState, _ changed: MachineState, visible: Bool, _ what: @autoclosure () -> String
    ) {
        let exact = Checker.verify(source: state, destination: changed, constructed: nil, level: .exact)
        #expect(exact.verdict == .different, "exact, \(what())")
        let result = Checker.verify(source: state, destination: changed, constructed: nil)
        #expect((result.verdict == .different) == visible, "guest-visible, \(what()): \(result.findings.map(\.title))")
    }

    @Test func everyBitOfAnAssignmentIsCompared() {
        var state = CompletenessTests.small.build()
        state.bind(0x1100, server: 1)
        for bit in 0..<64 {
            var changed = state
            changed.editXive(0x1100) { $0.assignment.rawValue ^= 1 << UInt64(bit) }
            expect(
                state, changed, visible: 0x7000_0000_0000_0000 & (1 << UInt64(bit)) == 0, "bit \(bit) of a claimed one")
            changed = state
            changed.editXive(0x1180) { $0.assignment.rawValue ^= 1 << UInt64(bit) }
            expect(state, changed, visible: bit == 63, "bit \(bit) of a free one")
        }
    }

    @Test func everyBitOfASourceStatusIsCompared() {
        let state = CompletenessTests.small.build()
        for bit in 0..<8 {
            var changed = state
            changed.editXive(0x1100) { $0.status.rawValue ^= 1 << UInt8(bit) }
            expect(state, changed, visible: bit < 3, "bit \(bit)")
        }
    }

    @Test func everyBitOfAQueueIsCompared() {
        var state = CompletenessTests.small.build()
        state.enableQueue(server: 1, nextIndex: 3)
        let visible: [UInt32] = [
            0xe00f_0000, 0xc07f_ffff, 0x0fff_ffff, 0xffff_ffff, 0, 0, 0x00ff_ffff, 0x00ff_0000,
        ]
        let words: [WritableKeyPath<EventQueue, UInt32>] = [
            \.w0, \.w1, \.w2, \.w3, \.w4, \.w5, \.w6, \.w7,
        ]
        for (word, path) in words.enumerated() {
            for bit in 0..<32 {
                var changed = state
                changed.editQueue(14) { $0[keyPath: path] ^= 1 << UInt32(bit) }
                expect(state, changed, visible: visible[word] & 1 << UInt32(bit) != 0, "w\(word) bit \(bit)")
            }
        }
    }

    @Test func placementOfAQueueThatIsNotWrittenToIsSeenByNobody() {
        var state = CompletenessTests.small.build()
        state.editQueue(14) { $0.w3 = 0x10000 }
        var changed = state
        changed.editQueue(14) { $0.w3 = 0x20000 }
        expect(state, changed, visible: false, "address")
    }

    @Test func everyBitOfAThreadContextIsCompared() {
        let state = CompletenessTests.small.build()
        let visibleBytes: Set<Int> = [0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x19, 0x1a, 0x1b]
        for byte in 0..<64 {
            for bit in 0..<8 {
                var changed = state
                let old = state.cpus[1].context?.bytes[byte] ?? 0
                changed.poke(1, byte, old ^ 1 << UInt8(bit))
                let isVisible = visibleBytes.contains(byte) || (byte == 0x18 && bit == 7)
                expect(state, changed, visible: isVisible, "byte \(byte) bit \(bit)")
            }
        }
    }

    @Test func everyBitOfAXicsSourceAndPresenterIsCompared() {
        var state = Machine(controllers: .xics, devices: [.virtual("vty", 0x7100_0000)]).build()
        state.bind(0x1100, server: 1)
        for bit in 0..<8 {
            let mask = UInt8(1) << UInt8(bit)
            let changes: [(String, Bool, (inout XicsSource) -> Void)] = [
                ("priority", true, { $0.priority ^= mask }), ("saved", true, { $0.savedPriority ^= mask }),
                ("status", true, { $0.status = .init(rawValue: $0.status.rawValue ^ mask) }),
                ("flags", bit < 2, { $0.flags = .init(rawValue: $0.flags.rawValue ^ mask) }),
            ]
            for (name, visible, change) in changes {
                var changed = state
                changed.editXics(0x1100, change)
                expect(state, changed, visible: visible, "\(name) bit \(bit)")
            }
        }
        for bit in 0..<32 {
            var changed = state
            changed.editXics(0x1100) { $0.server.rawValue ^= 1 << UInt32(bit) }
            expect(state, changed, visible: true, "server bit \(bit)")
            changed = state
            changed.editCPU(1) { $0.presenter?.xirr ^= 1 << UInt32(bit) }
            expect(state, changed, visible: true, "XIRR bit \(bit)")
        }
    }

    @Test func theDormantControllerIsNotedAndComparedExactly() {
        let state = Machine(controllers: .dual).build()
        var changed = state
        changed.editXive(0x1100) { $0.assignment.rawValue |= 0x10 }
        changed.enableQueue(server: 0)
        changed.poke(0, 0x11, 5)
        let visible = Checker.verify(source: state, destination: changed, constructed: nil)
        #expect(visible.verdict == .identical)
        #expect(visible.findings.map(\.rule) == [.dormantState])
        #expect(visible.findings.first?.severity == .note)
        expect(state, changed, visible: false, "dormant XIVE")
    }

    @Test func tablesOutOfOrderAreComparedAllTheSame() {
        for seed in CompletenessTests.seeds {
            let state = RandomMachine(seed: seed).state
            var shuffled = state
            shuffled.numbers.reverse()
            shuffled.xive?.sources.reverse()
            shuffled.xive?.queues.reverse()
            shuffled.xics?.sources.reverse()
            shuffled.cpus.reverse()
            let result = Checker.verify(source: shuffled, destination: state, constructed: shuffled)
            #expect(result.verdict == .identical, "seed \(seed)")
        }
    }
}
