import QEMUControl

/// What a guest is about to do, so that a build can do it in one go instead of call by call.
///
/// Whoever ran the same guest on something else knows; where the build answers otherwise the guest may do otherwise,
/// and the forecast is of no use from there on.
public struct GuestForecast: Sendable {
    /// What a guest does next.
    public enum Element: Hashable, Sendable {
        /// A call of the vCPU of a row.
        case call(GuestCall, row: Int)
        /// Something that is no plain call; calls before it and after it are not done together.
        case event
    }

    private var elements: ArraySlice<Element>
    /// Results of elements that were done ahead.
    private var results: ArraySlice<CallResult> = []
    /// How many events are under way, one within the other.
    private var depth = 0

    /// What is known; nothing unless said otherwise.
    public init(_ elements: [Element] = []) {
        self.elements = elements[...]
    }

    /// Whether calls were done that the guest did not come to.
    var isBehind: Bool { !results.isEmpty && depth == 0 }

    /// The result of a call that was done ahead.
    mutating func result(of call: GuestCall, _ row: Int) -> CallResult? {
        guard depth == 0, elements.first == .call(call, row: row), let result = results.popFirst() else { return nil }
        elements.removeFirst()
        return result
    }

    /// The calls from this one to the end of those that its vCPU does in a row; none where something else is forecast.
    mutating func batch(from call: GuestCall, _ row: Int) -> [GuestCall] {
        guard depth == 0 else { return [] }
        guard elements.first == .call(call, row: row), results.isEmpty else {
            elements = []
            return []
        }
        var calls: [GuestCall] = []
        for case .call(let call, row: row) in elements.prefix(while: { $0.isCall(of: row) }) { calls.append(call) }
        if calls.count == 1 { elements.removeFirst() }
        return calls
    }

    /// Keeps the results of a batch.
    mutating func note(_ results: [CallResult]) { self.results = results[...] }

    mutating func beginEvent() { depth += 1 }

    mutating func endEvent() {
        depth -= 1
        guard depth == 0 else { return }
        if elements.first == .event { elements.removeFirst() } else { elements = [] }
    }
}

extension GuestForecast.Element {
    fileprivate func isCall(of row: Int) -> Bool {
        if case .call(_, row: row) = self { true } else { false }
    }
}
