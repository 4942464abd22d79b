/// Device sections found backwards from their end by the sizes in a self-description.
struct SectionChain {
    /// In the order of the stream.
    var sections: [DeviceSection]
    var hasFooters: Bool
    /// Devices at the head of the description that do not stand in the chain: those that QEMU writes
    /// early, next to the START of the live sections (virtio-mem, QEMU 8.0 and later).
    var earlyDevices: Int
    /// Where the chain stopped before the first device, why.
    var failure: SavedStateError?
    var notes: [String]

    /// Offset of the first section; the end mark where there is none.
    var offset: UInt64

    /// Walks back from `eof`, checking every header and footer.
    ///
    /// - Parameter floor: nothing before this offset is read.
    static func walk(
        back source: any ByteSource, from eof: UInt64, to floor: UInt64 = 0, devices: [DescribedDevice]
    ) throws(SavedStateError) -> SectionChain {
        let withFooters = try walk(source, eof, floor, devices, footer: 5)
        guard withFooters.failure != nil, withFooters.sections.isEmpty else { return withFooters }
        let without = try walk(source, eof, floor, devices, footer: 0)
        return without.sections.isEmpty ? withFooters : without
    }

    private static func walk(
        _ source: any ByteSource, _ eof: UInt64, _ floor: UInt64, _ devices: [DescribedDevice], footer: UInt64
    ) throws(SavedStateError) -> SectionChain {
        var chain = SectionChain(
            sections: [], hasFooters: footer > 0, earlyDevices: 0, failure: nil, notes: [], offset: eof)
        chain.sections.reserveCapacity(devices.count)
        for (index, device) in devices.enumerated().reversed() {
            do throws(SavedStateError) {
                try chain.prepend(device, at: index, source, floor: floor, footer: footer)
            } catch  where error.code == .badDescription {
                chain.failure = error
                chain.earlyDevices = index + 1
                break
            }
        }
        chain.sections.reverse()
        return chain
    }

    private mutating func prepend(
        _ device: DescribedDevice, at index: Int, _ source: any ByteSource, floor: UInt64, footer: UInt64
    ) throws(SavedStateError) {
        let headerLength = UInt64(14 + device.name.count)
        let (length, overflow) = device.layout.length.addingReportingOverflow(headerLength + footer)
        guard !overflow, length <= offset, offset - length >= floor else {
            throw mismatch(device, "does not fit before byte \(offset)", at: offset)
        }
        let start = offset - length
        let header = try source.read(at: start, count: Int(headerLength))
        guard header[0] == Mark.full, Int(header[5]) == device.name.count,
            header[6...].starts(with: device.name)
        else { throw mismatch(device, "is not at byte \(start), where its size puts it", at: start) }
        guard let id: UInt32 = header.bigEndian(at: 1), let instance: UInt32 = header.bigEndian(at: header.count - 8),
            let version: UInt32 = header.bigEndian(at: header.count - 4)
        else { throw mismatch(device, "is not at byte \(start)", at: start) }
        guard instance == device.instance else {
            throw mismatch(device, "has instance \(instance) in its header", at: start)
        }
        if footer > 0 {
            let found = try source.read(at: offset - footer, count: Int(footer))
            guard found == StreamWalker<IgnoredPages>.footer(id) else {
                throw mismatch(device, "has no footer of section id \(id) at its end", at: offset - footer)
            }
        }
        if let described = device.version, described != version {
            notes.append("\(printable(device.name)) has version \(version), its description says \(described)")
        }
        sections.append(
            DeviceSection(
                position: index, name: printable(device.name), instance: instance, version: version, id: id,
                offset: start, bodyOffset: start + headerLength, bodyLength: device.layout.length,
                layout: device.layout))
        offset = start
    }

    private func mismatch(_ device: DescribedDevice, _ what: String, at offset: UInt64) -> SavedStateError {
        SavedStateError(
            .badDescription, "the self-description does not match the data: the section \(what)",
            section: "\(printable(device.name)) (instance \(device.instance))", offset: offset)
    }
}
