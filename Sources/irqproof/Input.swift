import InterruptState
import PSeries
import Reports
import SavedState
import SnapshotStore

/// A state named on the command line: a saved VM in a file of any form, a stored snapshot, or a moment of a scenario.
struct Input {
    /// As the user named it.
    var name: String
    var state: MachineState
    var provenance: Provenance
    /// Domain description and cookie of a libvirt save image.
    var libvirt: LibvirtImage?

    /// Reads a state.
    ///
    /// - Parameters:
    ///   - argument: a saved VM file, `-` for standard input, a snapshot file, a scenario, or `FILE#SNAPSHOT` for
    ///     one of several snapshots in a snapshot file or a disk image, or for a moment of a scenario. A file whose
    ///     own name contains `#` is found first.
    ///   - offset: where the stream begins in the file, if not at a known beginning.
    ///   - channels: files of the other connections of a multifd migration.
    ///   - readsQueues: whether the event queues are read from guest memory.
    ///   - digestsDevices: whether the device part of the file is digested, as evidence to be stored.
    init(
        _ argument: String, offset: UInt64? = nil, channels: [String] = [], readsQueues: Bool,
        digestsDevices: Bool = false
    ) throws {
        let (path, label) = InputName.split(argument)
        name = argument
        if path != "-", offset == nil, SnapshotStore.recognizes(path: path) {
            let store = try Stores.open(path)
            let snapshot = try store.snapshot(label.map(SnapshotSelector.name) ?? .only)
            state = snapshot.state
            provenance = snapshot.provenance
        } else if path != "-", offset == nil, ScenarioInput.recognizes(path: path) {
            state = try ScenarioInput(path: path).state(label)
            provenance = Provenance(scenario: path, state)
        } else {
            let file = try SavedStateFile.open(path: path, offset: offset)
            let stream = try file.state(label).open()
            state = try StateDecoder.decode(stream)
            if readsQueues {
                let progress = Progress("reading event queues")
                defer { progress.finish() }
                let channels = try channels.map { try FileByteSource(path: $0) }
                try StateDecoder.readQueues(
                    into: &state, from: stream, channels: channels, progress: progress.update)
            }
            provenance = Provenance(stream, in: file)
            if digestsDevices { provenance.deviceDigest = try stream.deviceDigest() }
            libvirt = file.libvirt
        }
    }

    /// What reports say of the origin.
    var evidence: Evidence {
        var facts = [("container", provenance.container), ("bytes", String(provenance.fileSize))]
        if !provenance.capabilities.isEmpty {
            facts.append(("capabilities", provenance.capabilities.joined(separator: ", ")))
        }
        if let digest = provenance.deviceDigest { facts.append(("device_digest", digest.description)) }
        if let libvirt {
            facts.append(("libvirt_was_running", libvirt.wasRunning ? "yes" : "no"))
            facts.append(("libvirt_domain", libvirt.domain))
            if let cookie = libvirt.cookie { facts.append(("libvirt_cookie", cookie)) }
        }
        return Evidence(name: name, facts: facts, notes: provenance.notes, file: provenance.filePath)
    }

    /// The name of a snapshot made of this input: the snapshot's own, or the file's without folder and extension.
    var defaultSnapshotName: String {
        let (path, label) = InputName.split(name)
        if let label, provenance.container != "scenario" { return label }
        let base = path.split(separator: "/").last.map(String.init) ?? path
        let moment = label.map { " " + $0 } ?? ""
        guard let dot = base.lastIndex(of: "."), dot != base.startIndex else { return base + moment }
        return String(base[..<dot]) + moment
    }
}

extension Provenance {
    /// Where a saved VM comes from.
    init(_ stream: SavedStream, in file: SavedStateFile) {
        self.init(
            filePath: stream.name, fileSize: stream.source.byteCount, container: file.format.title,
            machineType: stream.configuration?.machineType,
            capabilities: stream.configuration?.capabilities ?? [], toolVersion: Version.number,
            importTime: Console.now(), notes: stream.notes)
    }
}

extension SavedStream {
    /// SHA-256 of the stream from its first device section to its end; RAM is not read for it.
    fileprivate func deviceDigest() throws -> Digest? {
        guard var offset = sections.first?.offset else { return nil }
        let builder = DigestBuilder()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        while offset < source.byteCount {
            let count = try source.read(at: offset, into: buffer)
            guard count > 0 else { break }
            builder.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            offset += UInt64(count)
        }
        return builder.finish()
    }
}

extension ContainerFormat {
    /// The form in words.
    fileprivate var title: String {
        switch self {
        case .stream: "migration stream"
        case .libvirt, .libvirtUnfinished: "libvirt save image"
        case .qcow2: "qcow2 snapshot"
        case .compressed(let compression): "migration stream, compressed with \(compression.rawValue)"
        case .multifdChannel: "multifd channel"
        case .checkpointRestart: "restart state"
        }
    }
}
