import InterruptState
import PSeries
import Replay
import Yams

/// Reads scenarios and machine descriptions from YAML; JSON is YAML too.
public enum ScenarioReader {
    /// Limit of a scenario in bytes. It is written by hand; a megabyte is a thousand pages of steps.
    public static let sizeLimit = 1 << 20

    /// Whether text is meant as a scenario: it has the key `machine` at the outermost level.
    public static func recognizes(_ text: String) -> Bool {
        text.split(whereSeparator: \.isNewline).contains { line in
            line.hasPrefix("machine:") || line.drop { " \t{".contains($0) }.hasPrefix("\"machine\":")
        }
    }

    /// Reads a scenario.
    ///
    /// - Parameters:
    ///   - file: name of the input, for messages.
    ///   - types: machine types that it may name.
    /// - Throws: what is wrong, with line and column.
    public static func scenario(
        _ text: String, file: String, types: MachineTypeCatalogue = MachineTypeCatalogue()
    ) throws(ScenarioError) -> Scenario {
        let reading = try root(text, file: file, types: types)
        let fields = try reading.fields(
            "a scenario",
            allowed: ["scenario", "about", "machine", "destination", "steps", "destination-steps", "expect"])
        guard let machineField = fields["machine"] else { throw reading.error("a scenario needs a machine") }
        let source = try machine(machineField, basedOn: nil)
        var scenario = Scenario(
            name: try fields["scenario"]?.text("scenario") ?? file, about: try fields["about"]?.text("about") ?? "",
            source: source, destination: nil, steps: [], expectation: Scenario.Expectation())
        if let value = fields["destination"] {
            scenario.destination = try destination(value, basedOn: source)
        }
        if let value = fields["steps"] { scenario.steps = try steps(value, build: source.build) }
        if let value = fields["expect"] { scenario.expectation = try expectation(value) }
        let migrations = scenario.steps.filter { $0.action == .migrate }
        if let second = migrations.dropFirst().first {
            throw ScenarioError(message: "a scenario migrates once at most", line: second.line, column: nil, file: file)
        }
        if let value = fields["destination-steps"] {
            scenario.destinationSteps = try destinationSteps(value, of: scenario)
        }
        return scenario
    }

    /// Steps of its own make sense on a destination that nothing migrates to: the two are only compared.
    private static func destinationSteps(
        _ reading: Reading, of scenario: Scenario
    ) throws(ScenarioError) -> [Scenario.Step] {
        guard let destination = scenario.destination else {
            throw reading.error("destination-steps need a destination")
        }
        let own = try steps(reading, build: destination.build)
        guard !(scenario.steps + own).contains(where: { $0.action == .migrate }) else {
            throw reading.error("destination-steps go with a scenario that does not migrate")
        }
        return own
    }

    /// The document as one node; YAML's own errors become ours.
    static func root(_ text: String, file: String, types: MachineTypeCatalogue) throws(ScenarioError) -> Reading {
        guard text.utf8.count <= sizeLimit else {
            throw ScenarioError(message: "a scenario has at most 1 MiB", line: nil, column: nil, file: file)
        }
        do {
            // All scalars are text, as each is read by what it stands for.
            guard let node = try Yams.compose(yaml: text, .basic, .default, .utf8) else {
                throw ScenarioError(message: "the file is empty", line: nil, column: nil, file: file)
            }
            return Reading(node: node, file: file, types: types)
        } catch let error as ScenarioError {
            throw error
        } catch let error as YamlError {
            throw located(error, file: file)
        } catch {
            throw ScenarioError(message: "the file cannot be read as YAML", line: nil, column: nil, file: file)
        }
    }

    private static func located(_ error: YamlError, file: String) -> ScenarioError {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            ScenarioError(message: problem, line: mark.line, column: mark.column, file: file)
        case .reader(let problem, _, _, _):
            ScenarioError(message: problem, line: nil, column: nil, file: file)
        default:
            ScenarioError(message: "the file cannot be read as YAML", line: nil, column: nil, file: file)
        }
    }

    /// `like: source` is what every destination is unless it names its own type and devices.
    private static func destination(
        _ reading: Reading, basedOn source: MachineSetup
    ) throws(ScenarioError) -> MachineSetup {
        if let word = reading.node.scalar?.string {
            guard word == "same" else { throw reading.error("a destination is a machine, or “same”") }
            return source
        }
        let fields = reading.node.mapping
        guard let like = fields?["like"] else { return try machine(reading, basedOn: source) }
        switch like.scalar?.string {
        case "source": return try machine(reading, basedOn: source)
        case "nothing": return try machine(reading, basedOn: nil)
        default: throw reading.at(like).error("like must be source or nothing")
        }
    }

    private static func expectation(_ reading: Reading) throws(ScenarioError) -> Scenario.Expectation {
        let fields = try reading.fields("expect", allowed: ["load", "verdict", "findings", "ends"])
        var expectation = Scenario.Expectation()
        expectation.load = try fields["load"]?.choice("load", Scenario.Expectation.Load.self)
        expectation.verdict = try fields["verdict"]?.choice("verdict", Scenario.Expectation.Verdict.self)
        expectation.findings = try fields["findings"].map(words) ?? []
        expectation.ends = try fields["ends"].map(words) ?? []
        return expectation
    }

    private static func words(_ reading: Reading) throws(ScenarioError) -> [String] {
        if reading.node.scalar != nil { return [try reading.text("a word")] }
        return try reading.items("a list of words").map { item throws(ScenarioError) in try item.text("a word") }
    }
}
