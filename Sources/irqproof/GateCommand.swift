import ArgumentParser
import Gate
import Glibc
import Reports

/// `irqproof gate`: a policy's whole matrix on real builds.
struct GateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gate",
        abstract: "Hold a candidate build of QEMU against released ones.",
        usage: "irqproof gate [OPTION]...",
        discussion: Help.text(
            """
            Runs every cell of a policy on real builds: machine, guest's calls, migration, comparison of three states.
            Results go into one file as they come; run again, the gate goes on where it was.

            Example: irqproof gate
                     irqproof gate --candidate NEW --shard 2/5 --results part2.db
                     irqproof gate --candidate OLD --record baseline.yaml
                     git bisect run irqproof gate --bisect --candidate NEW

            Exit codes: 0 all compared and nothing found, 1 findings, 2 trouble or a cell without a verdict (125 with
            --bisect), 64 usage.
            """)
    )

    @OptionGroup var input: GateInput

    @Option(help: ArgumentHelp("Run one of N parts alone.", valueName: "K/N"))
    var shard: Shard?

    @Option(help: ArgumentHelp("Cells at the same time.", valueName: "N"))
    var workers: Int?

    @Option(help: ArgumentHelp("File of results.", valueName: "db"))
    var results = "irqproof-gate.db"

    @Option(help: ArgumentHelp("Record the candidate as a baseline.", valueName: "file"))
    var record: String?

    @Flag(help: "Forget the results and begin again.")
    var restart = false

    @Flag(help: "Exit with 125 where nothing can be said.")
    var bisect = false

    @Flag(help: "List the cells.")
    var list = false

    @Option(help: ArgumentHelp("Print the scenario of a cell.", valueName: "cell"))
    var show: String?

    @OptionGroup var output: GateOutputOptions

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
            Console.error((error as? Trouble)?.message ?? "\(error)")
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
        let (conduct, cost) = (conduct(gate), RunCost())
        let (found, records) = try gate.run(conduct) { progress.show($0) }
        progress.finish()
        if let text = cost.text(cells: progress.count, workers: conduct.workers) { Console.error(text) }
        let report = try gate.report(found, shard: shard, today: GateInput.today())
        output.write(report)
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
        abstract: "Put the parts of a gate together: one report.",
        usage: "irqproof merge [OPTION]... RESULT...",
        discussion: Help.text(
            """
            The report is the one that a single run would have given. What no part ran leaves the gate undecided.

            Example: irqproof merge part1.db part2.db part3.db

            Exit codes: 0 all compared and nothing found, 1 findings, 2 trouble or a cell without a verdict, 64 usage.
            """)
    )

    @Argument(help: ArgumentHelp("Files of results.", valueName: "result"))
    var files: [String]

    @OptionGroup var input: GateInput
    @OptionGroup var output: GateOutputOptions

    func run() throws {
        let gate = try input.gate()
        for file in files where !TextFile.exists(file) { throw Trouble("\(file): there is no such file") }
        let report = try gate.report(gate.merge(files), shard: nil, today: GateInput.today())
        output.write(report)
        throw GateInput.exitStatus(report)
    }
}

extension Shard: ExpressibleByArgument {
    /// `K/N`.
    public init?(argument: String) { self.init(argument) }
}
