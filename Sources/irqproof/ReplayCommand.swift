import ArgumentParser
import BuildReplay
import Checker
import InterruptState
import PSeries
import QEMUControl
import Replay
import Reports
import Scenarios
import SnapshotStore

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Run a scenario on two machines, models or builds.",
        usage: "irqproof replay [OPTION]... SCENARIO",
        discussion: Help.text(
            """
            Steps before “migrate” run on the source, the others on both. FILE#MOMENT is a state: source, constructed,
            loaded, source-continued or destination-continued. With --source-qemu the machines are builds: they migrate
            for real.

            Example: irqproof replay break-vcpu-order
                     irqproof replay mine.yaml --destination pseries-10.0 --into runs.db
                     irqproof replay linux-xive --source-qemu OLD --destination-qemu NEW

            Exit codes: 0 identical and as expected, 1 not, 2 trouble, 64 usage.
            """)
    )

    @Argument(help: "A scenario file, -, or the name of a bundled scenario.")
    var scenario: String?

    @Option(help: ArgumentHelp("Machine type or description of the source.", valueName: "type"))
    var source: String?

    @Option(help: ArgumentHelp("Machine type or description of the destination.", valueName: "type"))
    var destination: String?

    @Option(help: ArgumentHelp("Trace log of a real guest to replay.", valueName: "log"))
    var trace: String?

    @Option(help: ArgumentHelp("With --trace: the state saved at the end of the log.", valueName: "state"))
    var saved: String?

    @Option(help: ArgumentHelp("With --trace: the state loaded once it is built.", valueName: "state"))
    var loading: String?

    @Option(help: ArgumentHelp("Build of QEMU that runs the source.", valueName: "build"))
    var sourceQemu: String?

    @Option(help: ArgumentHelp("Build to migrate to; several in turn.", valueName: "b"))
    var destinationQemu: [String] = []

    @Option(help: ArgumentHelp("Guests on builds.", valueName: "guest"))
    var guest: GuestDriver.Way?

    @Option(help: "Snapshot file to store the states in.")
    var into: String?

    @Option(help: "How strict: what a guest can observe, or every bit.")
    var level: Level?

    @Flag(help: "List the bundled scenarios.")
    var list = false

    @Flag(help: "Print the scenario instead of running it.")
    var show = false

    @OptionGroup var machines: MachineOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard trace == nil else {
            guard scenario == nil, destination == nil, source != nil else {
                throw ValidationError("--trace goes with --source, which describes the machine of the log")
            }
            guard output.format == .text else { throw ValidationError("--trace gives text only") }
            return
        }
        guard saved == nil, loading == nil else { throw ValidationError("--saved and --loading go with --trace") }
        guard list || scenario != nil else { throw ValidationError("give a SCENARIO, --trace LOG, or --list") }
        guard destinationQemu.isEmpty || sourceQemu != nil else {
            throw ValidationError("--destination-qemu goes with --source-qemu")
        }
    }

    func run() throws {
        if let trace, let source { return try replay(trace: trace, on: source) }
        guard !list, let name = scenario else { return try listBundled() }
        let text = try ScenarioInput.text(name)
        guard !show else { return Console.write(text + "\n") }
        let scenario = try read(text, name)
        let run = try play(scenario, name)
        if let into { try store(run, name: name, path: into) }
        try report(run, scenario, name)
    }

    /// On models, or on builds where they are given.
    private func play(_ scenario: Scenario, _ name: String) throws -> ScenarioRun {
        do {
            guard let build = sourceQemu else { return try ScenarioRun(scenario) }
            let destinations = destinationQemu.isEmpty ? [build] : destinationQemu
            var stage = BuildStage(scenario, source: build, destinations: destinations, way: guest ?? .payload)
            return try ScenarioRun(scenario, on: &stage)
        } catch let error as ConstructionError {
            throw Trouble("\(name): the source cannot be built: \(error.description)")
        } catch let error as BuildTrouble {
            throw Trouble("\(name): \(error.description)")
        }
    }

    private func listBundled() throws {
        for entry in ScenarioLibrary.all {
            let scenario = try read(entry.text, entry.name)
            Console.write(printable("\(entry.name): \(scenario.name)") + "\n")
        }
    }

    /// Reads the scenario and puts other machines in place.
    private func read(_ text: String, _ name: String) throws -> Scenario {
        do {
            var scenario = try ScenarioReader.scenario(text, file: name, types: machines.catalogue())
            if let source { scenario.source = try machine(source, basedOn: scenario.source) }
            if let destination {
                scenario.destination = try machine(destination, basedOn: scenario.destination ?? scenario.source)
            }
            return scenario
        } catch let error as ScenarioError {
            throw Trouble(error.description)
        }
    }

    /// A machine type keeps the rest of the scenario's machine; a file describes what it changes.
    func machine(_ argument: String, basedOn base: MachineSetup?) throws -> MachineSetup {
        let text =
            TextFile.exists(argument)
            ? try TextFile.read(argument, limit: ScenarioReader.sizeLimit) : "{type: \"\(argument)\"}"
        return try ScenarioReader.machine(text, file: argument, basedOn: base, types: machines.catalogue())
    }

    // MARK: - Results

    private func report(_ run: ScenarioRun, _ scenario: Scenario, _ name: String) throws {
        let judgement = run.judgement(level: Settings.current.level(level).content)
        let unmet = run.unmet(scenario.expectation)
        guard let judgement else {
            Console.write(head(run, scenario, unmet))
            throw unmet.isEmpty ? ExitStatus.identical : ExitStatus.different
        }
        let sides = VerificationReport.Sides(
            source: evidence("source", scenario.source, sourceQemu),
            destination: run.loaded.map { _ in evidence("destination", scenario.destination, destinationBuild) },
            constructed: run.constructed.map { _ in
                evidence("destination as built", scenario.destination, destinationBuild)
            })
        switch output.format {
        case .json:
            Console.write(VerificationReport.json(judgement.verification, sides: sides))
        case .text:
            let style = Console.style(output.color)
            Console.write(head(run, scenario, unmet))
            Console.write(VerificationReport.text(judgement.verification, sides: sides, style: style))
            if let later = judgement.continued, later.verdict == .different {
                Console.write("\nafter the steps that follow:\n")
                Console.write(VerificationReport.text(later, sides: sides, style: style))
            }
        }
        throw exitCode(judgement.verdict, isAsExpected: unmet.isEmpty)
    }

    private func exitCode(_ verdict: Verdict, isAsExpected: Bool) -> ExitCode {
        switch verdict {
        case .identical: isAsExpected ? ExitStatus.identical : ExitStatus.different
        case .different: ExitStatus.different
        case .undecided: ExitStatus.trouble
        }
    }

    /// What happened: the load, the step at which the sides part, ends, and what the scenario demands in vain.
    private func head(_ run: ScenarioRun, _ scenario: Scenario, _ unmet: [String]) -> [String] {
        var lines = ["scenario  \(scenario.name)"]
        if let reason = run.constructionRefusal { lines.append("destination  cannot be built: \(reason)") }
        switch run.load {
        case .accepted: lines.append("load      accepted")
        case .refused(let reason): lines.append("load      refused: \(reason)")
        case nil: break
        }
        if let line = run.firstPartingLine { lines.append("parts     at line \(line): \(parting(run, line))") }
        if let end = run.sourceEnd { lines.append("source    \(end)") }
        if let end = run.destinationEnd { lines.append("destination  \(end)") }
        return (lines + unmet.map { "not as expected: \($0)" }).map(printable)
    }

    private func parting(_ run: ScenarioRun, _ line: Int) -> String {
        func text(_ outcomes: [ScenarioRun.Outcome]) -> String {
            guard let outcome = outcomes.last(where: { $0.line == line }) else { return "nothing" }
            if let refusal = outcome.refusal { return refusal }
            let values = outcome.results.map { hexadecimal($0) }
            return values.isEmpty ? "none" : values.joined(separator: " ")
        }
        return "source \(text(run.sourceOutcomes)), destination \(text(run.destinationOutcomes))"
    }

    private var destinationBuild: String? { destinationQemu.last ?? sourceQemu }

    private func evidence(_ name: String, _ setup: MachineSetup?, _ build: String?) -> Evidence {
        guard let setup else { return Evidence(name: name, facts: [], notes: []) }
        if let build {
            return Evidence(name: name, facts: [("machine", setup.type.name), ("build", build)], notes: [])
        }
        let facts = [
            ("machine", setup.type.name), ("build", setup.build.name), ("behaviour", setup.behaviour.rawValue),
        ]
        return Evidence(name: name, facts: facts, notes: [])
    }

    private func store(_ run: ScenarioRun, name: String, path: String) throws {
        try Stores.create(path).add(
            ScenarioInput(run, name: name).snapshots(named: name), replacing: true)
    }
}

extension GuestDriver.Way: ExpressibleByArgument {}
