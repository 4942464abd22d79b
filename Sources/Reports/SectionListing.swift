import InterruptState

/// The device sections of a stream whose interrupt state cannot be shown.
public enum SectionListing {
    /// One section.
    public struct Entry: Sendable {
        var name: String
        var instance: UInt32
        var version: UInt32
        var bytes: UInt64

        /// The value with these parts.
        public init(name: String, instance: UInt32, version: UInt32, bytes: UInt64) {
            self.name = name
            self.instance = instance
            self.version = version
            self.bytes = bytes
        }
    }

    /// The machine, then one line for each section in the order of the stream.
    public static func text(_ entries: [Entry], machineType: String, notes: [String], style: TextStyle) -> String {
        var table = TextTable(["NAME", ">INSTANCE", ">VERSION", ">BYTES"])
        for entry in entries {
            table.add([printable(entry.name), String(entry.instance), String(entry.version), String(entry.bytes)])
        }
        let head = style.text(printable(machineType), .heading) + ": \(entries.count) device sections"
        let remarks = notes.map { "  note: \(printable($0))" }
        return ([head] + remarks + table.lines(style).map { "  " + $0 }).joined(separator: "\n") + "\n"
    }
}
