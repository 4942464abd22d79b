import Glibc
import InterruptState
import PSeries
import Reports
import SavedState
import SnapshotStore

/// A state named on the command line: a saved VM file, a snapshot file, or one snapshot in it.
struct Input {
    /// As the user named it.
    var name: String
    var state: MachineState
    var provenance: Provenance

    /// Reads a state.
    ///
    /// - Parameter argument: `FILE`, or `DB#NAME` for a snapshot. A file whose own name contains `#`
    ///   is taken as that file if it exists.
    init(_ argument: String) throws {
        let reference = InputReference(argument)
        name = argument
        if SnapshotStore.recognizes(path: reference.path) {
            let store = try SnapshotStore.open(path: reference.path, mode: .readOnly)
            let snapshot = try store.snapshot(reference.fragment.map(SnapshotSelector.name) ?? .only)
            state = snapshot.state
            provenance = snapshot.provenance
        } else {
            let saved = try SavedVM(reference)
            state = saved.state
            provenance = try saved.provenance()
        }
    }

    /// What reports say of the origin.
    var evidence: Evidence {
        var facts = [("container", provenance.container), ("bytes", String(provenance.fileSize))]
        if !provenance.capabilities.isEmpty {
            facts.append(("capabilities", provenance.capabilities.joined(separator: ", ")))
        }
        if let digest = provenance.deviceDigest { facts.append(("device_digest", digest.description)) }
        return Evidence(name: name, facts: facts, notes: provenance.notes)
    }
}

/// `PATH` or `PATH#FRAGMENT`.
struct InputReference {
    var path: String
    var fragment: String?

    init(_ argument: String) {
        path = argument
        guard access(argument, F_OK) != 0, let mark = argument.lastIndex(of: "#") else { return }
        path = String(argument[..<mark])
        fragment = String(argument[argument.index(after: mark)...])
    }
}

/// A saved VM file that was opened and decoded.
struct SavedVM {
    var path: String
    var stream: SavedStream
    var state: MachineState

    init(_ reference: InputReference) throws {
        path = reference.path
        stream = try SavedStream.open(path: reference.path)
        state = try StateDecoder.decode(stream)
    }

    /// Where the state comes from. The device part is digested; RAM is not read.
    func provenance() throws -> Provenance {
        Provenance(
            filePath: path, fileSize: stream.source.byteCount, container: "migration stream",
            deviceDigest: try deviceDigest(), machineType: stream.configuration?.machineType,
            capabilities: stream.configuration?.capabilities ?? [], toolVersion: Version.number,
            importTime: Console.now(), notes: stream.notes)
    }

    /// SHA-256 of the stream from its first device section to its end.
    private func deviceDigest() throws -> Digest? {
        guard var offset = stream.sections.first?.offset else { return nil }
        let builder = DigestBuilder()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        while offset < stream.source.byteCount {
            let count = try stream.source.read(at: offset, into: buffer)
            guard count > 0 else { break }
            builder.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            offset += UInt64(count)
        }
        return builder.finish()
    }
}
