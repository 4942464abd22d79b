/// Which snapshots of a file are wanted: those that fit every condition.
///
/// Patterns are those of a shell: `*` is any text, `?` any character, `[a-f]` one of some.
public struct SnapshotFilter: Hashable, Sendable {
    /// What a condition looks at.
    public enum Key: String, Hashable, Sendable, CaseIterable {
        /// Name of the snapshot.
        case name
        /// Machine type.
        case machine
        /// Controller in force: xics or xive.
        case mode
        /// Version of the program that wrote the state, where it is known.
        case build
        /// Some owner in the number map, as listings write it: `PHB 1 LSI pin 0`.
        case owner
    }

    /// One condition.
    public struct Condition: Hashable, Sendable {
        /// What it looks at.
        public var key: Key
        /// What that must be like.
        public var pattern: String

        /// A condition by its parts.
        public init(_ key: Key, _ pattern: String) {
            self.key = key
            self.pattern = pattern
        }
    }

    /// Every one must hold; none lets everything through.
    public var conditions: [Condition]

    /// A filter of these conditions.
    public init(_ conditions: [Condition] = []) {
        self.conditions = conditions
    }
}

extension SnapshotFilter {
    /// A condition for each `?` of a query on `snapshot` and `provenance`; empty where there is none.
    var clause: String {
        guard !conditions.isEmpty else { return "" }
        return "WHERE " + conditions.map(\.key.clause).joined(separator: " AND ")
    }

    /// The patterns, one row.
    var values: RowBuffer {
        var values = RowBuffer()
        for condition in conditions { values.text(condition.pattern) }
        return values
    }
}

extension SnapshotFilter.Key {
    fileprivate var clause: String {
        switch self {
        case .name: "snapshot.name GLOB ?"
        case .machine: "snapshot.machine_type GLOB ?"
        case .mode: "snapshot.mode GLOB ?"
        case .build: "provenance.producer_version GLOB ?"
        case .owner:
            // Rows are shared by snapshots: each is looked at once, however many have it.
            """
            snapshot.id IN (SELECT p.snapshot FROM snapshot_part AS p WHERE p.role = 'number' AND p.part IN (
                SELECT part FROM number_row WHERE owner GLOB ?))
            """
        }
    }
}
