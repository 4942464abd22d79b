/// A stretch of a stream, and what stands there.
public struct StreamExtent: Hashable, Sendable {
    /// What a stretch holds.
    public enum Content: Hashable, Sendable {
        /// Magic, version and configuration.
        case head
        /// Data of the live section with this name, with its headers and footers.
        case live(String)
        /// A command with this code and its data, without the stream of a package.
        case command(UInt16)
        /// The device section of this index in `SavedStream.sections`, with header and footer.
        case device(Int)
        /// The byte that ends the sections.
        case endMark
        /// The self-description with its mark and length.
        case description
        /// What follows the stream.
        case trailing
        /// Bytes that nothing explains, and why.
        case unexplained(String)
    }

    /// First byte.
    public var offset: UInt64
    /// Offset behind the last byte.
    public var end: UInt64
    /// What stands there.
    public var content: Content

    /// A stretch with this content.
    public init(offset: UInt64, end: UInt64, content: Content) {
        self.offset = offset
        self.end = end
        self.content = content
    }
}

extension SavedStream {
    /// Everything in the stream, in order and without a gap, from byte 0 to its end.
    ///
    /// Adjoining data of one live section is one stretch. Costs one pass over the stream, except over the pages of
    /// mapped-ram files; input that can be read only once shows what stands before its devices as unexplained.
    ///
    /// - Parameter progress: called now and then with the bytes passed and the size of the stream, if known.
    public func extents(progress: ((UInt64, UInt64?) -> Void)? = nil) -> [StreamExtent] {
        var walk = ExtentWalk(self)
        walk.run(progress)
        return walk.extents
    }
}

/// One pass over a stream that notes what it passes.
private struct ExtentWalk {
    private let stream: SavedStream
    private(set) var extents: [StreamExtent] = []
    private let sections: [UInt64: Int]

    init(_ stream: SavedStream) {
        self.stream = stream
        sections = Dictionary(
            stream.sections.enumerated().map { ($0.element.offset, $0.offset) }, uniquingKeysWith: { first, _ in first }
        )
    }

    private var position: UInt64 { extents.last?.end ?? 0 }
    private var total: UInt64 { stream.source.byteCount }

    mutating func run(_ progress: ((UInt64, UInt64?) -> Void)?) {
        var reason = "it could not be read"
        do throws(SavedStateError) {
            try walk(progress)
        } catch {
            reason = error.message
        }
        addKnownSections(reason)
        addEnd()
    }

    private mutating func add(_ content: StreamExtent.Content, upTo end: UInt64) {
        guard end > position else { return }
        if case .live = content, extents.last?.content == content {
            extents[extents.count - 1].end = end
        } else {
            extents.append(StreamExtent(offset: position, end: end, content: content))
        }
    }

    /// Items from the head on, as far as they are understood.
    private mutating func walk(_ progress: ((UInt64, UInt64?) -> Void)?) throws(SavedStateError) {
        let source: any ByteSource
        if let passes = stream.passes { source = try passes() } else { source = stream.source }
        var walker = try StreamWalker(
            source, sink: IgnoredPages(), pageSize: stream.pageSize, fileOffset: stream.fileOffset, end: total)
        add(.head, upTo: walker.cursor.position)
        while walker.cursor.position < total {
            switch try walker.next() {
            case .start(let section): add(.live(section.name), upTo: walker.cursor.position)
            case .live(let index, _): add(.live(walker.liveSections[index].name), upTo: walker.cursor.position)
            case .command(let command):
                // The stream in a package follows its length.
                if command.code == StreamCommand.package {
                    walker.cursor.seek(to: min(command.dataOffset + 4, total))
                }
                add(.command(command.code), upTo: walker.cursor.position)
            case .device(let header):
                guard let index = sections[header.offset] else {
                    throw SavedStateError(.missing, "a device section whose end is not known", offset: header.offset)
                }
                let end = end(of: stream.sections[index])
                add(.device(index), upTo: end)
                try walker.cursor.skip(end - min(walker.cursor.position, end), "a device section")
            case .end:
                add(.endMark, upTo: walker.cursor.position)
                return
            }
            progress?(walker.cursor.position, stream.passes == nil ? total : nil)
        }
    }

    /// Behind the section and its footer, where it has one.
    private func end(of section: DeviceSection) -> UInt64 {
        let (end, overflow) = section.bodyOffset.addingReportingOverflow(section.bodyLength)
        guard !overflow, end <= total else { return total }
        let footer = StreamWalker<IgnoredPages>.footer(section.id)
        let found = total - end < 5 ? nil : try? stream.source.read(at: end, count: 5)
        return found == footer ? end + 5 : end
    }

    /// The sections that the walk did not reach, with what lies between them.
    private mutating func addKnownSections(_ reason: String) {
        for index in stream.sections.indices.sorted(by: { stream.sections[$0].offset < stream.sections[$1].offset }) {
            let section = stream.sections[index]
            guard section.offset >= position else { continue }
            add(.unexplained(reason), upTo: section.offset)
            add(.device(index), upTo: end(of: section))
        }
        guard let mark = stream.endOffset, mark >= position, mark < total else {
            if extents.last?.content != .endMark { add(.unexplained(reason), upTo: total) }
            return
        }
        add(.unexplained(reason), upTo: mark)
        add(.endMark, upTo: mark + 1)
    }

    /// The self-description, and what follows it.
    private mutating func addEnd() {
        let start = position
        if start < total, total - start >= 5, let head = try? stream.source.read(at: start, count: 5),
            head[0] == Mark.description, let length: UInt32 = head.bigEndian(at: 1),
            UInt64(length) <= total - start - 5
        {
            add(.description, upTo: start + 5 + UInt64(length))
        }
        add(.trailing, upTo: total)
    }
}
