/// Histories of vCPUs plugged one by one into a machine that boots with vCPU 0.
///
/// The property: what a stream says of each vCPU reaches the same vCPU of a destination that creates them in
/// the order of their ids. XIVE contexts are matched by order of creation, XICS presenters by index.
struct ProcessorWorld: World {
    struct State: SearchState {
        /// Core ids in order of creation, 4 bits each from the lowest; vCPU 0 first.
        var order: UInt64 = 0
        var count = 1

        var fingerprint: UInt64 { (order ^ UInt64(count) << 60).mixed }

        func core(_ place: Int) -> UInt64 { order >> UInt64(place &* 4) & 0xf }
    }

    /// Possible vCPUs, at most 15.
    let possible: Int
    let matchesByOrder: Bool

    var initial: State { State() }
    var steps: [UInt64] { (1..<UInt64(max(2, min(possible, 15)))).map { $0 } }

    func apply(_ core: UInt64, to state: State) -> Outcome<State> {
        guard !(0..<state.count).contains(where: { state.core($0) == core }) else { return .impossible }
        return .next(State(order: state.order | core << UInt64(state.count &* 4), count: state.count + 1))
    }

    func fault(in state: State) -> String? {
        let source = (0..<state.count).map { state.core($0) }
        let destination = source.sorted()
        guard matchesByOrder else {
            // By index: the destination must have every index that the stream names.
            return source.first { !destination.contains($0) }.map { "the destination has no vCPU \($0)" }
        }
        guard let place = source.indices.first(where: { source[$0] != destination[$0] }) else {
            return nil
        }
        return "context \(place) of the stream is vCPU \(source[place])'s and is loaded into vCPU \(destination[place])"
    }

    func cost(of history: [UInt64]) -> [Int] {
        [history.count, history.map(Int.init(truncatingIfNeeded:)).reduce(0, +)]
    }
}
