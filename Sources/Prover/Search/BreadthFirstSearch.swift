/// All histories up to a depth, breadth first, so that the first fault is a shortest one.
struct BreadthFirstSearch<W: World> {
    /// What a search found.
    struct Result {
        /// A shortest history to a fault, the smallest of its length; nil where there is none.
        var history: [W.Step]?
        /// What is wrong at its end.
        var fault: String?
        /// New states at each depth, from 0.
        var statesPerDepth: [Int]
        /// Steps taken, including those to known states.
        var transitions: UInt64
        /// Whether every history was covered: up to the depth, or of every length where no new state came.
        var isComplete: Bool
        /// Whether the last depth added no state: histories of every length are covered.
        var isExhausted: Bool
    }

    private let world: W
    private let depthLimit: Int
    private let stateLimit: Int
    private var table = StateTable<W.State>()
    /// For each state its parent and the step from there.
    private var parents: [(parent: UInt32, step: UInt16)] = [(0, 0)]
    private var transitions: UInt64 = 0

    /// - Parameters:
    ///   - depthLimit: longest history.
    ///   - stateLimit: states after which the search gives up; 2^31 at most, as states are numbered in 32 bits.
    init(_ world: W, depthLimit: Int, stateLimit: Int = 50_000_000) {
        self.world = world
        self.depthLimit = depthLimit
        self.stateLimit = min(stateLimit, 1 << 31)
    }

    mutating func run() -> Result {
        let steps = world.steps
        _ = table.insert(world.initial)
        var statesPerDepth = [1]
        if let fault = world.fault(in: world.initial) { return found([([], fault)], statesPerDepth) }
        guard steps.count <= Int(UInt16.max) else { return unfinished(statesPerDepth) }
        var level = 0..<1
        for _ in 0..<max(0, depthLimit) {
            let faults = expand(level, steps)
            statesPerDepth.append(table.states.count - level.upperBound)
            if !faults.isEmpty { return found(faults, statesPerDepth) }
            if table.states.count > stateLimit { return unfinished(statesPerDepth) }
            level = level.upperBound..<table.states.count
            if level.isEmpty { break }
        }
        return Result(
            history: nil, fault: nil, statesPerDepth: statesPerDepth, transitions: transitions, isComplete: true,
            isExhausted: level.isEmpty)
    }

    /// Takes every step from every state of a level; the histories to faults, capped.
    private mutating func expand(_ level: Range<Int>, _ steps: [W.Step]) -> [([W.Step], String)] {
        var faults: [([W.Step], String)] = []
        for index in level {
            guard table.states.count <= stateLimit else { break }
            for (number, step) in steps.enumerated() {
                switch world.apply(step, to: table.states[index]) {
                case .impossible:
                    continue
                case .fault(let fault):
                    transitions &+= 1
                    note(index, step, fault, &faults)
                case .next(let state):
                    transitions &+= 1
                    guard table.insert(state) else { continue }
                    parents.append((UInt32(truncatingIfNeeded: index), UInt16(truncatingIfNeeded: number)))
                    if let fault = world.fault(in: state) { note(index, step, fault, &faults) }
                }
            }
        }
        return faults
    }

    /// Enough for the smallest of a level to be among them in every world here; more cost memory only.
    private static var faultLimit: Int { 100_000 }

    private func note(_ index: Int, _ step: W.Step, _ fault: String, _ faults: inout [([W.Step], String)]) {
        if faults.count < Self.faultLimit { faults.append((history(to: index) + [step], fault)) }
    }

    private func history(to index: Int) -> [W.Step] {
        let steps = world.steps
        var history: [W.Step] = []
        var index = index
        while index != 0 {
            history.append(steps[Int(parents[index].step)])
            index = Int(parents[index].parent)
        }
        return history.reversed()
    }

    private func found(_ faults: [([W.Step], String)], _ statesPerDepth: [Int]) -> Result {
        // `min` keeps the first of equals, which is the lexicographically first by order of expansion.
        let smallest = faults.min { world.cost(of: $0.0).lexicographicallyPrecedes(world.cost(of: $1.0)) }
        return Result(
            history: smallest?.0, fault: smallest?.1, statesPerDepth: statesPerDepth, transitions: transitions,
            isComplete: true, isExhausted: false)
    }

    private func unfinished(_ statesPerDepth: [Int]) -> Result {
        Result(
            history: nil, fault: nil, statesPerDepth: statesPerDepth, transitions: transitions, isComplete: false,
            isExhausted: false)
    }
}

extension BreadthFirstSearch.Result {
    /// How far the search went, for the claim of minimality and the counts.
    var states: UInt64 { UInt64(statesPerDepth.reduce(0, +)) }

    var minimality: String {
        let shorter = statesPerDepth.dropLast().enumerated().map { "\($0.element) at depth \($0.offset)" }
        return "no shorter history has the fault: " + shorter.joined(separator: ", ") + " states hold none"
    }
}
