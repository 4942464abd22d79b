import Foundation

@testable import SavedState

/// The captured streams that the project carries.
enum Fixtures {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures/captures")

    /// Captures of every QEMU version, machine type generation and interrupt mode, small ones.
    static let names = [
        "lx_q11.1_7.2_xive", "lx_q7.2_3.0_legacy", "q10.0_10.0_dual_A_reset", "q11.1_11.1_dual_B_reset",
        "q5.2_2.12_legacy_B_reset", "q5.2_5.2_xive_A_reset", "q7.2_7.2_xics_B_reset",
    ].filter { FileManager.default.fileExists(atPath: path($0)) }

    static func path(_ name: String) -> String {
        folder.appending(path: name + "/stream.bin.xz").path(percentEncoded: false)
    }

    /// The bytes of a captured stream, decompressed by the `xz` program.
    static func stream(_ name: String) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["xz", "-dc", path(name)]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Array(data)
    }
}
