import ArgumentParser
import Glibc
import InterruptState
import PSeries
import QEMUControl
import SavedState
import SnapshotStore
import Synchronization

struct CaptureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "capture",
        abstract: "Take the state of a running VM, or of a machine at reset.",
        usage: "irqproof capture [OPTION]... [-- BUILD ARGUMENT...]",
        discussion: Help.text(
            """
            A running VM is named by its QMP socket; it is paused while its state is streamed out, and resumed. One that
            is migrating is left alone. A build's machine is saved before it runs.

            Example: irqproof capture --qmp /run/vm.qmp --output vm.mig
                     irqproof capture --qmp /run/vm.qmp --into snapshots.db
                     irqproof capture --into s.db -- qemu-system-ppc64 -M pseries

            Exit codes: 0 captured, 2 trouble (nothing was written), 64 usage.
            """)
    )

    @Option(help: ArgumentHelp("QMP socket of a running VM.", valueName: "socket"))
    var qmp: String?

    @Option(name: .shortAndLong, help: ArgumentHelp("File for the stream.", valueName: "file"))
    var output: String?

    @Option(help: ArgumentHelp("Snapshot file to store the state in.", valueName: "db"))
    var into: String?

    @Option(help: "Name of the snapshot.")
    var name: String?

    @Flag(help: "Replace a snapshot of the same name.")
    var replace = false

    @Option(help: "Seconds that QEMU may keep silent.")
    var patience = 60

    @Argument(parsing: .postTerminator, help: ArgumentHelp("A build and its arguments.", valueName: "build"))
    var commandLine: [String] = []

    func validate() throws {
        guard (qmp == nil) != commandLine.isEmpty else {
            throw ValidationError("give either --qmp or, after --, a build and its command line")
        }
        guard output != nil || into != nil else { throw ValidationError("give --output, --into or both") }
        guard name == nil || into != nil else { throw ValidationError("--name goes with --into") }
        guard (1...86_400).contains(patience) else { throw ValidationError("--patience is 1 to 86400 seconds") }
    }

    func run() throws {
        Interruption.watch()
        if let qmp {
            try capture(try QMPConnection(path: qmp, patience: .seconds(min(patience, 10))), from: qmp)
        } else {
            let arguments = Array(commandLine.dropFirst())
            let machine = try VirtualMachine(build: commandLine[0], arguments: arguments + ["-S"])
            defer { machine.end() }
            try capture(machine.qmp, from: commandLine.joined(separator: " "))
        }
    }

    private func capture(_ session: QMPConnection, from origin: String) throws {
        let live = LiveCapture(session)
        let type = try live.machine()
        guard type.hasPrefix("pseries") else {
            throw Trouble("\(origin): a machine of type \(type), not a pseries guest; nothing was touched")
        }
        if try session.runState() == "running" { Console.error("the VM is paused while its state is taken") }
        var file = try StateFile(path: output)
        let facts = try live.run(into: &file, patience: .seconds(patience)) { _, _ throws(QEMUError) in
            if Interruption.happened { throw QEMUError(.busy, "interrupted; nothing was written") }
        }
        if let pause = facts.pause { Console.error("the VM runs again, after \(Self.text(pause))") }
        let saved = file.bytesPath
        if let output {
            try file.finish()
            Console.write([output])
        }
        if let into { try store(output ?? saved, origin: origin, facts: facts, into: into) }
        // A file that was not finished goes with this.
        withExtendedLifetime(file) {}
    }

    /// Decodes the state and stores it with what was seen beside it.
    private func store(_ path: String, origin: String, facts: LiveCapture.Facts, into: String) throws {
        let file = try SavedStateFile.open(path: path)
        let stream = try file.state(nil).open()
        var provenance = Provenance(stream, in: file)
        provenance.filePath = output ?? origin
        provenance.producerVersion = facts.version.description
        provenance.notes.append("captured from \(origin), which was \(facts.runState)")
        provenance.notes.append("info pic printed:\n" + facts.controllers)
        let state = try StateDecoder.decode(stream)
        let name = name ?? state.facts.typeName ?? "capture"
        let snapshot = NewSnapshot(name: name, state: state, provenance: provenance)
        try Stores.create(into).add([snapshot], replacing: replace)
        Console.write(["\(into)#\(name)  \(state.digest())"])
    }

    private static func text(_ duration: Duration) -> String {
        let milliseconds = duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
        return milliseconds < 10_000 ? "\(milliseconds) ms" : "\(milliseconds / 1000) s"
    }
}

/// Whether the user asked to stop: a paused VM must be resumed first.
enum Interruption {
    private static let flag = Atomic<Bool>(false)

    static var happened: Bool { flag.load(ordering: .relaxed) }

    static func watch() {
        for number in [SIGINT, SIGTERM, SIGHUP] {
            signal(number) { _ in Interruption.flag.store(true, ordering: .relaxed) }
        }
    }
}
