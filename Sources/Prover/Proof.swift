/// What became of a claim.
public enum Verdict: String, Hashable, Sendable, CaseIterable {
    /// It holds on the whole domain that the proof states.
    case proved
    /// It does not; a witness shows where.
    case refuted
    /// Neither could be shown, or the run cannot be trusted; never a success.
    case undecided
}

/// The result of one proof: the claim, its domain and bounds, what was covered, and the verdict.
public struct Proof: Hashable, Sendable {
    /// Stable name, for example `vio-injective`.
    public var claim: String
    /// What is claimed, as a sentence.
    public var sentence: String
    /// For which devices, configurations or histories, and up to which bounds; one sentence each.
    public var domain: [String]
    /// How it was decided: enumeration, induction, breadth-first search.
    public var method: String
    /// What became of it.
    public private(set) var verdict: Verdict
    /// Why it is refuted or undecided, or what the proof rests on; one sentence each.
    public private(set) var reasons: [String]
    /// How much was covered.
    public var counts: [Count]
    /// Deliberately wrong variants, all of which must have been refuted.
    public var canaries: [Canary]
    /// The shortest history that refutes the claim.
    public var counterexample: Counterexample?

    /// A figure of what was covered.
    public struct Count: Hashable, Sendable {
        /// What was counted.
        public var label: String
        /// How many.
        public var value: UInt64

        /// A figure.
        public init(_ label: String, _ value: UInt64) {
            self.label = label
            self.value = value
        }
    }

    /// A wrong variant of the claim: a run that does not refute it proves nothing.
    public struct Canary: Hashable, Sendable {
        /// What is wrong with the variant.
        public var variant: String
        /// Whether this run refuted it.
        public var isRefuted: Bool

        /// A variant and what became of it.
        public init(_ variant: String, isRefuted: Bool) {
            self.variant = variant
            self.isRefuted = isRefuted
        }
    }

    /// A finished proof.
    ///
    /// The verdict is lowered to `undecided` where a canary survived or nothing was covered: a claim over
    /// nothing, or by a method that sees no fault, is not proved.
    public init(
        claim: String, sentence: String, domain: [String], method: String, verdict: Verdict, reasons: [String] = [],
        counts: [Count], canaries: [Canary], counterexample: Counterexample? = nil
    ) {
        self.claim = claim
        self.sentence = sentence
        self.domain = domain
        self.method = method
        self.verdict = verdict
        self.reasons = reasons
        self.counts = counts
        self.canaries = canaries
        self.counterexample = counterexample
        guard verdict == .proved else { return }
        for canary in canaries where !canary.isRefuted {
            lower("a deliberately wrong variant was not refuted: \(canary.variant)")
        }
        if canaries.isEmpty { lower("the run had no canary") }
        if counts.allSatisfy({ $0.value == 0 }) { lower("nothing was covered") }
    }

    private mutating func lower(_ reason: String) {
        verdict = .undecided
        reasons.append(reason)
    }
}

/// A shortest history that refutes a claim.
public struct Counterexample: Hashable, Sendable {
    /// Steps in order, as people read them.
    public var steps: [String]
    /// What is seen after the last step.
    public var observation: String
    /// Why there is no shorter one: bounds and states at each depth.
    public var minimality: String
    /// The same as a scenario file.
    public var scenario: String

    /// A history.
    public init(steps: [String], observation: String, minimality: String, scenario: String) {
        self.steps = steps
        self.observation = observation
        self.minimality = minimality
        self.scenario = scenario
    }
}
