import ArgumentParser
import Glibc
import Reports

/// Standard output and error of the process.
enum Console {
    /// Writes lines to standard output.
    static func write(_ lines: [String]) {
        write(lines.joined(separator: "\n") + "\n")
    }

    /// Writes text to standard output.
    static func write(_ text: String) {
        write(text, to: STDOUT_FILENO)
    }

    /// Writes one line to standard error, made safe for a terminal.
    static func error(_ message: String) {
        write("irqproof: " + printable(message) + "\n", to: STDERR_FILENO)
    }

    /// Writes text for the terminal's user to standard error as it is.
    static func status(_ text: String) {
        write(text, to: STDERR_FILENO)
    }

    /// Whether a message in colour is welcome on standard output.
    static func style(_ choice: ColourChoice) -> TextStyle {
        switch choice {
        case .always: return TextStyle(usesColour: true)
        case .never: return .plain
        case .auto:
            let isDumb = variable("TERM").map { $0 == "dumb" } ?? true
            return TextStyle(usesColour: isatty(STDOUT_FILENO) == 1 && variable("NO_COLOR") == nil && !isDumb)
        }
    }

    /// The time of day: ISO 8601 in UTC.
    static func now() -> String {
        var seconds = time(nil)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
            + "T\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))Z"
    }

    private static func variable(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }

    private static func write(_ text: String, to descriptor: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                // Nobody is left to tell: the reader closed the pipe or the disk is full.
                exit(ExitStatus.trouble.rawValue)
            }
        }
    }
}
