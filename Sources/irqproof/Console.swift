import ArgumentParser
import Glibc
import InterruptState
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

    /// How text may look on standard output: the option, else what is set, else by what it is connected to.
    static func style(_ option: ColourChoice?) -> TextStyle {
        let isTerminal = isatty(STDOUT_FILENO) == 1
        let usesColour =
            switch Settings.current.colour(option).content {
            case .always: true
            case .never: false
            case .auto: isTerminal && Environment["NO_COLOR"] == nil && (Environment["TERM"] ?? "dumb") != "dumb"
            }
        return TextStyle(usesColour: usesColour, width: isTerminal ? width : nil)
    }

    /// Columns of the terminal; nil where it does not tell, or tells less than text can be set in.
    private static var width: Int? {
        let least = 40
        if let columns = Environment["COLUMNS"].flatMap({ Int($0) }), columns >= least { return columns }
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col >= least else { return nil }
        return Int(size.ws_col)
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
