import Glibc

/// Called while a state is transferred: with the bytes so far and QEMU's own status. Throwing ends the transfer.
public typealias TransferObserver = (_ bytes: UInt64, _ status: MigrationStatus) throws(QEMUError) -> Void

extension QMPConnection {
    /// The name under which QEMU keeps the descriptor of a transfer.
    private static let descriptorName = "irqproof-state"

    /// How often QEMU is asked how far it is.
    private static let interval = Duration.milliseconds(20)

    /// Streams the machine's state into a sink: QEMU migrates into a pipe.
    ///
    /// A pipe that is handed over works in every build and under every sandbox: no `exec:`, no file that QEMU must be
    /// allowed to write, and what goes wrong with the sink is seen here. The machine is left as QEMU leaves it:
    /// in the run state `postmigrate` after success. Where a migration is running, QEMU refuses.
    ///
    /// - Parameter patience: how long QEMU may send nothing.
    public func saveState<Sink: StateSink>(
        into sink: inout Sink, patience: Duration = .seconds(30), observer: TransferObserver? = nil
    ) throws(QEMUError) {
        let intake = Intake(sink)
        var end: Descriptor? = try intake.open()
        var hasBegun = false
        defer { sink = intake.sink }
        try attended(by: intake) { () throws(QEMUError) in
            do throws(QEMUError) {
                try begin("migrate", with: &end)
                hasBegun = true
                try transfer(intake, patience: patience, observer: observer)
            } catch {
                // The pipe goes first: QEMU may wait for room in it before it listens to anything.
                intake.abandon()
                // One that did not begin may be a second one, and the first another's.
                if hasBegun { cancelMigration() }
                throw error
            }
        }
    }

    /// Loads a state into a machine that was started with `-incoming defer`.
    ///
    /// - Parameter patience: how long QEMU may take nothing.
    public func loadState(_ source: some StateSource, patience: Duration = .seconds(30)) throws(QEMUError) {
        let supply = Supply(source)
        var end: Descriptor? = try supply.open()
        try attended(by: supply) { () throws(QEMUError) in
            try begin("migrate-incoming", with: &end)
            try transfer(supply, patience: patience, observer: nil)
        }
    }

    /// Begins a transfer through a descriptor, which is QEMU's alone from then on: its closing is to be seen.
    private func begin(_ command: String, with descriptor: inout Descriptor?) throws(QEMUError) {
        let deadline = Deadline(after: patience)
        let name = QMPValue.text(Self.descriptorName)
        let handing = try send("getfd", ["fdname": name], handing: descriptor?.number, until: deadline)
        descriptor = nil
        let beginning = try send(command, ["uri": .text("fd:" + Self.descriptorName)], until: deadline)
        _ = try answer(to: "getfd", handing, until: deadline)
        _ = try answer(to: command, beginning, until: deadline)
    }

    private func attended(by attendant: any Attendant, _ body: () throws(QEMUError) -> Void) throws(QEMUError) {
        self.attendant = attendant
        defer { self.attendant = nil }
        try body()
    }

    /// Serves one end of the pipe and asks how far QEMU is, until both are done.
    private func transfer(
        _ end: any TransferEnd, patience: Duration, observer: TransferObserver?
    ) throws(QEMUError) {
        var stalled = Deadline(after: patience)
        while true {
            let before = end.byteCount
            try serve(end, until: Deadline(after: Self.interval))
            let status = try statusIfAnswered()
            if let status {
                try observer?(end.byteCount, status)
                // A machine that waits for a state has no status, or "none", before the first bytes.
                if status.isOver, !status.isComplete, status.state ?? "none" != "none" { throw Self.failure(status) }
                if status.isComplete, end.isComplete { return }
            }
            if end.byteCount != before { stalled = Deadline(after: patience) }
            guard !stalled.isOver else { throw QEMUError(.timedOut, "QEMU does not go on with the state") }
        }
    }

    private func serve(_ end: any TransferEnd, until deadline: Deadline) throws(QEMUError) {
        if end.isDone {
            pause(.milliseconds(1))
            return
        }
        while !deadline.isOver, !end.isDone {
            // To wake for each small piece costs more than to read it: only that QEMU closes its end is waited for.
            let isClosed = end.isAhead ? try wait(for: (end.descriptor, 0), until: deadline) : false
            if !isClosed {
                guard try wait(for: (end.descriptor, end.events), until: deadline) else { return }
            }
            try end.serve()
        }
    }

    /// The status; nil where QEMU is too busy with the state to answer within a moment.
    private func statusIfAnswered() throws(QEMUError) -> MigrationStatus? {
        do throws(QEMUError) {
            return try migrationStatus()
        } catch  where error.code == .timedOut {
            return nil
        }
    }

    /// Ends a migration and waits a moment for it to be over, so that the machine can be resumed.
    private func cancelMigration() {
        guard (try? execute("migrate_cancel")) != nil else { return }
        let deadline = Deadline(after: .seconds(5))
        while let status = try? migrationStatus(), status.isRunning, !deadline.isOver { pause(.milliseconds(10)) }
    }

    private static func failure(_ status: MigrationStatus) -> QEMUError {
        QEMUError(.migrationFailed, "the migration \(status.state ?? "?")" + (status.reason.map { ": \($0)" } ?? ""))
    }
}
