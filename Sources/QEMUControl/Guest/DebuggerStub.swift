import InterruptState

/// A session with the stub that QEMU has for debuggers: registers of vCPUs, and single instructions.
///
/// Facts of the protocol are those of QEMU's `gdbstub`, observed on 5.2, 7.2, 10.0 and 11.1. The stub takes the next
/// packet for the acknowledgement of its last one, so none are sent: a byte that meets a running machine stops it.
final class DebuggerStub {
    /// Numbers of registers; general ones have their own.
    enum Register {
        /// NIP: the next instruction.
        static let place = 64
        /// MSR.
        static let state = 65
    }

    private static let endMark = UInt8(ascii: "#")
    private let channel: SocketChannel
    private let patience: Duration
    private var letsInterruptsIn = false

    /// Takes over a connected stream socket; the machine is paused.
    init(_ socket: Descriptor, patience: Duration) throws(QEMUError) {
        channel = SocketChannel(socket, endMark: Self.endMark)
        self.patience = patience
        // Single registers are for those who know the description; the builds here have the same one.
        _ = try ask(["qXfer:features:read:target.xml:0,ffb"])
        try order([Self.steps(interrupts: false)])
    }

    /// What a step is: 1, and 2 where it holds interrupts back. Timers go on, as they do while a machine runs.
    private static func steps(interrupts: Bool) -> String { "Qqemu.sstep=" + (interrupts ? "1" : "3") }

    /// The stub's numbers of the vCPUs, in order of creation.
    func processors() throws(QEMUError) -> [Int] {
        var numbers: [Int] = []
        var question = "qfThreadInfo"
        while let answer = try ask([question]).first, answer.first == "m" {
            numbers += answer.dropFirst().split(separator: ",").compactMap { Int($0, radix: 16) }
            question = "qsThreadInfo"
        }
        return numbers
    }

    /// Values of registers, in the order of their numbers.
    func read(_ registers: [Int], of processor: Int) throws(QEMUError) -> [UInt64] {
        try order([Self.choice(processor)])
        let answers = try ask(registers.map { "p" + String($0, radix: 16) })
        var values: [UInt64] = []
        for answer in answers {
            guard let value = UInt64(answer, radix: 16) else { throw Self.refused("a register's value", answer) }
            values.append(value)
        }
        return values
    }

    /// Sets registers.
    func write(_ registers: [(number: Int, value: UInt64)], of processor: Int) throws(QEMUError) {
        try order(
            [Self.choice(processor)]
                + registers.map { "P" + String($0.number, radix: 16) + "=" + Self.digits($0.value, 16) })
    }

    /// One vCPU does one instruction, or enters an interrupt instead; the others stand still.
    ///
    /// - Parameter interrupts: whether external ones may come.
    func step(_ processor: Int, interrupts: Bool) throws(QEMUError) {
        if interrupts != letsInterruptsIn {
            try order([Self.steps(interrupts: interrupts)])
            letsInterruptsIn = interrupts
        }
        let deadline = Deadline(after: patience)
        try send(["vCont;s:" + String(processor, radix: 16)], until: deadline)
        guard try answer(until: deadline).first == "T" else { throw QEMUError(.badAnswer, "a step does not end") }
    }

    private func order(_ commands: [String]) throws(QEMUError) {
        for (command, answer) in zip(commands, try ask(commands)) where answer != "OK" {
            throw Self.refused(command, answer)
        }
    }

    /// Sends commands that leave the machine paused, and gives their answers.
    private func ask(_ commands: [String]) throws(QEMUError) -> [String] {
        let deadline = Deadline(after: patience)
        try send(commands, until: deadline)
        var answers: [String] = []
        while answers.count < commands.count {
            let answer = try answer(until: deadline)
            // Builds up to 7.2 say when the monitor paused the machine, which nobody asked.
            if answer.first != "T" { answers.append(answer) }
        }
        return answers
    }

    private func send(_ commands: [String], until deadline: Deadline) throws(QEMUError) {
        var bytes: [UInt8] = []
        for command in commands {
            let sum = command.utf8.reduce(UInt8(0), &+)
            bytes += Array("$\(command)#".utf8) + Self.digits(UInt64(sum), 2).utf8
        }
        try channel.write(bytes, until: deadline)
    }

    /// The body of the next packet; before it stand the sum of the last one and acknowledgements.
    private func answer(until deadline: Deadline) throws(QEMUError) -> String {
        let bytes = try channel.readLine(until: deadline)
        guard let start = bytes.lastIndex(of: UInt8(ascii: "$")) else {
            throw QEMUError(.badAnswer, "what answers is no debugger's stub")
        }
        let answer = String(decoding: bytes[(start + 1)...], as: UTF8.self)
        // The program's last word: its status.
        guard answer.first != "W", answer.first != "X" else {
            throw QEMUError(.disconnected, "the other side ended: \(answer)")
        }
        return answer
    }

    private static func choice(_ processor: Int) -> String { "Hg" + String(processor, radix: 16) }

    private static func digits(_ value: UInt64, _ count: Int) -> Substring {
        hexadecimal(value, digits: count).dropFirst(2)
    }

    private static func refused(_ command: String, _ answer: String) -> QEMUError {
        QEMUError(.badAnswer, "the debugger's stub says “\(answer.prefix(40))” to \(command)")
    }
}
