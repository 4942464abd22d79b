/// A file that holds saved states, whatever its form: one migration stream, a save image of libvirt, a
/// disk image with any number of snapshots.
public struct SavedStateFile: Sendable {
    /// As the caller gave it; `-` is standard input.
    public let path: String
    /// What the file is, told by its first bytes.
    public let format: ContainerFormat
    /// The head of a libvirt save image.
    public let libvirt: LibvirtImage?
    /// The states in the file, in its own order. A disk image may have none.
    public let states: [ContainedState]

    /// Opens a file without reading the states in it.
    ///
    /// - Parameters:
    ///   - path: a file, or `-` for standard input.
    ///   - offset: where a stream begins that was written behind something else (`file:…,offset=`); nil
    ///     for a file that begins with what it is.
    public static func open(path: String, offset: UInt64? = nil) throws(SavedStateError) -> SavedStateFile {
        do throws(SavedStateError) {
            if path == "-" { return try StandardInput.open(offset: offset) }
            let file = try FileByteSource(path: path)
            return try open(file, name: path, offset: offset, file: file)
        } catch {
            var error = error
            error.file = error.file ?? path
            throw error
        }
    }

    /// Opens bytes of any origin by their content, without reading the states in them.
    ///
    /// Compressed content is refused when a state of it is opened: the programs that undo it need a file.
    ///
    /// - Parameters:
    ///   - name: of the input, for messages.
    ///   - offset: where a stream begins that was written behind something else; nil for bytes that begin
    ///     with what they are.
    public static func open(
        _ source: any ByteSource, name: String, offset: UInt64? = nil
    ) throws(SavedStateError) -> SavedStateFile {
        try open(source, name: name, offset: offset, file: nil)
    }

    /// Opens bytes of any origin by their content.
    ///
    /// - Parameter file: the same bytes as a file, which decompressing programs need.
    static func open(
        _ source: any ByteSource, name: String, offset: UInt64? = nil, file: FileByteSource?
    ) throws(SavedStateError) -> SavedStateFile {
        if let offset { return try stream(source, name, at: offset) }
        let head = try source.read(at: 0, count: Int(min(source.byteCount, UInt64(ContainerFormat.headBytes))))
        guard let format = ContainerFormat.of(head) else { throw try UnknownFormat.error(source, head) }
        switch format {
        case .stream: return try stream(source, name, at: 0)
        case .libvirt: return try libvirt(source, name, file)
        case .qcow2: return try qcow2(source, name)
        case .compressed(let compression):
            let state = ContainedState.compressed(compression, name, file, from: 0)
            return SavedStateFile(path: name, format: format, libvirt: nil, states: [state])
        case .libvirtUnfinished, .multifdChannel, .checkpointRestart: throw UnknownFormat.refusal(format)
        }
    }

    private static func stream(
        _ source: any ByteSource, _ name: String, at offset: UInt64
    ) throws(SavedStateError) -> SavedStateFile {
        let source: any ByteSource = offset == 0 ? source : try SliceByteSource(source, from: offset)
        let state = ContainedState(name: name, size: source.byteCount, content: .seekable(source, offset))
        return SavedStateFile(path: name, format: .stream, libvirt: nil, states: [state])
    }

    private static func libvirt(
        _ source: any ByteSource, _ name: String, _ file: FileByteSource?
    ) throws(SavedStateError) -> SavedStateFile {
        let image = try LibvirtImage.read(source)
        let state: ContainedState
        switch image.format {
        case .raw, .sparse:
            let source = try SliceByteSource(source, from: image.streamOffset)
            state = ContainedState(
                name: name, size: source.byteCount, content: .seekable(source, image.streamOffset))
        case .compressed(let compression):
            state = .compressed(compression, name, file, from: image.streamOffset)
        }
        return SavedStateFile(path: name, format: .libvirt, libvirt: image, states: [state])
    }

    private static func qcow2(
        _ source: any ByteSource, _ name: String
    ) throws(SavedStateError) -> SavedStateFile {
        let image = try Qcow2Image.read(source)
        let states = image.snapshots.map { snapshot in
            ContainedState(
                name: name + "#" + snapshot.name, label: snapshot.name, id: snapshot.id,
                size: snapshot.stateSize, savedAt: snapshot.seconds, guestClock: snapshot.guestClock,
                content: .snapshot(image, snapshot))
        }
        return SavedStateFile(path: name, format: .qcow2, libvirt: nil, states: states)
    }

    /// The state with this snapshot name or id; without one, the only state there is.
    public func state(_ label: String? = nil) throws(SavedStateError) -> ContainedState {
        if let label {
            guard let state = states.first(where: { $0.label == label }) ?? states.first(where: { $0.id == label })
            else { throw noState("has no snapshot “\(label)”") }
            return state
        }
        let candidates = states.filter { $0.size != 0 }
        guard let state = candidates.first else {
            throw noState(
                states.isEmpty ? "has no snapshots" : "has snapshots of disks only, none with a machine's state")
        }
        guard candidates.count == 1 else { throw noState("has more than one snapshot") }
        return state
    }

    private func noState(_ message: String) -> SavedStateError {
        let names = states.compactMap(\.label).map { path + "#" + $0 }
        return SavedStateError(
            .missing, "the file " + message, file: path,
            advice: names.isEmpty ? nil : "say which one: " + names.joined(separator: ", "))
    }
}

/// A state in a file: not yet read.
public struct ContainedState: Sendable {
    enum Content: Sendable {
        /// A stream in a file, and where it begins in the file.
        case seekable(any ByteSource, UInt64)
        case snapshot(Qcow2Image, Qcow2Image.Snapshot)
        /// A stream that comes anew, from its first byte on, each time it is asked for.
        case sequential(@Sendable () throws(SavedStateError) -> PipeByteSource)
    }

    /// For messages: the file, with the snapshot where there is one.
    public let name: String
    /// Name of the snapshot; nil in a file with one state only.
    public let label: String?
    /// Id of the snapshot.
    public let id: String?
    /// Bytes of the stream; nil where only reading tells, 0 for a snapshot without a machine's state.
    public let size: UInt64?
    /// When the snapshot was taken, in seconds since 1970.
    public let savedAt: UInt32?
    /// Time of the guest in nanoseconds when the snapshot was taken.
    public let guestClock: UInt64?
    let content: Content

    init(
        name: String, label: String? = nil, id: String? = nil, size: UInt64?, savedAt: UInt32? = nil,
        guestClock: UInt64? = nil, content: Content
    ) {
        self.name = name
        self.label = label
        self.id = id
        self.size = size
        self.savedAt = savedAt
        self.guestClock = guestClock
        self.content = content
    }

    static func sequential(
        _ name: String, _ start: @escaping @Sendable () throws(SavedStateError) -> PipeByteSource
    ) -> ContainedState {
        ContainedState(name: name, size: nil, content: .sequential(start))
    }

    static func compressed(
        _ compression: Compression, _ name: String, _ file: FileByteSource?, from offset: UInt64
    ) -> ContainedState {
        .sequential(name) { () throws(SavedStateError) in
            guard let file else {
                throw SavedStateError(.unsupported, "compressed content can only be read from a file")
            }
            return try DecompressionProgram.start(compression.program, over: file, from: offset)
        }
    }

    /// Opens the stream of this state.
    public func open(options: OpenOptions = OpenOptions()) throws(SavedStateError) -> SavedStream {
        switch content {
        case .seekable(let source, let fileOffset):
            return try SavedStream.open(source, name: name, options: options, fileOffset: fileOffset)
        case .snapshot(let image, let snapshot):
            return try named { () throws(SavedStateError) in
                try SavedStream.open(image.state(of: snapshot), name: name, options: options)
            }
        case .sequential(let start):
            return try named { () throws(SavedStateError) in
                let opener = SequentialOpener(source: try start(), layouts: options.layouts)
                let (located, source) = try opener.locate()
                return try SavedStream(located, name: name, source: source, options: options, passes: start)
            }
        }
    }

    private func named<Value>(_ body: () throws(SavedStateError) -> Value) throws(SavedStateError) -> Value {
        do throws(SavedStateError) {
            return try body()
        } catch {
            var error = error
            error.file = error.file ?? name
            throw error
        }
    }
}

extension SavedStream {
    /// Opens whatever a user may name: a file of any supported form, `FILE#SNAPSHOT` for one of several
    /// snapshots by name or id, or `-` for standard input.
    ///
    /// A file whose own name has a `#` in it is found first.
    public static func open(
        input: String, offset: UInt64? = nil, options: OpenOptions = OpenOptions()
    ) throws(SavedStateError) -> SavedStream {
        let (path, label) = InputName.split(input)
        return try SavedStateFile.open(path: path, offset: offset).state(label).open(options: options)
    }
}
