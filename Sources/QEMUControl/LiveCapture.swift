/// Takes the state of a running machine without leaving a trace in it: it is paused, saved and resumed, and what was
/// changed for that is put back.
public struct LiveCapture {
    /// What is worth keeping beside a state.
    public struct Facts: Hashable, Sendable {
        /// The build.
        public var version: QEMUVersion
        /// The machine type's QOM name, for example `pseries-7.2-machine`.
        public var machine: String
        /// What the machine was doing before.
        public var runState: String
        /// What `info pic` printed of the state that was saved.
        public var controllers: String
        /// How long the machine was paused; nil where it was not running.
        public var pause: Duration?
    }

    /// Capabilities that give a stream another form than that of one pipe, or RAM that is not in it.
    private static let unwanted: Set<String> = [
        "multifd", "compress", "xbzrle", "mapped-ram", "x-colo", "rdma-pin-all", "background-snapshot",
        "postcopy-ram", "postcopy-preempt", "return-path", "zero-copy-send", "switchover-ack", "release-ram",
    ]
    /// Run states in which a state can be saved.
    private static let suitable: Set<String> = [
        "running", "paused", "prelaunch", "postmigrate", "shutdown", "suspended", "guest-panicked", "io-error",
        "watchdog",
    ]

    private let qmp: QMPConnection

    /// Of the machine behind a session.
    public init(_ qmp: QMPConnection) {
        self.qmp = qmp
    }

    /// The machine type's QOM name, before anything is touched.
    public func machine() throws(QEMUError) -> String {
        guard let name = try qmp.property("type", of: "/machine").text else {
            throw QEMUError(.badAnswer, "the machine has no type")
        }
        return name
    }

    /// Streams the state into a sink.
    ///
    /// A machine that is migrating, or waits for a state, is left alone (`busy`). Where the machine cannot be resumed
    /// the error says so, whatever went wrong before.
    ///
    /// - Parameters:
    ///   - patience: how long QEMU may send nothing.
    ///   - observer: called meanwhile; throwing ends the capture, and the machine is resumed.
    public func run<Sink: StateSink>(
        into sink: inout Sink, patience: Duration = .seconds(60), observer: TransferObserver? = nil
    ) throws(QEMUError) -> Facts {
        let runState = try qmp.runState()
        let migration = try qmp.migrationStatus()
        guard migration.isOver else {
            throw QEMUError(
                .busy, "a migration of this machine is running (\(migration.state ?? "?"))",
                advice: "nothing was touched; try again when it is over")
        }
        guard Self.suitable.contains(runState) else {
            throw QEMUError(.busy, "the machine is in the state \(runState)", advice: "nothing was touched")
        }
        var facts = Facts(version: qmp.version, machine: try machine(), runState: runState, controllers: "")
        let settings = try TransferSettings(qmp, without: Self.unwanted)
        let isRunning = runState == "running"
        let start = ContinuousClock.now
        var failure: QEMUError?
        do throws(QEMUError) {
            if isRunning { try qmp.stop() }
            try settings.apply()
            facts.controllers = try qmp.monitor("info pic")
            try qmp.saveState(into: &sink, patience: patience, observer: observer)
        } catch {
            failure = error
        }
        settings.restore()
        if isRunning { failure = resume(after: failure) }
        if let failure { throw failure }
        facts.pause = isRunning ? ContinuousClock.now - start : nil
        return facts
    }

    private func resume(after failure: QEMUError?) -> QEMUError? {
        do throws(QEMUError) {
            try qmp.resume()
            return failure
        } catch {
            var result = failure ?? error
            // A machine that is gone needs no resuming.
            if error.code != .disconnected {
                result.advice = "the machine may still be paused: resume it with “cont”"
            }
            return result
        }
    }
}

/// Settings of a machine's migrations that a capture changes, and puts back.
private struct TransferSettings {
    private let qmp: QMPConnection
    private let capabilities: [String]
    private let bandwidth: QMPValue?

    init(_ qmp: QMPConnection, without unwanted: Set<String>) throws(QEMUError) {
        self.qmp = qmp
        capabilities = try qmp.execute("query-migrate-capabilities").elements
            .filter { $0["state"] == true }
            .compactMap { $0["capability"]?.text }
            .filter { unwanted.contains($0) }
        bandwidth = try qmp.execute("query-migrate-parameters")["max-bandwidth"]
    }

    func apply() throws(QEMUError) {
        try set(to: false)
        // A paused guest should not wait for a limit that spares a network; 1 PiB/s is none.
        if bandwidth != nil { try qmp.execute("migrate-set-parameters", ["max-bandwidth": .integer(1 << 50)]) }
    }

    /// A refusal here must not hide the capture's own result.
    func restore() {
        try? set(to: true)
        if let bandwidth { _ = try? qmp.execute("migrate-set-parameters", ["max-bandwidth": bandwidth]) }
    }

    private func set(to state: Bool) throws(QEMUError) {
        guard !capabilities.isEmpty else { return }
        let list = capabilities.map { QMPValue.object(["capability": .text($0), "state": .truth(state)]) }
        try qmp.execute("migrate-set-capabilities", ["capabilities": .list(list)])
    }
}
