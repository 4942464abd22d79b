extension SavedStream {
    /// Opens a file that holds a migration stream from its first byte.
    ///
    /// Throws `notASavedState`, `unsupported`, `unreadable`, or what is wrong with the stream, with its offset.
    public static func open(path: String, options: OpenOptions = OpenOptions()) throws(SavedStateError) -> SavedStream {
        try open(FileByteSource(path: path), name: path, options: options)
    }

    /// Opens a migration stream.
    ///
    /// - Parameters:
    ///   - name: of the input, for messages.
    ///   - fileOffset: where the stream begins in its file; mapped-ram counts from the file's start.
    public static func open(
        _ source: any ByteSource, name: String, options: OpenOptions = OpenOptions(), fileOffset: UInt64 = 0
    ) throws(SavedStateError) -> SavedStream {
        do throws(SavedStateError) {
            let opener = StreamOpener(source: source, layouts: options.layouts, fileOffset: fileOffset)
            let located = try opener.locate()
            return try SavedStream(located, name: name, source: source, options: options, fileOffset: fileOffset)
        } catch {
            var error = error
            error.file = error.file ?? name
            throw error
        }
    }
}

/// What was found in a stream.
struct LocatedStream {
    var configuration: StreamConfiguration?
    var liveSections: [LiveSection] = []
    var blocks: [RAMBlock] = []
    var pageSize: UInt64 = 4096
    var sections: [DeviceSection] = []
    var method: LocationMethod
    var notes: [String] = []
    var damage: SavedStateError?
    var endOffset: UInt64?
    /// Where RAM was walked to its end.
    var records: MappedRecords?
}

/// Finds the device sections of a stream: the ladder of ways, best first.
///
/// 1. from the end, by the self-description there;
/// 2. forwards through RAM to the first device, then by the self-description behind the devices;
/// 3. forwards, split by footers, also inside a postcopy package;
/// 4. forwards, as far as the caller's layouts tell where sections end.
struct StreamOpener {
    let source: any ByteSource
    let layouts: (any SectionLayouts)?
    let fileOffset: UInt64

    func locate() throws(SavedStateError) -> LocatedStream {
        // The head first: what is no stream must be called so, whatever its end looks like.
        var cursor = StreamCursor(source)
        _ = try StreamHead.read(&cursor)
        let (tail, refusal) = try findTail()
        var reason = refusal
        if let tail {
            switch try TailOpener(source: source, tail: tail, fileOffset: fileOffset).locate() {
            case .located(let located): return finish(located)
            case .refused(let error): reason = error
            }
        }
        let forward = ForwardOpener(source: source, layouts: layouts, fileOffset: fileOffset, tail: tail)
        var located = try forward.locate()
        if let reason, located.method != .forward { located.notes.insert(reason.description, at: 0) }
        return finish(located)
    }

    /// The description that ends where the stream ends, or where only zeros follow; else why not.
    func findTail(from floor: UInt64 = 0) throws(SavedStateError) -> (TailDescription?, SavedStateError?) {
        do throws(SavedStateError) {
            let size = source.byteCount
            if let tail = try TailDescription.find(in: source, from: floor, end: size) { return (tail, nil) }
            let end = try endWithoutZeros(from: floor)
            guard end < size else { return (nil, nil) }
            return (try TailDescription.find(in: source, from: floor, end: end), nil)
        } catch  where error.code == .badDescription || error.code == .limit {
            return (nil, error)
        }
    }

    private func endWithoutZeros(from floor: UInt64) throws(SavedStateError) -> UInt64 {
        var end = source.byteCount
        var size: UInt64 = 1 << 12
        while end > floor {
            let count = min(end - floor, size)
            let bytes = try source.read(at: end - count, count: Int(count))
            if !bytes.isZero, let last = bytes.lastIndex(where: { $0 != 0 }) { return end - count + UInt64(last) + 1 }
            end -= count
            size = min(size * 4, UInt64(Limits.scanBlock))
        }
        return end
    }

    /// What concerns every way: duplicates, and the caller's layouts.
    func finish(_ located: LocatedStream) -> LocatedStream {
        var located = located
        var seen: Set<String> = []
        located.notes += Self.duplicates(in: located.sections)
        located.notes = located.notes.filter { seen.insert($0).inserted }
        guard let layouts else { return located }
        for (index, section) in located.sections.enumerated() where section.layout == nil {
            guard let count = Int(exactly: section.bodyLength),
                let body = try? source.read(at: section.bodyOffset, count: count),
                let layout = layouts.layout(of: section, body: body), layout.length == section.bodyLength
            else { continue }
            located.sections[index].layout = layout
        }
        return located
    }

    private static func duplicates(in sections: [DeviceSection]) -> [String] {
        var notes: [String] = []
        var ids: [UInt32: String] = [:]
        var keys: Set<String> = []
        for section in sections {
            let key = "\(section.name) (instance \(section.instance))"
            if !keys.insert(key).inserted { notes.append("the section \(key) is there more than once") }
            if let other = ids.updateValue(key, forKey: section.id) {
                notes.append("the sections \(other) and \(key) have the same id \(section.id)")
            }
        }
        return notes
    }
}
