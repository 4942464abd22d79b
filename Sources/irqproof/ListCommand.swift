import ArgumentParser
import InterruptState
import Reports
import SnapshotStore

struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List what a snapshot file or a scenario holds.",
        usage: "irqproof list [OPTION]... FILE",
        discussion: Help.text(
            """
            --where KEY=PATTERN lists those alone that fit; given several times, all must. Keys are name, machine,
            mode, build (as --build of import gave it) and owner (of some number of the map); patterns those of a shell.

            Example: irqproof list snapshots.db
                     irqproof list snapshots.db --where machine=pseries-7.* --where "owner=PHB 1 LSI*"
                     irqproof list mine.yaml

            Exit codes: 0 listed, 2 the file could not be read, 64 usage.
            """)
    )

    @Argument(help: "The snapshot file, or a scenario.")
    var database: String

    @Option(name: .customLong("where"), help: "List those alone that fit, for example mode=xive.")
    var conditions: [Condition] = []

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard conditions.isEmpty || !ScenarioInput.recognizes(path: database) else {
            throw ValidationError("--where goes with a snapshot file")
        }
    }

    func run() throws {
        let entries = try ScenarioInput.recognizes(path: database) ? moments() : snapshots()
        switch output.format {
        case .json: Console.write(ListReport.json(entries))
        case .text: Console.write(ListReport.text(entries, style: Console.style(output.color)))
        }
    }

    private func snapshots() throws -> [ListReport.Entry] {
        let filter = SnapshotFilter(conditions.map(\.value))
        return try Stores.open(database).list(filter).map { summary in
            ListReport.Entry(
                name: summary.name, machineType: summary.machineType, mode: summary.activeMode,
                claimedCount: summary.claimedCount, queueCount: summary.enabledQueueCount, cpuCount: summary.cpuCount,
                importTime: summary.importTime, digest: summary.digest.description, file: summary.filePath)
        }
    }

    private func moments() throws -> [ListReport.Entry] {
        let now = Console.now()
        return try ScenarioInput(path: database).states.map { moment, state in
            ListReport.Entry(
                name: moment.rawValue, machineType: state.facts.typeName, mode: state.facts.activeMode,
                claimedCount: state.claimedNumbers.count,
                queueCount: state.xive?.queues.filter(\.isEnabled).count ?? 0, cpuCount: state.cpus.count,
                importTime: now, digest: state.digest().description, file: database)
        }
    }
}

/// `KEY=PATTERN` on the command line.
struct Condition: ExpressibleByArgument {
    let value: SnapshotFilter.Condition

    init?(argument: String) {
        guard let equals = argument.firstIndex(of: "="),
            let key = SnapshotFilter.Key(rawValue: String(argument[..<equals]))
        else { return nil }
        value = SnapshotFilter.Condition(key, String(argument[argument.index(after: equals)...]))
    }
}
