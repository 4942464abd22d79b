/// What stands before the bulk of a stream: configuration, the START of every live section, devices
/// that are written early. Read without touching RAM.
struct StreamFront {
    var configuration: StreamConfiguration?
    var liveSections: [LiveSection]
    var blocks: [RAMBlock]
    var pageSize: UInt64
    /// Devices written next to the START sections.
    var early: [DeviceSection]
    /// Where the bulk begins.
    var end: UInt64
    /// Why not every START could be read: a live section of unknown content.
    var failure: SavedStateError?

    /// Reads the front of a stream.
    ///
    /// - Parameter devices: the self-description's, which tells the length of early devices.
    static func read(
        _ source: any ByteSource, devices: [DescribedDevice], pageSize: UInt64?, fileOffset: UInt64
    ) throws(SavedStateError) -> StreamFront {
        var walker = try StreamWalker(source, sink: IgnoredPages(), pageSize: pageSize, fileOffset: fileOffset)
        var early: [DeviceSection] = []
        var failure: SavedStateError?
        do throws(SavedStateError) {
            while try walker.isAtFrontItem(expecting: early.count < devices.count) {
                guard case .device(let header) = try walker.next() else { continue }
                let device = devices[early.count]
                guard header.name == device.name, header.instance == device.instance else {
                    walker.cursor.seek(to: header.offset)
                    break
                }
                early.append(try walker.pass(header, as: device, position: early.count))
            }
        } catch {
            failure = error
        }
        return StreamFront(
            configuration: walker.configuration, liveSections: walker.liveSections, blocks: walker.ram.blocks,
            pageSize: walker.ram.pageSize, early: early, end: walker.cursor.position, failure: failure)
    }

    /// What is wrong with the bytes right before a chain of sections: nil where they are the end of a live
    /// section that the front announces.
    ///
    /// Without this check the sections of another, older stream that ends where the file ends would pass.
    func gap(before chain: SectionChain, _ source: any ByteSource) throws(SavedStateError) -> SavedStateError? {
        var edge = chain.offset
        if edge == end || edge == early.first?.offset { return nil }
        // Commands without data may stand between the live sections and the devices.
        while edge >= end + 5, let code = try command(source, before: edge), code <= StreamCommand.last { edge -= 5 }
        if edge == end { return nil }
        let isEnd = chain.hasFooters ? try isFooter(source, before: edge) : try isLiveEnd(source, before: edge)
        if isEnd { return nil }
        return SavedStateError(
            .malformed, "what stands before the first device section is not the end of a live section of this stream",
            offset: chain.offset)
    }

    private func command(_ source: any ByteSource, before edge: UInt64) throws(SavedStateError) -> UInt16? {
        let bytes = try source.read(at: edge - 5, count: 5)
        guard bytes[0] == Mark.command, bytes[3] == 0, bytes[4] == 0, let code: UInt16 = bytes.bigEndian(at: 1),
            code > 0
        else { return nil }
        return code
    }

    private func isFooter(_ source: any ByteSource, before edge: UInt64) throws(SavedStateError) -> Bool {
        guard edge >= end, edge >= 5 else { return false }
        let bytes = try source.read(at: edge - 5, count: 5)
        guard bytes[0] == Mark.footer, let id: UInt32 = bytes.bigEndian(at: 1) else { return false }
        return failure != nil || liveSections.contains { $0.id == id }
    }

    /// Without footers: PART or END of RAM or of an empty or absent hash table.
    private func isLiveEnd(_ source: any ByteSource, before edge: UInt64) throws(SavedStateError) -> Bool {
        let payloads: [[UInt8]] = [
            [0, 0, 0, 0, 0, 0, 0, 0x10], [0xff, 0xff, 0xff, 0xff], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        ]
        for payload in payloads {
            let length = UInt64(5 + payload.count)
            guard edge >= end, edge - end >= length else { continue }
            let bytes = try source.read(at: edge - length, count: Int(length))
            guard bytes[0] == Mark.end || bytes[0] == Mark.part, bytes[5...].elementsEqual(payload) else { continue }
            if let id: UInt32 = bytes.bigEndian(at: 1), liveSections.contains(where: { $0.id == id }) { return true }
        }
        return false
    }
}

extension StreamWalker {
    /// Whether the next item belongs to the front: a command, a START, or a device written early.
    fileprivate mutating func isAtFrontItem(expecting device: Bool) throws(SavedStateError) -> Bool {
        let mark = try cursor.peek()
        return mark == Mark.command || mark == Mark.start || device && mark == Mark.full
    }

    /// Passes over a device whose length a description tells.
    mutating func pass(
        _ header: SectionHeader, as device: DescribedDevice, position: Int
    ) throws(SavedStateError) -> DeviceSection {
        try cursor.skip(device.layout.length, "a device section")
        try footer(of: header.id, printable(header.name))
        return DeviceSection(
            position: position, name: printable(header.name), instance: header.instance, version: header.version,
            id: header.id, offset: header.offset, bodyOffset: header.bodyOffset, bodyLength: device.layout.length,
            layout: device.layout)
    }
}
