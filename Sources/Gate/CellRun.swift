import BuildReplay
import Checker
import Glibc
import InterruptState
import Replay
import Scenarios

/// A cell that ran: its result, and the states that lead to it.
struct CellRun {
    var result: CellResult
    /// States by role: `source`, `constructed`, `loaded`, …
    var states: [(role: String, state: MachineState)] = []
    /// What a baseline records; nil where the source has no state.
    var record: CellRecord?

    /// Runs a cell on its builds.
    ///
    /// - Parameters:
    ///   - text: the scenario.
    ///   - paths: of the builds of the cell's route.
    init(_ cell: Cell, text: String, paths: [String], limit: Duration, constructed: ConstructedStates) {
        result = CellResult(cell)
        let start = (ContinuousClock.now, Self.processorTime())
        do {
            let scenario = try ScenarioReader.scenario(text, file: cell.id)
            var stage = BuildStage(
                scenario, source: paths.first ?? "", destinations: Array(paths.dropFirst()),
                // On a busy machine a build may take long to do anything: the limit alone ends a cell.
                patience: limit, limit: limit, constructedStates: constructed)
            let run = try ScenarioRun(scenario, on: &stage)
            judge(run, scenario)
        } catch {
            result.trouble = "\(error)"
        }
        result.milliseconds = Self.milliseconds(ContinuousClock.now - start.0)
        result.ownMilliseconds = Self.milliseconds(Self.processorTime() - start.1)
    }

    // MARK: - Verdict

    private mutating func judge(_ run: ScenarioRun, _ scenario: Scenario) {
        states = Self.states(of: run)
        record = CellRecord(run)
        result.steps = UInt64(run.sourceOutcomes.count + run.destinationOutcomes.count)
        let judgement = run.judgement()
        if let verification = judgement?.verification {
            result.numbersCompared = verification.counts.numbersWalked + verification.counts.constructedNumbers
            let counts = verification.counts
            result.partsCompared = counts.bindings + counts.queues + counts.contexts + counts.presenters
        }
        let unmet = run.unmet(scenario.expectation)
        if scenario.expectation.verdict == .different || scenario.expectation.load == .refused {
            result.findings = Self.told(unmet.map { Found(.expectation, $0, []) })
        } else {
            result.findings = findings(run, judgement, scenario)
        }
        guard result.findings.allSatisfy({ $0.severity != "error" }) else { return }
        if result.numbersCompared == 0 { result.trouble = run.constructionRefusal ?? "nothing was compared" }
        if judgement?.verdict == .undecided {
            let reasons = judgement?.verification.notCompared.map(\.reason) ?? []
            result.trouble = "undecided: " + reasons.joined(separator: " ")
        }
    }

    private func findings(
        _ run: ScenarioRun, _ judgement: ScenarioRun.Judgement?, _ scenario: Scenario
    ) -> [CellFinding] {
        var own: [Found] = []
        if let reason = run.constructionRefusal { own.append(Found(.destinationNotBuilt, reason, ["destination"])) }
        if case .refused(let reason) = run.load { own.append(Found(.refused, reason, [Self.cause(reason)])) }
        own += run.failures.map { failure in
            Found(.step, "line \(failure.line): \(failure.description)", [Self.subject(failure.line, scenario)])
        }
        if let line = run.firstPartingLine {
            let subject = Self.subject(line, scenario)
            own.append(Found(.parted, "\(subject), \(Self.parting(run, line))", [subject]))
        }
        if let end = run.sourceEnd { own.append(Found(.ended, "the source \(end)", ["source"])) }
        if let end = run.destinationEnd { own.append(Found(.ended, "the destination \(end)", ["destination"])) }
        var result = Self.told(own)
        result += Self.told(judgement?.verification.findings ?? [], after: "")
        if run.firstPartingLine == nil {
            result += Self.told(judgement?.continued?.findings ?? [], after: "after going on: ")
        }
        return result.filter { $0.severity != "note" }
    }

    /// What a step does and who does it: `take, vCPU 1`. Lines move, so they are no subjects.
    private static func subject(_ line: Int, _ scenario: Scenario) -> String {
        guard let step = scenario.steps.first(where: { $0.line == line }) else { return "no step" }
        let name: String =
            switch step.action {
            case .hypercall(let opcode, _): Hypercall(rawValue: opcode)?.name ?? hexadecimal(opcode)
            case .rtas(let token, _, _): RTASCall(rawValue: token)?.name ?? hexadecimal(UInt64(token))
            default: String("\(step.action)".prefix { $0 != "(" })
            }
        return "\(name), vCPU \(step.cpu)"
    }

    /// What a refusal is about, without values that vary.
    private static func cause(_ reason: String) -> String {
        let words = reason.split(separator: "; ").first.map(String.init) ?? reason
        return String(words.prefix(120))
    }

    private static func parting(_ run: ScenarioRun, _ line: Int) -> String {
        func text(_ outcomes: [ScenarioRun.Outcome]) -> String {
            guard let outcome = outcomes.last(where: { $0.line == line }) else { return "nothing" }
            if let refusal = outcome.refusal { return refusal }
            return outcome.results.isEmpty
                ? "none" : outcome.results.map { hexadecimal($0) }.joined(separator: " ")
        }
        return "gives \(text(run.sourceOutcomes)) on the source and \(text(run.destinationOutcomes)) on the destination"
            + " (line \(line) of the scenario)"
    }

    private static func states(of run: ScenarioRun) -> [(role: String, state: MachineState)] {
        let states: [(String, MachineState?)] = [
            ("source", run.source), ("constructed", run.constructed), ("loaded", run.loaded),
            ("source continued", run.continued?.source), ("destination continued", run.continued?.destination),
        ]
        return states.compactMap { role, state in state.map { (role, $0) } }
    }

    // MARK: - Time

    private static func processorTime() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    private static func milliseconds(_ duration: Duration) -> UInt64 {
        let (seconds, attoseconds) = duration.components
        return UInt64(max(0, seconds * 1000 + attoseconds / 1_000_000_000_000_000))
    }
}

// MARK: - Findings

/// Something that the gate found itself.
struct Found {
    var rule: GateRule
    var title: String
    var subjects: [String]

    init(_ rule: GateRule, _ title: String, _ subjects: [String]) {
        self.rule = rule
        self.title = title
        self.subjects = subjects
    }
}

extension CellRun {
    /// Findings of the gate, as errors.
    static func told(_ found: [Found]) -> [CellFinding] {
        let fingerprints = FindingIdentity.fingerprints(
            of: found.map { FindingIdentity.identity(rule: $0.rule.id, subjects: $0.subjects, numbers: []) })
        return zip(found, fingerprints).map { found, fingerprint in
            CellFinding(
                rule: found.rule.id, severity: "error", title: found.title, consequence: found.rule.effect,
                subjects: found.subjects, numbers: "", fingerprint: fingerprint, details: [])
        }
    }

    /// Single values kept of a finding; all of them are in the states beside it.
    private static let detailLimit = 16

    /// Findings of the checker.
    private static func told(_ findings: [Finding], after prefix: String) -> [CellFinding] {
        zip(findings, FindingIdentity.fingerprints(of: findings)).map { finding, fingerprint in
            let details = finding.details.prefix(detailLimit).map { detail in
                "\(detail.subject): \(detail.sourceValue ?? "none") -> \(detail.otherValue ?? "none")"
            }
            let numbers = finding.numbers.ranges.map { range in
                range.lowerBound == range.upperBound ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
            }
            return CellFinding(
                rule: finding.rule.id, severity: finding.severity.rawValue, title: prefix + finding.title,
                consequence: finding.consequence, subjects: finding.subjects,
                numbers: numbers.joined(separator: " "), fingerprint: fingerprint, details: details)
        }
    }
}
