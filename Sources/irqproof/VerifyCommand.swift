import ArgumentParser
import Checker
import Glibc
import Reports

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Compare a guest before and after a migration, number by number.",
        discussion: """
            SOURCE is the guest as it was saved. DESTINATION is the state after the load. --constructed is
            the destination as its command line built it, before the load: its devices raise the numbers
            that they were built with. Give either or both; with --constructed alone the question is
            whether that machine may take this guest. Each may be a saved VM, a snapshot, or a scenario, which is
            run: FILE is its source when it migrates, FILE#loaded and FILE#constructed its destination.

            Example: irqproof verify before.mig after.mig --constructed empty.mig
                     irqproof verify snapshots.db#7.2 snapshots.db#10.0 --level exact
                     irqproof verify expected.yaml after.mig
                     irqproof verify snapshots.db --against 7.2

            --against NAME verifies that snapshot against every other one of the file, --all-pairs every one against
            every later one. Equal states are verified once.

            Exit codes: 0 identical, 1 different, 2 trouble (unreadable, nothing to compare), 64 usage.
            """
    )

    @Argument(help: "The guest as saved: a saved VM, a snapshot file, a scenario, or FILE#SNAPSHOT.")
    var source: String

    @Argument(help: "The guest after the load.")
    var destination: String?

    @Option(help: "The destination as built, before the load.")
    var constructed: String?

    @Option(help: "How strict: guest-visible (what a guest can observe) or exact (every bit).")
    var level: Level = .guestVisible

    @Flag(inversion: .prefixedNo, help: "Read the event queues from guest memory and compare their entries.")
    var queues = true

    @Option(help: "With a snapshot file alone: verify this snapshot against every other one.")
    var against: String?

    @Flag(help: "With a snapshot file alone: verify every snapshot against every later one.")
    var allPairs = false

    @Option(help: "How many verifications run at once, with --against and --all-pairs.")
    var jobs = sysconf(Int32(_SC_NPROCESSORS_ONLN))

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (1...1024).contains(jobs) else { throw ValidationError("--jobs is from 1 to 1024") }
        if against != nil || allPairs {
            guard destination == nil, constructed == nil, against == nil || !allPairs else {
                throw ValidationError("--against and --all-pairs go with a snapshot file alone")
            }
            return
        }
        guard destination != nil || constructed != nil else {
            throw ValidationError("give a DESTINATION, or --constructed STATE, or both")
        }
    }

    func run() throws {
        if against != nil || allPairs { return try verifyFleet() }
        let stores = OpenStores()
        let sides = VerificationSides(
            source: try Input(source, stores: stores, readsQueues: queues && destination != nil),
            destination: try destination.map { try Input($0, stores: stores, readsQueues: queues) },
            constructed: try constructed.map { try Input($0, stores: stores, readsQueues: false) })
        let verification = Checker.verify(
            source: sides.source.state, destination: sides.destination?.state,
            constructed: sides.constructed?.state, level: level)
        switch output.format {
        case .json: Console.write(VerificationReport.json(verification, sides: sides.evidence))
        case .text:
            Console.write(
                VerificationReport.text(verification, sides: sides.evidence, style: Console.style(output.color)))
        }
        throw exitCode(of: verification.verdict)
    }

    private func verifyFleet() throws {
        let fleet = FleetVerification(path: source, level: level, workers: jobs)
        let results = try against.map(fleet.against) ?? fleet.allPairs()
        let report = FleetReport(results.map(\.entry), level: level)
        switch output.format {
        case .json: Console.write(report.json())
        case .text: Console.write(report.text(style: Console.style(output.color)))
        }
        throw exitCode(of: report.verdict)
    }

    private func exitCode(of verdict: Verdict) -> ExitCode {
        switch verdict {
        case .identical: ExitStatus.identical
        case .different: ExitStatus.different
        case .undecided: ExitStatus.trouble
        }
    }
}

/// The states of one verification.
private struct VerificationSides {
    var source: Input
    var destination: Input?
    var constructed: Input?

    var evidence: VerificationReport.Sides {
        VerificationReport.Sides(
            source: source.evidence, destination: destination?.evidence, constructed: constructed?.evidence)
    }
}
