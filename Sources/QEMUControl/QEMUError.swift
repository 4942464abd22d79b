/// What went wrong with a running QEMU, and what to do about it.
///
/// Equality looks at the code only, so that messages can improve without breaking a caller.
public struct QEMUError: Error, Sendable {
    /// The kinds of failure. New ones may be added.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// The plain value.
        public var rawValue: String

        /// The value with this raw value.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The program cannot be started: no such file, not executable.
        public static let cannotStart = Code(rawValue: "cannot-start")
        /// What answers, or the program that was started, does not speak QMP.
        public static let notQEMU = Code(rawValue: "not-qemu")
        /// QEMU ended while it was needed.
        public static let ended = Code(rawValue: "ended")
        /// The other side closed the connection.
        public static let disconnected = Code(rawValue: "disconnected")
        /// No answer within the time limit.
        public static let timedOut = Code(rawValue: "timed-out")
        /// QEMU refused a command.
        public static let refused = Code(rawValue: "refused")
        /// QEMU's answer has not the form that its documentation gives.
        public static let badAnswer = Code(rawValue: "bad-answer")
        /// The machine is not in a state in which this may be done; nothing was changed.
        public static let busy = Code(rawValue: "busy")
        /// A state could not be saved or loaded.
        public static let migrationFailed = Code(rawValue: "migration-failed")
        /// The operating system refused: a file, a socket, a descriptor.
        public static let system = Code(rawValue: "system")
        /// The guest code of a payload did not do what it was asked.
        public static let payload = Code(rawValue: "payload")
    }

    /// What kind of failure; the part that equality looks at.
    public var code: Code
    /// What is wrong, as a sentence without a full stop.
    public var message: String
    /// What follows for the user, or what to do.
    public var advice: String?
    /// The end of what QEMU wrote to its error output; empty where it wrote nothing.
    public var log = ""

    /// The value with these parts.
    public init(_ code: Code, _ message: String, advice: String? = nil) {
        self.code = code
        self.message = message
        self.advice = advice
    }

    /// A refusal of the operating system, with its own words for the error number.
    static func system(_ what: String, _ number: CInt, advice: String? = nil) -> QEMUError {
        QEMUError(.system, "\(what): \(systemMessage(number))", advice: advice)
    }
}

extension QEMUError: Equatable {
    /// Equal codes.
    public static func == (left: QEMUError, right: QEMUError) -> Bool {
        left.code == right.code
    }
}

extension QEMUError: CustomStringConvertible {
    /// The message with its advice, then QEMU's own words, each line indented.
    public var description: String {
        var text = message
        if let advice { text += "; " + advice }
        let lines = log.split(separator: "\n", omittingEmptySubsequences: true)
        for line in lines { text += "\n    " + line }
        return text
    }
}
