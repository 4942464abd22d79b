import SavedState

/// The layouts of the interrupt sections, for streams that do not describe themselves.
///
/// They are the same on QEMU 5.2, 7.2, 10.0 and 11.1, and older streams carry nothing else to go by:
/// machine types 2.1 and 2.2 write no description, postcopy and `suppress-vmdesc` leave it out.
/// Field names are those of the description, so that decoding has one path.
enum Layouts {
    /// The layout of a section, or nil for one that is not an interrupt section or does not fit it.
    static func layout(of section: DeviceSection, bytes: [UInt8]) -> BodyLayout? {
        switch section.name {
        case "ics": return ics(bytes)
        case "icp/server": return presenter(bytes)
        case "xive-source": return xiveSource(bytes)
        case "spapr-xive": return xive(bytes)
        case "xive-tctx": return context(bytes)
        case "spapr_pci": return bridge(bytes)
        case "spapr": return machine(bytes)
        default:
            let name = VirtualDeviceName(sectionName: section.name)
            return name?.hasNumberInSection == true ? virtualDevice(bytes) : nil
        }
    }

    /// `hw/intc/xics.c`: count, then {server, priority, saved priority, status, flags} for each number.
    private static func ics(_ bytes: [UInt8]) -> BodyLayout? {
        guard let count = word(bytes, at: 0), bytes.count == 4 + 8 * Int(count) else { return nil }
        return Builder("ics").field("nr_irqs", "uint32", 4)
            .array(
                "irqs", count: UInt64(count),
                of: Builder("ics/irq", version: 2).field("server", "uint32", 4).field("priority", "uint8", 1)
                    .field("saved_priority", "uint8", 1).field("status", "uint8", 1).field("flags", "uint8", 1)
            )
            .layout
    }

    private static func presenter(_ bytes: [UInt8]) -> BodyLayout? {
        guard bytes.count == 6 else { return nil }
        return Builder("icp/server").field("xirr", "uint32", 4).field("pending_priority", "uint8", 1)
            .field("mfrr", "uint8", 1).layout
    }

    private static func xiveSource(_ bytes: [UInt8]) -> BodyLayout? {
        guard let count = word(bytes, at: 0), bytes.count == 4 + Int(count) else { return nil }
        return Builder("xive-source").field("nr_irqs", "uint32", 4).field("status", "buffer", UInt64(count)).layout
    }

    /// `hw/intc/spapr_xive.c`: the number of queues is not in the data; the section's length tells it.
    private static func xive(_ bytes: [UInt8]) -> BodyLayout? {
        guard let count = word(bytes, at: 0) else { return nil }
        let tables = bytes.count - 4 - 8 * Int(count)
        guard tables >= 0, tables.isMultiple(of: 32) else { return nil }
        let queue = (0..<8).reduce(Builder("spapr-xive/end")) { $0.field("w\($1)", "uint32", 4) }
        return Builder("spapr-xive").field("nr_irqs", "uint32", 4)
            .array("eat", count: UInt64(count), of: Builder("spapr-xive/eas").field("w", "uint64", 8))
            .array("endt", count: UInt64(tables / 32), of: queue)
            .layout
    }

    private static func context(_ bytes: [UInt8]) -> BodyLayout? {
        guard bytes.count == 64 else { return nil }
        return Builder("xive-tctx").field("regs", "buffer", 64).layout
    }

    /// `hw/ppc/spapr_pci.c`; machine types up to 2.7 have five fields more.
    ///
    /// The two forms are told apart by the count of message blocks, which must fit the length.
    private static func bridge(_ bytes: [UInt8]) -> BodyLayout? {
        for old in [false, true] {
            let head = old ? 64 : 28
            guard let blocks = word(bytes, at: head - 4), bytes.count == head + 12 * Int(blocks) else { continue }
            var builder = Builder("spapr_pci", version: 2).field("buid", "int64", 8)
            if old {
                builder = builder.field("mig_liobn", "uint32", 4).field("mig_mem_win_addr", "uint64", 8)
                    .field("mig_mem_win_size", "uint64", 8).field("mig_io_win_addr", "uint64", 8)
                    .field("mig_io_win_size", "uint64", 8)
            }
            builder = builder.array("lsi_table", count: 4, of: Builder("spapr_pci/lsi").field("irq", "uint32", 4))
                .field("msi_devs_num", "int32", 4)
            guard blocks > 0 else { return builder.layout }
            let block = Builder("spapr_pci/msi").field("key", "uint32", 4).field("value.first_irq", "uint32", 4)
                .field("value.num", "uint32", 4)
            return builder.array("msi_devs", count: UInt64(blocks), of: block).layout
        }
        return nil
    }

    /// The `spapr_vio` part, the same for each type of device; what follows is the device's own.
    private static func virtualDevice(_ bytes: [UInt8]) -> BodyLayout? {
        guard bytes.count >= 32 else { return nil }
        let part = Builder("spapr_vio").field("reg", "uint32", 4).field("irq", "uint32", 4)
            .field("signal_state", "uint64", 8).field("crq.qladdr", "uint64", 8).field("crq.qsize", "uint32", 4)
            .field("crq.qnext", "uint32", 4)
        return Builder("virtual device").array("sdev", count: 1, of: part)
            .field("rest", "buffer", UInt64(bytes.count - 32)).layout
    }

    /// `hw/ppc/spapr.c`: the time base, then subsections, each 05, name, version, fields.
    ///
    /// Only the subsections of interest have a known length; one of another kind ends where the next
    /// subsection of the machine begins, or with the section.
    private static func machine(_ bytes: [UInt8]) -> BodyLayout? {
        guard bytes.count >= 16 else { return nil }
        var layout = Builder("spapr", version: 3).field("tb", "buffer", 16).layout
        layout.length = UInt64(bytes.count)
        var cursor = 16
        while let header = subsectionHeader(bytes, at: cursor) {
            let end = machineSubsectionEnd(header.name, bytes, from: header.end)
            guard let end else { return nil }
            let builder = machineSubsection(header.name, start: header.end, end: end)
            layout.subsections.append(builder)
            cursor = end
        }
        return cursor == bytes.count ? layout : nil
    }

    private static func machineSubsection(_ name: String, start: Int, end: Int) -> BodyLayout {
        let builder = Builder(name, offset: UInt64(start))
        switch name {
        case "spapr_option_vector_ov5_cas":
            return builder.array("ov5_cas", count: 1, of: Builder("spapr_option_vector").field("bitmap", "bitmap", 256))
                .layout
        case "spapr_irq_map":
            return builder.field("irq_map", "bitmap", UInt64(end - start)).layout
        case "spapr_dtb":
            return builder.field("fdt_initial_size", "uint32", 4).field("fdt_size", "uint32", 4)
                .field("fdt_blob", "buffer", UInt64(end - start - 8)).layout
        default:
            return builder.field("data", "buffer", UInt64(end - start)).layout
        }
    }

    private static func machineSubsectionEnd(_ name: String, _ bytes: [UInt8], from start: Int) -> Int? {
        let end: Int
        switch name {
        case "spapr_option_vector_ov5_cas": end = start + 256
        case "spapr_irq_map": end = start + 416
        case "spapr_dtb":
            guard let size = word(bytes, at: start + 4) else { return nil }
            end = start + 8 + Int(size)
        default:
            end = (start...bytes.count).first { subsectionHeader(bytes, at: $0) != nil } ?? bytes.count
        }
        return end <= bytes.count ? end : nil
    }

    /// The name of a subsection of the machine and the end of its header, if one starts here.
    private static func subsectionHeader(_ bytes: [UInt8], at offset: Int) -> (name: String, end: Int)? {
        guard offset >= 0, bytes.count - offset >= 6, bytes[offset] == 5 else { return nil }
        let length = Int(bytes[offset + 1])
        guard bytes.count - offset >= 6 + length, length > 5 else { return nil }
        let name = bytes[offset + 2..<offset + 2 + length]
        guard name.starts(with: "spapr".utf8), name.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { return nil }
        return (String(decoding: name, as: UTF8.self), offset + 6 + length)
    }

    private static func word(_ bytes: [UInt8], at offset: Int) -> UInt32? {
        guard offset >= 0, offset <= bytes.count, bytes.count - offset >= 4 else { return nil }
        return bytes[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
}

/// Places fields one behind the other.
private struct Builder {
    var layout: BodyLayout

    init(_ name: String, version: UInt32 = 1, offset: UInt64 = 0) {
        layout = BodyLayout(name: name, version: version, offset: offset, length: 0, fields: [])
    }

    private var end: UInt64 { layout.offset + layout.length }

    func field(_ name: String, _ type: String, _ size: UInt64) -> Builder {
        adding(FieldLayout(name: name, type: type, offset: end, elementSize: size))
    }

    func array(_ name: String, count: UInt64, of element: Builder) -> Builder {
        var placed = element.layout
        placed.offset = end
        for index in placed.fields.indices { placed.fields[index].offset += end }
        return adding(
            FieldLayout(
                name: name, type: "struct", offset: end, elementSize: placed.length, count: count, element: placed))
    }

    private func adding(_ field: FieldLayout) -> Builder {
        var copy = self
        copy.layout.fields.append(field)
        copy.layout.length += field.elementSize * field.count
        return copy
    }
}
