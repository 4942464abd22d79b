extension SavedStream {
    /// Opens a file that holds a migration stream from its first byte.
    public static func open(path: String) throws(SavedStateError) -> SavedStream {
        try open(FileByteSource(path: path), name: path)
    }

    /// Opens a migration stream.
    ///
    /// - Parameter name: of the input, for messages.
    public static func open(_ source: any ByteSource, name: String) throws(SavedStateError) -> SavedStream {
        do throws(SavedStateError) {
            return try StreamOpener(source: source, name: name).open()
        } catch {
            var error = error
            error.file = error.file ?? name
            throw error
        }
    }
}

/// Finds the device sections of a stream, by the best way that works.
struct StreamOpener {
    let source: any ByteSource
    let name: String

    func open() throws(SavedStateError) -> SavedStream {
        // The head first: what is no stream must be called so, whatever its end looks like.
        var cursor = StreamCursor(source)
        _ = try StreamHead.read(&cursor)
        guard let tail = try TailDescription.find(in: source, end: source.byteCount) else {
            throw SavedStateError(.missing, "the stream has no self-description")
        }
        return try open(tail)
    }

    private func open(_ tail: TailDescription) throws(SavedStateError) -> SavedStream {
        let devices = tail.description.devices
        let chain = try SectionChain.walk(back: source, from: tail.eofOffset, devices: devices)
        let head = try StreamFront.read(source, devices: devices, pageSize: tail.description.pageSize)
        let early = chain.failure == nil ? [] : head.early
        if let failure = chain.failure, early.count != chain.earlyDevices { throw failure }
        if let gap = try head.gap(before: chain, source) { throw gap }
        return SavedStream(
            name: name, source: source, configuration: head.configuration, sections: early + chain.sections,
            liveSections: head.liveSections, method: .tail,
            notes: tail.description.notes + chain.notes.reversed() + head.notes)
    }
}
