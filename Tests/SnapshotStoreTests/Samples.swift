import GRDB
import InterruptState
import SnapshotStore

#if canImport(Glibc)
    import Glibc
#endif

/// A folder that goes away with the test.
final class Folder {
    let path: String

    init() throws {
        var template = Array("/tmp/irqproof-store-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure(message: "no temporary folder") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        for name in names { unlink(path + "/" + name) }
        rmdir(path)
    }

    func file(_ name: String) -> String { path + "/" + name }

    var names: [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}

struct Failure: Error, Equatable {
    var message: String
}

func readFile(_ path: String) throws -> [UInt8] {
    guard let file = fopen(path, "rb") else { throw Failure(message: "cannot read \(path)") }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = fread(&block, 1, block.count, file)
        if count == 0 { return bytes }
        bytes += block[..<count]
    }
}

func writeFile(_ path: String, _ bytes: [UInt8]) throws {
    guard let file = fopen(path, "wb") else { throw Failure(message: "cannot write \(path)") }
    defer { fclose(file) }
    guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw Failure(message: "short write") }
}

/// What `body` throws, if it is one of the store's.
func storeError(_ body: () throws -> Void) throws -> StoreError {
    do {
        try body()
    } catch let error as StoreError {
        return error
    }
    throw Failure(message: "no error was thrown")
}

extension Provenance {
    static let sample = Provenance(
        filePath: "vm.bin", fileSize: 170_000_000, container: "stream", toolVersion: "0.1.0",
        importTime: "2026-01-31T12:00:00Z")

    static let complete = Provenance(
        filePath: "/srv/it's \"here\"/vm\n.bin", fileSize: .max, container: "qcow2",
        deviceDigest: Digest(of: [1]), fileDigest: Digest(of: [2]), machineType: "pseries-7.2",
        capabilities: ["x-ignore-shared", "", "mapped-ram"], producerVersion: "7.2.22", toolVersion: "0.1.0",
        importTime: "2026-01-31T12:00:00.125Z", notes: ["made by hand", "zweite\nNotiz"])
}

extension NewSnapshot {
    init(_ name: String, _ state: MachineState) {
        self.init(name: name, state: state, provenance: .sample)
    }
}

extension MachineState {
    /// A XIVE guest with two vCPUs: one queue enabled each, a VIO terminal, a bridge with a two-vector message block.
    static func guest() -> MachineState {
        var state = MachineState(
            facts: MachineFacts(
                typeName: "pseries-7.2", scheme: .fixed, activeMode: .xive, serverCount: 4,
                serverCountBasis: .deviceTree))
        state.numbers = guestNumbers
        state.xive = XiveController(
            numberCount: 0x2000, queueCount: 32, tableByteOrder: .little, sources: guestSources,
            queues: [6, 14].map { index in
                EventQueue(
                    index: index, w0: 0xc004_0000, w1: 0x0040_0000 + index, w3: 0x0200_0000 + index << 16,
                    w6: 0x400 + index >> 3, w7: 0x0006_0000)
            },
            contents: .captured([QueueEntry(queueIndex: 6, position: 5, word: 0x8000_0010)]))
        state.cpus = (0..<2).map { index in
            VirtualCPU(
                index: index, server: ServerNumber(index), serverBasis: .deviceTree,
                context: .reset(server: ServerNumber(index)), contextInstance: index, presenter: nil)
        }
        state.bridges = [
            HostBridge(
                buid: Owner.firstBridge, instance: 0, pins: (0x1200..<0x1204).map { LogicalNumber($0) },
                messages: [MessageBlock(device: 0x1000, first: LogicalNumber(0x1300), count: 2)], oldWindows: [])
        ]
        state.virtualDevices = [
            VirtualDevice(type: "vty", unitAddress: 0x7100_0000, number: LogicalNumber(0x1100), queueState: [])
        ]
        state.messageBitmap = [3] + [UInt64](repeating: 0, count: 51)
        state.residues = [SectionResidue(name: "spapr", instance: 0, part: "timebase", bytes: [1, 2, 3])]
        return state
    }

    private static var guestNumbers: [NumberAssignment] {
        var owners: [(UInt32, Owner)] = (0..<4).map { ($0, .interprocessor($0)) }
        owners += [(0x1000, .epow), (0x1001, .hotPlug)]
        owners.append((0x1100, .virtualDevice(type: "vty", unitAddress: 0x7100_0000)))
        for pin: UInt8 in 0..<4 {
            owners.append((0x1200 + UInt32(pin), .bridgePin(bridge: Owner.firstBridge, pin: pin)))
        }
        for vector: UInt32 in 0..<2 {
            let owner = Owner.bridgeMessage(bridge: Owner.firstBridge, device: 0x1000, vector: vector)
            owners.append((0x1300 + vector, owner))
        }
        return owners.map { number, owner in
            if case .bridgePin = owner {
                return NumberAssignment(number: LogicalNumber(number), owner: owner, basis: .section, kind: .lsi)
            }
            return NumberAssignment(number: LogicalNumber(number), owner: owner, basis: .numberMap, kind: .msi)
        }
    }

    private static var guestSources: [XiveSource] {
        guestNumbers.map { row in
            let number = row.number.rawValue
            let bound: [UInt32: UInt64] = [
                0: 0x8000_0006_0000_0010, 1: 0x8000_000e_0000_0011, 0x1100: 0x8000_0006_0000_0012,
                0x1300: 0x8000_000e_0000_0013,
            ]
            let assignment = bound[number].map { EventAssignment(rawValue: $0) } ?? .claimed
            return XiveSource(
                number: row.number, assignment: assignment,
                status: assignment == .claimed ? .off : SourceStatus(rawValue: 0))
        }
    }
}
