import InterruptState
import SeededRandom
import Testing

@testable import PSeries

@Suite struct DeviceTreeTests {
    @Test func everyTruncationOfATreeIsAnErrorNotATrap() throws {
        let blob = TreeBuilder.sample
        for length in 0..<blob.count {
            _ = try? FlattenedDeviceTree(Array(blob.prefix(length)))
        }
        #expect(throws: FlattenedDeviceTree.Failure.self) { try FlattenedDeviceTree(Array(blob.prefix(39))) }
    }

    @Test func mutatedTreesNeverTrap() {
        let seed: UInt64 = 0x5eed_0001
        var random = SeededGenerator(seed: seed)
        for _ in 0..<2000 {
            var blob = TreeBuilder.sample
            for _ in 0..<4 { blob[Int(random.next() % UInt64(blob.count))] = UInt8(truncatingIfNeeded: random.next()) }
            if let tree = try? FlattenedDeviceTree(blob) { _ = DeviceTreeFacts(tree) }
        }
    }

    @Test func nestingBeyondTheLimitIsRefused() {
        var builder = TreeBuilder()
        for _ in 0..<100 { builder.begin("n") }
        #expect(throws: FlattenedDeviceTree.Failure.self) { try FlattenedDeviceTree(builder.blob) }
    }

    @Test func interruptPropertiesAreRead() throws {
        let facts = DeviceTreeFacts(try FlattenedDeviceTree(TreeBuilder.sample))
        #expect(facts.servers == [ServerNumber(0), ServerNumber(8)])
        #expect(facts.serverCount == 16)
        #expect(facts.offeredModes == 0x80)
        let owners = facts.numbers.map { "\($0.number) \($0.owner)" }
        #expect(
            owners == [
                "0x1000 EPOW events", "0x1100 VIO vty@71000000", "0x1208 PHB 2 LSI pin 0", "0x1209 PHB 2 LSI pin 1",
            ])
    }
}

/// Writes a flattened tree.
struct TreeBuilder {
    private var structure: [UInt8] = []
    private var strings: [UInt8] = []

    mutating func begin(_ name: String) {
        structure += words(1) + padded(Array(name.utf8) + [0])
    }

    mutating func end() {
        structure += words(2)
    }

    mutating func property(_ name: String, _ value: [UInt8]) {
        structure += words(3, UInt32(value.count), UInt32(strings.count)) + padded(value)
        strings += Array(name.utf8) + [0]
    }

    var blob: [UInt8] {
        let body = structure + words(9)
        let total = UInt32(40 + body.count + strings.count)
        return words(0xd00d_feed, total, 40, UInt32(40 + body.count), 0, 17, 16, 0, UInt32(strings.count))
            + words(UInt32(body.count)) + body + strings
    }

    private func padded(_ bytes: [UInt8]) -> [UInt8] {
        bytes + [UInt8](repeating: 0, count: (4 - bytes.count % 4) % 4)
    }

    static var sample: [UInt8] {
        var tree = TreeBuilder()
        tree.begin("")
        tree.begin("chosen")
        tree.property("ibm,arch-vec-5-platform-support", [23, 0x80, 24, 0xc0])
        tree.end()
        tree.begin("event-sources")
        tree.begin("epow-events")
        tree.property("interrupts", words(0x1000, 0))
        tree.end()
        tree.end()
        tree.begin("cpus")
        for server: UInt32 in [8, 0] {
            tree.begin("PowerPC,POWER9@\(server)")
            tree.property("ibm,ppc-interrupt-server#s", words(server))
            tree.end()
        }
        tree.end()
        tree.begin("vdevice")
        tree.begin("vty@71000000")
        tree.property("interrupts", words(0x1100, 0))
        tree.end()
        tree.end()
        tree.begin("interrupt-controller")
        tree.property("ibm,interrupt-server-ranges", words(0, 16))
        tree.end()
        tree.begin("pci@800000020000002")
        tree.property(
            "interrupt-map",
            words(0, 0, 0, 1, 0x1111, 0x1208, 1) + words(0, 0, 0, 2, 0x1111, 0x1209, 1)
                + words(0x800, 0, 0, 1, 0x1111, 0x1209, 1))
        tree.end()
        tree.end()
        return tree.blob
    }
}
