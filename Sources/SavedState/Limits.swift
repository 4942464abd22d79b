import FlatJSON

/// Limits that keep hostile input from costing more than its size justifies.
///
/// Every count that a stream claims is compared with the bytes that are left before it is used. The
/// limits below bound what remains: memory and depth. Each is far above what real streams show
/// (measured on QEMU 5.2 to 11.1), so that meeting one means damage or intent, not a large guest.
enum Limits {
    /// Bytes of a self-description. Largest seen: 103,313 for 71 devices.
    static let descriptionBytes: UInt64 = 16 << 20
    /// The text of a self-description. Largest seen: about 10,000 values; 14 levels, for structures nested 4 deep.
    static let description = JSONLimits(bytes: Int(descriptionBytes), values: 1 << 20, depth: 64)
    /// Device sections of a stream. Largest seen: 71.
    static let deviceSections = 1 << 16
    /// Live sections of a stream. Largest seen: 4.
    static let liveSections = 1 << 12
    /// RAM blocks of a stream. Largest seen: 12; a guest has one for each DIMM and each ROM.
    static let ramBlocks = 1 << 14
    /// Stretches of RAM records that are remembered, 48 bytes each: enough for 256 GiB of records in good order.
    static let recordStretches = 1 << 18
    /// Bytes of a machine type's name. Longest seen: 14.
    static let machineTypeBytes = 1 << 10
    /// Capabilities that the configuration section names. QEMU 11.1 knows fewer than 40.
    static let capabilities = 1 << 8
    /// Page sizes that a target can have: 1 KiB (old Arm) to 1 MiB, as a power of two.
    static let pageSizes: ClosedRange<UInt64> = 1 << 10...1 << 20
    /// Bytes of one read of a scan; four such buffers stay below any memory budget.
    static let scanBlock = 1 << 20
    /// First read of a scan, doubled with each further one: a head must not cost a whole block.
    static let firstBlock = 4 << 10
    /// Bytes of XML of a libvirt save image that are kept. Seen: 1,000, plus 64 KiB of padding.
    static let libvirtTextBytes: UInt64 = 16 << 20
    /// Bytes of a stream from its first device on that are spooled where the input cannot be sought:
    /// pipes and compressed files. Largest seen: 13 MB. A disk's worth of zeros behind a tiny compressed
    /// file ends here. They go to a temporary file: memory is not concerned.
    static let spooledBytes: UInt64 = 256 << 20
    /// Bytes of an error text that a program writes.
    static let programMessageBytes = 1 << 12
    /// Snapshots of a disk image, bytes of their table, entries of an L1 table (32 MiB of them), extra
    /// bytes of an entry: QEMU's own limits (`block/qcow2.h`).
    static let snapshots: UInt32 = 65_536
    static let snapshotTableBytes: UInt64 = 64 << 20
    static let levelOneEntries: UInt64 = 4 << 20
    static let snapshotExtraBytes: UInt32 = 1024
    /// L2 tables of a disk image that are kept: one covers 512 MiB of state at the usual cluster size.
    static let levelTwoTables = 8
    /// Bytes of guest memory that are collected at once: the event queues of 2,048 vCPUs, at the 64 KiB
    /// that Linux gives each. Twice as much memory is needed for it.
    static let guestBytes: UInt64 = 128 << 20
}
