import ArgumentParser
import Gate
import Glibc
import Reports

/// `irqproof gate`: a policy's whole matrix on real builds.
struct GateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gate",
        abstract: "Hold a candidate build against released ones: every machine type, mode, topology and scenario.",
        discussion: """
            Runs the cells of a policy (irqproof.yaml; irqproof init writes one) on builds of QEMU: each starts a machine,
            runs a guest's calls without a guest image, migrates it for real and compares the three states. Results go
            into one SQLite file as they come; run again, the gate goes on where it was. The same file holds the states
            behind each finding: irqproof list shows them, irqproof verify compares them.

            A released build can be recorded once (--record) and compared with later, without the build.

            Example: irqproof gate
                     irqproof gate --candidate build/qemu-system-ppc64 --shard 2/5 --results part2.db
                     irqproof gate --candidate old/qemu-system-ppc64 --record baseline.yaml
                     git bisect run irqproof gate --bisect --candidate build/qemu-system-ppc64

            Exit codes: 0 every cell compared and nothing found, 1 findings, 2 trouble or a cell without a verdict
            (with --bisect 125), 64 usage.
            """)

    @OptionGroup var input: GateInput

    @Option(help: "Run the K-th of N parts alone: K/N.")
    var shard: Shard?

    @Option(help: "Cells at the same time. Otherwise as the policy says, else one for each processor.")
    var workers: Int?

    @Option(help: "File of results; made if it does not exist.")
    var results = "irqproof-gate.db"

    @Option(help: "Record what the candidate does, as a baseline in this file.")
    var record: String?

    @Flag(help: "Forget the results in the file and begin again.")
    var restart = false

    @Flag(help: "Exit with 125 where the candidate cannot be tested, as git bisect run wants it.")
    var bisect = false

    @Flag(help: "List the cells instead of running them.")
    var list = false

    @Option(help: "Print the scenario of a cell instead of running anything.")
    var show: String?

    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let workers, !(1...1024).contains(workers) { throw ValidationError("--workers is 1 to 1024") }
        guard record == nil || shard == nil else { throw ValidationError("--record and --shard exclude each other") }
    }

    func run() throws {
        do {
            try runGate()
        } catch let status as ExitCode {
            throw bisect && status == ExitStatus.trouble ? ExitCode(125) : status
        } catch  where bisect {
            Console.error("\(error)")
            throw ExitCode(125)
        }
    }

    private func runGate() throws {
        let gate = try input.gate(isRecording: record != nil)
        if list { return Console.write(gate.matrix.cells(ofShard: shard).map(\.cell.id)) }
        if let show { return try print(show, gate) }
        if restart, TextFile.exists(results) { try Gate.clear(results) }
        Interruption.watch()
        let progress = GateProgress()
        let (found, records) = try gate.run(conduct(gate)) { progress.show($0) }
        progress.finish()
        let report = try gate.report(found, shard: shard, today: GateInput.today())
        Console.write(
            output.format == .json
                ? GateJSON.text(report) : GateText.text(report, style: Console.style(output.color)))
        if Interruption.happened { Console.error("interrupted: run the gate again to go on where it was") }
        if let record { try write(records, gate, report, to: record) }
        throw GateInput.exitStatus(report)
    }

    private func conduct(_ gate: Gate) -> Gate.Conduct {
        let processors = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        return Gate.Conduct(
            shard: shard, workers: workers ?? gate.policy.workers.map(Int.init) ?? processors, results: results,
            tool: Version.number, now: { Console.now() }, isStopped: { Interruption.happened })
    }

    private func print(_ id: String, _ gate: Gate) throws {
        guard let cell = gate.matrix.cells.first(where: { $0.id == id }), let text = gate.matrix.text(of: cell) else {
            throw Trouble("there is no cell \(id); --list names them")
        }
        Console.write(text)
    }

    private func write(
        _ records: [String: CellRecord], _ gate: Gate, _ report: GateReport, to path: String
    ) throws {
        guard report.rows.allSatisfy({ $0.trouble == nil && $0.status != "not-run" }), !report.rows.isEmpty else {
            throw Trouble("nothing is recorded: a cell has no verdict")
        }
        guard records.count == report.rows.count else {
            throw Trouble("nothing is recorded: \(results) has results of before; give another --results, or --restart")
        }
        let version = gate.builds.last?.version ?? ""
        try TextFile.write(Baseline(version: version, records: records).text, to: path)
        Console.error("recorded \(records.count) cells of QEMU \(version) in \(path)")
    }
}

/// `irqproof merge`: the report of a gate that ran in parts.
struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Put the results of a gate's parts together: the report that one run would have given.",
        discussion: """
            RESULT files are those of irqproof gate --shard. Policy and builds must be there and the same. What no part
            ran is told, and leaves the gate undecided.

            Example: irqproof merge part1.db part2.db part3.db

            Exit codes: 0 every cell compared and nothing found, 1 findings, 2 trouble or a cell without a verdict,
            64 usage.
            """)

    @Argument(help: "Files of results.")
    var files: [String]

    @OptionGroup var input: GateInput
    @OptionGroup var output: OutputOptions

    func run() throws {
        let gate = try input.gate()
        for file in files where !TextFile.exists(file) { throw Trouble("\(file): there is no such file") }
        let report = try gate.report(gate.merge(files), shard: nil, today: GateInput.today())
        Console.write(
            output.format == .json
                ? GateJSON.text(report) : GateText.text(report, style: Console.style(output.color)))
        throw GateInput.exitStatus(report)
    }
}

extension Shard: ExpressibleByArgument {
    /// `K/N`.
    public init?(argument: String) { self.init(argument) }
}
