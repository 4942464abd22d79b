/// Claims that two machine types give equal numbers.
struct AgreementClaims {
    private let first: CertifiedMachine
    private let second: CertifiedMachine
    private let bounds: ClaimBounds
    private let rows: Rows

    init(_ first: CertifiedMachine, _ second: CertifiedMachine, _ bounds: ClaimBounds, _ rows: Rows) {
        self.first = first
        self.second = second
        self.bounds = bounds
        self.rows = rows
    }

    func rules() -> ClaimCheck.Decision {
        let isCounted = first.isFunction && second.isFunction
        let addresses = isCounted ? bounds.addresses.upperBound - bounds.addresses.lowerBound + 1 : 0
        return .init(agreeBeforeMessages && agreeOnMessages, ["unit addresses": addresses, "pins": 1024])
    }

    /// Whether both maps give every device its number alike; messages are not decided by construction.
    private var agreeBeforeMessages: Bool {
        if first.map == second.map { return true }
        guard first.isFunction, second.isFunction else { return false }
        let pins = (0..<UInt64(256)).allSatisfy { bridge in
            (0..<UInt64(4)).allSatisfy { first.pin(bridge, $0) == second.pin(bridge, $0) }
        }
        return pins && agreeOnAddresses && agreeOnEvents
    }

    private var agreeOnAddresses: Bool {
        switch (first.map, second.map) {
        case (.fixed, .fixed): return true
        case (.sparse(let a), .sparse(let b)) where a.virtualBase == b.virtualBase: return true
        default:
            // One formula is another: that shows within the first pages of any range.
            let last = min(bounds.addresses.upperBound, bounds.addresses.lowerBound + 0x2_0000)
            return (bounds.addresses.lowerBound...last).allSatisfy { first.virtual($0) == second.virtual($0) }
        }
    }

    private var agreeOnEvents: Bool {
        switch (first.map, second.map) {
        case (.fixed, .fixed): true
        case (.sparse(let a), .sparse(let b)): a.genericBase == b.genericBase
        default: false
        }
    }

    private var agreeOnMessages: Bool {
        if case .sparse(let a) = first.map, case .sparse(let b) = second.map {
            return a.isShipped == b.isShipped && a.bridgeBase == b.bridgeBase && a.bridgeWindow == b.bridgeWindow
                && a.bridgeLimit == b.bridgeLimit
        }
        return first.map == second.map
    }

    /// Whole machines: equal outcomes of all configurations, or a last one whose outcomes differ.
    func machines() throws(Rejection) -> ClaimCheck.Decision {
        let counts = try rows.rows("SELECT count(*), total(first <> second), max(position) + 1 FROM configuration")
            .first
        let count = UInt64(counts?[0].integer ?? 0)
        guard counts?[2].integer == counts?[0].integer else { throw Rejection("configuration", "one is missing") }
        let differing = try rows.integer("SELECT count(*) FROM configuration WHERE first <> second") ?? 0
        let lastDiffers =
            try rows.integer(
                "SELECT first <> second FROM configuration ORDER BY position DESC LIMIT 1") == 1
        guard differing == (lastDiffers ? 1 : 0) else {
            throw Rejection("configuration", "the first that differs must be the last")
        }
        // Options given or left out, and up to so many devices of a menu of nine.
        let lists = (0...bounds.addedDevices).reduce((total: UInt64(0), size: UInt64(1))) { sum, _ in
            (sum.total + sum.size, sum.size * 9)
        }.total
        guard lastDiffers || count == 4 * 3 * 3 * 3 * 2 * lists else {
            throw Rejection("configuration", "there are \(4 * 3 * 3 * 3 * 2 * lists) within the bounds, not \(count)")
        }
        var decision = ClaimCheck.Decision(!lastDiffers, ["configurations": count])
        if !lastDiffers, !agreeBeforeMessages { decision.verdict = "undecided" }
        return decision
    }
}
