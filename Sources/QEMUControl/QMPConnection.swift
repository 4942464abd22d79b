import FlatJSON

/// A session with a QEMU: commands and their answers, events on the side.
///
/// One thread at a time. Facts of the protocol are those of QEMU's `docs/interop/qmp-spec`, observed on 5.2, 7.2,
/// 10.0 and 11.1.
public final class QMPConnection {
    /// Something that QEMU said without being asked.
    public struct Event: Hashable, Sendable {
        /// For example `STOP`.
        public var name: String
        /// What it is about; null where it has no data.
        public var data: QMPValue
    }

    /// Events kept until somebody asks for them; the oldest go first.
    static let eventLimit = 1024

    /// The version that the greeting names.
    public let version: QEMUVersion
    /// How long a command may take where the caller says nothing else.
    public var patience: Duration

    /// Served while an answer is waited for.
    var attendant: (any Attendant)?
    private let channel: SocketChannel
    private var events: [Event] = []
    private var lastCommand: Int64 = 0

    /// Connects to the socket of a `-qmp` option of a running QEMU.
    public convenience init(path: String, patience: Duration = .seconds(10)) throws(QEMUError) {
        let channel = try SocketChannel.connect(path: path, until: Deadline(after: patience))
        try self.init(channel, patience: patience)
    }

    /// Reads the greeting and leaves the negotiation of capabilities behind.
    init(_ channel: SocketChannel, patience: Duration) throws(QEMUError) {
        self.channel = channel
        self.patience = patience
        version = try Self.greeting(channel, until: Deadline(after: patience))
        try execute("qmp_capabilities")
    }

    private static func greeting(_ channel: SocketChannel, until deadline: Deadline) throws(QEMUError) -> QEMUVersion {
        let line: [UInt8]
        do throws(QEMUError) {
            line = try channel.readLine(until: deadline)
        } catch  where error.code == .timedOut {
            throw QEMUError(
                .timedOut, "no greeting in time",
                advice: "a QMP socket serves one client at a time: is another connected, or is it no QMP socket?")
        }
        guard let greeting = QMPValue.read(line)?["QMP"] else {
            throw QEMUError(.notQEMU, "what answers does not speak QMP")
        }
        guard let version = QEMUVersion(greeting["version"]) else {
            throw QEMUError(.notQEMU, "the greeting names no version of QEMU")
        }
        return version
    }

    /// Runs a command and gives what it returns.
    @discardableResult
    public func execute(
        _ command: String, _ arguments: [String: QMPValue] = [:], within limit: Duration? = nil
    ) throws(QEMUError) -> QMPValue {
        let deadline = Deadline(after: limit ?? patience)
        let id = try send(command, arguments, until: deadline)
        return try answer(to: command, id, until: deadline)
    }

    /// Sends a command whose answer is asked for later; gives its number.
    ///
    /// - Parameter descriptor: handed over with the command, for `getfd`.
    func send(
        _ command: String, _ arguments: [String: QMPValue], handing descriptor: CInt? = nil, until deadline: Deadline
    ) throws(QEMUError) -> Int64 {
        lastCommand += 1
        var request: [String: QMPValue] = ["execute": .text(command), "id": .integer(lastCommand)]
        if !arguments.isEmpty { request["arguments"] = .object(arguments) }
        do throws(QEMUError) {
            try channel.write(try QMPValue.object(request).line(), handing: descriptor, until: deadline)
        } catch {
            throw Self.explained(error, command)
        }
        return lastCommand
    }

    /// Waits for the answer to a command that was sent; those to earlier ones are lost then.
    func answer(to command: String, _ id: Int64, until deadline: Deadline) throws(QEMUError) -> QMPValue {
        do throws(QEMUError) {
            return try awaitAnswer(to: command, id, until: deadline)
        } catch {
            throw Self.explained(error, command)
        }
    }

    private static func explained(_ error: QEMUError, _ command: String) -> QEMUError {
        var explained = error
        if error.code != .refused { explained.message = "\(command): \(error.message)" }
        return explained
    }

    /// Runs a command of the human monitor and gives its text, line ends as `\n`.
    public func monitor(_ line: String) throws(QEMUError) -> String {
        let answer = try execute("human-monitor-command", ["command-line": .text(line)])
        guard let text = answer.text else { throw QEMUError(.badAnswer, "human-monitor-command: no text") }
        return String(decoding: text.utf8.filter { $0 != 0x0d }, as: UTF8.self)
    }

    /// The events since the last call, oldest first, without waiting for more.
    public func takeEvents() throws(QEMUError) -> [Event] {
        while channel.hasLine { _ = try message(until: Deadline(after: .zero)) }
        defer { events = [] }
        return events
    }

    /// Waits for an event; those before it are dropped.
    public func await(event name: String) throws(QEMUError) {
        let deadline = Deadline(after: patience)
        while true {
            if let place = events.firstIndex(where: { $0.name == name }) {
                events.removeFirst(place + 1)
                return
            }
            _ = try message(until: deadline)
        }
    }

    /// The answer to a command; events before it are put aside, other answers dropped.
    private func awaitAnswer(
        to command: String, _ id: Int64, until deadline: Deadline
    ) throws(QEMUError) -> QMPValue {
        while true {
            guard let message = try message(until: deadline) else { continue }
            // An error in the form of a command has no id.
            if let other = message.member("id"), other.integer != id { continue }
            if let result = try value("return", of: message) { return result }
            if let error = try value("error", of: message) {
                let said = error["desc"]?.text ?? error["class"]?.text ?? "no reason given"
                throw QEMUError(.refused, "\(command): \(said)")
            }
            throw QEMUError(.badAnswer, "neither a result nor an error")
        }
    }

    /// The next line; nil where it was an event, which is kept.
    private func message(until deadline: Deadline) throws(QEMUError) -> JSONValue? {
        let line = try channel.readLine(until: deadline, attendant: attendant)
        guard let message = QMPValue.json(line), message.kind == .object else {
            throw QEMUError(.badAnswer, "a line that is no JSON object")
        }
        guard let name = try value("event", of: message)?.text else { return message }
        events.append(Event(name: name, data: try value("data", of: message) ?? .null))
        if events.count > Self.eventLimit { events.removeFirst() }
        return nil
    }

    private func value(_ name: StaticString, of message: JSONValue) throws(QEMUError) -> QMPValue? {
        guard let member = message.member(name) else { return nil }
        guard let value = QMPValue(member) else { throw QEMUError(.badAnswer, "“\(name)” holds what is no value") }
        return value
    }
}
