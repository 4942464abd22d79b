import ArgumentParser
import BuildReplay
import PSeries
import QEMUControl
import Replay

/// Holds builds of QEMU against the model: the same seeded random scenarios on both.
@main
struct Conformance: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conformance",
        abstract: "Run seeded random scenarios on the model and on builds of QEMU, and compare everything.",
        discussion: "Exit codes: 0 no difference, 1 differences, each with a shortest scenario, 2 trouble, 64 usage.")

    @Argument(help: "Builds of QEMU.")
    var builds: [String]

    @Option(help: "Scenarios for each build.")
    var count = 100

    @Option(help: "The first scenario's seed.")
    var seed: UInt64 = 1

    @Option(help: "Steps of a scenario.")
    var length = 60

    @Option(help: "Scenarios at the same time.")
    var workers = 2

    @Option(help: "Differences after which a build is given up.")
    var limit = 5

    @Option(help: "Seconds that a scenario may take on a build.")
    var seconds = 120

    @Option(help: "A machine type alone, instead of all that the build and the model have.")
    var machineType: String?

    @Option(help: "A file that keeps what was found equal, so that a later run goes on after it.")
    var journal: String?

    @Option(help: "A scenario file, run instead of random ones.")
    var scenario: String?

    @Flag(help: "Print the scenario of the first seed, and run nothing.")
    var show = false

    func run() throws {
        var hasDifferences = false
        for build in builds {
            do {
                if try hold(build) { hasDifferences = true }
            } catch let error as QEMUError {
                FileOutput.error("\(build): \(error)")
                throw ExitCode(2)
            }
        }
        if hasDifferences { throw ExitCode(1) }
    }

    /// Whether a build does anything otherwise.
    private func hold(_ build: String) throws -> Bool {
        let facts = try BuildFacts(asking: build)
        let release = facts.version.release
        guard let profile = BuildProfile.named(release) else {
            FileOutput.error("\(build): there is no profile of QEMU \(release)")
            throw ExitCode(2)
        }
        if let scenario { return try hold(build, against: scenario) }
        let types = MachineType.all.filter { type in
            facts.machines.contains { $0.name == type.name } && (machineType ?? type.name) == type.name
        }
        guard !types.isEmpty else {
            FileOutput.error("\(build): has no such machine type")
            throw ExitCode(2)
        }
        let length = length
        let draw: @Sendable (UInt64) -> RandomScenario = { seed in
            RandomScenario(
                seed: seed, type: types[Int(seed % UInt64(types.count))], build: profile, length: length)
        }
        guard !show else {
            FileOutput.line(draw(seed).text)
            return false
        }
        let kept = try journal.map { try Journal($0, of: "\(release) \(length)") }
        let tally = SharedTally(Tally(first: seed, count: count, limit: limit, done: kept?.seeds ?? []))
        let comparison = Comparison(build: build, limit: .seconds(seconds))
        inParallel(workers) { _ in
            while let seed = tally.next() {
                let scenario = draw(seed)
                let found = Trial(scenario, comparison).outcome()
                if case .same = found { kept?.note(seed) }
                tally.note(found, Coverage(of: scenario.text), seed: seed)
            }
        }
        FileOutput.line("\(build): QEMU \(release), \(length) steps a scenario: \(tally.result.summary)")
        return tally.result.hasFindings
    }

    /// Whether a build does anything otherwise in the scenario of a file.
    private func hold(_ build: String, against path: String) throws -> Bool {
        guard let text = FileOutput.content(of: path) else { throw ValidationError("\(path) cannot be read") }
        let outcome = try Comparison(build: build, limit: .seconds(seconds)).outcome(of: text)
        switch outcome {
        case .same: FileOutput.line("\(build): agrees")
        case .overdue(let reason): FileOutput.line("\(build): not over in time: \(reason)")
        case .different(let differences):
            FileOutput.line("\(build): differs\n" + differences.map { "  \($0)" }.joined(separator: "\n"))
        }
        if case .same = outcome { return false }
        return true
    }
}
