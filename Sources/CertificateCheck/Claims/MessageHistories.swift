/// Histories of messages: up to four PCI functions ask for blocks, let go, and are reset.
struct MessageHistories {
    /// Blocks by function, first and count, and the functions in the order in which they last asked.
    struct State: Hashable {
        var blocks = SIMD8<UInt16>(repeating: 0)
        var order: [UInt8] = []

        func first(_ function: Int) -> UInt64 { UInt64(blocks[2 * function]) }
        func count(_ function: Int) -> UInt64 { UInt64(blocks[2 * function + 1]) }

        mutating func set(_ function: Int, first: UInt64, count: UInt64) {
            blocks[2 * function] = UInt16(truncatingIfNeeded: first)
            blocks[2 * function + 1] = UInt16(truncatingIfNeeded: count)
            order.removeAll { $0 == function }
            if count > 0 { order.append(UInt8(truncatingIfNeeded: function)) }
        }
    }

    struct Function {
        var bridge: UInt64
        var slot: UInt64
        var isMSI: Bool
        var counts: [UInt64]
    }

    private enum Search {
        case shipped, intended, sequential
    }

    private let functions: [Function]
    private let claim: String
    private let search: Search
    private let size: UInt64
    private let reserved: UInt64
    private let base: UInt64
    private let window: UInt64

    /// - Parameter claim: `messages-aligned`, or `messages-aligned-once` for histories without a second request.
    init(_ machine: CertifiedMachine, claim: String, functions: [Function]) {
        self.functions = functions
        self.claim = claim
        switch machine.map {
        case .sequential(let size):
            search = .sequential
            self.size = min(size, 1 << 14)
            // EPOW and hot-plug events, a terminal, NVRAM and the four pins of bridge 0.
            (reserved, base, window) = (machine.hasHotPlugEvents ? 8 : 7, 0x1000, 0)
        case .fixed(let isShipped):
            search = isShipped ? .shipped : .intended
            (size, reserved, base, window) = (0xd00, 0, 0x1300, 0)
        case .sparse(let layout):
            search = layout.isShipped ? .shipped : .intended
            size = min(layout.bridgeWindow > 0x100 ? layout.bridgeWindow - 0x100 : 0, 1 << 14)
            (reserved, base, window) = (0, layout.bridgeBase + 0x100, layout.bridgeWindow)
        }
    }

    private var isOnce: Bool { claim.hasSuffix("-once") }
    private func isAbout(_ name: String) -> Bool { claim == "messages-" + name || claim == "messages-\(name)-once" }

    var world: SmallWorld<State> {
        var steps: [(name: String, apply: (State) -> Move<State>)] = []
        for (index, function) in functions.enumerated() {
            let name = "phb\(function.bridge).slot\(function.slot)"
            for count in function.counts {
                steps.append(
                    ("enable \(name) with \(count) \(function.isMSI ? "msi" : "msix")", { request($0, index, count) }))
            }
            steps.append(("disable \(name)", { release($0, [index]) }))
        }
        for bridge in Set(functions.map(\.bridge)) {
            let members = functions.indices.filter { functions[$0].bridge == bridge }
            steps.append(("reset phb\(bridge)", { release($0, members) }))
        }
        return SmallWorld(initial: State(), steps: steps, isFaulty: isFaulty)
    }

    // MARK: - Steps

    private func release(_ state: State, _ members: [Int]) -> Move<State> {
        var next = state
        for member in members { next.set(member, first: 0, count: 0) }
        return next == state ? .none : .next(next)
    }

    private func request(_ state: State, _ function: Int, _ count: UInt64) -> Move<State> {
        if isOnce, state.count(function) > 0 { return .none }
        let stride = stride(count, functions[function].isMSI)
        guard let place = stride.flatMap({ place(state, function, count, $0) }) else {
            let ends = search == .shipped || stride == nil
            return ends && isAbout("survive") ? .fault : .none
        }
        if isAbout("sticky"), state.count(function) == count, state.first(function) != place { return .fault }
        var next = state
        next.set(function, first: place, count: count)
        return next == state ? .none : .next(next)
    }

    /// Blocks begin at multiples of this; nil where the request itself ends the machine.
    private func stride(_ count: UInt64, _ isMSI: Bool) -> UInt64? {
        switch search {
        case .shipped: isMSI ? 1 : 2
        case .intended: isMSI ? sequence(first: 1) { $0 < count ? $0 * 2 : nil }.reduce(1) { max($0, $1) } : 1
        case .sequential: isMSI ? (count <= 32 && count.nonzeroBitCount == 1 ? count : nil) : 1
        }
    }

    /// The lowest free place: it is at the beginning or right behind a block, rounded up.
    private func place(_ state: State, _ function: Int, _ count: UInt64, _ stride: UInt64) -> UInt64? {
        let neighbours = functions.indices.filter {
            state.count($0) > 0 && (window == 0 || functions[$0].bridge == functions[function].bridge)
        }
        let starts = [reserved] + neighbours.map { state.first($0) + state.count($0) }
        let rounded = starts.map { ($0 + stride - 1) / stride * stride }
        return rounded.filter { start in
            start + count <= size
                && neighbours.allSatisfy {
                    state.first($0) >= start + count || start >= state.first($0) + state.count($0)
                }
        }.min()
    }

    // MARK: - Faults

    private func isFaulty(_ state: State) -> Bool {
        if isAbout("independent") { return cold(state)?.blocks != state.blocks }
        if isAbout("aligned") {
            return functions.indices.contains { function in
                let count = state.count(function)
                return functions[function].isMSI && count > 1 && count.nonzeroBitCount == 1
                    && number(state, function) % count != 0
            }
        }
        return (isAbout("disjoint") || isAbout("carried")) && !areApart(runs(state))
    }

    private func number(_ state: State, _ function: Int) -> UInt64 {
        base + functions[function].bridge * window + state.first(function)
    }

    private func runs(_ state: State) -> [(first: UInt64, end: UInt64)] {
        functions.indices.map { (number(state, $0), number(state, $0) + state.count($0)) }
    }

    /// A machine on which only the live functions ask, in the same order.
    private func cold(_ state: State) -> State? {
        var cold = State()
        for entry in state.order {
            let function = Int(entry)
            let count = state.count(function)
            guard let stride = stride(count, functions[function].isMSI),
                let place = place(cold, function, count, stride)
            else { return nil }
            cold.set(function, first: place, count: count)
        }
        return cold
    }
}
