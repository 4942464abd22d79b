import CZlib

/// Writes small qcow2 images with one or more machine states in them.
struct Qcow2Builder {
    var clusterBits: UInt32 = 9
    var hasExtendedL2 = false
    /// Size of the disk when the snapshots were taken; the header says one TiB, as after growing it.
    var diskSize: UInt64 = 100_000
    var version: UInt32 = 3
    /// Stores every second cluster compressed.
    var isCompressed = false
    /// What compresses them to zstd frames, where they are not deflated.
    var zstd: (([UInt8]) -> [UInt8])?
    /// Leaves the 64-bit state size out, so that only the 32-bit one is there.
    var hasShortSize = false

    private var cluster: Int { 1 << Int(clusterBits) }
    private var perTable: Int { cluster / (hasExtendedL2 ? 16 : 8) }

    func image(_ states: [(name: String, stream: [UInt8])]) -> [UInt8] {
        var file = [UInt8](repeating: 0, count: cluster)
        var entries: [UInt8] = []
        for (index, state) in states.enumerated() {
            let (table, count) = levelOne(state.stream, &file)
            let extra = hasShortSize ? [] : be64(UInt64(state.stream.count)) + be64(diskSize) + be64(.max)
            let id = "\(index + 1)"
            entries += be64(table) + be32(count) + be16(UInt16(id.utf8.count)) + be16(UInt16(state.name.utf8.count))
            entries += be32(1_700_000_000) + be32(0) + be64(5) + be32(hasShortSize ? UInt32(state.stream.count) : 0)
            entries += be32(UInt32(extra.count)) + extra + Array(id.utf8) + Array(state.name.utf8)
            entries += [UInt8](repeating: 0, count: (8 - entries.count % 8) % 8)
        }
        let table = UInt64(file.count)
        file += entries
        file.replaceSubrange(0..<112, with: header(UInt32(states.count), table))
        return file
    }

    private func header(_ snapshots: UInt32, _ table: UInt64) -> [UInt8] {
        var bytes: [UInt8] = [0x51, 0x46, 0x49, 0xfb] + be32(version) + be64(0) + be32(0) + be32(clusterBits)
        bytes += be64(hasShortSize ? diskSize : 1 << 40) + be32(0) + be32(0) + be64(0) + be64(0) + be32(0)
        bytes += be32(snapshots) + be64(table) + be64((hasExtendedL2 ? 16 : 0) | (zstd == nil ? 0 : 8))
        bytes += be64(0) + be64(0)
        bytes += be32(4) + be32(112) + [zstd == nil ? 0 : 1] + [UInt8](repeating: 0, count: 7)
        return bytes
    }

    /// Appends state, L2 tables and L1 table; clusters of zeros are not stored.
    private func levelOne(_ stream: [UInt8], _ file: inout [UInt8]) -> (UInt64, UInt32) {
        let before = (Int(diskSize) + cluster * perTable - 1) / (cluster * perTable)
        var tables: [UInt64] = Array(repeating: 0, count: before)
        var entries: [[UInt8]] = []
        for start in stride(from: 0, to: stream.count, by: cluster) {
            let part = Array(stream[start..<min(start + cluster, stream.count)])
            entries.append(store(part, number: start / cluster, &file))
        }
        for start in stride(from: 0, to: entries.count, by: perTable) {
            align(&file)
            tables.append(UInt64(file.count))
            file += entries[start..<min(start + perTable, entries.count)].flatMap { $0 }
        }
        align(&file)
        let place = UInt64(file.count)
        file += tables.flatMap { be64($0) }
        align(&file)
        return (place, UInt32(tables.count))
    }

    private func store(_ part: [UInt8], number: Int, _ file: inout [UInt8]) -> [UInt8] {
        let bitmap: UInt64 =
            part.count == cluster ? 0xffff_ffff : (1 << UInt64((part.count * 32 + cluster - 1) / cluster)) - 1
        guard part.contains(where: { $0 != 0 }) else { return be64(0) + (hasExtendedL2 ? be64(0xffff_ffff << 32) : []) }
        if isCompressed, number.isMultiple(of: 2) {
            let whole = part + [UInt8](repeating: 0, count: cluster - part.count)
            let packed = zstd?(whole) ?? deflateRaw(whole)
            let host = UInt64(file.count)
            file += packed
            let sectors = UInt64((Int(host % 512) + packed.count + 511) / 512 - 1)
            let bits = 62 - UInt64(clusterBits - 8)
            return be64(1 << 62 | sectors << bits | host) + (hasExtendedL2 ? be64(0) : [])
        }
        align(&file)
        let host = UInt64(file.count)
        file += part
        align(&file)
        return be64(1 << 63 | host) + (hasExtendedL2 ? be64(bitmap) : [])
    }

    private func align(_ file: inout [UInt8]) {
        file += [UInt8](repeating: 0, count: (cluster - file.count % cluster) % cluster)
    }
}

func be16(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xff)] }

/// Raw deflate by the system's zlib.
func deflateRaw(_ bytes: [UInt8]) -> [UInt8] { deflated(bytes, windowBits: -12) }

/// A zlib stream.
func deflateZlib(_ bytes: [UInt8]) -> [UInt8] { deflated(bytes, windowBits: 15) }

private func deflated(_ bytes: [UInt8], windowBits: CInt) -> [UInt8] {
    var stream = z_stream()
    deflateInit2_(
        &stream, 6, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
    defer { deflateEnd(&stream) }
    var input = bytes
    var output = [UInt8](repeating: 0, count: bytes.count * 2 + 100)
    let count = input.withUnsafeMutableBufferPointer { source in
        output.withUnsafeMutableBufferPointer { target in
            stream.next_in = source.baseAddress
            stream.avail_in = UInt32(source.count)
            stream.next_out = target.baseAddress
            stream.avail_out = UInt32(target.count)
            deflate(&stream, Z_FINISH)
            return target.count - Int(stream.avail_out)
        }
    }
    return Array(output[..<count])
}
