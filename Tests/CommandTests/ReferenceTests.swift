import Foundation
import Testing

/// Pages of the documentation that are made from the tool.
@Suite struct ReferenceTests {
    private static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private func reference(_ arguments: String...) throws -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let script = Self.repository.appending(path: "Scripts/reference").path
        process.arguments = ["python3", "-B", script, "--irqproof", Tool.path.path] + arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return data
    }

    /// After a change of a command: `Scripts/reference --markdown Sources/irqproof/irqproof.docc/Commands.md`
    @Test func commandReferenceIsThatOfTheTool() throws {
        let page = Self.repository.appending(path: "Sources/irqproof/irqproof.docc/Commands.md")
        #expect(
            try String(decoding: reference("--markdown", "-"), as: UTF8.self)
                == String(contentsOf: page, encoding: .utf8))
    }

    @Test func everyCommandHasAManPage() throws {
        let folder = try TemporaryFolder()
        _ = try reference("--man", folder.path("man"))
        let page = try String(contentsOfFile: folder.path("man/irqproof-verify.1"), encoding: .utf8)
        for part in [
            ".TH IRQPROOF-VERIFY 1", ".SH NAME", ".SH SYNOPSIS", ".SH OPTIONS", ".SH EXAMPLES", ".SH EXIT STATUS",
        ] {
            #expect(page.contains(part), "\(part)")
        }
        let pages = try FileManager.default.contentsOfDirectory(atPath: folder.path("man"))
        #expect(pages.contains("irqproof.1") && pages.contains("irqproof-doctor.1"))
    }
}
