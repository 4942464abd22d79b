import CaptureSupport
import Foundation
import Testing

/// Small files that claim enormous things, and an end that comes too early: in bounded memory, with a clear word.
@Suite struct BombTests {
    private let folder: TemporaryFolder
    /// A stream of two devices, up to its end mark, and its self-description.
    private let front: [UInt8]
    private let text: String

    init() throws {
        folder = try TemporaryFolder()
        let toy = try Compressed.bytes(Fixtures.root.appending(path: "containers/00-ok.bin.xz"))
        let mark = try #require(toy.indices.last { toy[$0...].starts(with: [0, 6]) })
        front = Array(toy[..<mark])
        text = String(decoding: toy[(mark + 6)...], as: UTF8.self)
    }

    /// Kilobytes of address space that the tool may use, its code and libraries included.
    private static let memoryLimit = 700_000
    /// Seconds of processor time.
    private static let timeLimit = 120

    private func run(_ arguments: String, on path: String) throws -> Tool.Outcome {
        let limits = "ulimit -v \(Self.memoryLimit); ulimit -t \(Self.timeLimit); "
        return try Tool.shell(limits + "exec \"$IRQPROOF\" \(arguments)", path)
    }

    private func described(_ text: String) -> [UInt8] {
        front + [0, 6] + be32(UInt32(text.utf8.count)) + Array(text.utf8)
    }

    private func be16(_ value: UInt16) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }
    private func be32(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }
    private func be64(_ value: UInt64) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }

    private func expectRefusal(_ bytes: [UInt8], saying word: String) throws {
        let path = try folder.write(bytes, to: "bomb")
        let outcome = try run("inspect \"$1\"", on: path)
        #expect(outcome.status == 2, "\(outcome.errors)")
        #expect(outcome.errorLines.count == 1)
        #expect(outcome.errors.contains(word), "\(outcome.errors)")
    }

    /// The devices are found all the same: by their footers.
    private func expectDevices(_ text: String, note: String? = nil) throws {
        let path = try folder.write(described(text), to: "bomb")
        let outcome = try run("inspect --ledger \"$1\"", on: path)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("toy"))
        if let note { #expect(outcome.output.contains(note), "\(outcome.output)") }
    }

    @Test(arguments: [0, 1, 4, 1 << 33]) func anArrayOfTwoBillionElementsCostsNothing(size: Int) throws {
        let field = "{\"name\": \"x\", \"array_len\": 2147483648, \"type\": \"uint8\", \"size\": \(size)}"
        let bomb = text.replacingOccurrences(of: "\"fields\": [", with: "\"fields\": [\(field), ")
        #expect(bomb != text)
        try expectDevices(bomb, note: size == 0 ? nil : "more than the stream has")
    }

    @Test(arguments: ["{\"devices\": ", "["]) func nestingTenThousandDeepIsALimit(opening: String) throws {
        try expectDevices("{\"x\": " + String(repeating: opening, count: 10_000), note: "nests deeper")
    }

    @Test func aNameOfFourGibibytesIsRefused() throws {
        try expectRefusal(Array("QEVM".utf8) + be32(3) + [7] + be32(.max) + [65], saying: "4294967295 bytes")
        let libvirt = Array("LibvirtQemudSave".utf8) + be32(2) + be32(.max) + be32(1) + be32(0) + be32(0)
        let image = libvirt + [UInt8](repeating: 0, count: 92)
        try expectRefusal(image, saying: "4294967295 bytes")
    }

    /// A disk image with one snapshot whose state and tables would be enormous.
    private func image(state: UInt64, tables: UInt32, disk: UInt64, snapshots: UInt32 = 1) -> [UInt8] {
        var bytes: [UInt8] = [0x51, 0x46, 0x49, 0xfb] + be32(3) + be64(0) + be32(0) + be32(16) + be64(disk)
        bytes += be32(0) + be32(0) + be64(0) + be64(0) + be32(0) + be32(snapshots) + be64(512)
        bytes += be64(0) + be64(0) + be64(0) + be32(4) + be32(104)
        bytes += [UInt8](repeating: 0, count: 512 - bytes.count)
        bytes += be64(1024) + be32(tables) + be16(1) + be16(1) + be32(0) + be32(0) + be64(0) + be32(0) + be32(24)
        return bytes + be64(state) + be64(disk) + be64(.max) + Array("1s".utf8) + [UInt8](repeating: 0, count: 600)
    }

    @Test func tablesOfATebibyteAreRefused() throws {
        try expectRefusal(image(state: 1 << 62, tables: .max, disk: 1 << 40), saying: "do not reach that far")
        try expectRefusal(image(state: 1 << 40, tables: .max, disk: 0), saying: "do not reach that far")
        try expectRefusal(image(state: 1 << 45, tables: 4 << 20, disk: 0), saying: "needed here")
        try expectRefusal(image(state: .max, tables: .max, disk: .max), saying: "do not reach that far")
        try expectRefusal(image(state: 1, tables: 1, disk: 0, snapshots: .max), saying: "4294967295 snapshots")
    }

    @Test func aDescriptionOfAGibibyteIsALimit() throws {
        let path = try folder.write(front + [0, 6] + be32(1 << 30) + Array("{".utf8), to: "bomb")
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.truncate(atOffset: UInt64(front.count + 6 + 1 << 30))
        try file.close()
        let outcome = try run("inspect --ledger \"$1\"", on: path)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("claims 1073741824 bytes"), "\(outcome.output)")
    }

    /// A gigabyte behind the devices, in a file of a few kilobytes.
    @Test func aDecompressionBombIsALimit() throws {
        let toy = try folder.write(described(text), to: "toy")
        let script = """
            ulimit -v \(Self.memoryLimit); ulimit -t \(Self.timeLimit)
            { cat "$1"; head -c 1G /dev/zero; } | gzip -1 -c | "$IRQPROOF" inspect -
            """
        let outcome = try Tool.shell(script, toy)
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("goes on for more than"), "\(outcome.errors)")
    }

    /// Streams that once took gigabytes or minutes: device trees whose long names are claimed again and again, an
    /// event queue over pages that a record of nine bytes fills.
    @Test(arguments: (try? Fixtures.names(in: "regressions/stream")) ?? [])
    func aStreamThatOnceTookGigabytesIsShownWithinTheLimits(name: String) throws {
        let bytes = try Compressed.bytes(Fixtures.root.appending(path: "regressions/stream/\(name)"))
        let path = try folder.write(bytes, to: "bomb")
        let outcome = try run("inspect --queues \"$1\"", on: path)
        #expect(outcome.status == 0, "\(outcome.status) \(outcome.errors)")
        #expect(outcome.output.contains(name.hasPrefix("queue") ? "hold more than" : "blob in the stream is damaged"))
    }

    // MARK: - Interruption

    // Whoever runs the tests in the background has interrupts ignored, and passes that on: hence `env`.

    @Test func anInterruptWhileReadingLeavesNothing() throws {
        let store = folder.path("store.db")
        let script = """
            set -m; mkfifo "$1.pipe"; exec 9<>"$1.pipe"
            env --default-signal=INT "$IRQPROOF" import - --into "$1" <"$1.pipe" & tool=$!
            while sleep 0.2; kill -INT $tool 2>/dev/null; do :; done
            wait $tool; echo "status $?"
            """
        let outcome = try Tool.shell(script, store)
        #expect(outcome.output.contains("status 130"), "\(outcome.output) \(outcome.errors)")
        #expect(!FileManager.default.fileExists(atPath: store))
    }

    /// Whenever the interrupt comes, the snapshot is there whole or not at all.
    @Test func anInterruptAtAnyMomentLeavesAWholeSnapshotOrNone() throws {
        let guest = try folder.write(Fixtures.capture("q5.2_2.12_legacy_A_reset").stream(), to: "guest")
        let script = """
            set -m
            for delay in 0.02 0.04 0.05 0.06 0.07 0.08 0.09 0.10 0.12 0.15 0.2 0.3; do
                env --default-signal=INT "$IRQPROOF" import "$1" --into "$2.$delay" >/dev/null 2>&1 & tool=$!
                sleep $delay; kill -INT $tool 2>/dev/null; wait $tool 2>/dev/null
                [ -s "$2.$delay" ] || { echo none; continue; }
                names=$("$IRQPROOF" list "$2.$delay" --format json 2>/dev/null | grep -c '"name": "guest"')
                if [ "$names" = 0 ]; then echo none; continue; fi
                "$IRQPROOF" inspect "$2.$delay#guest" >/dev/null && echo whole || echo partial
            done
            """
        let outcome = try Tool.shell(script, guest, folder.path("store"))
        let words = outcome.output.split(separator: "\n")
        #expect(words.count == 12)
        #expect(words.allSatisfy { $0 == "none" || $0 == "whole" }, "\(outcome.output)")
    }
}
