import ArgumentParser
import BuildReplay
import Glibc
import PSeries
import QEMUControl
import Replay
import Synchronization

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

    @Option(help: "A machine type alone, instead of all that the build and the model have.")
    var machineType: String?

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
        guard BuildProfile.named(release) != nil else {
            FileOutput.error("\(build): there is no profile of QEMU \(release)")
            throw ExitCode(2)
        }
        let types = MachineType.all.filter { type in
            facts.machines.contains { $0.name == type.name } && (machineType ?? type.name) == type.name
        }
        guard !types.isEmpty else {
            FileOutput.error("\(build): has no such machine type")
            throw ExitCode(2)
        }
        let state = Mutex(Tally())
        let (first, total, length, limit) = (seed, count, length, limit)
        inParallel(workers) { _ in
            while let number = state.withLock({ $0.next(of: total, limit: limit) }) {
                let type = types[number % types.count]
                let scenario = RandomScenario(
                    seed: first &+ UInt64(number), type: type, build: release, length: length)
                let found = Trial(scenario, build: build).outcome()
                state.withLock { $0.note(found, seed: first &+ UInt64(number), type: type.name) }
            }
        }
        return state.withLock { tally in
            FileOutput.line(
                "\(build): QEMU \(release): \(tally.done) scenarios of \(length) steps, seeds from \(first): "
                    + "\(tally.differences) with differences, \(tally.troubles) that could not be run")
            return tally.differences > 0 || tally.troubles > 0
        }
    }
}

/// What came of the scenarios so far.
private struct Tally {
    private(set) var done = 0
    private(set) var differences = 0
    private(set) var troubles = 0
    private var begun = 0

    mutating func next(of total: Int, limit: Int) -> Int? {
        guard begun < total, differences + troubles < limit else { return nil }
        defer { begun += 1 }
        return begun
    }

    mutating func note(_ outcome: Trial.Outcome, seed: UInt64, type: String) {
        done += 1
        switch outcome {
        case .same: break
        case .trouble(let reason):
            troubles += 1
            FileOutput.line("seed \(seed), \(type): \(reason)")
        case .different(let scenario, let differences):
            self.differences += 1
            FileOutput.line("seed \(seed), \(type), shortest scenario:")
            FileOutput.line(scenario.text + differences.prefix(8).map { "# \($0)\n" }.joined())
        }
    }
}

/// One scenario on both, and the shortest one that still differs.
private struct Trial {
    enum Outcome {
        case same
        case different(RandomScenario, [String])
        case trouble(String)
    }

    private let scenario: RandomScenario
    private let build: String

    init(_ scenario: RandomScenario, build: String) {
        self.scenario = scenario
        self.build = build
    }

    func outcome() -> Outcome {
        do {
            let differences = try Comparison.differences(scenario.text, build: build)
            guard !differences.isEmpty else { return .same }
            let shortest = shortest()
            let rest = (try? Comparison.differences(shortest.text, build: build)) ?? []
            // What is gone the second time depends on more than the scenario.
            return rest.isEmpty
                ? .different(scenario, differences + ["(not seen again)"]) : .different(shortest, rest)
        } catch {
            return .trouble("\(error)\n\(scenario.text)")
        }
    }

    /// Takes parts away, halves first, then single steps, as long as a difference stays.
    private func shortest() -> RandomScenario {
        var best = scenario
        var size = max(1, best.steps.count / 2)
        while size >= 1 {
            var start = 0
            var isShorter = false
            while start < best.steps.count {
                var candidate = best
                candidate.steps.removeSubrange(start..<min(start + size, best.steps.count))
                if let differences = try? Comparison.differences(candidate.text, build: build), !differences.isEmpty {
                    best = candidate
                    isShorter = true
                } else {
                    start += size
                }
            }
            if size == 1, !isShorter { break }
            size = max(1, size / 2)
            if size == 1, best.steps.count == 1 { break }
        }
        return best
    }
}

/// Lines to standard output, whole and at once.
enum FileOutput {
    static func line(_ text: String) { write(text, to: STDOUT_FILENO) }
    static func error(_ text: String) { write("conformance: " + text, to: STDERR_FILENO) }

    private static func write(_ text: String, to descriptor: Int32) {
        let bytes = Array((text + "\n").utf8)
        _ = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }
}
