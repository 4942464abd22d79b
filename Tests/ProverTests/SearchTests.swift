import InterruptState
import PSeries
import SeededRandom
import Testing

@testable import Prover

@Suite struct BreadthFirstSearchTests {
    /// Counts in steps of 1 and 3 up to 20; wrong at 7.
    private struct Counter: World {
        struct State: SearchState {
            var value: Int
            var fingerprint: UInt64 { UInt64(value % 2) }
        }

        var initial: State { State(value: 0) }
        var steps: [Int] { [1, 3] }
        var wrong = 7

        func apply(_ step: Int, to state: State) -> Outcome<State> {
            state.value + step > 20 ? .impossible : .next(State(value: state.value + step))
        }

        func fault(in state: State) -> String? { state.value == wrong ? "wrong" : nil }
        func cost(of history: [Int]) -> [Int] { [0] }
    }

    @Test func theFirstOfTheShortestIsFound() {
        var search = BreadthFirstSearch(Counter(), depthLimit: 10)
        let result = search.run()
        #expect(result.history == [1, 3, 3])
        #expect(result.statesPerDepth == [1, 2, 3, 3])
    }

    @Test func aFaultAtTheStartNeedsNoStep() {
        var search = BreadthFirstSearch(Counter(wrong: 0), depthLimit: 0)
        #expect(search.run().history == [])
    }

    @Test func aFiniteWorldIsExhausted() {
        var search = BreadthFirstSearch(Counter(wrong: -1), depthLimit: 100)
        let result = search.run()
        #expect(result.history == nil && result.isExhausted && result.isComplete && result.states == 21)
        var shallow = BreadthFirstSearch(Counter(wrong: -1), depthLimit: 2)
        #expect(!shallow.run().isExhausted)
        var small = BreadthFirstSearch(Counter(wrong: -1), depthLimit: 100, stateLimit: 5)
        #expect(!small.run().isComplete)
    }

    @Test func manyStatesOfOneFingerprintStayApart() {
        var table = StateTable<Counter.State>()
        for value in stride(from: 0, to: 8000, by: 2) {
            let isNew = table.insert(Counter.State(value: value))
            #expect(isNew)
        }
        let isNew = table.insert(Counter.State(value: 7998))
        #expect(!isNew)
        #expect(table.states.count == 4000)
    }
}

@Suite struct MessageWorldTests {
    private static let functions = [
        MessageFunction(bridge: 0, slot: 1, kind: .msix, counts: [1, 2, 3]),
        MessageFunction(bridge: 1, slot: 2, kind: .msi, counts: [1, 2, 4, 8]),
        MessageFunction(bridge: 0, slot: 3, kind: .msix, counts: [5, 1600]),
        MessageFunction(bridge: 1, slot: 4, kind: .msi, counts: [1, 32]),
    ]

    @Test func orderAndBlocksArePacked() {
        var state = MessageState()
        for function in [2, 0, 3, 1] { state.setBlock(function, first: UInt32(function) * 100, count: 4095) }
        #expect((0..<4).map { state.ordered($0) } == [2, 0, 3, 1])
        #expect((0..<4).map { state.block($0).first } == [0, 100, 200, 300])
        state.setBlock(0, first: 0, count: 0)
        #expect((0..<4).map { state.ordered($0) } == [2, 3, 1, nil])
        state.setBlock(2, first: 16_383, count: 1)
        #expect((0..<4).map { state.ordered($0) } == [3, 1, 2, nil])
        #expect(state.block(2) == (16_383, 1) && state.block(1) == (100, 4095))
        for function in 1..<4 { state.setBlock(function, first: 0, count: 0) }
        #expect(state == MessageState())
    }

    /// The packed search and the number space of `PSeries` answer every history alike, refusals included.
    @Test(arguments: [
        NumberMap.sequential(size: 0x400), .fixed(messages: .shipped), .fixed(messages: .intended),
        .sparse(SparseNumberMap()),
    ])
    func theWorldAnswersLikeTheNumberSpace(map: NumberMap) throws {
        let seed = UInt64.random(in: 1...UInt64.max)
        var random = SeededGenerator(seed: seed)
        var refusals = 0
        for _ in 0..<40 { refusals += try run(map, &random, seed) }
        if !map.isFunction { #expect(refusals > 0, "let seed: UInt64 = \(seed)") }
    }

    private func run(_ map: NumberMap, _ random: inout SeededGenerator, _ seed: UInt64) throws -> Int {
        var description = MachineDescription(type: try #require(MachineType.named("pseries-2.12")))
        description.type.customMap = map
        description.type.offeredModes = [.xics]
        var pool = try Construction(description).pool
        let world = MessageWorld(functions: Self.functions, rules: MessageRules(map), property: .disjoint)
        var state = world.initial
        var blocks = [MessageBlock?](repeating: nil, count: Self.functions.count)
        var refusals = 0
        for _ in 0..<60 {
            let index = Int.random(in: 0..<4, using: &random)
            let function = Self.functions[index]
            let count = function.counts.randomElement(using: &random) ?? 1
            if Bool.random(using: &random) {
                let block = try? pool.allocateMessages(
                    bridge: function.bridge, device: function.slot << 11, count: count, kind: function.kind)
                let place = world.place(index, count, in: state)
                #expect(block?.first == place.map { world.number(index, $0) }, "let seed: UInt64 = \(seed)")
                guard let block, let place else {
                    refusals += 1
                    continue
                }
                if let old = blocks[index] { pool.releaseMessages(bridge: function.bridge, old) }
                blocks[index] = block
                state.setBlock(index, first: place, count: count)
            } else if let old = blocks[index] {
                pool.releaseMessages(bridge: function.bridge, old)
                blocks[index] = nil
                state.setBlock(index, first: 0, count: 0)
            }
        }
        return refusals
    }

    /// Every history up to a length, one by one, without remembering states.
    @Test(arguments: [MessageWorld.Property.independent, .sticky, .aligned, .survives, .disjoint])
    func theSearchMissesNoShorterHistory(property: MessageWorld.Property) {
        for behaviour in [MessageRules.Behaviour.shipped, .intended, .sequential] {
            let world = MessageWorld(
                functions: [
                    MessageFunction(bridge: 0, slot: 1, kind: .msix, counts: [1, 3]),
                    MessageFunction(bridge: 0, slot: 2, kind: .msi, counts: [2, 4]),
                ], rules: MessageRules(size: 8, base: 0, behaviour: behaviour), property: property)
            var search = BreadthFirstSearch(world, depthLimit: 4)
            #expect(search.run().history?.count == shortest(world, limit: 4), "\(behaviour)")
        }
    }

    private func shortest(_ world: MessageWorld, limit: Int) -> Int? {
        (0...limit).first { length in hasFault(world, world.initial, length) }
    }

    private func hasFault(_ world: MessageWorld, _ state: MessageState, _ length: Int) -> Bool {
        if length == 0 { return world.fault(in: state) != nil }
        return world.steps.contains { step in
            switch world.apply(step, to: state) {
            case .impossible: false
            case .fault: length == 1
            case .next(let next): hasFault(world, next, length - 1)
            }
        }
    }

    @Test func aStreamThatContradictsItselfIsNotLoaded() throws {
        let world = MessageWorld(
            functions: Self.functions, rules: MessageRules(.fixed(messages: .shipped)), property: .disjoint)
        var state = MessageState()
        state.setBlock(0, first: 0, count: 2)
        state.setBlock(1, first: 1, count: 2)
        #expect(SavedMessages(state, world) == nil)
        state.setBlock(1, first: 2, count: 2)
        #expect(try #require(SavedMessages(state, world)).loaded(world) == state.withoutOrder)
    }
}
