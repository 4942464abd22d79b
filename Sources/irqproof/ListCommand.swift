import ArgumentParser
import InterruptState
import Reports
import SnapshotStore

struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the snapshots in a snapshot file.",
        discussion: """
            Example: irqproof list snapshots.db

            Exit codes: 0 listed, 2 the file could not be read, 64 usage.
            """
    )

    @Argument(help: "The snapshot file.")
    var database: String

    @OptionGroup var output: OutputOptions

    func run() throws {
        let summaries = try SnapshotStore.open(path: database, mode: .readOnly).list()
        let entries = summaries.map { summary in
            ListReport.Entry(
                name: summary.name, machineType: summary.machineType, mode: summary.activeMode,
                claimedCount: summary.claimedCount, queueCount: summary.enabledQueueCount, cpuCount: summary.cpuCount,
                importTime: summary.importTime, digest: summary.digest.description, file: summary.filePath)
        }
        switch output.format {
        case .json: Console.write(ListReport.json(entries))
        case .text: Console.write(ListReport.text(entries, style: Console.style(output.color)))
        }
    }
}
