import Files

/// A state in a file of its own, written whole or not at all.
public struct StateFile: StateSink {
    private let name: String
    private let file: WholeFile

    /// Where the bytes are until it is finished.
    public var bytesPath: String { file.bytesPath }

    /// Opens a file for writing in the folder of its final place; without a place, one that nobody else can read and
    /// that goes with this value.
    public init(path: String?) throws(QEMUError) {
        name = path ?? "a temporary file"
        do {
            if let path { file = try WholeFile(path: path) } else { file = try WholeFile() }
        } catch {
            throw QEMUError(.system, "\(name): \(error.reason)")
        }
    }

    /// Writes the next bytes.
    public mutating func take(_ bytes: [UInt8]) throws(QEMUError) {
        do {
            try file.append(bytes[...])
        } catch {
            throw QEMUError(.system, "\(name): cannot be written: \(error.reason)")
        }
    }

    /// Moves the file to its place, after it is on the disk.
    public consuming func finish() throws(QEMUError) {
        do {
            try file.finish()
        } catch {
            throw QEMUError(.system, "\(name): cannot be written: \(error.reason)")
        }
    }
}
