import Glibc

/// A QEMU that this process started and speaks to.
///
/// It ends with this object. Nothing of it stays behind: socket, log and guest memory have no names in the file
/// system, and its processes are kept by `Program`.
public final class VirtualMachine {
    /// The session with its monitor.
    public let qmp: QMPConnection
    /// The path of the build.
    public let build: String
    /// All arguments it was started with.
    public let arguments: [String]
    private let program: Program

    /// Starts a build.
    ///
    /// - Parameters:
    ///   - build: path or name of a `qemu-system-ppc64`.
    ///   - arguments: the command line without the program; a QMP monitor is added, nothing else.
    ///   - patience: how long the start and each command may take.
    public convenience init(
        build: String, arguments: [String], patience: Duration = .seconds(20)
    ) throws(QEMUError) {
        try self.init(build: build, arguments: arguments, files: [], patience: patience)
    }

    /// Starts a build with open files, which become its descriptors 4, 5, …
    init(build: String, arguments: [String], files: [Descriptor], patience: Duration) throws(QEMUError) {
        if let daemon = arguments.first(where: { $0 == "-daemonize" || $0 == "--daemonize" }) {
            throw QEMUError(.cannotStart, "\(daemon) is not for a machine that is watched")
        }
        self.build = build
        self.arguments =
            arguments + ["-chardev", "socket,id=irqproof-qmp,fd=3", "-qmp", "chardev:irqproof-qmp"]
        let socket: Descriptor
        (program, socket) = try Self.start(build, self.arguments, files)
        do throws(QEMUError) {
            qmp = try Self.connect(socket, program, patience)
        } catch {
            throw Self.explain(error, program)
        }
    }

    /// Starts the program; gives our end of its monitor. The other end is the program's alone when this returns, so
    /// that its death is seen at once.
    private static func start(
        _ build: String, _ arguments: [String], _ files: [Descriptor]
    ) throws(QEMUError) -> (Program, Descriptor) {
        let (ours, theirs) = try Descriptor.socketPair()
        return (try Program(path: build, arguments: arguments, descriptors: [theirs] + files), ours)
    }

    private static func connect(
        _ socket: Descriptor, _ program: Program, _ patience: Duration
    ) throws(QEMUError) -> QMPConnection {
        do throws(QEMUError) {
            return try QMPConnection(SocketChannel(socket), patience: patience)
        } catch  where error.code == .timedOut {
            throw QEMUError(.timedOut, "\(program.path): no greeting in time", advice: "is it a build of QEMU?")
        }
    }

    /// Ends QEMU at once.
    public func end() {
        program.kill()
    }

    /// Runs something that speaks to QEMU; where QEMU ended meanwhile, the error says how and with what words.
    public func explaining<Result>(
        _ body: (VirtualMachine) throws(QEMUError) -> Result
    ) throws(QEMUError) -> Result {
        do throws(QEMUError) {
            return try body(self)
        } catch {
            throw explained(error)
        }
    }

    /// An error of the connection, with what the process tells of itself.
    public func explained(_ error: QEMUError) -> QEMUError {
        Self.explain(error, program)
    }

    /// Adds what the process tells to an error of the connection.
    private static func explain(_ error: QEMUError, _ program: Program) -> QEMUError {
        var result = error
        // A dying process closes its sockets a moment before its end can be seen.
        let patience: Duration = error.code == .disconnected ? .seconds(2) : .zero
        let end = (try? program.waitForEnd(until: Deadline(after: patience))) ?? nil
        if let end, error.code == .disconnected || error.code == .timedOut {
            result = QEMUError(.ended, "\(program.path) ended \(end)")
            if error.message.hasPrefix("the other side") { result.advice = "is it a build of QEMU?" }
        }
        if result.log.isEmpty { result.log = program.logTail }
        return result
    }

    /// What QEMU wrote to its error output so far, at most the last 4 KiB.
    public var log: String { program.logTail }

    /// QEMU's process id, for tests and messages.
    public var process: Int32 { program.process }

    /// How QEMU ended; nil while it runs.
    public func exit(within patience: Duration) throws(QEMUError) -> ProcessEnd? {
        try program.waitForEnd(until: Deadline(after: patience))
    }

    /// How QEMU ended, in words; nil while it runs.
    public func ending(within patience: Duration) throws(QEMUError) -> String? {
        try program.waitForEnd(until: Deadline(after: patience))?.description
    }
}
