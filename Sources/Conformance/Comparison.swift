import BuildReplay
import InterruptState
import QEMUControl
import Replay
import Scenarios

/// The model and a build on the same scenario.
struct Comparison {
    /// What came of it.
    enum Outcome {
        case same
        /// What both do otherwise, as sentences.
        case different([String])
        /// The build did not come to an end in time; how far it was.
        case overdue(String)
    }

    private let build: String
    private let limit: Duration
    private let constructed = ConstructedStates()

    /// - Parameter limit: how long a scenario may take on the build.
    init(build: String, limit: Duration) {
        self.build = build
        self.limit = limit
    }

    /// Runs a scenario on both.
    ///
    /// Calls that the model foretells are done in one go. Where that leads to anything but agreement, the build does
    /// all again, one call after the other, and that counts.
    ///
    /// - Throws: where the scenario cannot be run at all.
    func outcome(of text: String) throws -> Outcome {
        let scenario = try ScenarioReader.scenario(text, file: "scenario")
        var stage = RecordedStage(scenario)
        let model = try ScenarioRun(scenario, on: &stage)
        let forecasts = (GuestForecast(stage.sourceRecord.elements), GuestForecast(stage.destinationRecord.elements))
        if case .same? = try? outcome(scenario, model, forecasts) { return .same }
        return try outcome(scenario, model, (GuestForecast(), GuestForecast()))
    }

    private func outcome(
        _ scenario: Scenario, _ model: ScenarioRun, _ forecasts: (GuestForecast, GuestForecast)
    ) throws -> Outcome {
        var stage = BuildStage(
            scenario, source: build, destinations: [build], patience: .seconds(30), limit: limit,
            constructedStates: constructed)
        stage.forecasts = forecasts
        do throws(BuildTrouble) {
            let real = try ScenarioRun(scenario, on: &stage)
            let differences = Self.differences(model, real)
            return differences.isEmpty ? .same : .different(differences)
        } catch {
            if case .build(let error) = error, error.code == .timedOut { return .overdue(error.description) }
            throw error
        }
    }

    private static func differences(_ model: ScenarioRun, _ real: ScenarioRun) -> [String] {
        var differences = outcomes("source", model.sourceOutcomes, real.sourceOutcomes)
        differences += outcomes("destination", model.destinationOutcomes, real.destinationOutcomes)
        differences += ends("source", model.sourceEnd, real.sourceEnd)
        differences += ends("destination", model.destinationEnd, real.destinationEnd)
        differences += loads(model, real)
        guard differences.isEmpty else { return differences }
        // Of a machine that ended nobody can have the state.
        if model.sourceEnd == nil || model.continued != nil {
            differences += StateFacts.differences("when it was saved", model.source, real.source)
        }
        if let model = model.loaded, let real = real.loaded {
            differences += StateFacts.differences("as loaded", model, real)
        }
        guard let left = model.continued, let right = real.continued else { return differences }
        if model.sourceEnd == nil {
            differences += StateFacts.differences("of the source in the end", left.source, right.source)
        }
        if model.destinationEnd == nil {
            differences += StateFacts.differences("of the destination in the end", left.destination, right.destination)
        }
        return differences
    }

    // MARK: - Ends

    private static func ends(_ side: String, _ model: MachineEnd?, _ real: MachineEnd?) -> [String] {
        guard model.map(kind) != real.map(kind) else { return [] }
        return ["the \(side): model \(words(model)), build \(words(real))"]
    }

    private static func kind(_ end: MachineEnd) -> String {
        switch end {
        case .crashed: "crashed"
        case .aborted: "aborted"
        case .exited: "exited"
        case .poweredOff: "powered off"
        }
    }

    private static func words(_ end: MachineEnd?) -> String { end.map { "\($0)" } ?? "runs" }

    private static func loads(_ model: ScenarioRun, _ real: ScenarioRun) -> [String] {
        let isSame = (model.load == .accepted) == (real.load == .accepted) && (model.load == nil) == (real.load == nil)
        guard !isSame else { return [] }
        return ["the load: model \(words(model.load)), build \(words(real.load))"]
    }

    private static func words(_ load: LoadResult?) -> String {
        switch load {
        case .accepted?: "accepts it"
        case .refused(let reason)?: "refuses it: \(reason)"
        case nil: "never came to it"
        }
    }

    // MARK: - Steps

    private static func outcomes(
        _ side: String, _ model: [ScenarioRun.Outcome], _ real: [ScenarioRun.Outcome]
    ) -> [String] {
        var differences: [String] = []
        for (left, right) in zip(model, real) {
            // Refusals differ in words, and what a machine says as it ends is of no account.
            let isRefused = left.refusal != nil && right.refusal != nil
            let isSame = isRefused || left.refusal == nil && right.refusal == nil && left.results == right.results
            if !isSame {
                differences.append("line \(left.line) on the \(side): model \(text(left)), build \(text(right))")
            }
        }
        if model.count != real.count {
            differences.append("the model ran \(model.count) steps, the build \(real.count)")
        }
        return differences
    }

    private static func text(_ outcome: ScenarioRun.Outcome) -> String {
        if let refusal = outcome.refusal { return refusal }
        let values = outcome.results.map { hexadecimal($0) }
        return values.isEmpty ? "none" : values.joined(separator: " ")
    }
}
