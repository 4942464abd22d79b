/// A system whose histories are searched: states, steps, and a property that all of them must have.
protocol World {
    associatedtype State: SearchState
    associatedtype Step: Hashable

    /// Where every history begins.
    var initial: State { get }
    /// All steps, in the order of preference between equally short histories.
    var steps: [Step] { get }
    /// What a step does.
    func apply(_ step: Step, to state: State) -> Outcome<State>
    /// What is wrong in a state; nil where the property holds.
    func fault(in state: State) -> String?
    /// Size of a step, compared lexicographically between equally short histories: devices, then vectors.
    func cost(of history: [Step]) -> [Int]
}

/// A state of a search: equality is exact, the fingerprint only finds candidates.
protocol SearchState: Equatable {
    var fingerprint: UInt64 { get }
}

/// What a step does to a state.
enum Outcome<State> {
    case next(State)
    /// The step is not possible there, or changes nothing.
    case impossible
    /// The step itself breaks the property, for example by ending the machine.
    case fault(String)
}

extension UInt64 {
    /// Spreads the bits of a state word: the finaliser of SplitMix64, which is public domain.
    var mixed: UInt64 {
        var value = self
        value ^= value >> 30
        value = value &* 0xbf58_476d_1ce4_e5b9
        value ^= value >> 27
        value = value &* 0x94d0_49bb_1331_11eb
        return value ^ value >> 31
    }
}
