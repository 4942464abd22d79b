import InterruptState

/// Makes calls one at a time: each is an instruction of the payload that the debugger's stub steps while everything else
/// stands still.
///
/// The payload's walk through records takes no part in it, nor does what it notes about interrupts, so that the two ways
/// of making calls watch each other.
final class SteppedCalls {
    /// MSR's EE: external interrupts are let in.
    private static let listening: UInt64 = 0x8000

    private let stub: DebuggerStub
    private let code: PayloadCode
    private let memory: MachineMemory
    /// The stub's numbers of vCPUs by their mailboxes, by which the vCPUs know themselves.
    private var processors: [UInt64: Int] = [:]

    /// The call of a batch that is made, or was made last; the first is 1.
    private(set) var callNumber = 1

    /// Whether vCPUs stand where they were stepped to, and the machine in a state of its own: it must run before it can
    /// be saved, as no destination goes on in the state `debug`.
    private(set) var areAstray = false

    /// For a machine with this payload in this memory.
    init(_ socket: Descriptor, _ code: PayloadCode, _ memory: MachineMemory, patience: Duration) throws(QEMUError) {
        stub = try DebuggerStub(socket, patience: patience)
        self.code = code
        self.memory = memory
    }

    /// Makes the calls of a batch on the vCPU of a mailbox; the machine is paused.
    func run(_ batch: PayloadBatch, mailbox: UInt64) throws(QEMUError) -> [CallResult] {
        let processor = try processor(of: mailbox)
        var results: [CallResult] = []
        for (place, call) in batch.calls.enumerated() {
            callNumber = place + 1
            results.append(try make(call, place: place, of: batch, on: processor))
        }
        return results
    }

    private func make(
        _ call: GuestCall, place: Int, of batch: PayloadBatch, on processor: Int
    ) throws(QEMUError) -> CallResult {
        let (kind, inputs) = try batch.encode(call, place: place, memory)
        let numbers = (0..<10).map { PayloadCode.firstRegister + $0 }
        let padded = inputs + [UInt64](repeating: 0, count: numbers.count - inputs.count)
        if let fault = try step(kind, zip(numbers, padded).map { ($0, $1) }, processor) {
            return CallResult(registers: [UInt64](repeating: 0, count: numbers.count), fault: fault)
        }
        return CallResult(
            registers: try stub.read(numbers, of: processor), returns: try batch.returns(of: call, place: place, memory)
        )
    }

    /// Steps through the instructions of a kind; gives the interrupt that came instead of their end.
    private func step(
        _ kind: PayloadLayout.Kind, _ inputs: [(number: Int, value: UInt64)], _ processor: Int
    ) throws(QEMUError) -> UInt64? {
        guard let action = code.actions[kind] else { throw QEMUError(.payload, "the payload has no code for a call") }
        areAstray = true
        try stub.write(inputs + Self.going(to: action.lowerBound), of: processor)
        // The clock may run out once, and its handler be stepped through.
        var (place, state) = (action.lowerBound, PayloadCode.state)
        for _ in 0..<(action.count / 4 + 16) {
            try stub.step(processor, interrupts: state & Self.listening != 0)
            let values = try stub.read([DebuggerStub.Register.place, DebuggerStub.Register.state], of: processor)
            (place, state) = (values[0], values[1])
            if place == action.upperBound { return nil }
            if PayloadCode.isFault(place) { return place }
            // Seen on QEMU 5.2, whatever a step is told to hold back.
            guard place != action.lowerBound else {
                throw QEMUError(
                    .payload, "the debugger's stub makes no step while an interrupt waits",
                    advice: "let this build's guests use the payload")
            }
        }
        throw QEMUError(.payload, "a call leads astray, to \(hexadecimal(place))")
    }

    /// Puts all vCPUs where they wait, so that the machine can run.
    func park() throws(QEMUError) {
        guard areAstray else { return }
        // A vCPU may have been given back since.
        let present = try stub.processors()
        processors = processors.filter { present.contains($0.value) }
        for processor in processors.values {
            try stub.write(Self.going(to: code.idle), of: processor)
        }
        areAstray = false
    }

    /// What makes a vCPU go on at an address, in the payload's state.
    private static func going(to address: UInt64) -> [(number: Int, value: UInt64)] {
        [(DebuggerStub.Register.place, address), (DebuggerStub.Register.state, PayloadCode.state)]
    }

    /// After a reset of the machine: vCPUs are looked for again.
    func forget() {
        processors = [:]
        areAstray = false
    }

    /// The vCPU that has a mailbox; one that was just started gets it.
    private func processor(of mailbox: UInt64) throws(QEMUError) -> Int {
        if let known = processors[mailbox] { return known }
        for processor in try stub.processors() {
            let values = try stub.read(
                [PayloadCode.firstRegister, PayloadCode.mailboxRegister, DebuggerStub.Register.place], of: processor)
            guard try isOwner(values[0], values[1], values[2], mailbox, processor) else { continue }
            processors[mailbox] = processor
            return processor
        }
        throw QEMUError(.payload, "no vCPU has the mailbox at \(hexadecimal(mailbox))")
    }

    private func isOwner(
        _ first: UInt64, _ own: UInt64, _ place: UInt64, _ mailbox: UInt64, _ processor: Int
    ) throws(QEMUError) -> Bool {
        switch place {
        case PayloadCode.bootEntry where mailbox == PayloadLayout.mailboxes && first != 0:
            try memory.setWord(first, at: mailbox + UInt64(PayloadLayout.Mailbox.tree))
        case code.entry where first == mailbox: break
        default: return own == mailbox
        }
        try stub.write([(PayloadCode.mailboxRegister, mailbox)], of: processor)
        areAstray = true
        return true
    }
}
