import ArgumentParser
import Checker
import InterruptState
import PSeries
import Reports
import SavedState
import SnapshotStore

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show the interrupt state of a saved VM.",
        usage: "irqproof inspect [OPTION]... FILE",
        discussion: Help.text(
            """
            Prints every claimed interrupt number with its owner, binding and queue; the event queues; the
            thread contexts or presenters; and what looks wrong in this state alone.

            The file may be a migration stream, plain or compressed, a libvirt save image, a disk image with
            snapshots, a snapshot file, or a scenario, which is run; - is standard input.

            Example: irqproof inspect guest.mig
                     irqproof inspect disk.qcow2#before-upgrade --format json

            Exit codes: 0 shown, 2 the file could not be read, 64 usage.
            """)
    )

    @Argument(help: "A saved VM, a snapshot file, a scenario, FILE#SNAPSHOT, or -.")
    var file: String

    @Flag(help: "Also show free numbers with leftovers, queues that are not enabled, and the sections.")
    var all = false

    @Flag(help: "Also read the event queues from guest memory and show their entries.")
    var queues = false

    @Flag(help: "Show instead what became of every byte: decoded, skipped under a rule, or not understood.")
    var ledger = false

    @Option(help: "Where the stream begins in the file, in bytes (saved with file:NAME,offset=N).")
    var offset: UInt64?

    @Option(help: "With --queues: a file of another connection of a multifd migration; give each of them.")
    var channel: [String] = []

    @OptionGroup var output: OutputOptions

    func run() throws {
        if ledger { return try showLedger() }
        let input: Input
        do {
            input = try Input(file, offset: offset, channels: channel, readsQueues: queues)
        } catch let error as SavedStateError where error.code == .missing {
            listSections()
            throw error
        }
        let findings = Checker.inspect(input.state)
        switch output.format {
        case .json:
            Console.write(InspectionReport.json(input.state, findings: findings, evidence: input.evidence))
        case .text:
            let style = Console.style(output.color)
            Console.write(
                InspectionReport.text(
                    input.state, findings: findings, evidence: input.evidence, showsAll: all, showsQueues: queues,
                    style: style))
        }
    }

    /// Accounts for every byte, also of a stream that is damaged or has no pseries interrupt controller.
    private func showLedger() throws {
        let (path, label) = InputName.split(file)
        guard path == "-" || offset != nil || !SnapshotStore.recognizes(path: path) else {
            throw Trouble("\(file): a snapshot file has no bytes of a stream; give the saved VM itself")
        }
        let saved = try SavedStateFile.open(path: path, offset: offset)
        let stream = try saved.state(label).open(options: OpenOptions(acceptsPartial: true))
        var provenance = Provenance(stream, in: saved)
        var state: MachineState?
        do {
            state = try StateDecoder.decode(stream)
        } catch {
            provenance.notes.append(error.description)
        }
        let progress = Progress("reading the stream")
        let ledger = ByteLedger(stream, state: state, progress: progress.update)
        progress.finish()
        let evidence = Evidence(name: file, facts: [("container", provenance.container)], notes: provenance.notes)
        switch output.format {
        case .json: Console.write(LedgerReport.json(ledger, evidence: evidence))
        case .text: Console.write(LedgerReport.text(ledger, evidence: evidence, style: Console.style(output.color)))
        }
        if let damage = stream.damage { throw damage }
    }

    /// What there is in a stream without a pseries interrupt controller.
    private func listSections() {
        let (path, label) = InputName.split(file)
        guard let stream = try? SavedStateFile.open(path: path, offset: offset).state(label).open() else { return }
        let machine = stream.configuration?.machineType ?? "machine type not named"
        let sections = stream.sections.map {
            SectionListing.Entry(name: $0.name, instance: $0.instance, version: $0.version, bytes: $0.bodyLength)
        }
        let style = Console.style(output.color)
        Console.write(SectionListing.text(sections, machineType: machine, notes: stream.notes, style: style))
    }
}
