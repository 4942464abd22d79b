import CKeeper
import Glibc

/// How a program ended.
public enum ProcessEnd: Hashable, Sendable, CustomStringConvertible {
    case status(Int32)
    case signal(Int32)

    /// `with status 1`, or the signal by number and name.
    public var description: String {
        switch self {
        case .status(let status): "with status \(status)"
        case .signal(let signal): "by signal \(signal) (\(String(cString: strsignal(signal))))"
        }
    }
}

/// A started program that cannot outlive its starter.
///
/// A keeper process (`keeper.c`) holds it by a pipe: when this object goes, or this process ends in whatever way,
/// `SIGKILL` included, the program and everything it started are killed. Only ``kill()`` waits for that.
final class Program {
    /// As the caller named it.
    let path: String
    /// The program's process id.
    let process: pid_t
    private var leash: Descriptor?
    private let report: Descriptor
    private let log: Descriptor
    private var end: ProcessEnd?

    /// Starts a program; output and errors go to a log in memory, input is empty.
    ///
    /// - Parameter descriptors: become 3, 4, … in the program, which gets no others.
    init(path: String, arguments: [String], descriptors: [Descriptor] = []) throws(QEMUError) {
        self.path = path
        let file = try Self.locate(path)
        let log = try Descriptor.inMemory("log", size: 0)
        let empty = open("/dev/null", O_RDONLY | O_CLOEXEC)
        guard empty >= 0 else { throw .system("/dev/null", errno) }
        let input = Descriptor(empty)
        let numbers = [input.number, log.number, log.number] + descriptors.map(\.number)
        var started = CKeeper.keeper()
        let failure = withCStrings([path] + arguments) { arguments in
            keeper_start(file, arguments, nil, numbers, CInt(numbers.count), &started)
        }
        withExtendedLifetime((input, descriptors)) {}
        guard failure == 0 else {
            let advice = failure == ENOEXEC ? "it is no program that this machine can run" : nil
            throw QEMUError(.cannotStart, "\(path): \(systemMessage(failure))", advice: advice)
        }
        process = started.program
        leash = Descriptor(started.leash)
        report = Descriptor(started.report)
        self.log = log
    }

    /// Waits for the program's end; nil where it still runs at the deadline.
    func waitForEnd(until deadline: Deadline) throws(QEMUError) -> ProcessEnd? {
        if end == nil, try wait(for: (report.number, POLLIN), until: deadline) { finish() }
        return end
    }

    /// Ends the program and everything it started; returns when they are gone.
    func kill() {
        leash = nil
        if end == nil { finish() }
    }

    /// The end of what the program wrote, at most 4 KiB.
    var logTail: String {
        var status = stat()
        guard fstat(log.number, &status) == 0, status.st_size > 0 else { return "" }
        let count = min(status.st_size, 4096)
        var bytes = [UInt8](repeating: 0, count: count)
        let read = pread(log.number, &bytes, count, status.st_size - count)
        return String(decoding: bytes.prefix(max(0, read)), as: UTF8.self)
    }

    /// Reads the keeper's report, which is the last that it does.
    private func finish() {
        var message = keeper_report()
        var count: Int
        repeat {
            count = read(report.number, &message, MemoryLayout<keeper_report>.size)
        } while count < 0 && errno == EINTR
        // Without a report the keeper was killed, and the program with it.
        let status = count == MemoryLayout<keeper_report>.size ? message.status : SIGKILL
        let signal = status & 0x7f
        end = signal == 0 ? .status(status >> 8 & 0xff) : .signal(signal)
    }

    /// The file of a program: as given where it has a slash, else looked for as a shell does.
    private static func locate(_ path: String) throws(QEMUError) -> String {
        if path.utf8.contains(UInt8(ascii: "/")) { return path }
        let folders = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        for folder in folders.split(separator: ":") where access("\(folder)/\(path)", X_OK) == 0 {
            return "\(folder)/\(path)"
        }
        throw QEMUError(.cannotStart, "\(path): no such program", advice: "give its path, or put its folder into PATH")
    }
}

/// Makes the processor time of programs that ended that of this process' children, where `getrusage` finds it.
public func settleProgramCosts() {
    keeper_settle()
}

extension Descriptor {
    /// An anonymous file in memory, gone with its last descriptor.
    static func inMemory(_ name: String, size: Int) throws(QEMUError) -> Descriptor {
        let number = keeper_memory_file(name, size)
        guard number >= 0 else { throw .system("no memory for the \(name)", errno) }
        return Descriptor(number)
    }

    /// An anonymous file in memory with content that nobody can change.
    static func inMemory(_ name: String, bytes: [UInt8]) throws(QEMUError) -> Descriptor {
        let file = try inMemory(name, size: 0)
        guard write(file.number, bytes, bytes.count) == bytes.count else {
            throw .system("no memory for the \(name)", errno)
        }
        keeper_seal(file.number)
        return file
    }

    /// Two connected sockets.
    static func socketPair() throws(QEMUError) -> (Descriptor, Descriptor) {
        var numbers: [CInt] = [-1, -1]
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &numbers) == 0 else { throw .system("no pair of sockets", errno) }
        return (Descriptor(numbers[0]), Descriptor(numbers[1]))
    }

    /// The reading and the writing end of a pipe, and how many bytes it holds.
    static func pipe() throws(QEMUError) -> (reading: Descriptor, writing: Descriptor, capacity: Int) {
        var (numbers, capacity): ([CInt], CInt) = ([-1, -1], 0)
        let failure = keeper_pipe(&numbers, &capacity)
        guard failure == 0 else { throw .system("no pipe", failure) }
        return (Descriptor(numbers[0]), Descriptor(numbers[1]), Int(max(0, capacity)))
    }
}

/// Lends strings as C wants them: an array of pointers with a null at its end.
private func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>?) -> Result
) -> Result {
    let copies = strings.map { strdup($0) }
    defer { copies.forEach { free($0) } }
    return (copies + [nil]).withUnsafeBufferPointer { body($0.baseAddress) }
}
