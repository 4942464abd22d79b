import InterruptState

/// What `irqproof list` prints.
public enum ListReport {
    /// One snapshot.
    public struct Entry: Sendable {
        var name: String
        var machineType: String?
        var mode: InterruptMode
        var claimedCount: Int
        var queueCount: Int
        var cpuCount: Int
        var importTime: String
        var digest: String
        var file: String

        /// The value with these parts.
        public init(
            name: String, machineType: String?, mode: InterruptMode, claimedCount: Int, queueCount: Int,
            cpuCount: Int, importTime: String, digest: String, file: String
        ) {
            self.name = name
            self.machineType = machineType
            self.mode = mode
            self.claimedCount = claimedCount
            self.queueCount = queueCount
            self.cpuCount = cpuCount
            self.importTime = importTime
            self.digest = digest
            self.file = file
        }
    }

    /// One line each, in the order given; the digest is cut to what tells snapshots apart.
    public static func text(_ entries: [Entry], style: TextStyle) -> String {
        guard !entries.isEmpty else { return "no snapshots\n" }
        var table = TextTable(["NAME", "MACHINE", "MODE", ">NUMBERS", ">QUEUES", ">VCPUS", "IMPORTED", "DIGEST"])
        for entry in entries {
            table.add([
                printable(entry.name), printable(entry.machineType ?? "-"), entry.mode.rawValue,
                String(entry.claimedCount), String(entry.queueCount), String(entry.cpuCount),
                printable(entry.importTime), String(decoding: entry.digest.utf8.prefix(12), as: UTF8.self),
            ])
        }
        return table.text(style)
    }

    /// The same for a program: schema `irqproof/list/1`.
    public static func json(_ entries: [Entry]) -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("schema", SchemaName.list)
            json.array("snapshots") { json in
                for entry in entries {
                    json.object {
                        $0.member("name", entry.name)
                        $0.member("machine_type", entry.machineType)
                        $0.member("mode", entry.mode.rawValue)
                        $0.member("claimed_count", entry.claimedCount)
                        $0.member("queue_count", entry.queueCount)
                        $0.member("vcpu_count", entry.cpuCount)
                        $0.member("imported_at", entry.importTime)
                        $0.member("digest", entry.digest)
                        $0.member("file", entry.file)
                    }
                }
            }
        }
        return json.text
    }
}
