/// The other ways: forwards through RAM to the devices, which a description behind them, their footers
/// or the caller's layouts then split.
struct ForwardOpener {
    let source: any ByteSource
    let layouts: (any SectionLayouts)?
    let fileOffset: UInt64
    /// A description found at the end, which may be that of these devices.
    let tail: TailDescription?

    func locate() throws(SavedStateError) -> LocatedStream {
        var walker = try StreamWalker(
            source, sink: IgnoredPages(), pageSize: tail?.description.pageSize, fileOffset: fileOffset)
        return try locate(continuing: &walker)
    }

    /// Finds the devices from where a walker stands.
    func locate(continuing walker: inout StreamWalker<IgnoredPages>) throws(SavedStateError) -> LocatedStream {
        var located = LocatedStream(method: .headOnly)
        do throws(SavedStateError) {
            try walk(&walker, &located)
        } catch {
            try fallBack(error, walker, &located)
        }
        located.configuration = walker.configuration
        located.liveSections = walker.liveSections
        located.blocks = walker.ram.blocks
        located.pageSize = walker.ram.pageSize
        located.notes += walker.notes
        return located
    }

    /// Walks to the devices and through them, up to the end mark or the end of a package.
    private func walk(
        _ walker: inout StreamWalker<IgnoredPages>, _ located: inout LocatedStream
    ) throws(SavedStateError) {
        while true {
            switch try walker.next() {
            case .start, .live: continue
            case .command(let command) where command.code == StreamCommand.package:
                try package(command, &walker, &located)
                return
            case .command: continue
            case .end:
                located.method = .forward
                located.endOffset = walker.cursor.position - 1
                return
            case .device(let header):
                walker.cursor.seek(to: header.offset)
                try devices(from: header.offset, &walker, &located)
                return
            }
        }
    }

    /// The walk stopped. Where a description at the end leads to devices that stand behind the damage, and
    /// no other stream begins in between, they are good.
    private func fallBack(
        _ error: SavedStateError, _ walker: borrowing StreamWalker<IgnoredPages>, _ located: inout LocatedStream
    ) throws(SavedStateError) {
        located.damage = located.damage ?? error
        guard let tail, located.sections.isEmpty else { return }
        let chain = try SectionChain.walk(
            back: source, from: tail.eofOffset, to: walker.cursor.position, devices: tail.description.devices)
        guard chain.failure == nil, chain.offset >= walker.cursor.position else { return }
        var search = StreamCursor(source, at: walker.cursor.position, end: chain.offset)
        guard try search.find(StreamHead.magic + [0, 0, 0, 3]) == nil else { return }
        located.sections = chain.sections
        located.method = .tail
        located.endOffset = tail.eofOffset
        located.damage = nil
        located.notes.append(
            "bytes \(walker.cursor.position) to \(chain.offset) before the devices are not understood: \(error)")
    }

    /// Splits the devices that begin at `first`.
    private func devices(
        from first: UInt64, _ walker: inout StreamWalker<IgnoredPages>, _ located: inout LocatedStream
    ) throws(SavedStateError) {
        if let chain = try tail.flatMap({ tail throws(SavedStateError) in try self.chain(tail, from: first) }) {
            adopt(chain, &located)
            return
        }
        if walker.hasFooters == false {
            try withoutFooters(from: first, &walker, &located)
        } else {
            try withFooters(&walker, &located)
        }
    }

    // MARK: By a description

    private typealias Described = (chain: SectionChain, tail: TailDescription)

    /// The sections that a description gives, if they begin exactly at `first`.
    private func chain(_ tail: TailDescription, from first: UInt64) throws(SavedStateError) -> Described? {
        guard tail.eofOffset >= first else { return nil }
        let chain = try SectionChain.walk(
            back: source, from: tail.eofOffset, to: first, devices: tail.description.devices)
        return chain.offset == first && chain.failure == nil ? (chain, tail) : nil
    }

    private func adopt(_ described: Described, _ located: inout LocatedStream) {
        located.sections = described.chain.sections
        located.method = .forward
        located.endOffset = described.tail.eofOffset
        located.notes += described.tail.description.notes + described.chain.notes.reversed()
        noteTrailing(from: described.tail.end, &located)
    }

    /// Without footers only a description can split the devices. It stands somewhere behind the first one,
    /// behind an end mark, and its sizes must lead back to exactly this first device.
    private func withoutFooters(
        from first: UInt64, _ walker: inout StreamWalker<IgnoredPages>, _ located: inout LocatedStream
    ) throws(SavedStateError) {
        var search = StreamCursor(source, at: first)
        var budget = Limits.descriptionBytes
        while let mark = try search.findDescription() {
            guard mark.length <= budget else { break }
            budget -= mark.length
            let text = try source.read(at: mark.offset + TailDescription.headerBytes, count: Int(mark.length))
            let end = mark.offset + TailDescription.headerBytes + mark.length
            guard let tail = try? TailDescription.read(text, eof: mark.offset, end: end),
                let described = try chain(tail, from: first)
            else { continue }
            adopt(described, &located)
            return
        }
        try unbounded(&walker, &located)
    }

    /// Neither a description nor footers: as far as the caller's layouts tell where sections end.
    private func unbounded(
        _ walker: inout StreamWalker<IgnoredPages>, _ located: inout LocatedStream
    ) throws(SavedStateError) {
        while true {
            switch try walker.next() {
            case .end:
                located.method = .forward
                located.endOffset = walker.cursor.position - 1
                return
            case .device(let header):
                let count = Int(min(walker.cursor.remaining, UInt64(Limits.scanBlock)))
                let bytes = try source.read(at: header.bodyOffset, count: count)
                var section = DeviceSection(header, position: located.sections.count, bodyLength: 0)
                guard let layout = layouts?.layout(ofUnbounded: section, bytes: bytes),
                    layout.length <= walker.cursor.remaining
                else { throw noEnd(of: section) }
                section.bodyLength = layout.length
                section.layout = layout
                located.sections.append(section)
                walker.cursor.seek(to: header.bodyOffset + layout.length)
            case .start, .live, .command: continue
            }
        }
    }

    private func noEnd(of section: DeviceSection) -> SavedStateError {
        SavedStateError(
            .unsupported,
            "the stream has neither a self-description nor section footers, so the end of this section and all behind"
                + " it cannot be found", section: "\(section.name) (instance \(section.instance))",
            offset: section.offset,
            advice: "save the guest again with a machine type from 2.3 on, or without suppress-vmdesc")
    }

    // MARK: By footers

    /// Sections up to the end mark; a description behind it gives fields to all sections that it fits.
    private func withFooters(
        _ walker: inout StreamWalker<IgnoredPages>, _ located: inout LocatedStream
    ) throws(SavedStateError) {
        located.method = .footers
        var scan = FooterScan(source: source, end: source.byteCount, hasEndMark: true)
        try split(&walker, &scan, &located, until: nil)
        let eof = walker.cursor.position - 1
        located.endOffset = eof
        guard try walker.cursor.peek() == Mark.description else {
            located.notes.append("the stream has no self-description: the fields of its sections are not known")
            noteTrailing(from: walker.cursor.position, &located)
            return
        }
        describe(eof, &walker, &located)
    }

    /// Sections until the end mark, or until `end`.
    private func split(
        _ walker: inout StreamWalker<IgnoredPages>, _ scan: inout FooterScan, _ located: inout LocatedStream,
        until end: UInt64?
    ) throws(SavedStateError) {
        while walker.cursor.position < end ?? .max {
            switch try walker.next() {
            case .end: return
            case .start, .live: continue
            case .command(let command):
                guard command.code != StreamCommand.package else {
                    throw SavedStateError(.malformed, "a package among the devices", offset: command.offset)
                }
            case .device(let header):
                guard located.sections.count < Limits.deviceSections else {
                    throw SavedStateError(.limit, "the stream has more than \(Limits.deviceSections) devices")
                }
                guard let footer = try scan.footer(of: header.id, from: header.bodyOffset) else {
                    throw unclosed(header)
                }
                located.sections.append(
                    DeviceSection(
                        header, position: located.sections.count, bodyLength: footer - header.bodyOffset))
                walker.cursor.seek(to: footer)
                try walker.footer(of: header.id, printable(header.name))
            }
        }
    }

    private func unclosed(_ header: SectionHeader) -> SavedStateError {
        SavedStateError(
            .truncated, "no footer with the section's id \(header.id) closes it before the input ends",
            section: "\(printable(header.name)) (instance \(header.instance))", offset: header.offset,
            advice: "the file is incomplete or damaged: save or copy it again")
    }

    /// Reads the description behind the end mark and gives its layouts to the sections that they fit.
    private func describe(
        _ eof: UInt64, _ walker: inout StreamWalker<IgnoredPages>, _ located: inout LocatedStream
    ) {
        do throws(SavedStateError) {
            try walker.cursor.skip(1, "the self-description")
            let length: UInt32 = try walker.cursor.integer("the self-description")
            guard UInt64(length) <= Limits.descriptionBytes else {
                throw SavedStateError(.limit, "the self-description claims \(length) bytes", offset: eof)
            }
            let text = try walker.cursor.bytes(Int(length), "the self-description")
            let tail = try TailDescription.read(text, eof: eof, end: walker.cursor.position)
            try attach(tail, &located)
            noteTrailing(from: walker.cursor.position, &located)
        } catch {
            located.notes.append("the fields of the sections are not known: \(error)")
        }
    }

    private func attach(_ tail: TailDescription, _ located: inout LocatedStream) throws(SavedStateError) {
        if let first = located.sections.first, let described = try chain(tail, from: first.offset) {
            adopt(described, &located)
            return
        }
        let devices = tail.description.devices
        if devices.count != located.sections.count {
            located.notes.append("\(located.sections.count) sections, but the self-description has \(devices.count)")
        }
        for (index, device) in zip(located.sections.indices, devices) {
            let section = located.sections[index]
            let isSame = section.name == printable(device.name) && section.instance == device.instance
            if isSame, section.bodyLength == device.layout.length {
                located.sections[index].layout = device.layout
            } else {
                located.notes.append(
                    "the self-description does not fit the section \(section.name) (instance \(section.instance),"
                        + " \(section.bodyLength) bytes): it says \(printable(device.name)) (instance"
                        + " \(device.instance), \(device.layout.length) bytes)")
            }
        }
    }

    // MARK: In a package

    /// The devices of a stream that switched to postcopy: a piece of stream behind a command.
    private func package(
        _ command: StreamCommand, _ walker: inout StreamWalker<IgnoredPages>, _ located: inout LocatedStream
    ) throws(SavedStateError) {
        located.method = .package
        guard command.length == 4 else {
            throw SavedStateError(.malformed, "a package command without its length", offset: command.offset)
        }
        walker.cursor.seek(to: command.dataOffset)
        let length: UInt32 = try walker.cursor.integer("the length of a package")
        guard UInt64(length) <= walker.cursor.remaining else { throw walker.cursor.truncated("a package") }
        let end = walker.cursor.position + UInt64(length)
        var scan = FooterScan(source: source, end: end, hasEndMark: false)
        try split(&walker, &scan, &located, until: end)
        guard walker.cursor.position == end else {
            throw SavedStateError(.malformed, "an item goes beyond the end of its package", offset: end)
        }
        located.notes.append(
            "the stream switched to postcopy: the fields of its sections are not known, and guest RAM is incomplete")
    }

    /// Says what stands behind the stream.
    private func noteTrailing(from end: UInt64, _ located: inout LocatedStream) {
        guard end < source.byteCount else { return }
        let first = (try? source.read(at: end, count: Int(min(4, source.byteCount - end)))) ?? []
        let kind = first == StreamHead.magic ? ", the beginning of another stream" : ""
        located.notes.append("\(source.byteCount - end) bytes follow the stream and are ignored\(kind)")
    }
}

extension DeviceSection {
    /// A section without a layout.
    init(_ header: SectionHeader, position: Int, bodyLength: UInt64) {
        self.init(
            position: position, name: printable(header.name), instance: header.instance, version: header.version,
            id: header.id, offset: header.offset, bodyOffset: header.bodyOffset, bodyLength: bodyLength, layout: nil)
    }
}
