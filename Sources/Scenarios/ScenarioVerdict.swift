import Checker
import InterruptState
import Replay

extension ScenarioRun {
    /// Source and destination compared: the destination as built, after the load, and after going on.
    public struct Judgement: Sendable {
        /// The migration itself.
        public var verification: Verification
        /// Source and destination after the steps that follow the migration; nil where there are none to compare.
        public var continued: Verification?
        /// Whether the guest finds its interrupts again, now and later.
        public var verdict: Verdict
    }

    /// Compares the two sides; nil where there is no destination.
    public func judgement(level: Level = .guestVisible) -> Judgement? {
        guard constructed != nil else { return nil }
        let verification = Checker.verify(source: source, destination: loaded, constructed: constructed, level: level)
        let later = continued.map {
            Checker.verify(source: $0.source, destination: $0.destination, constructed: nil, level: level)
        }
        let parted = firstPartingLine != nil || sourceEnd != destinationEnd && continued != nil
        let isDifferent = verification.verdict == .different || later?.verdict == .different || parted
        return Judgement(
            verification: verification, continued: later, verdict: isDifferent ? .different : verification.verdict)
    }

    /// What of the scenario's expectations does not hold, as sentences; empty where all do.
    public func unmet(_ expectation: Scenario.Expectation) -> [String] {
        var unmet = failures.map { "line \($0.line): \($0.description)" }
        switch (expectation.load, load) {
        case (nil, _), (.accepted, .accepted), (.refused, .refused): break
        case (let wanted?, .refused(let reason)):
            unmet.append("the load is \(wanted.rawValue): it is refused: \(reason)")
        case (let wanted?, let found):
            unmet.append("the load is \(wanted.rawValue): \(found.map { "\($0)" } ?? "none")")
        }
        let judgement = judgement()
        if let wanted = expectation.verdict, judgement?.verdict.rawValue != wanted.rawValue {
            let found = judgement?.verdict.rawValue ?? constructionRefusal ?? "no destination"
            let rules =
                judgement.map { Set($0.verification.findings.map(\.rule.id)).sorted().joined(separator: " ") } ?? ""
            unmet.append("the verdict is \(wanted.rawValue): it is \(found) (\(rules))")
        }
        let found = Set(
            (judgement?.verification.findings ?? []).map(\.rule.id)
                + (judgement?.continued?.findings ?? []).map(\.rule.id))
        for rule in expectation.findings where !found.contains(rule) {
            unmet.append("there is a finding \(rule): there are \(found.sorted().joined(separator: ", "))")
        }
        let ended = [sourceEnd.map { _ in "source" }, destinationEnd.map { _ in "destination" }].compactMap(\.self)
        if ended != expectation.ends {
            unmet.append("machines that end are \(expectation.ends): they are \(ended)")
        }
        return unmet
    }
}
