/// A disk image in the qcow2 format, as far as the machine states in it are concerned
/// (`docs/interop/qcow2.rst` of QEMU 11.1). Only read, never locked.
struct Qcow2Image: Sendable {
    let source: any ByteSource
    let header: Header
    let snapshots: [Snapshot]

    struct Header: Hashable, Sendable {
        var version: UInt32
        var clusterBits: UInt32
        var diskSize: UInt64
        var snapshotCount: UInt32
        var snapshotTable: UInt64
        var hasExtendedL2: Bool
        /// Compressed clusters are zstd frames, not raw deflate.
        var usesZstd: Bool

        var clusterSize: UInt64 { 1 << UInt64(clusterBits) }
        var entriesPerL2: UInt64 { clusterSize / (hasExtendedL2 ? 16 : 8) }
    }

    /// An internal snapshot.
    struct Snapshot: Hashable, Sendable {
        var id: String
        var name: String
        /// Offset of its L1 table, number of entries.
        var levelOne: UInt64
        var levelOneEntries: UInt32
        var seconds: UInt32
        var guestClock: UInt64
        /// 0: only the disk, or the state is in another disk of the machine.
        var stateSize: UInt64
        /// Size of the disk when the snapshot was taken; the state lies behind it.
        var diskSize: UInt64
    }

    /// Reads header and snapshot table.
    static func read(_ source: any ByteSource) throws(SavedStateError) -> Qcow2Image {
        let header = try readHeader(source)
        return Qcow2Image(source: source, header: header, snapshots: try readSnapshots(source, header))
    }

    private static func readHeader(_ source: any ByteSource) throws(SavedStateError) -> Header {
        let bytes = try source.read(at: 0, count: Int(min(source.byteCount, 112)))
        guard bytes.count >= 72, let version: UInt32 = bytes.bigEndian(at: 4) else {
            throw SavedStateError(.truncated, "the disk image ends inside its header", offset: source.byteCount)
        }
        guard version == 2 || version == 3 else {
            throw SavedStateError(.unsupported, "the disk image has the unknown version \(version)", offset: 4)
        }
        let snapshotCount: UInt32 = bytes.bigEndian(at: 60) ?? 0
        // Without snapshots nothing else matters.
        guard let clusterBits: UInt32 = bytes.bigEndian(at: 20), (9...21).contains(clusterBits) || snapshotCount == 0
        else {
            throw SavedStateError(.malformed, "the disk image claims an impossible cluster size", offset: 20)
        }
        guard let crypt: UInt32 = bytes.bigEndian(at: 32), crypt == 0 else {
            throw SavedStateError(
                .unsupported, "the disk image is encrypted, and so is the state in it", offset: 32,
                advice: "decrypt it with qemu-img convert first")
        }
        let features: UInt64 = version == 3 ? bytes.bigEndian(at: 72) ?? 0 : 0
        try check(features)
        let length: UInt32 = version == 3 ? bytes.bigEndian(at: 100) ?? 104 : 72
        return Header(
            version: version, clusterBits: clusterBits, diskSize: bytes.bigEndian(at: 24) ?? 0,
            snapshotCount: snapshotCount, snapshotTable: bytes.bigEndian(at: 64) ?? 0,
            hasExtendedL2: features & 16 != 0,
            usesZstd: features & 8 != 0 && length > 104 && bytes.count > 104 && bytes[104] == 1)
    }

    /// Incompatible features: dirty, corrupt, external data file, compression type, extended L2.
    private static func check(_ features: UInt64) throws(SavedStateError) {
        guard features & 4 == 0 else {
            throw SavedStateError(
                .unsupported, "the disk image keeps its data in another file, so it cannot hold a machine's state",
                offset: 72)
        }
        guard features & ~0x1f == 0 else {
            throw SavedStateError(
                .unsupported, "the disk image uses unknown features 0x\(hexadecimal(features))", offset: 72)
        }
    }

    private static func readSnapshots(
        _ source: any ByteSource, _ header: Header
    ) throws(SavedStateError) -> [Snapshot] {
        guard header.snapshotCount <= Limits.snapshots else {
            throw SavedStateError(.limit, "the disk image claims \(header.snapshotCount) snapshots", offset: 60)
        }
        guard header.snapshotCount > 0 else { return [] }
        guard header.snapshotTable < source.byteCount else {
            throw SavedStateError(
                .malformed, "the disk image places its snapshot table behind its end", offset: header.snapshotTable)
        }
        let end = header.snapshotTable.addingReportingOverflow(Limits.snapshotTableBytes)
        var cursor = StreamCursor(source, at: header.snapshotTable, end: end.overflow ? nil : end.partialValue)
        var snapshots: [Snapshot] = []
        for _ in 0..<header.snapshotCount {
            snapshots.append(try readSnapshot(&cursor, header))
        }
        return snapshots
    }

    private static func readSnapshot(
        _ cursor: inout StreamCursor, _ header: Header
    ) throws(SavedStateError) -> Snapshot {
        let what: StaticString = "the snapshot table"
        let start = cursor.position
        let levelOne: UInt64 = try cursor.integer(what)
        let entries: UInt32 = try cursor.integer(what)
        let idLength: UInt16 = try cursor.integer(what)
        let nameLength: UInt16 = try cursor.integer(what)
        let seconds: UInt32 = try cursor.integer(what)
        let _: UInt32 = try cursor.integer(what)
        let clock: UInt64 = try cursor.integer(what)
        let shortSize: UInt32 = try cursor.integer(what)
        let extraLength: UInt32 = try cursor.integer(what)
        guard extraLength <= Limits.snapshotExtraBytes else {
            throw SavedStateError(.malformed, "a snapshot claims \(extraLength) extra bytes", offset: start + 36)
        }
        let extra = try cursor.bytes(Int(extraLength), what)
        let id = try cursor.bytes(Int(idLength), what)
        let name = try cursor.bytes(Int(nameLength), what)
        let padding = (8 - (cursor.position - start) % 8) % 8
        try cursor.skip(min(padding, cursor.remaining), what)
        return Snapshot(
            id: printable(id), name: printable(name), levelOne: levelOne, levelOneEntries: entries, seconds: seconds,
            guestClock: clock, stateSize: extra.bigEndian(at: 0) ?? UInt64(shortSize),
            diskSize: extra.bigEndian(at: 8) ?? header.diskSize)
    }

    /// The machine state of a snapshot as a source.
    func state(of snapshot: Snapshot) throws(SavedStateError) -> Qcow2State {
        try Qcow2State(self, snapshot)
    }
}
