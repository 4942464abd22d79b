import Synchronization

/// The machine state of an internal snapshot.
///
/// It is stored like disk data behind the virtual disk, reachable through the snapshot's own L1 table:
/// the guest cluster of state byte x is `ceil(D / (C * N)) * N + x / C`, with the snapshot's disk size D,
/// cluster size C, and N entries in an L2 table (`block/qcow2.c`, `qcow2_vm_state_offset`).
final class Qcow2State: ByteSource {
    let byteCount: UInt64
    private let image: Qcow2Image
    /// First guest cluster of the state.
    private let first: UInt64
    /// L1 entries that the state needs, and the index of the first of them.
    private let levelOne: [UInt64]
    private let levelOneStart: UInt64
    private let tables = Mutex<[(offset: UInt64, entries: [UInt8])]>([])
    /// The compressed cluster read last: scans come in blocks smaller than a cluster.
    private let unpacked = Mutex<(entry: UInt64, bytes: [UInt8])?>(nil)

    init(_ image: Qcow2Image, _ snapshot: Qcow2Image.Snapshot) throws(SavedStateError) {
        guard snapshot.stateSize > 0 else {
            throw SavedStateError(
                .missing, "the snapshot “\(snapshot.name)” holds the disk only, no state of the machine",
                advice: "the state may be in another disk of the same machine")
        }
        let header = image.header
        let span = header.clusterSize * header.entriesPerL2
        let tablesBefore = snapshot.diskSize / span + (snapshot.diskSize % span == 0 ? 0 : 1)
        let (firstCluster, overflow) = tablesBefore.multipliedReportingOverflow(by: header.entriesPerL2)
        let lastTable = (snapshot.stateSize - 1) / span
        let (end, overflowEnd) = tablesBefore.addingReportingOverflow(lastTable + 1)
        guard !overflow, !overflowEnd, end <= UInt64(snapshot.levelOneEntries),
            UInt64(snapshot.levelOneEntries) <= Limits.levelOneEntries
        else {
            throw SavedStateError(
                .malformed,
                "the snapshot “\(snapshot.name)” claims \(snapshot.stateSize) bytes of state, its tables do not"
                    + " reach that far", offset: snapshot.levelOne)
        }
        let (offset, overflowOffset) = snapshot.levelOne.addingReportingOverflow(tablesBefore * 8)
        guard !overflowOffset else {
            throw SavedStateError(.malformed, "the snapshot's L1 table lies nowhere", offset: snapshot.levelOne)
        }
        let bytes = try image.source.read(at: offset, count: Int(end - tablesBefore) * 8)
        levelOne = stride(from: 0, to: bytes.count, by: 8).map { bytes.bigEndian(at: $0) ?? 0 }
        levelOneStart = tablesBefore
        first = firstCluster
        byteCount = snapshot.stateSize
        self.image = image
    }

    func read(at offset: UInt64, count: Int) throws(SavedStateError) -> [UInt8] {
        guard count >= 0, offset <= byteCount, UInt64(count) <= byteCount - offset else {
            throw SavedStateError(
                .truncated, "the snapshot's state ends before the \(count) bytes that are needed here",
                offset: offset)
        }
        return try collect(count) { buffer throws(SavedStateError) in try read(at: offset, into: buffer) }
    }

    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(SavedStateError) -> Int {
        guard offset < byteCount else { return 0 }
        let count = Int(min(UInt64(buffer.count), byteCount - offset))
        var done = 0
        while done < count {
            let target = UnsafeMutableRawBufferPointer(rebasing: buffer[done..<count])
            done += try readRun(at: offset + UInt64(done), into: target)
        }
        return done
    }

    /// Where a cluster, or a part of one, is stored.
    private enum Place: Hashable {
        case zero
        case stored(UInt64)
        case packed(UInt64)
    }

    /// Reads from one cluster on, through all that follow it in the file.
    private func readRun(
        at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer
    ) throws(SavedStateError) -> Int {
        let (place, length) = try place(of: offset)
        var run = min(buffer.count, length)
        switch place {
        case .zero:
            UnsafeMutableRawBufferPointer(rebasing: buffer[0..<run]).initializeMemory(as: UInt8.self, repeating: 0)
        case .packed(let entry):
            let cluster = try unpack(entry)
            let start = Int(offset % image.header.clusterSize)
            buffer.copyBytes(from: cluster[start..<start + run])
        case .stored(let host):
            while run < buffer.count {
                let (next, more) = try self.place(of: offset + UInt64(run))
                guard next == .stored(host &+ UInt64(run)) else { break }
                run += min(buffer.count - run, more)
            }
            let target = UnsafeMutableRawBufferPointer(rebasing: buffer[0..<run])
            let count = try image.source.read(at: host, into: target)
            guard count == run else {
                throw SavedStateError(
                    .truncated, "the disk image ends at byte \(image.source.byteCount), its tables point behind",
                    offset: offset, advice: "the image is incomplete")
            }
        }
        return run
    }

    /// Where the byte at a state offset is, and how many bytes from it on are in the same place.
    private func place(of offset: UInt64) throws(SavedStateError) -> (Place, Int) {
        let header = image.header
        let number = first + offset / header.clusterSize
        let within = offset % header.clusterSize
        let table = levelOne[Int(number / header.entriesPerL2 - levelOneStart)] & Self.offsetMask
        let rest = Int(header.clusterSize - within)
        guard table != 0 else { return (.zero, rest) }
        let size: UInt64 = header.hasExtendedL2 ? 16 : 8
        let index = Int(number % header.entriesPerL2 * size)
        let (entry, subclusters) = try entry(at: index, ofTable: table, size: size)
        if entry & 1 << 62 != 0 { return (.packed(entry), rest) }
        let host = entry & Self.offsetMask
        guard header.hasExtendedL2 else {
            return host == 0 || entry & 1 != 0 ? (.zero, rest) : (.stored(host + within), rest)
        }
        let subcluster = header.clusterSize / 32
        let bit = within / subcluster
        let inPart = Int(subcluster - within % subcluster)
        let isStored = subclusters >> bit & 1 != 0 && subclusters >> (32 + bit) & 1 == 0
        return isStored && host != 0 ? (.stored(host + within), inPart) : (.zero, inPart)
    }

    private static let offsetMask: UInt64 = 0x00ff_ffff_ffff_fe00

    /// An L2 entry, with its subcluster bitmap where the image has such.
    private func entry(
        at index: Int, ofTable table: UInt64, size: UInt64
    ) throws(SavedStateError) -> (UInt64, UInt64) {
        let bytes = try levelTwo(table)
        return (bytes.bigEndian(at: index) ?? 0, size == 16 ? bytes.bigEndian(at: index + 8) ?? 0 : 0)
    }

    /// An L2 table; the last few are kept.
    private func levelTwo(_ offset: UInt64) throws(SavedStateError) -> [UInt8] {
        if let known = tables.withLock({ tables in tables.first { $0.offset == offset }?.entries }) { return known }
        let bytes = try image.source.read(at: offset, count: Int(image.header.clusterSize))
        tables.withLock { tables in
            if tables.count >= Limits.levelTwoTables { tables.removeFirst() }
            tables.append((offset, bytes))
        }
        return bytes
    }

    /// A compressed cluster: its place and length share the entry (`docs/interop/qcow2.rst`).
    private func unpack(_ entry: UInt64) throws(SavedStateError) -> [UInt8] {
        if let known = unpacked.withLock({ $0 }), known.entry == entry { return known.bytes }
        let bits = 62 - (UInt64(image.header.clusterBits) - 8)
        let host = entry & (1 << bits - 1)
        let sectors = entry >> bits & (1 << (62 - bits) - 1) + 1
        let length = min(sectors * 512 - host % 512, image.source.byteCount - min(host, image.source.byteCount))
        let packed = try image.source.read(at: host, count: Int(length))
        let size = Int(image.header.clusterSize)
        guard let bytes = image.header.usesZstd ? try unzstd(packed, size) : Inflate.raw(packed, count: size) else {
            throw SavedStateError(.malformed, "a compressed cluster of the disk image is damaged", offset: host)
        }
        unpacked.withLock { $0 = (entry, bytes) }
        return bytes
    }

    /// A zstd frame, by the same program as for whole streams: such clusters are rare in a machine's state, which QEMU
    /// itself never compresses. What stands behind the frame, up to the end of the sector, is not read.
    private func unzstd(_ packed: [UInt8], _ size: Int) throws(SavedStateError) -> [UInt8]? {
        let file = try TemporaryFile()
        try file.write(packed)
        let output = try DecompressionProgram.start(
            Compression.zstd.program, reading: file.reopened(), name: "a cluster")
        do throws(SavedStateError) {
            return try output.read(at: 0, count: size)
        } catch {
            guard error.code == .missingProgram else { return nil }
            throw error
        }
    }
}
