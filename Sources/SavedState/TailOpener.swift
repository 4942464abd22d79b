/// The first way: sections found from the end, by the self-description there.
struct TailOpener {
    let source: any ByteSource
    let tail: TailDescription
    let fileOffset: UInt64

    enum Outcome {
        case located(LocatedStream)
        /// The description is not one of this stream, or not only; the other ways must decide.
        case refused(SavedStateError?)
    }

    /// How much of a stream's beginning is walked to see that its first device is the one found from the
    /// end. A stream that is shorter before its devices is verified completely; a longer one by the
    /// join and a few looks, because the cost must not grow with guest RAM.
    static let verifiedBytes: UInt64 = 4 << 20

    func locate() throws(SavedStateError) -> Outcome {
        let devices = tail.description.devices
        let chain = try SectionChain.walk(back: source, from: tail.eofOffset, devices: devices)
        let front = try StreamFront.read(
            source, devices: devices, pageSize: tail.description.pageSize, fileOffset: fileOffset)
        let early = chain.failure == nil ? [] : front.early
        if let failure = chain.failure, early.count != chain.earlyDevices { return .refused(failure) }
        var located = LocatedStream(
            configuration: front.configuration, liveSections: front.liveSections, blocks: front.blocks,
            pageSize: front.pageSize, sections: early + chain.sections, method: .tail,
            notes: tail.description.notes + chain.notes.reversed(), endOffset: tail.eofOffset)
        // Something behind the description: it may end another, older stream.
        if tail.end != source.byteCount { return .refused(nil) }
        if let gap = try front.gap(before: chain, source) { return .refused(gap) }
        switch try walkFront(to: chain.offset, early: early) {
        case .verified(let records): located.records = records
        case .unexplained(let note): located.notes.append(note)
        case .refused(let error): return .refused(error)
        }
        return .located(located)
    }

    private enum Verdict {
        case verified(MappedRecords?)
        case unexplained(String)
        case refused(SavedStateError)
    }

    /// Walks the beginning of the stream, which must lead to the first section of the chain; all of it
    /// where it is short, or where a few looks into the rest raise doubts.
    private func walkFront(to first: UInt64, early: [DeviceSection]) throws(SavedStateError) -> Verdict {
        let verdict = try walk(to: first, early: early, pauseAt: Self.verifiedBytes)
        if let verdict { return verdict }
        return try walk(to: first, early: early, pauseAt: .max) ?? .verified(nil)
    }

    /// Nil where the walk was paused and the rest must be walked as well.
    private func walk(
        to first: UInt64, early: [DeviceSection], pauseAt: UInt64
    ) throws(SavedStateError) -> Verdict? {
        var walker = try StreamWalker(
            source, sink: RecordMap(), pageSize: tail.description.pageSize, fileOffset: fileOffset)
        walker.ram.pauseOffset = pauseAt
        do throws(SavedStateError) {
            while walker.cursor.position < first {
                let item = try walker.next()
                guard try !passes(item, early, &walker) else { continue }
                return .refused(
                    SavedStateError(
                        .malformed, "the stream has devices before those that its end describes",
                        offset: walker.cursor.position))
            }
        } catch  where error.code == .paused {
            let probe = StreamProbe(source, blocks: walker.ram.blocks, pageSize: walker.ram.pageSize)
            return try probe.isOnePass(from: walker.cursor.position, to: first) ? .verified(nil) : nil
        } catch {
            return try explain(error, walker.cursor.position, first)
        }
        return .verified(MappedRecords(walker))
    }

    /// Whether an item may stand before the devices found from the end.
    private func passes(
        _ item: StreamItem, _ early: [DeviceSection], _ walker: inout StreamWalker<RecordMap>
    ) throws(SavedStateError) -> Bool {
        switch item {
        case .start, .live: return true
        case .command(let command): return command.code != StreamCommand.package
        case .end: return false
        case .device(let header):
            guard let known = early.first(where: { $0.offset == header.offset }) else { return false }
            try walker.cursor.skip(known.bodyLength, "a device section")
            try walker.footer(of: header.id, known.name)
            return true
        }
    }

    /// The bytes before the devices are not understood. The devices stand all the same, unless another
    /// stream begins in between.
    private func explain(
        _ error: SavedStateError, _ position: UInt64, _ first: UInt64
    ) throws(SavedStateError) -> Verdict {
        guard position < first else { return .refused(error) }
        if try contains(StreamHead.magic + [0, 0, 0, 3], from: position, to: first) { return .refused(error) }
        return .unexplained(
            "what stands before the devices is not understood completely, they are not concerned: \(error)")
    }

    private func contains(_ mark: [UInt8], from start: UInt64, to end: UInt64) throws(SavedStateError) -> Bool {
        var cursor = StreamCursor(source, at: start, end: end)
        return try cursor.find(mark) != nil
    }
}
