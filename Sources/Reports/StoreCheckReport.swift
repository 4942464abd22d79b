import InterruptState

/// What `irqproof fsck` prints.
public struct StoreCheckReport: Sendable {
    /// One snapshot.
    public struct Entry: Sendable {
        var name: String
        var problem: String?

        /// - Parameter problem: why it cannot be trusted; nil where it can.
        public init(name: String, problem: String?) {
            self.name = name
            self.problem = problem
        }
    }

    private let file: String
    private let fileProblems: [String]
    private let snapshots: [Entry]

    /// - Parameters:
    ///   - file: name of the file.
    ///   - fileProblems: what is wrong with the database as such, a sentence each.
    public init(file: String, fileProblems: [String], snapshots: [Entry]) {
        self.file = file
        self.fileProblems = fileProblems
        self.snapshots = snapshots
    }

    private var trusted: Int { snapshots.count { $0.problem == nil } }

    /// Problems first, then how much can be trusted.
    public func text(style: TextStyle) -> String {
        var lines = fileProblems.map { style.text("damaged", .bad) + "  the file: \(printable($0))" }
        for entry in snapshots {
            guard let problem = entry.problem else { continue }
            lines.append(style.text("damaged", .bad) + "  \(printable(entry.name)): \(printable(problem))")
        }
        let isSound = fileProblems.isEmpty && trusted == snapshots.count
        lines.append(
            style.text(isSound ? "SOUND" : "DAMAGED", isSound ? .good : .bad)
                + "  \(printable(file)): \(trusted) of \(snapshots.count) snapshots can be trusted")
        return lines.joined(separator: "\n") + "\n"
    }

    /// The same for a program: schema `irqproof/fsck/1`.
    public func json() -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("schema", SchemaName.fsck)
            json.member("file", file)
            json.member("sound", fileProblems.isEmpty && trusted == snapshots.count)
            json.array("file_problems") { json in
                for problem in fileProblems { json.object { $0.member("problem", problem) } }
            }
            json.array("snapshots") { json in
                for entry in snapshots {
                    json.object {
                        $0.member("name", entry.name)
                        $0.member("trusted", entry.problem == nil)
                        $0.member("problem", entry.problem)
                    }
                }
            }
        }
        return json.text
    }
}
