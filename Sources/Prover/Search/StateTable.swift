/// The states seen by a search, each once, numbered in order of discovery.
///
/// Open addressing over indices; a standard set spends most of a search in its hash function.
struct StateTable<State: SearchState> {
    private(set) var states: [State] = []
    /// Index into `states` plus 1; 0 is an empty slot. The count is a power of two.
    private var slots: [UInt32]

    init() {
        slots = [UInt32](repeating: 0, count: 1 << 12)
    }

    /// Adds a state; false where it is known already.
    mutating func insert(_ state: State) -> Bool {
        // At most half full, so that probes stay short and always end.
        if states.count &* 2 >= slots.count { grow() }
        let mask = slots.count &- 1
        var slot = Int(truncatingIfNeeded: state.fingerprint) & mask
        while slots[slot] != 0 {
            if states[Int(slots[slot]) &- 1] == state { return false }
            slot = (slot &+ 1) & mask
        }
        states.append(state)
        slots[slot] = UInt32(truncatingIfNeeded: states.count)
        return true
    }

    private mutating func grow() {
        let mask = slots.count &* 2 &- 1
        var larger = [UInt32](repeating: 0, count: slots.count &* 2)
        for (index, state) in states.enumerated() {
            var slot = Int(truncatingIfNeeded: state.fingerprint) & mask
            while larger[slot] != 0 { slot = (slot &+ 1) & mask }
            larger[slot] = UInt32(truncatingIfNeeded: index &+ 1)
        }
        slots = larger
    }
}
