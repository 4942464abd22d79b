import CReplay
import Glibc
import InterruptState
import SnapshotStore

/// Measures the snapshot store and prints ratios to the same work in C.
///
///     StoreBench [NUMBERS] [FLEET]
@main
enum StoreBench {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst().compactMap { UInt32($0) }
        let numbers = arguments.first ?? 200_000
        let fleet = Int(arguments.dropFirst().first ?? 1000)
        try compareWithC(numbers: numbers)
        try compareWithC(numbers: 8192)
        try measureFleet(count: fleet)
    }

    // MARK: - One state

    private static func compareWithC(numbers: UInt32) throws {
        let folder = try Folder()
        let state = machine(numbers: numbers)
        let reference = folder.file("reference.db")
        try SnapshotStore.create(path: reference).add([new("a", state)])
        guard let replay = replay_load(reference) else { throw Failure() }
        defer { replay_free(replay) }
        var imports: [(Double, Double)] = []
        var reads: [(Double, Double)] = []
        for _ in 0..<7 {
            let path = folder.file("swift.db")
            let store = try SnapshotStore.create(path: path)
            let imported = try seconds { try store.add([new("a", state)]) }
            imports.append((imported, replay_insert(replay, folder.file("c.db"))))
            let read = try seconds { _ = try SnapshotStore.open(path: path).snapshot() }
            reads.append((read, replay_scan(replay, path)))
            folder.remove("swift.db")
            folder.remove("c.db")
        }
        let digest = seconds { _ = state.digest() }
        print("\(numbers) claimed numbers, \(replay_rows(replay)) rows")
        print(" ", report("import", imports))
        print(" ", report("read and verify", reads))
        print("  content digest alone \(milliseconds(digest)) ms")
    }

    // MARK: - A fleet

    /// Snapshots of 8,192-number machines, each with some numbers, queues and a time base of its own.
    private static func measureFleet(count: Int) throws {
        let folder = try Folder()
        let path = folder.file("fleet.db")
        let store = try SnapshotStore.create(path: path)
        var place = 0
        let base = machine(numbers: 8192)
        let importing = try seconds {
            try store.add {
                if place == count { return nil }
                place += 1
                return new("vm-\(place)", variant(of: base, place))
            }
        }
        var status = stat()
        stat(path, &status)
        let listing = try median { _ = try SnapshotStore.open(path: path).list() }
        let reading = try median { _ = try SnapshotStore.open(path: path).snapshot(.name("vm-\(count / 2)")) }
        print("\(count) snapshots of 8192 claimed numbers")
        print("  import \(milliseconds(importing / Double(count))) ms each, \(Int(status.st_size) / count) bytes each")
        print("  list \(milliseconds(listing)) ms, read one \(milliseconds(reading)) ms")
    }

    private static func variant(of base: MachineState, _ place: Int) -> MachineState {
        var state = base
        for turn in 0..<4 {
            let number = (place &* 7919 &+ turn &* 104_729) % 8192
            state.xive?.sources[number].status = SourceStatus(rawValue: 2)
        }
        state.xive?.queues[place % 64].w1 &+= UInt32(place % 1024)
        state.residues = [SectionResidue(name: "spapr", instance: 0, part: "timebase", bytes: Array("\(place)".utf8))]
        return state
    }

    // MARK: - Material

    private static func machine(numbers: UInt32) -> MachineState {
        var state = MachineState(
            facts: MachineFacts(
                typeName: "pseries-7.2", scheme: .fixed, activeMode: .xive, serverCount: 8, serverCountBasis: .model))
        state.numbers = (0..<numbers).map { number in
            let owner: Owner =
                number % 2 == 0
                ? .interprocessor(number)
                : .bridgeMessage(bridge: Owner.firstBridge, device: (number >> 5) << 8, vector: number & 31)
            return NumberAssignment(number: LogicalNumber(number), owner: owner, basis: .numberMap, kind: .msi)
        }
        state.xive = XiveController(
            numberCount: numbers, queueCount: 64, tableByteOrder: .little,
            sources: (0..<numbers).map { number in
                XiveSource(
                    number: LogicalNumber(number),
                    assignment: EventAssignment(rawValue: 0x8000_0006_0000_0000 | UInt64(number)),
                    status: SourceStatus(rawValue: 0))
            },
            queues: (0..<64).map { EventQueue(index: $0, w0: 0xc004_0000, w1: 0x0040_0000, w6: 0x400 + $0 >> 3) },
            contents: .captured([]))
        return state
    }

    private static func new(_ name: String, _ state: MachineState) -> NewSnapshot {
        NewSnapshot(
            name: name, state: state,
            provenance: Provenance(
                filePath: "vm.bin", fileSize: 1, container: "stream", toolVersion: "0",
                importTime: "2026-01-31T12:00:00Z"))
    }

    // MARK: - Clock

    private static func seconds(_ body: () throws -> Void) rethrows -> Double {
        let clock = ContinuousClock()
        let time = try clock.measure(body).components
        return Double(time.seconds) + Double(time.attoseconds) / 1e18
    }

    private static func median(_ body: () throws -> Void) rethrows -> Double {
        try (0..<7).map { _ in try seconds(body) }.sorted()[3]
    }

    private static func report(_ name: String, _ pairs: [(Double, Double)]) -> String {
        let swift = pairs.map(\.0).sorted()[pairs.count / 2]
        let c = pairs.map(\.1).sorted()[pairs.count / 2]
        let ratio = (swift / c * 100).rounded() / 100
        return "\(name) \(milliseconds(swift)) ms, C \(milliseconds(c)) ms, ratio \(ratio)"
    }

    private static func milliseconds(_ seconds: Double) -> Double {
        (seconds * 100_000).rounded() / 100
    }
}

struct Failure: Error {}

/// A temporary folder.
final class Folder {
    private let path: String
    private var names: Set<String> = []

    init() throws {
        var template = Array("/tmp/irqproof-bench-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure() }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        for name in names { unlink(path + "/" + name) }
        rmdir(path)
    }

    func file(_ name: String) -> String {
        names.insert(name)
        return path + "/" + name
    }

    func remove(_ name: String) {
        unlink(path + "/" + name)
    }
}
