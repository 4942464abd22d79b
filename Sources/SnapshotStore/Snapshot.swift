import InterruptState

/// Where a snapshot comes from: which file, made by which program, read when and by what.
///
/// Nothing here takes part in the comparison of states.
public struct Provenance: Hashable, Sendable {
    /// Path of the file as the user gave it.
    public var filePath: String
    /// Size of the file in bytes.
    public var fileSize: UInt64
    /// Kind of container, for example `stream` or `qcow2`.
    public var container: String
    /// SHA-256 of the device part of the stream; nil where it was not computed.
    public var deviceDigest: Digest?
    /// SHA-256 of the whole file; nil where it was not computed.
    public var fileDigest: Digest?
    /// Machine type that the stream names.
    public var machineType: String?
    /// Migration capabilities that the stream names, in its order.
    public var capabilities: [String]
    /// Version of the program that wrote the stream, where it is known.
    public var producerVersion: String?
    /// Version of irqproof that read it.
    public var toolVersion: String
    /// When it was read: ISO 8601 in UTC, for example `2026-01-31T12:00:00Z`.
    public var importTime: String
    /// Anything else worth keeping, one sentence each.
    public var notes: [String]

    /// A provenance; what is not known may be left out.
    public init(
        filePath: String, fileSize: UInt64, container: String, deviceDigest: Digest? = nil, fileDigest: Digest? = nil,
        machineType: String? = nil, capabilities: [String] = [], producerVersion: String? = nil, toolVersion: String,
        importTime: String, notes: [String] = []
    ) {
        self.filePath = filePath
        self.fileSize = fileSize
        self.container = container
        self.deviceDigest = deviceDigest
        self.fileDigest = fileDigest
        self.machineType = machineType
        self.capabilities = capabilities
        self.producerVersion = producerVersion
        self.toolVersion = toolVersion
        self.importTime = importTime
        self.notes = notes
    }
}

/// A state to be stored under a name.
public struct NewSnapshot: Sendable {
    /// Unique in its file; any text but the empty one.
    public var name: String
    /// What is stored.
    public var state: MachineState
    /// Where it comes from.
    public var provenance: Provenance

    /// A state with its name and provenance.
    public init(name: String, state: MachineState, provenance: Provenance) {
        self.name = name
        self.state = state
        self.provenance = provenance
    }
}

/// A state as it was read from a snapshot file, every digest verified.
public struct StoredSnapshot: Sendable {
    /// What a listing says of it.
    public var summary: SnapshotSummary
    /// Equal to the state that was stored, evidence included.
    public var state: MachineState
    /// Where it comes from.
    public var provenance: Provenance
}

/// What a listing says of a snapshot, without reading its state.
///
/// It is what was stored; only reading the snapshot itself verifies it.
public struct SnapshotSummary: Hashable, Sendable {
    /// Key in this file; another file may use it for something else.
    public var id: Int64
    /// Unique in its file.
    public var name: String
    /// Machine type as the stream names it; nil where it names none.
    public var machineType: String?
    /// The controller in force when the state was saved.
    public var activeMode: InterruptMode
    /// The controllers that the machine has.
    public var offeredModes: [InterruptMode]
    /// Claimed numbers of the controller in force.
    public var claimedCount: Int
    /// Event queues that are valid and enqueuing.
    public var enabledQueueCount: Int
    /// Number of vCPUs.
    public var cpuCount: Int
    /// Content digest: equal states have equal ones, whatever file they are in.
    public var digest: Digest
    /// Path of the file that was imported, as the user gave it.
    public var filePath: String
    /// Kind of container of that file.
    public var container: String
    /// Version of the program that wrote it, where it is known.
    public var producerVersion: String?
    /// When it was imported: ISO 8601 in UTC.
    public var importTime: String
}

/// Which snapshot of a file is meant.
public enum SnapshotSelector: Hashable, Sendable {
    case name(String)
    case id(Int64)
    /// The only one; an error where there are several.
    case only
}
