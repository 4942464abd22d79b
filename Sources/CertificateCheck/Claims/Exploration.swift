/// What a step does to a state.
enum Move<State> {
    /// It is not possible, or changes nothing.
    case none
    case next(State)
    /// It breaks what is claimed.
    case fault
}

/// A small world: where histories begin, what can happen, and what must not be.
struct SmallWorld<State: Hashable> {
    var initial: State
    var steps: [(name: String, apply: (State) -> Move<State>)]
    var isFaulty: (State) -> Bool
}

/// All histories of a small world, level by level, as sets.
struct Exploration {
    /// States seen at each length of history, from 0.
    private(set) var levels: [UInt64] = [1]
    /// Steps taken.
    private(set) var taken: UInt64 = 0
    /// Whether a history ended in a fault; it is as long as there are levels.
    private(set) var hasFault = false
    /// Whether it was given up.
    private(set) var isGivenUp = false

    init<State>(_ world: SmallWorld<State>, depth: Int, states: Int) {
        var seen: Set<State> = [world.initial]
        var level = [world.initial]
        hasFault = world.isFaulty(world.initial)
        while !hasFault, !isGivenUp, !level.isEmpty, levels.count <= depth {
            var fresh: [State] = []
            for state in level {
                for step in world.steps {
                    switch step.apply(state) {
                    case .none: continue
                    case .fault: hasFault = true
                    case .next(let next):
                        if seen.insert(next).inserted {
                            fresh.append(next)
                            if world.isFaulty(next) { hasFault = true }
                        }
                    }
                    taken += 1
                }
            }
            isGivenUp = !hasFault && seen.count > states
            levels.append(UInt64(fresh.count))
            level = fresh
        }
    }

    /// The figures that a proof by search reports.
    var figures: [String: UInt64] {
        ["states": levels.reduce(0, +), "steps taken": taken, "depth": UInt64(levels.count - 1)]
    }
}

extension SmallWorld {
    /// Whether a history of named steps leads to a fault with its last step and not before.
    func isFaulty(after names: [String]) -> Bool {
        var state = initial
        for (place, name) in names.enumerated() {
            guard let step = steps.first(where: { $0.name == name }) else { return false }
            let isLast = place == names.count - 1
            switch step.apply(state) {
            case .none: return false
            case .fault: return isLast
            case .next(let next):
                state = next
                if isFaulty(state) { return isLast }
            }
        }
        return names.isEmpty && isFaulty(state)
    }
}
