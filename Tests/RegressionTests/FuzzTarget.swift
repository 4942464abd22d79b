import Checker
import Glibc
import InterruptState
import PSeries
import SavedState
import SnapshotStore

/// One format that comes from outside, with everything that is done to such bytes.
///
/// The fuzzers under `Scripts/fuzzers` and the tests over what they found run the same code. None of it may trap,
/// hang, or need more memory than the limits of the fuzzers; what it returns or throws does not matter.
enum FuzzTarget: String, CaseIterable {
    /// A migration stream in any container: located, decoded, checked, its guest memory read.
    case stream
    /// The JSON text at the end of a stream.
    case description
    /// A disk image with snapshots.
    case qcow2
    /// A save image of libvirt.
    case libvirt
    /// A stream whose pages have fixed places.
    case mappedRAM = "mapped-ram"
    /// The flattened device tree in a stream.
    case deviceTree = "device-tree"
    /// A snapshot file of this project.
    case snapshotFile = "snapshot-file"

    /// Feeds bytes to the target.
    func run(_ bytes: [UInt8]) {
        switch self {
        case .stream: open(bytes)
        case .description: open(Framed.description(bytes))
        case .qcow2: open(forced(bytes, to: [0x51, 0x46, 0x49, 0xfb]))
        case .libvirt: open(forced(bytes, to: Array("LibvirtQemudSave".utf8)))
        case .mappedRAM: open(Framed.mappedRAM(bytes))
        case .deviceTree: open(Framed.deviceTree(bytes))
        case .snapshotFile: openSnapshots(bytes)
        }
    }

    /// The bytes with the format's own beginning, so that none is wasted on another format.
    private func forced(_ bytes: [UInt8], to magic: [UInt8]) -> [UInt8] {
        magic + bytes.dropFirst(magic.count)
    }

    private func open(_ bytes: [UInt8]) {
        guard let file = try? SavedStateFile.open(MemoryByteSource(bytes), name: "input") else { return }
        for contained in file.states.prefix(4) {
            guard let stream = try? contained.open(options: OpenOptions(acceptsPartial: true)) else { continue }
            for section in stream.sections.prefix(64) { _ = try? stream.reader(of: section) }
            let memory = GuestMemory(stream)
            _ = try? memory.read([.init(address: 0, count: 8192), .init(address: 0x1_0000, count: 64)])
            examine(stream)
        }
    }

    private func examine(_ stream: SavedStream) {
        guard var state = try? StateDecoder.decode(stream) else { return }
        try? StateDecoder.readQueues(into: &state, from: stream)
        _ = SectionEncoder.encode(state)
        _ = state.digest()
        _ = Checker.inspect(state)
    }

    private func openSnapshots(_ bytes: [UInt8]) {
        guard let path = ScratchFile.write(bytes) else { return }
        for mode in [SnapshotStore.Mode.readOnly, .readWrite] {
            guard let store = try? SnapshotStore.open(path: path, mode: mode, patience: 0) else { continue }
            _ = try? store.check()
            for summary in (try? store.list()) ?? [] {
                guard let snapshot = try? store.snapshot(.name(summary.name)) else { continue }
                _ = Checker.inspect(snapshot.state)
            }
        }
    }
}

/// Streams around a part, so that the part alone is what varies.
private enum Framed {
    /// A stream of which only the self-description is not given.
    static func description(_ text: [UInt8]) -> [UInt8] {
        let sections = section(3, "icp/server", body: [0x11, 0x22, 0x33, 0x44, 0xff, 5])
        return head() + sections + [0, 6] + be32(text.count) + text
    }

    /// A stream with the capability, up to the mapping of its blocks.
    static func mappedRAM(_ rest: [UInt8]) -> [UInt8] {
        let name = "configuration/capabilities"
        let capability = [5] + named(name) + be32(1) + be32(1) + named("mapped-ram")
        return head() + capability + [1] + be32(2) + named("ram") + be32(0) + be32(4) + rest
    }

    /// A machine of two vCPUs with this device tree, its sections split by their footers.
    static func deviceTree(_ blob: [UInt8]) -> [UInt8] {
        let tree = [5] + named("spapr_dtb") + be32(1) + be32(blob.count) + be32(blob.count) + blob
        return head()
            + section(3, "cpu_common", body: [UInt8](repeating: 0, count: 8))
            + section(4, "cpu_common", instance: 1, body: [UInt8](repeating: 0, count: 8))
            + section(5, "ics", body: be32(8) + [UInt8](repeating: 0, count: 64))
            + section(6, "spapr", body: [UInt8](repeating: 0, count: 16) + tree) + [0]
    }

    private static func head() -> [UInt8] {
        [0x51, 0x45, 0x56, 0x4d] + be32(3) + [7] + be32(11) + Array("pseries-7.2".utf8)
    }

    private static func section(_ id: Int, _ name: String, instance: Int = 0, body: [UInt8]) -> [UInt8] {
        [4] + be32(id) + named(name) + be32(instance) + be32(1) + body + [0x7e] + be32(id)
    }

    private static func named(_ name: String) -> [UInt8] { [UInt8(name.utf8.count)] + Array(name.utf8) }

    private static func be32(_ value: Int) -> [UInt8] {
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: value).bigEndian) { Array($0) }
    }
}

/// A file in memory for those who read files only; one for each process, written anew each time.
private enum ScratchFile {
    private static let path = "/dev/shm/irqproof-fuzz-\(getpid()).db"

    static func write(_ bytes: [UInt8]) -> String? {
        for suffix in ["-journal", "-wal", "-shm"] { unlink(path + suffix) }
        let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return Glibc.write(descriptor, bytes, bytes.count) == bytes.count ? path : nil
    }
}
