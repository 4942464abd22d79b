import Foundation

/// The built tool, run as a user runs it.
struct Tool {
    struct Outcome {
        var status: Int32
        var output: String
        var errors: String

        /// Lines on standard error.
        var errorLines: [Substring] { errors.split(separator: "\n") }
    }

    /// Beside the test bundle: the package manager builds the tool before the tests that depend on it.
    static var path: URL {
        let arguments = CommandLine.arguments
        let bundle = arguments.first { $0.hasSuffix(".xctest") } ?? arguments[0]
        return URL(fileURLWithPath: bundle).deletingLastPathComponent().appending(path: "irqproof")
    }

    static func run(_ arguments: String...) throws -> Outcome {
        try run(arguments)
    }

    /// - Parameter environment: variables in addition to those of the tests.
    static func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Outcome {
        try run(path, arguments, environment)
    }

    /// Runs a script of the shell: `$IRQPROOF` is the tool, `$1` and so on are the arguments.
    static func shell(_ script: String, _ arguments: String...) throws -> Outcome {
        try run(URL(fileURLWithPath: "/bin/bash"), ["-c", script, "bash"] + arguments)
    }

    private static func run(
        _ executable: URL, _ arguments: [String], _ variables: [String: String] = [:]
    ) throws -> Outcome {
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        var environment = ProcessInfo.processInfo.environment
        // A trap must end the process at once, not start a debugger that hides it.
        environment["SWIFT_BACKTRACE"] = "enable=no"
        environment["IRQPROOF"] = path.path
        environment.merge(variables) { _, given in given }
        process.environment = environment
        let folder = try TemporaryFolder()
        let (output, errors) = (folder.path("out"), folder.path("err"))
        for path in [output, errors] { try Data().write(to: URL(fileURLWithPath: path)) }
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errors))
        try process.run()
        process.waitUntilExit()
        // A process that was killed by a signal (a trap) has none of the documented statuses.
        let status = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
        return Outcome(
            status: status, output: try String(contentsOfFile: output, encoding: .utf8),
            errors: try String(contentsOfFile: errors, encoding: .utf8))
    }
}

/// A folder of its own that goes away with the value.
final class TemporaryFolder {
    private let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "irqproof-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    func path(_ name: String) -> String {
        url.appending(path: name).path
    }

    func write(_ bytes: [UInt8], to name: String) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
        return path(name)
    }
}
