import InterruptState
import Testing

@testable import PSeries

@Suite struct MachineTypeTests {
    @Test func unknownNamesAreRefused() {
        for name in ["", "pseries", "pseries-11.2", "pseries-7", "pseries-7.2-", "pseries-7.2-sxxm", "pc-q35-7.2", "2"]
        {
            #expect(MachineType.named(name) == nil, "\(name)")
        }
    }

    @Test func aNameBeyondTheTableSuggestsNearNames() {
        #expect(MachineType.namesNear("pseries-11.2") == ["pseries-11.1", "pseries-11.0", "pseries-10.2"])
        #expect(MachineType.namesNear("pserie-7.2").first == "pseries-7.2")
        #expect(MachineType.namesNear("map/on", among: ["map/in", "map/only-here"]).first == "map/only-here")
        #expect(MachineType.namesNear("x", limit: 0).isEmpty)
    }

    @Test func everyVersionIsThereOnceInOrder() {
        let versions = MachineType.all.compactMap(\.version)
        #expect(versions.count == 38)
        #expect(versions == versions.sorted())
        #expect(Set(MachineType.all.map(\.name)).count == MachineType.all.count)
        for type in MachineType.all { #expect(MachineType.named(type.name) == type) }
        #expect(MachineType.named("7.2")?.name == "pseries-7.2")
    }

    @Test(arguments: [
        (
            "2.7", NumberScheme.sequential, UInt32(0x400), InterruptModeSetting.legacy, UInt32(8), false, UInt32(255),
            false
        ),
        ("2.8", .sequential, 0x400, .legacy, 8, true, 30, false),
        ("2.12-sxxm", .sequential, 0x400, .legacy, 8, true, 30, false),
        ("3.0", .sequential, 0x400, .legacy, 8, true, 30, false),
        ("3.1", .fixed, 0x1000, .xics, 8, true, 30, false),
        ("4.0", .fixed, 0x1000, .xics, 8, true, 30, true),
        ("4.1", .fixed, 0x1000, .dual, 8, true, 30, true),
        ("4.2", .fixed, 0x1000, .dual, 1, true, 30, true),
        ("11.1", .fixed, 0x1000, .dual, 1, true, 30, true),
    ])
    func factsAtTheBoundaries(
        name: String, scheme: NumberScheme, count: UInt32, mode: InterruptModeSetting, vsmt: UInt32, events: Bool,
        lastBridge: UInt32, hotPlug: Bool
    ) throws {
        let type = try #require(MachineType.named(name))
        #expect(type.scheme == scheme && type.externalCount == count && type.defaultMode == mode)
        #expect(type.serverSpacing.vsmt(threads: 1) == vsmt)
        #expect(type.modernHotPlugEvents == events && type.bridgeHotPlug == hotPlug)
        #expect(type.maximumBridgeIndex == lastBridge)
    }

    @Test func buildsHaveTheTypesTheyList() {
        func range(_ build: MachineType.QEMUBuild) -> [String] {
            let names = MachineType.all.filter { $0.builds.contains(build) }.map(\.name)
            return [names.first, names.last].compactMap { $0 }
        }
        #expect(range(.v5x2) == ["pseries-2.1", "pseries-5.2"])
        #expect(range(.v7x2) == ["pseries-2.1", "pseries-7.2"])
        #expect(range(.v10x0) == ["pseries-3.0", "pseries-10.0"])
        #expect(range(.v11x1) == ["pseries-5.2", "pseries-11.1"])
    }

    @Test func streamsGainTheirPartsAtTheirVersions() {
        func first(_ trait: KeyPath<MachineType.StreamTraits, Bool>) -> String? {
            MachineType.all.first { $0.stream[keyPath: trait] }?.name
        }
        #expect(first(\.selfDescription) == "pseries-2.3")
        #expect(first(\.configurationAndFooters) == "pseries-2.4")
        #expect(first(\.negotiatedOptions) == "pseries-2.8")
        #expect(first(\.processorSection) == "pseries-3.0")
        #expect(first(\.deviceTree) == "pseries-4.0")
        #expect(first(\.switchoverStart) == "pseries-10.0")
    }

    @Test func serversFollowThreadsAndSpacing() throws {
        #expect(ServerNumbering(threads: 0, vsmt: 1) == nil)
        let old = try #require(ServerNumbering(threads: 1, vsmt: 8))
        #expect(old.server(cpuIndex: 1) == 8)
        #expect(old.serverCount(possibleCPUs: 4) == 32)
        #expect(old.server(cpuIndex: .max) == nil)
        let threaded = try #require(ServerNumbering(threads: 4, vsmt: 8))
        #expect((0..<6).map { threaded.server(cpuIndex: $0) } == [0, 1, 2, 3, 8, 9])
        #expect(threaded.serverCount(possibleCPUs: 5) == 10)
        #expect(try #require(ServerNumbering(threads: 3, vsmt: 2)).serverCount(possibleCPUs: 4) == 3)
    }
}
