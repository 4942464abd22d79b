/// The payload: guest code that does what records in memory ask for.
///
/// Loaded at 0 with `-bios`, entered at 0x100 in real mode (`hw/ppc/spapr_cpu_core.c`, QEMU 5.2 to 11.1). Each vCPU
/// waits at its mailbox for a batch, walks its records, stores r3 to r12 after each, and marks the batch done. What
/// faults is noted in its record, and the next one follows. External interrupts stay disabled throughout.
struct PayloadCode {
    /// The code from address 0.
    let bytes: [UInt8]
    /// Where vCPUs that are started later enter; they get the address of their mailbox in r3.
    let entry: UInt64
    /// Where vCPUs wait for a batch.
    let idle: UInt64
    /// The instructions that do what a record asks for, and nothing else: where they begin and end.
    let actions: [PayloadLayout.Kind: Range<UInt64>]

    /// Where the boot vCPU enters, with the address of the device tree in r3 (`hw/ppc/spapr.c`).
    static let bootEntry: UInt64 = 0x100
    /// The register in which a vCPU keeps the address of its mailbox.
    static let mailboxRegister = Int(PayloadWriter.Register.mailbox)
    /// The first of ten registers that calls take and give.
    static let firstRegister = Int(PayloadWriter.Register.first)
    /// The state in which vCPUs run: 64-bit mode, machine checks enabled, external interrupts not.
    static let state: UInt64 = 1 << 63 | 0x1000

    /// Whether an interrupt that ends a record enters at an address.
    static func isFault(_ address: UInt64) -> Bool { PayloadWriter.vectors.contains { UInt64($0) == address } }

    /// Puts the code together.
    init() throws(QEMUError) {
        var writer = PayloadWriter()
        writer.write()
        bytes = try writer.code.bytes()
        entry = writer.entry
        idle = UInt64(writer.idleAddress)
        actions = writer.actions
    }
}

private struct PayloadWriter {
    /// Registers that calls leave alone: they change r3 to r12 at most.
    enum Register {
        static let scratch: UInt32 = 0
        static let left: UInt32 = 29
        static let record: UInt32 = 30
        static let mailbox: UInt32 = 31
        /// Of calls: the first of ten, and two for what goes on between calls.
        static let first: UInt32 = 3
        static let state: UInt32 = 9
        static let place: UInt32 = 10
    }

    /// Interrupts that end a record. A wrong access can raise machine check, storage, segment, alignment, program,
    /// unavailable; the external one comes only while it is listened for.
    static let vectors: [Int16] = [0x200, 0x300, 0x380, 0x400, 0x480, 0x500, 0x600, 0x700, 0x800]
    private static let decrementer = 0x900
    /// Looks at the mailbox before another vCPU gets its turn: some ten microseconds, so that QEMU's main loop gets its
    /// own in between.
    private static let looks: Int16 = 500
    /// External interrupts enabled or not; recoverable, as the instruction sets both bits and no other.
    private static let listeningState = Int16(bitPattern: 0x8002)
    private static let deafState: Int16 = 2

    private(set) var code = PowerAssembler()
    private(set) var entry: UInt64 = 0
    private(set) var idleAddress: UInt32 = 0
    private(set) var actions: [PayloadLayout.Kind: Range<UInt64>] = [:]
    private var skipAddress: UInt32 = 0
    private let idle: PowerAssembler.Label
    private let look: PowerAssembler.Label
    private let begin: PowerAssembler.Label
    private let fault: PowerAssembler.Label
    private let next: PowerAssembler.Label
    private let keep: PowerAssembler.Label
    private let finish: PowerAssembler.Label

    init() {
        idle = code.label()
        look = code.label()
        begin = code.label()
        fault = code.label()
        next = code.label()
        keep = code.label()
        finish = code.label()
    }

    mutating func write() {
        let first = code.label()
        code.advance(to: Int(PayloadCode.bootEntry))
        code.branch(first)
        for vector in Self.vectors {
            code.advance(to: Int(vector))
            code.loadImmediate(Register.scratch, vector)
            code.branch(fault)
        }
        writeDecrementer()
        code.advance(to: 0x1000)
        writeIdle()
        writeWalk()
        writeFinish()
        code.place(fault)
        code.store(.double, Register.scratch, Int16(PayloadLayout.Record.fault), Register.record)
        resume(at: skipAddress)
        entry = UInt64(code.address)
        code.move(Register.mailbox, Register.first)
        resume(at: idleAddress)
        code.place(first)
        code.loadAddress(Register.mailbox, UInt32(PayloadLayout.mailboxes))
        code.store(.double, Register.first, Int16(PayloadLayout.Mailbox.tree), Register.mailbox)
        resume(at: idleAddress)
    }

    /// The clock of the vCPU runs out while interrupts are let in: it is set far ahead, and the listening goes on.
    private mutating func writeDecrementer() {
        code.advance(to: Self.decrementer)
        code.loadAddress(Register.scratch, 0x7fff_ffff)
        code.moveToSpecial(.decrementer, Register.scratch)
        code.returnFromInterrupt()
    }

    /// Goes on in 64-bit mode with machine checks enabled, whatever the state was.
    private mutating func resume(at address: UInt32) {
        code.loadImmediate(Register.state, 1)
        code.shiftLeft(Register.state, Register.state, by: 63)
        code.loadImmediate(Register.place, 0x1000)
        code.or(Register.state, Register.state, Register.place)
        code.moveToSpecial(.resumeState, Register.state)
        code.loadAddress(Register.place, address)
        code.moveToSpecial(.resumeAddress, Register.place)
        code.returnFromInterrupt()
    }

    private mutating func writeIdle() {
        idleAddress = UInt32(code.address)
        code.place(idle)
        code.loadImmediate(Register.left, Self.looks)
        code.place(look)
        code.load(.double, 4, Int16(PayloadLayout.Mailbox.asked), Register.mailbox)
        code.load(.double, 5, Int16(PayloadLayout.Mailbox.done), Register.mailbox)
        code.compare(4, with: 5)
        code.branchIfNotEqual(begin)
        code.add(Register.left, Register.left, -1)
        code.compare(Register.left, 0)
        code.branchIfNotEqual(look)
        code.yield()
        code.branch(idle)
        code.place(begin)
        code.synchronizeInstructions()
        code.load(.double, Register.record, Int16(PayloadLayout.Mailbox.firstRecord), Register.mailbox)
        code.load(.double, Register.left, Int16(PayloadLayout.Mailbox.recordCount), Register.mailbox)
        code.branch(next)
    }

    private mutating func writeWalk() {
        code.place(keep)
        for register in Register.first..<Register.first + 10 {
            code.store(.double, register, offset(of: register, PayloadLayout.Record.output), Register.record)
        }
        skipAddress = UInt32(code.address)
        code.add(Register.record, Register.record, Int16(PayloadLayout.Record.size))
        code.add(Register.left, Register.left, -1)
        code.place(next)
        code.store(.double, Register.left, Int16(PayloadLayout.Mailbox.left), Register.mailbox)
        code.compare(Register.left, 0)
        code.branchIfEqual(finish)
        code.load(.double, Register.scratch, Int16(PayloadLayout.Record.kind), Register.record)
        for register in Register.first..<Register.first + 10 {
            code.load(.double, register, offset(of: register, PayloadLayout.Record.input), Register.record)
        }
        for kind in PayloadLayout.Kind.allCases { write(kind) }
        code.branch(keep)
    }

    private mutating func write(_ kind: PayloadLayout.Kind) {
        let other = code.label()
        code.compare(Register.scratch, Int16(kind.rawValue))
        code.branchIfNotEqual(other)
        let start = UInt64(code.address)
        switch kind {
        case .hypercall: code.hypercall()
        case .load1: code.load(.byte, 3, 0, 3)
        case .load2: code.load(.half, 3, 0, 3)
        case .load4: code.load(.word, 3, 0, 3)
        case .load8: code.load(.double, 3, 0, 3)
        case .store1: code.store(.byte, 4, 0, 3)
        case .store2: code.store(.half, 4, 0, 3)
        case .store4: code.store(.word, 4, 0, 3)
        case .store8: code.store(.double, 4, 0, 3)
        case .listen:
            for state: Int16 in [Self.listeningState, Self.deafState] {
                code.loadImmediate(Register.scratch, state)
                code.moveToMachineState(Register.scratch)
                code.synchronizeInstructions()
            }
        }
        actions[kind] = start..<UInt64(code.address)
        code.branch(keep)
        code.place(other)
    }

    private mutating func writeFinish() {
        code.place(finish)
        code.synchronize()
        code.load(.double, 4, Int16(PayloadLayout.Mailbox.asked), Register.mailbox)
        code.store(.double, 4, Int16(PayloadLayout.Mailbox.done), Register.mailbox)
        code.branch(idle)
    }

    private func offset(of register: UInt32, _ base: Int) -> Int16 {
        Int16(base + Int(register - Register.first) * 8)
    }
}
