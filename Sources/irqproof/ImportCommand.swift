import ArgumentParser
import InterruptState
import Reports
import SnapshotStore

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Store saved VMs in a snapshot file.",
        usage: "irqproof import [OPTION]... --into DATABASE FILE...",
        discussion: Help.text(
            """
            The snapshot file is SQLite and is made for queries by hand. Either all of the files are stored
            or none.

            Example: irqproof import before.mig after.mig --into snapshots.db
                     irqproof import guest.mig --into snapshots.db --name before-upgrade

            Exit codes: 0 stored, 2 trouble (nothing was stored), 64 usage.
            """)
    )

    @Argument(help: "Saved VMs, scenarios, or FILE#SNAPSHOT to copy a snapshot.")
    var files: [String]

    @Option(help: "The snapshot file; made if it does not exist.")
    var into: String

    @Option(help: "Name of the snapshot; only with one file. Otherwise it is the file's own name.")
    var name: String?

    @Option(help: "Version of the QEMU that saved them, which a saved VM does not tell; for queries.")
    var build: String?

    @Flag(help: "Replace a snapshot of the same name.")
    var replace = false

    @Flag(inversion: .prefixedNo, help: "Read the event queues from guest memory and store their entries.")
    var queues = true

    func validate() throws {
        guard !files.isEmpty else { throw ValidationError("give at least one file") }
        guard name == nil || files.count == 1 else { throw ValidationError("--name goes with one file only") }
    }

    func run() throws {
        let snapshots = try files.map { file in
            var input = try Input(file, readsQueues: queues, digestsDevices: true)
            if let build { input.provenance.producerVersion = build }
            return NewSnapshot(
                name: name ?? input.defaultSnapshotName, state: input.state, provenance: input.provenance)
        }
        let store = try Stores.create(into)
        try store.add(snapshots, replacing: replace)
        Console.write(snapshots.map { printable("\(into)#\($0.name)  \($0.state.digest())") })
    }
}
