/// Opens a stream that can only be read once, forwards: RAM is passed over, the rest is kept.
struct SequentialOpener {
    let source: PipeByteSource
    let layouts: (any SectionLayouts)?

    /// What was found, and a source that has the devices.
    func locate() throws(SavedStateError) -> (LocatedStream, any ByteSource) {
        var walker = try StreamWalker(source, sink: IgnoredPages(), pageSize: nil)
        do throws(SavedStateError) {
            while try !walker.isAtDevices() { _ = try walker.next() }
        } catch {
            var located = LocatedStream(method: .headOnly)
            located.configuration = walker.configuration
            located.liveSections = walker.liveSections
            located.damage = error
            return (located, MemoryByteSource([]))
        }
        let spool = try SpooledByteSource(walker.cursor)
        walker.cursor = StreamCursor(spool, at: spool.start)
        let opener = StreamOpener(source: spool, layouts: layouts, fileOffset: 0)
        let (tail, refusal) = try opener.findTail(from: spool.start)
        let forward = ForwardOpener(source: spool, layouts: layouts, fileOffset: 0, tail: tail)
        var located = try forward.locate(continuing: &walker)
        if let refusal, located.method != .forward { located.notes.insert(refusal.description, at: 0) }
        return (opener.finish(located), spool)
    }
}

extension StreamWalker {
    /// Whether everything live has been passed: a device, a package or the end mark is next.
    fileprivate mutating func isAtDevices() throws(SavedStateError) -> Bool {
        switch try cursor.peek() {
        case nil, Mark.full, Mark.eof: true
        case Mark.command: try cursor.isNext([Mark.command, 0, UInt8(StreamCommand.package)])
        default: false
        }
    }
}
