import ArgumentParser
import Reports
import SnapshotStore

/// `irqproof fsck`: checks a whole snapshot file.
struct FsckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fsck",
        abstract: "Check a snapshot file as a whole.",
        usage: "irqproof fsck [OPTION]... DATABASE",
        discussion: Help.text(
            """
            Checks the database itself, its references, and every digest of every snapshot. A snapshot that can be
            trusted is, to the last bit, what was stored. Nothing is repaired: import the rest again.

            Example: irqproof fsck snapshots.db

            Exit codes: 0 everything can be trusted, 1 something cannot, 2 the file could not be opened, 64 usage.
            """)
    )

    @Argument(help: "The snapshot file.")
    var database: String

    @OptionGroup var output: OutputOptions

    func run() throws {
        let check = try Stores.open(database).check()
        let report = StoreCheckReport(
            file: database, fileProblems: check.fileProblems,
            snapshots: check.snapshots.map { verdict in
                StoreCheckReport.Entry(
                    name: verdict.name ?? "snapshot \(verdict.id)", problem: verdict.problem?.message)
            })
        switch output.format {
        case .json: Console.write(report.json())
        case .text: Console.write(report.text(style: Console.style(output.color)))
        }
        if !check.isSound { throw ExitStatus.different }
    }
}
