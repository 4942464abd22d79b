import InterruptState
import SavedState

// spapr_pci, the virtual I/O devices and spapr: `hw/ppc/spapr_pci.c`, `spapr_vio.c`, `spapr.c`,
// `spapr_irq.c`, QEMU 5.2 to 11.1.

extension Decoding {
    /// BUID, four LSIs, and the blocks of message numbers given to functions behind the bridge.
    mutating func readBridge(_ reader: SectionReader) throws(SavedStateError) {
        let buid: UInt64 = try reader.integer("buid")
        let pinsField = try reader.field("lsi_table")
        let pins = try words(of: pinsField, perElement: 1, reader).map(LogicalNumber.init(_:))
        let countField = try reader.field("msi_devs_num")
        let count: UInt32 = try reader.integer("msi_devs_num")
        var messages: [MessageBlock] = []
        if let field = reader.layout.field("msi_devs") {
            let cells = try words(of: field, perElement: 3, reader)
            messages = stride(from: 0, to: cells.count - 2, by: 3).map {
                MessageBlock(device: cells[$0], first: LogicalNumber(cells[$0 + 1]), count: cells[$0 + 2])
            }
            addSites(.bridgeMessages, key: buid, field: field, path: "msi_devs", stride: 0, count: 1, reader)
        }
        guard messages.count == Int(count) else {
            throw reader.error(
                .malformed, "there are \(messages.count) message blocks, announced are \(count)",
                field: "msi_devs_num", at: countField.offset)
        }
        // The windows that machine types up to 2.7 save stand between BUID and LSIs.
        let old = try reader.range(at: 8, count: pinsField.offset < 8 ? 0 : pinsField.offset - 8, field: "lsi_table")
        state.bridges.append(
            HostBridge(
                buid: buid, instance: reader.section.instance, pins: pins, messages: messages,
                oldWindows: Array(reader.bytes[old])))
        addSites(.bridgePins, key: buid, field: pinsField, path: "lsi_table", stride: 0, count: 1, reader)
    }

    /// The `spapr_vio` part: unit address, number, signal state and queue.
    mutating func readVirtualDevice(_ reader: SectionReader, name: VirtualDeviceName) throws(SavedStateError) {
        guard let field = reader.layout.fields.first, let part = field.element else {
            throw reader.error(.badDescription, "the section does not begin with a structure", field: nil, at: 0)
        }
        let address: UInt32 = try reader.integer("reg", in: part)
        let number: UInt32 = try reader.integer("irq", in: part)
        guard address == name.unitAddress else {
            throw reader.error(
                .malformed, "unit address \(hexadecimal(UInt64(address))) does not match the section's name",
                field: "reg", at: field.offset)
        }
        let rest = try reader.range(at: field.offset + 8, count: field.elementSize &- 8, field: field.name)
        state.virtualDevices.append(
            VirtualDevice(
                type: name.type, unitAddress: address, number: LogicalNumber(number),
                queueState: Array(reader.bytes[rest])))
        addSites(
            .virtualDevice, key: UInt64(address), field: try reader.field("irq", in: part), path: "\(field.name).irq",
            stride: 0, count: 1, reader)
    }

    /// The machine: negotiated options, message bitmap, device tree, pending events.
    mutating func readMachine(_ reader: SectionReader) throws(SavedStateError) {
        if let body = reader.layout.subsection("spapr_option_vector_ov5_cas") {
            let vector = try reader.element(of: try reader.field("ov5_cas", in: body))
            let field = try reader.field("bitmap", in: vector)
            state.negotiatedOptions = try doublewords(field, reader)
            addSites(.negotiatedModes, field: field, path: "ov5_cas.bitmap", stride: 0, count: 1, reader)
        }
        if let body = reader.layout.subsection("spapr_irq_map") {
            let field = try reader.field("irq_map", in: body)
            state.messageBitmap = try doublewords(field, reader)
            addSites(.messageBitmap, field: field, path: "spapr_irq_map.irq_map", stride: 0, count: 1, reader)
        }
        if let body = reader.layout.subsection("spapr_dtb") {
            try readDeviceTree(reader, body)
        }
        if let body = reader.layout.subsection("spapr_pending_events") {
            let range = try reader.range(at: body.offset, count: body.length, field: body.name)
            state.residues.append(
                SectionResidue(
                    name: "spapr", instance: reader.section.instance, part: body.name,
                    bytes: Array(reader.bytes[range])))
        }
    }

    private mutating func readDeviceTree(_ reader: SectionReader, _ body: BodyLayout) throws(SavedStateError) {
        let blob = try reader.field("fdt_blob", in: body)
        let bytes = try reader.data(blob)
        state.deviceTreeBlob = DeviceTreeBlob(
            initialSize: try reader.integer("fdt_initial_size", in: body), bytes: bytes)
        addSites(.deviceTree, field: blob, path: "spapr_dtb.fdt_blob", stride: 0, count: 1, reader)
        do {
            let tree = try FlattenedDeviceTree(bytes)
            state.deviceTree = DeviceTreeFacts(tree)
            coreServers = DeviceTreeFacts.coreServers(tree)
        } catch {
            // The controllers are complete without it: a bad tree is a gap, not the end of the reading.
            addGap(
                "the device tree", "the blob in the stream is damaged: \(error.message) (byte \(error.offset) of it)")
        }
    }

    private func words(
        of field: FieldLayout, perElement: UInt64, _ reader: SectionReader
    ) throws(SavedStateError) -> [UInt32] {
        guard field.elementSize == 4 * perElement else {
            throw reader.error(
                .badDescription, "an element has \(field.elementSize) bytes, not \(4 * perElement)", field: field.name,
                at: field.offset)
        }
        return FlattenedDeviceTree.cells(try reader.data(field))
    }

    private func doublewords(_ field: FieldLayout, _ reader: SectionReader) throws(SavedStateError) -> [UInt64] {
        let bytes = try reader.data(field)
        guard bytes.count.isMultiple(of: 8) else {
            throw reader.error(.malformed, "a bitmap of \(bytes.count) bytes", field: field.name, at: field.offset)
        }
        return stride(from: 0, to: bytes.count, by: 8).map { start in
            bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) }
        }
    }
}

// MARK: - Evidence

extension Decoding {
    /// Notes where a table stands, for findings.
    mutating func addSites(
        _ kind: SiteRule.Kind, key: UInt64 = 0, field: FieldLayout, path: String, stride: UInt64, count: UInt64,
        _ reader: SectionReader
    ) {
        let site = Site(
            section: reader.section.name, instance: reader.section.instance, field: path,
            offset: reader.streamOffset(field.offset))
        state.origin.sites.append(SiteRule(kind: kind, firstKey: key, count: count, stride: stride, first: site))
    }

    mutating func recordOrigin() {
        if let configuration = stream.configuration {
            let site = Site(
                section: "configuration", instance: 0, field: "machine type", offset: configuration.machineTypeOffset)
            state.origin.sites.append(SiteRule(kind: .machineType, first: site))
        }
        state.origin.sections = stream.sections.map { section in
            SectionRecord(
                position: UInt32(truncatingIfNeeded: section.position), name: section.name,
                instance: section.instance, version: section.version, id: section.id, offset: section.offset,
                bodyOffset: section.bodyOffset, bodyLength: section.bodyLength)
        }
    }
}
