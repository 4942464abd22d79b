/// How far a migration is, as `query-migrate` tells it.
public struct MigrationStatus: Hashable, Sendable {
    /// QEMU's word; nil where the machine was never migrated.
    public var state: String?
    /// Bytes of RAM sent so far.
    public var transferred: Int64 = 0
    /// Bytes of RAM still to be sent.
    public var remaining: Int64 = 0
    /// Why it failed, where QEMU says it.
    public var reason: String?

    /// Whether it ended, well or not.
    public var isOver: Bool { Self.ends.contains(state ?? "none") }
    /// Whether one is under way.
    public var isRunning: Bool { !isOver }
    /// Whether it ended well.
    public var isComplete: Bool { state == "completed" }

    private static let ends: Set<String> = ["none", "completed", "failed", "cancelled"]
}

extension QMPConnection {
    /// How far the current or last migration is.
    public func migrationStatus() throws(QEMUError) -> MigrationStatus {
        let answer = try execute("query-migrate")
        guard answer.members != nil else { throw QEMUError(.badAnswer, "query-migrate: no object") }
        return MigrationStatus(
            state: answer["status"]?.text, transferred: answer["ram"]?["transferred"]?.integer ?? 0,
            remaining: answer["ram"]?["remaining"]?.integer ?? 0, reason: answer["error-desc"]?.text)
    }

    /// What the machine is doing: QEMU's word, for example `running` or `paused`.
    public func runState() throws(QEMUError) -> String {
        guard let state = try execute("query-status")["status"]?.text else {
            throw QEMUError(.badAnswer, "query-status: no status")
        }
        return state
    }

    /// Pauses the machine.
    public func stop() throws(QEMUError) { try execute("stop") }

    /// Lets the machine run.
    public func resume() throws(QEMUError) { try execute("cont") }

    /// A property of an object, for example `ic-mode` of `/machine`.
    public func property(_ name: String, of path: String) throws(QEMUError) -> QMPValue {
        try execute("qom-get", ["path": .text(path), "property": .text(name)])
    }
}
