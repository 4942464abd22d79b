import ArgumentParser
import Certificate
import Checker
import Glibc
import Reports

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Compare a guest before and after a migration.",
        usage: "irqproof verify [OPTION]... SOURCE [DESTINATION]",
        discussion: Help.text(
            """
            SOURCE is the guest as saved, DESTINATION the state after the load, --constructed the destination as its
            command line built it; alone it asks whether that machine may take this guest. A state is a saved VM, a
            snapshot, or a scenario: FILE is its source when it migrates, FILE#loaded and FILE#constructed the rest.

            Example: irqproof verify before.mig after.mig --constructed empty.mig
                     irqproof verify snapshots.db#7.2 snapshots.db#10.0 --level exact
                     irqproof verify snapshots.db --against 7.2

            Exit codes: 0 identical, 1 different, 2 trouble (unreadable, nothing to compare), 64 usage.
            """)
    )

    @Argument(help: "The guest as saved, or a file of snapshots.")
    var source: String

    @Argument(help: "The guest after the load.")
    var destination: String?

    @Option(help: ArgumentHelp("The destination as built, before the load.", valueName: "state"))
    var constructed: String?

    @Option(help: "How strict: what a guest can observe, or every bit.")
    var level: Level?

    @Flag(inversion: .prefixedNo, help: "Read the event queues from guest memory and compare their entries.")
    var queues = true

    @Option(help: ArgumentHelp("Verify this snapshot of a file against all others.", valueName: "name"))
    var against: String?

    @Flag(help: "Verify every snapshot against every later one.")
    var allPairs = false

    @Option(help: "How many of these at once; otherwise one a processor.")
    var jobs: Int?

    @Option(help: "Form of the result.")
    var format: VerificationFormat = .text

    @OptionGroup var certificate: CertificateOption
    @OptionGroup var colour: ColourOption

    func validate() throws {
        guard (1...1024).contains(jobs ?? 1) else { throw ValidationError("--jobs is from 1 to 1024") }
        if against != nil || allPairs {
            guard destination == nil, constructed == nil, against == nil || !allPairs else {
                throw ValidationError("--against and --all-pairs go with a snapshot file alone")
            }
            guard certificate.certificate == nil else {
                throw ValidationError("a certificate is of one verification")
            }
            guard [.text, .json, .html].contains(format) else {
                throw ValidationError("--against and --all-pairs have the forms text, json and html")
            }
            return
        }
        guard destination != nil || constructed != nil else {
            throw ValidationError("give a DESTINATION, or --constructed STATE, or both")
        }
    }

    func run() throws {
        if against != nil || allPairs { return try verifyFleet() }
        let sides = VerificationSides(
            source: try Input(source, readsQueues: queues && destination != nil),
            destination: try destination.map { try Input($0, readsQueues: queues) },
            constructed: try constructed.map { try Input($0, readsQueues: false) })
        let verification = Checker.verify(
            source: sides.source.state, destination: sides.destination?.state,
            constructed: sides.constructed?.state, level: Settings.current.level(level).content)
        let migration = VerifiedMigration(
            verification: verification, sides: sides.evidence, source: sides.source.state,
            destination: sides.destination?.state, constructed: sides.constructed?.state,
            toolVersion: Version.number)
        try certify(verification, sides)
        Console.write(format.renderer(style: Console.style(colour.color)).render(migration))
        throw ExitCode(verification.verdict.exitStatus)
    }

    private func certify(_ verification: Verification, _ sides: VerificationSides) throws {
        let inputs = [("source", source), ("destination", destination), ("constructed", constructed)].compactMap {
            role, argument in argument.map { (role, $0) }
        }
        try certificate.write(inputs: inputs) { (inputs, tool) throws(CertificateError) in
            try .states(
                verification, source: sides.source.state, destination: sides.destination?.state,
                constructed: sides.constructed?.state, inputs: inputs, tool: tool)
        }
    }

    private func verifyFleet() throws {
        let level = Settings.current.level(level).content
        let workers = jobs ?? sysconf(Int32(_SC_NPROCESSORS_ONLN))
        let fleet = FleetVerification(path: source, level: level, workers: workers)
        let results = try against.map(fleet.against) ?? fleet.allPairs()
        let report = FleetReport(results.map(\.entry), level: level)
        switch format {
        case .json: Console.write(report.json())
        case .html: Console.write(report.html(toolVersion: Version.number))
        default: Console.write(report.text(style: Console.style(colour.color)))
        }
        throw ExitCode(report.verdict.exitStatus)
    }
}

extension VerificationFormat: ExpressibleByArgument {}

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
