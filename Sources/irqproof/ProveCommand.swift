import ArgumentParser
import Certificate
import Glibc
import PSeries
import Prover
import Reports

/// `irqproof prove`: statements over all configurations and histories of machine types.
struct ProveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove",
        abstract: "Prove statements about number maps.",
        usage: "irqproof prove [OPTION]... MACHINE [MACHINE]",
        discussion: Help.text(
            """
            With one machine type: its map is sound, and numbers do not depend on history. With two: both give
            equal numbers in every configuration. Each claim is printed with its domain and bounds.

            Example: irqproof prove pseries-7.2
                     irqproof prove pseries-7.2 pseries-10.0

            Exit codes: 0 all proved, 1 a claim refuted, 2 undecided or trouble, 64 usage.
            """))

    @Argument(help: "One or two machine types, or description files.")
    var machine: [String]

    @Option(help: "Only the claims whose names begin so, such as vio or messages-independent.")
    var claim: String?

    @Option(help: "Longest history, in steps.")
    var depth = 40

    @Option(help: "Directory for counterexamples as scenario files.")
    var scenarios: String?

    @Option(name: .customLong("emit-smt2"), help: "Directory for the obligations as SMT-LIB 2 files.")
    var emitSMT2: String?

    @OptionGroup var machines: MachineOptions
    @OptionGroup var certificate: CertificateOption
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (1...2).contains(machine.count) else { throw ValidationError("prove needs one or two machines") }
        guard (1...100).contains(depth) else { throw ValidationError("--depth is from 1 to 100") }
    }

    func run() throws {
        var bounds = Bounds()
        bounds.depth = depth
        let types = try machine.map { try machines.machine($0).type }
        let statement = Statement(types, bounds: bounds)
        let proofs = statement.proofs { name in claim.map { name.hasPrefix($0) } ?? true }
        guard !proofs.isEmpty else {
            throw Trouble("no claim is of that name: \(statement.claims.joined(separator: ", "))")
        }
        try write(proofs)
        try certificate.write(inputs: machines.files(machine)) { [bounds] (inputs, tool) throws(CertificateError) in
            try .claims(proofs, about: types, bounds: bounds, inputs: inputs, tool: tool)
        }
        if let emitSMT2 { try write(statement.obligations(), to: emitSMT2) }
        Console.write(
            output.format == .json
                ? ProofReport.json(proofs) : ProofReport.text(proofs, style: Console.style(output.color)))
        if proofs.contains(where: { $0.verdict == .refuted }) { throw ExitStatus.different }
        if proofs.contains(where: { $0.verdict == .undecided }) { throw ExitStatus.trouble }
    }

    private func write(_ proofs: [Proof]) throws {
        guard let scenarios else { return }
        try makeDirectory(scenarios)
        for proof in proofs {
            guard let counterexample = proof.counterexample else { continue }
            try TextFile.write(counterexample.scenario, to: "\(scenarios)/\(proof.claim).yaml")
        }
    }

    private func write(_ obligations: [Obligation], to directory: String) throws {
        try makeDirectory(directory)
        for obligation in obligations {
            try TextFile.write(obligation.text, to: "\(directory)/\(obligation.name).smt2")
        }
    }

    private func makeDirectory(_ path: String) throws {
        guard mkdir(path, 0o777) == 0 || errno == EEXIST else {
            throw Trouble("\(path): \(String(cString: strerror(errno)))")
        }
    }
}
