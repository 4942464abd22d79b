import Foundation

/// A solver of SMT-LIB 2 as its package installs it.
enum Solver: String, CaseIterable {
    case z3
    case cvc5

    enum Answer: String {
        case sat
        case unsat
    }

    /// Where the program is, or nil where it is not installed.
    var path: String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.map { "\($0)/\(rawValue)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    static var installed: [Solver] { allCases.filter { $0.path != nil } }

    /// The first line of the answer, if it is one.
    func solve(_ text: String) throws -> Answer? {
        guard let path else { return nil }
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).smt2")
        try text.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: path)
        process.arguments = [file.path]
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let line = String(decoding: data, as: UTF8.self).split(separator: "\n").first
        return line.flatMap { Answer(rawValue: String($0)) }
    }
}
