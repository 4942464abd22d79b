import Foundation
import Testing

@testable import Reports

/// Every renderer over real migrations, against reviewed files.
///
/// `IRQPROOF_RECORD=1` writes the files anew: read the difference before committing it. Where `CI` is set
/// nothing is ever recorded.
@Suite struct SnapshotTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Snapshots")

    /// The other forms are kept by `Scripts/check-reports`, without style, script and the catalogue of rules.
    private static let suffixes: [VerificationFormat: String] = [
        .text: "txt", .json: "json", .junit: "junit.xml", .markdown: "md", .github: "github.txt",
        .gitlab: "gitlab.json",
    ]

    private static var isRecording: Bool {
        let environment = ProcessInfo.processInfo.environment
        return environment["IRQPROOF_RECORD"] == "1" && environment["CI"] == nil
    }

    @Test(arguments: Migrations.kept) func reportsAreAsReviewed(name: String) throws {
        let migration = try Migrations.fixture(name)
        for (format, suffix) in Self.suffixes {
            let file = Self.folder.appending(path: "\(name).\(suffix)")
            let report = format.renderer(style: .plain).render(migration)
            if Self.isRecording {
                try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
                try report.write(to: file, atomically: true, encoding: .utf8)
            }
            let reviewed = try? String(contentsOf: file, encoding: .utf8)
            #expect(
                report == reviewed, "\(file.lastPathComponent) differs; look at it and record with IRQPROOF_RECORD=1")
        }
    }
}
