/// Payloads of the live sections other than RAM: passed over, not decoded.
enum LivePayload {
    /// Whether the payload of a live section of this name can be passed over.
    static func isKnown(_ name: String) -> Bool {
        ["ram", "spapr/htab", "dirty-bitmap", "block"].contains(name)
    }

    /// The hash table of a pseries guest (`hw/ppc/spapr.c`): START has its size, the others chunks.
    static func skipHashTable(_ cursor: inout StreamCursor, isStart: Bool) throws(SavedStateError) {
        let header: UInt32 = try cursor.integer("the hash table")
        // In START the order of the table's size; all ones there and later: a guest without a table.
        if isStart || header == .max { return }
        guard header == 0 else {
            throw SavedStateError(
                .malformed, "the hash table begins with 0x\(hexadecimal(UInt64(header)))", section: "spapr/htab",
                offset: cursor.position &- 4)
        }
        while true {
            let index: UInt32 = try cursor.integer("a chunk of the hash table")
            let valid: UInt16 = try cursor.integer("a chunk of the hash table")
            let invalid: UInt16 = try cursor.integer("a chunk of the hash table")
            if index == 0, valid == 0, invalid == 0 { return }
            try cursor.skip(UInt64(valid) * 16, "a chunk of the hash table")
        }
    }

    /// Dirty bitmaps of disks (`migration/block-dirty-bitmap.c`).
    static func skipDirtyBitmaps(_ cursor: inout StreamCursor) throws(SavedStateError) {
        while true {
            let flags: UInt8 = try cursor.integer("a dirty-bitmap record")
            if flags == 0x01 { return }
            guard flags & 0x81 == 0 else {
                throw SavedStateError(
                    .malformed, "a dirty-bitmap record has the unknown flags 0x\(hexadecimal(UInt64(flags)))",
                    section: "dirty-bitmap", offset: cursor.position &- 1)
            }
            if flags & 0x08 != 0 { _ = try cursor.name("a node name") }
            if flags & 0x04 != 0 { _ = try cursor.name("a bitmap name") }
            if flags & 0x10 != 0 { try cursor.skip(4 + 1, "a dirty bitmap's granularity") }
            guard flags & 0x40 != 0 else { continue }
            try cursor.skip(8 + 4, "a dirty bitmap's bits")
            guard flags & 0x02 == 0 else { continue }
            let count: UInt64 = try cursor.integer("a dirty bitmap's bits")
            try cursor.skip(count, "a dirty bitmap's bits")
        }
    }

    /// Disk contents (`migration/block.c`, up to QEMU 9.0): blocks of 1 MiB each.
    static func skipDisks(_ cursor: inout StreamCursor) throws(SavedStateError) {
        while true {
            let word: UInt64 = try cursor.integer("a disk record")
            switch word & 0x1ff {
            case 0x02: return
            case 0x04: continue
            case 0x01, 0x09:
                _ = try cursor.name("the name of a disk")
                if word & 0x08 == 0 { try cursor.skip(1 << 20, "a block of a disk") }
            default:
                throw SavedStateError(
                    .malformed, "a disk record has the unknown flags 0x\(hexadecimal(word & 0x1ff))",
                    section: "block", offset: cursor.position &- 8)
            }
        }
    }
}
