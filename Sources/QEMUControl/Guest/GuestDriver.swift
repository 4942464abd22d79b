import Glibc
import Synchronization

/// Makes calls as a guest of a machine: an unmodified build, no guest image.
///
/// The machine shares its memory with this process, so that a batch of calls costs no round trip through the monitor:
/// records are written into guest memory, the payload walks them, results are read from guest memory. The other way
/// needs a few round trips for each call, and holds the first one to account.
public final class GuestDriver {
    /// The machine.
    public let machine: VirtualMachine
    /// How long a batch may take.
    public var patience: Duration = .seconds(20)
    /// Servers whose vCPUs run the payload, in the order of starting; the first is the boot vCPU.
    public private(set) var servers: [UInt32]

    /// How calls are made.
    public enum Way: String, Hashable, Sendable, CaseIterable {
        /// The payload walks tables of them.
        case payload
        /// The debugger's stub of the build steps single instructions.
        case debugger
    }

    /// Name of a character device at whose other end `type` is: for `-serial chardev:` or a VIO terminal.
    public static let terminalName = "irqproof-terminal"

    /// How guest memory comes to a destination.
    public enum MemoryTransfer: Hashable, Sendable {
        /// In the stream, as everything else.
        case inStream
        /// Beside the stream, from file to file: QEMU leaves memory that it shares out of the stream (capability
        /// `x-ignore-shared`, 4.0 and later), and need not look at every page of it. The stream says so in its
        /// configuration, which machine types from 2.4 on have.
        case besideStream
    }

    /// How this machine's memory comes to its destinations.
    public let memoryTransfer: MemoryTransfer

    private let memory: MachineMemory
    private let code: PayloadCode
    private let terminal: Descriptor
    private let stepped: SteppedCalls?
    private var batches: UInt64
    private var isRunning = false

    /// Arguments that give a machine its shared memory and the payload; `-M` is the caller's.
    ///
    /// The memory has the name that QEMU gives it by default, so that its block in the stream has it too.
    private static func arguments(_ memory: MachineMemory, _ way: Way) -> [String] {
        let debugger = ["-chardev", "socket,id=irqproof-debugger,fd=7", "-gdb", "chardev:irqproof-debugger"]
        return [
            "-object",
            "memory-backend-file,id=ppc_spapr.ram,share=on,size=\(memory.size),mem-path=/proc/self/fd/4,"
                + "x-use-canonical-path-for-ramblock-id=off",
            "-machine", "memory-backend=ppc_spapr.ram", "-m", "size=\(memory.size >> 20)M",
            "-bios", "/proc/self/fd/5",
            "-chardev", "socket,id=\(terminalName),fd=6",
        ] + (way == .debugger ? debugger : [])
    }

    private typealias Payload = (code: PayloadCode, file: Descriptor)

    private static let payload = Mutex<Payload?>(nil)

    /// The payload and a file of it, the same for all machines, which can only read it.
    private static func sharedPayload() throws(QEMUError) -> Payload {
        try payload.withLock { payload throws(QEMUError) in
            if let payload { return payload }
            let code = try PayloadCode()
            let made: Payload = (code, try Descriptor.inMemory("payload", bytes: code.bytes))
            payload = made
            return made
        }
    }

    /// Starts a build with the payload, paused.
    ///
    /// - Parameters:
    ///   - arguments: the machine and its devices, without memory, firmware, monitor and display.
    ///   - server: number of the boot vCPU.
    public convenience init(
        build: String, arguments: [String], server: UInt32 = 0, way: Way = .payload,
        memoryTransfer: MemoryTransfer = .inStream, patience: Duration = .seconds(20)
    ) throws(QEMUError) {
        try self.init(
            build: build, arguments: arguments, servers: [server], batches: 0, way: way,
            memoryTransfer: memoryTransfer, extra: [], patience: patience)
    }

    /// Starts a build that takes over from this one: it waits for this machine's state, which is paused.
    public func destination(build: String, arguments: [String]) throws(QEMUError) -> GuestDriver {
        let driver = try GuestDriver(
            build: build, arguments: arguments, servers: servers, batches: batches,
            way: stepped == nil ? .payload : .debugger, memoryTransfer: memoryTransfer,
            extra: ["-incoming", "defer"], patience: patience)
        // Its own reset is over, and what that wrote into memory gives way.
        if memoryTransfer == .besideStream { try driver.memory.become(memory) }
        return driver
    }

    private init(
        build: String, arguments: [String], servers: [UInt32], batches: UInt64, way: Way,
        memoryTransfer: MemoryTransfer, extra: [String], patience: Duration
    ) throws(QEMUError) {
        self.memoryTransfer = memoryTransfer
        let payload = try Self.sharedPayload()
        code = payload.code
        memory = try MachineMemory(mebibytes: 256)
        // One thread for all vCPUs, which yield to each other while they wait, unless the caller says otherwise.
        let accelerator = arguments.contains("-accel") ? [] : ["-accel", "tcg,thread=single"]
        let all =
            Self.arguments(memory, way) + accelerator + arguments + ["-nodefaults", "-display", "none", "-S"] + extra
        let (ours, theirs) = try Descriptor.socketPair()
        terminal = ours
        let debugger = way == .debugger ? try Descriptor.socketPair() : nil
        let files = [memory.file, payload.file, theirs] + (debugger.map { [$0.1] } ?? [])
        machine = try VirtualMachine(build: build, arguments: all, files: files, patience: patience)
        if let debugger {
            stepped = try SteppedCalls(debugger.0, code, memory, patience: patience)
        } else {
            stepped = nil
        }
        self.servers = servers
        self.batches = batches
        self.patience = patience
        guard memoryTransfer == .besideStream else { return }
        let capability: QMPValue = ["capability": "x-ignore-shared", "state": true]
        try machine.explaining { machine throws(QEMUError) in
            _ = try machine.qmp.execute("migrate-set-capabilities", ["capabilities": [capability]])
        }
    }

    /// Runs calls in order on one vCPU.
    ///
    /// The machine goes on running afterwards, as to pause and resume it costs many times what a call does. Its vCPUs
    /// take a processor's time while they wait for calls, so pause it when there are none for a while.
    ///
    /// - Parameter server: a vCPU that runs the payload; nil is the boot vCPU.
    @discardableResult
    public func run(_ calls: [GuestCall], on server: UInt32? = nil) throws(QEMUError) -> [CallResult] {
        guard let place = servers.firstIndex(of: server ?? servers.first ?? 0) else {
            throw QEMUError(.payload, "the vCPU of server \(server ?? 0) was not started")
        }
        if stepped == nil { try letRun() }
        var results: [CallResult] = []
        var rest = calls[...]
        // No calls are an empty batch: when it is done, the payload has begun.
        repeat {
            let batch = PayloadBatch(Array(rest.prefix(PayloadLayout.recordCount)))
            rest = rest.dropFirst(batch.calls.count)
            results += try run(batch, mailbox: PayloadLayout.mailboxes + UInt64(place) * PayloadLayout.mailboxSize)
        } while !rest.isEmpty
        return results
    }

    /// Starts the vCPU of a server, by a call of the boot vCPU; negotiations must be over by then.
    public func start(server: UInt32) throws(QEMUError) {
        guard servers.count < PayloadLayout.mailboxCount, !servers.contains(server) else {
            throw QEMUError(.payload, "the vCPU of server \(server) cannot be started, or was already")
        }
        let mailbox = PayloadLayout.mailboxes + UInt64(servers.count) * PayloadLayout.mailboxSize
        try memory.write([UInt8](repeating: 0, count: Int(PayloadLayout.mailboxSize)), at: mailbox)
        try memory.setWord(batches, at: mailbox + UInt64(PayloadLayout.Mailbox.asked))
        try memory.setWord(batches, at: mailbox + UInt64(PayloadLayout.Mailbox.done))
        let call = GuestCall.firmware(
            token: 0x2006, arguments: [server, UInt32(code.entry), UInt32(mailbox)], returns: 1)
        guard try run([call]).first?.returns == [0] else {
            throw QEMUError(.payload, "the vCPU of server \(server) cannot be started: there is none, or it runs")
        }
        servers.append(server)
        // Its first batch, an empty one, shows that it is there.
        _ = try run(PayloadBatch([]), mailbox: mailbox)
    }

    /// Pauses the machine where it runs, so that it can be saved.
    public func pause() throws(QEMUError) {
        if stepped?.areAstray == true { try letRun() }
        try halt()
    }

    private func halt() throws(QEMUError) {
        guard isRunning else { return }
        try machine.explaining { machine throws(QEMUError) in try machine.qmp.stop() }
        isRunning = false
    }

    /// The device tree that the machine was started with; it must have run.
    public func deviceTree() throws(QEMUError) -> [UInt8] {
        let address = try memory.word(at: PayloadLayout.mailboxes + UInt64(PayloadLayout.Mailbox.tree))
        let head = try memory.read(at: address, count: 8).map(UInt32.init)
        guard head[..<4].elementsEqual([0xd0, 0x0d, 0xfe, 0xed]) else {
            throw QEMUError(.payload, "there is no device tree where the machine says")
        }
        return try memory.read(at: address, count: Int(head[4...].reduce(0) { $0 << 8 | $1 }))
    }

    /// Types a character at the terminal.
    public func type(_ character: UInt8) throws(QEMUError) {
        var byte = character
        guard send(terminal.number, &byte, 1, Int32(MSG_NOSIGNAL)) == 1 else {
            throw .system("nothing can be typed at the terminal", errno)
        }
    }

    /// The vCPU of a server is gone: another that takes its number can be started.
    public func stopped(server: UInt32) {
        // Mailboxes go by place, so its own stays empty.
        servers = servers.map { $0 == server ? Self.noServer : $0 }
    }

    /// Stands in ``servers`` where a vCPU is gone.
    static let noServer = UInt32.max

    /// After a reset of the machine: the boot vCPU alone runs the payload.
    public func restarted() {
        servers = Array(servers.prefix(1))
        stepped?.forget()
    }

    /// Whether all of a stretch is guest memory.
    public func hasMemory(at address: UInt64, count: Int) -> Bool { memory.contains(address, count: count) }

    /// Whether nobody ever wrote to a stretch of guest memory, as far as that costs nothing to know.
    public func isBlankMemory(at address: UInt64, count: Int) -> Bool { memory.isBlank(address, count: count) }

    /// Reads guest memory.
    public func readMemory(at address: UInt64, count: Int) throws(QEMUError) -> [UInt8] {
        try memory.read(at: address, count: count)
    }

    /// Lets the machine run where it does not.
    public func letRun() throws(QEMUError) {
        guard !isRunning else { return }
        try machine.explaining { machine throws(QEMUError) in
            try stepped?.park()
            try machine.qmp.resume()
        }
        isRunning = true
    }

    private func run(_ batch: PayloadBatch, mailbox: UInt64) throws(QEMUError) -> [CallResult] {
        if let stepped { return try step(batch, mailbox, stepped) }
        try batch.write(to: memory)
        batches += 1
        let fields: [(Int, UInt64)] = [
            (PayloadLayout.Mailbox.firstRecord, PayloadLayout.records),
            (PayloadLayout.Mailbox.recordCount, UInt64(batch.calls.count)),
            (PayloadLayout.Mailbox.left, UInt64(batch.calls.count)),
            // Last: this word sets the payload going.
            (PayloadLayout.Mailbox.asked, batches),
        ]
        for (offset, value) in fields { try memory.setWord(value, at: mailbox + UInt64(offset)) }
        try awaitDone(mailbox: mailbox, count: batch.calls.count)
        return try batch.results(from: memory)
    }

    private func step(
        _ batch: PayloadBatch, _ mailbox: UInt64, _ stepped: SteppedCalls
    ) throws(QEMUError) -> [CallResult] {
        try halt()
        do throws(QEMUError) {
            return try machine.explaining { _ throws(QEMUError) in try stepped.run(batch, mailbox: mailbox) }
        } catch {
            var placed = error
            placed.message += ", at call \(stepped.callNumber) of \(batch.calls.count)"
            throw placed
        }
    }

    private func awaitDone(mailbox: UInt64, count: Int) throws(QEMUError) {
        let done = mailbox + UInt64(PayloadLayout.Mailbox.done)
        let deadline = Deadline(after: patience)
        var look = Deadline(after: .milliseconds(100))
        // Most calls take some tens of microseconds.
        var rest = Duration.microseconds(50)
        while try memory.word(at: done) != batches {
            QEMUControl.pause(rest)
            rest = min(rest * 2, .milliseconds(2))
            guard look.isOver else { continue }
            look = Deadline(after: .milliseconds(100))
            do throws(QEMUError) {
                // A machine that ended, or stopped by itself, does no more calls.
                let state = try machine.explaining { machine throws(QEMUError) in try machine.qmp.runState() }
                guard state == "running" else { throw QEMUError(.payload, "the machine is \(state)") }
                guard !deadline.isOver else { throw QEMUError(.timedOut, "a call does not end") }
            } catch {
                throw place(error, mailbox: mailbox, count: count)
            }
        }
    }

    /// Says with which call of a batch something went wrong.
    private func place(_ error: QEMUError, mailbox: UInt64, count: Int) -> QEMUError {
        var result = error
        let left = (try? memory.word(at: mailbox + UInt64(PayloadLayout.Mailbox.left))) ?? UInt64(count)
        let number = UInt64(count) - min(left, UInt64(count)) + 1
        result.message += ", at call \(number) of \(count)"
        return result
    }
}

extension GuestDriver {
    /// Saves the machine's state; it can go on afterwards.
    public func save(into sink: inout some StateSink) throws(QEMUError) {
        do throws(QEMUError) {
            try machine.qmp.saveState(into: &sink, patience: patience)
        } catch {
            let failure = error
            throw machine.explained(failure)
        }
    }
}
