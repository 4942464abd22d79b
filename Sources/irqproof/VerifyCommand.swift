import ArgumentParser
import Checker
import Reports

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Compare a guest before and after a migration, number by number.",
        discussion: """
            SOURCE is the guest as it was saved. DESTINATION is the state after the load. --constructed is
            the destination as its command line built it, before the load: its devices raise the numbers
            that they were built with. Give either or both; with --constructed alone the question is
            whether that machine may take this guest.

            Example: irqproof verify before.mig after.mig --constructed empty.mig
                     irqproof verify snapshots.db#7.2 snapshots.db#10.0 --level exact

            Exit codes: 0 identical, 1 different, 2 trouble (unreadable, nothing to compare), 64 usage.
            """
    )

    @Argument(help: "The guest as saved: a saved VM, a snapshot file, or FILE#SNAPSHOT.")
    var source: String

    @Argument(help: "The guest after the load.")
    var destination: String?

    @Option(help: "The destination as built, before the load.")
    var constructed: String?

    @Option(help: "How strict: guest-visible (what a guest can observe) or exact (every bit).")
    var level: Level = .guestVisible

    @Flag(inversion: .prefixedNo, help: "Read the event queues from guest memory and compare their entries.")
    var queues = true

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard destination != nil || constructed != nil else {
            throw ValidationError("give a DESTINATION, or --constructed STATE, or both")
        }
    }

    func run() throws {
        let sides = VerificationSides(
            source: try Input(source, readsQueues: queues && destination != nil),
            destination: try destination.map { try Input($0, readsQueues: queues) },
            constructed: try constructed.map { try Input($0, readsQueues: false) })
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
