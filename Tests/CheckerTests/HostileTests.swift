import InterruptState
import Testing

@testable import Checker

/// States may come from damaged or forged files: whatever they hold, the checker answers, and answers truly.
@Suite struct HostileTests {
    @Test(arguments: 0..<8) func anyTwoStatesAreComparedWithoutATrap(part: UInt64) {
        for seed in part * 100..<part * 100 + 25 {
            var hostile = HostileState(seed: seed)
            let states = [hostile.state(), hostile.state(), hostile.state()]
            for level in Level.allCases {
                let result = Checker.verify(
                    source: states[0], destination: states[1], constructed: states[2], level: level)
                #expect(result.verdict != .identical || states[0] == states[1], "seed \(seed)")
            }
            #expect(Checker.inspect(states[0]) == Checker.inspect(states[0]), "seed \(seed)")
        }
    }

    @Test(arguments: 0..<8) func anyStateIsEqualToItselfAndToNoOther(part: UInt64) {
        for seed in part * 100..<part * 100 + 25 {
            var hostile = HostileState(seed: seed)
            let state = hostile.state()
            let same = Checker.verify(source: state, destination: state, constructed: state, level: .exact)
            // What the load will do to the order of vCPUs is foretold, of whatever machine.
            let errors = same.findings.filter { $0.severity == .error && $0.rule != .contextExchanged }
            #expect(errors.isEmpty, "seed \(seed): \(errors.map(\.title))")
            let other = hostile.state()
            guard other.canonicalBytes() != state.canonicalBytes() else { continue }
            let exact = Checker.verify(source: state, destination: other, constructed: nil, level: .exact)
            #expect(exact.verdict == .different, "seed \(seed)")
        }
    }

    /// One table at a time is taken from another state, so that nothing else can betray the difference.
    @Test(arguments: 0..<4) func noTableHidesADifference(part: UInt64) {
        let swaps: [(String, (inout MachineState, MachineState) -> Void)] = [
            ("facts", { $0.facts = $1.facts }), ("numbers", { $0.takeNumbers(of: $1) }),
            ("xive", { $0.xive = $1.xive }),
            ("xics", { $0.xics = $1.xics }), ("cpus", { $0.cpus = $1.cpus }), ("bridges", { $0.bridges = $1.bridges }),
            ("devices", { $0.virtualDevices = $1.virtualDevices }), ("bitmap", { $0.messageBitmap = $1.messageBitmap }),
            ("options", { $0.negotiatedOptions = $1.negotiatedOptions }), ("tree", { $0.deviceTree = $1.deviceTree }),
            ("gaps", { $0.gaps = $1.gaps }),
        ]
        for seed in part * 100..<part * 100 + 25 {
            var hostile = HostileState(seed: seed)
            let state = hostile.state()
            let donor = hostile.state()
            for (name, swap) in swaps {
                var other = state
                swap(&other, donor)
                guard other.canonicalBytes() != state.canonicalBytes() else { continue }
                let exact = Checker.verify(source: state, destination: other, constructed: nil, level: .exact)
                #expect(exact.verdict == .different, "seed \(seed), \(name)")
            }
        }
    }

    @Test func blocksOfBillionsOfNumbersCostNothing() {
        var state = Machine().build()
        state.bridges[0].messages = (0..<50).map {
            MessageBlock(device: $0 << 8, first: LogicalNumber(0x1300 + $0), count: .max - $0)
        }
        var other = state
        other.bridges[0].messages[7].count -= 1
        let result = Checker.verify(source: state, destination: other, constructed: nil)
        #expect(result.verdict == .different)
        #expect(Checker.inspect(state).contains { $0.rule == .messageOverlap })
    }
}

extension MachineState {
    /// All but inter-processor numbers: in XICS mode a map may list those of the dormant XIVE or not.
    fileprivate mutating func takeNumbers(of other: MachineState) {
        func isInterprocessor(_ row: NumberAssignment) -> Bool {
            if case .interprocessor = row.owner { true } else { false }
        }
        numbers = numbers.filter(isInterprocessor) + other.numbers.filter { !isInterprocessor($0) }
    }
}
