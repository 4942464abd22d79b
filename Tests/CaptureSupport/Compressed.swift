import Foundation

/// Why a compressed fixture could not be read.
package struct CompressedError: Error, CustomStringConvertible {
    package var description: String
}

/// Files compressed with xz, read through the system's `xz` program.
package enum Compressed {
    /// The decompressed content of a file.
    package static func bytes(_ file: URL) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["xz", "--decompress", "--stdout", file.path]
        process.standardInput = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw CompressedError(description: "xz ended with status \(process.terminationStatus) for \(file.path)")
        }
        return [UInt8](data)
    }
}
