import Foundation
import InterruptState
import Testing

@testable import PSeries

@Suite struct ConstructionRefusalTests {
    private func refusal(_ commandLine: String) throws -> ConstructionRefusal? {
        let description = try CommandLine(commandLine).description
        do {
            _ = try Construction(description)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        ("-M pseries-7.2 -device spapr-vscsi,reg=0x2000 -device spapr-vlan,reg=0x71000002", "IRQ 4354 is not free"),
        ("-M pseries-7.2 -device spapr-vscsi,reg=0x2000 -device spapr-vlan,reg=0x102000", "IRQ 4354 is not free"),
        ("-M pseries-7.2 -device spapr-vlan,reg=0x0", "IRQ 4352 is not free"),
        ("-M pseries-3.1,ic-mode=xive -cpu power9 -smp 1,maxcpus=513", "IRQ 4096 is not free"),
        ("-M pseries-3.1,ic-mode=xive", "XIVE-only machines require a POWER9 CPU"),
        ("-M pseries-3.0,ic-mode=xics", "does not offer ic-mode xics"),
        ("-M pseries-2.8 -device spapr-pci-host-bridge,index=31", "is too large (max 30)"),
        ("-M pseries-2.7 -device spapr-pci-host-bridge,index=256", "is too large (max 255)"),
        ("-M pseries-7.2 -device spapr-pci-host-bridge,index=0", "host bridge with index 0 exists"),
        ("-M pseries-7.2 -device spapr-vty,reg=0x71000000", "devices conflict at address 0x71000000"),
        ("-M pseries-7.2,vsmt=0", "at least 1"),
        ("-M pseries-7.2 -smp 3,maxcpus=2", "only 2 are possible"),
        ("-M pseries-7.2 -smp 1,maxcpus=2 -device power9-spapr-cpu-core,core-id=0", "core 0"),
    ])
    func machinesThatCannotBeBuilt(commandLine: String, words: String) throws {
        let refusal = try #require(try refusal(commandLine), "\(commandLine)")
        #expect(refusal.description.contains(words), "\(refusal)")
    }

    @Test func hotPlugIsRefusedWhereTheTypeHasNone() throws {
        var description = MachineDescription(type: try #require(MachineType.named("pseries-3.1")))
        description.devices = [DeviceDescription(.bridge(index: 1), isHotPlugged: true)]
        #expect(throws: ConstructionRefusal(.bridgeHotPlugNotSupported, device: 0)) { try Construction(description) }
        description.devices = [DeviceDescription(.virtual(.network, unitAddress: nil), isHotPlugged: true)]
        #expect(throws: ConstructionRefusal(.hotPlugNotSupported, device: 0)) { try Construction(description) }
    }

    @Test func fiveHundredAndTwelveServersOfEightFit() throws {
        #expect(try refusal("-M pseries-3.1,ic-mode=xive -cpu power9 -smp 1,maxcpus=512") == nil)
    }

    @Test func theSequentialTableFillsUp() throws {
        var description = MachineDescription(type: try #require(MachineType.named("pseries-2.7")))
        description.devices = (1...255).map { DeviceDescription(.bridge(index: $0)) }
        // EPOW, terminal and NVRAM leave 1021 numbers: room for 255 bridges, not for 256.
        #expect(throws: ConstructionRefusal.self) { try Construction(description) }
        description.devices.removeLast()
        #expect(try constructedNumbers(of: description).count == 3 + 4 * 255)
    }
}

/// The numbers that running builds listed at reset, with the command lines that made them.
@Suite struct ConstructionAgainstBuildsTests {
    struct Entry: CustomTestStringConvertible {
        var captures: [Substring]
        var command: String
        var mode: InterruptMode
        var numbers: [LogicalNumber: SourceKind]
        var testDescription: String { captures.first.map(String.init) ?? command }
    }

    static let entries: [Entry] = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try? String(contentsOf: root.appending(path: "Fixtures/maps/claimed-at-reset.txt"), encoding: .utf8)
        return (text ?? "").components(separatedBy: "\n\n").compactMap(entry)
    }()

    private static func entry(_ block: String) -> Entry? {
        let lines = block.split(separator: "\n").map { $0.split(separator: " ", maxSplits: 1) }
        guard lines.count == 3, lines.allSatisfy({ $0.count == 2 }), lines[0][0] == "captures",
            let mode = InterruptMode(rawValue: String(lines[2][0]))
        else { return nil }
        return Entry(
            captures: lines[0][1].split(separator: " "), command: String(lines[1][1]), mode: mode,
            numbers: numbers(lines[2][1]))
    }

    /// `1000-1001 1200L`: inclusive ranges, L for level.
    private static func numbers(_ text: Substring) -> [LogicalNumber: SourceKind] {
        var numbers: [LogicalNumber: SourceKind] = [:]
        for word in text.split(separator: " ") {
            let kind: SourceKind = word.hasSuffix("L") ? .lsi : .msi
            let ends = word.drop { $0 == "L" }.split(separator: "-").map { end in
                UInt32(end.filter { $0 != "L" }, radix: 16) ?? .max
            }
            guard let first = ends.first, let last = ends.last, first <= last, last < 0x2000 else { continue }
            for number in first...last { numbers[LogicalNumber(number)] = kind }
        }
        return numbers
    }

    @Test func thereIsEvidenceForManyTypes() throws {
        #expect(Self.entries.count == 66)
        #expect(Self.entries.map(\.captures.count).reduce(0, +) == 153)
        let types = Set(try Self.entries.map { try CommandLine($0.command).description.type.name })
        #expect(types.count == 9)
    }

    @Test(arguments: entries)
    func constructionClaimsWhatTheBuildListed(entry: Entry) throws {
        let description = try CommandLine(entry.command).description
        let construction = try Construction(description)
        #expect(description.effectiveMode.modeAtReset == entry.mode)
        let claims = construction.claims(in: entry.mode)
        let kinds = Dictionary(uniqueKeysWithValues: claims.map { ($0.number, $0.kind) })
        #expect(kinds == entry.numbers.mapValues { Optional($0) }, "\(entry.command)")
    }
}

@Suite struct ConstructionOrderTests {
    private func numbers(_ commandLine: String) throws -> [UInt32] {
        try constructedNumbers(of: CommandLine(commandLine).description).map(\.number.rawValue)
    }

    @Test func sequentialNumbersFollowTheOrderOfCreation() throws {
        #expect(try numbers("-M pseries-2.7") == Array(0x1000...0x1006))
        #expect(try numbers("-M pseries-3.0") == Array(0x1000...0x1007))
        let first = try numbers("-M pseries-3.0 -device spapr-vlan,reg=0x3000 -device spapr-vscsi,reg=0x2000")
        let second = try numbers("-M pseries-3.0 -device spapr-vscsi,reg=0x2000 -device spapr-vlan,reg=0x3000")
        #expect(first == second, "the numbers are handed out alike")
        let owners = try constructedNumbers(
            of: CommandLine("-M pseries-3.0 -device spapr-vlan,reg=0x3000 -device spapr-vscsi,reg=0x2000").description)
        #expect(owners.last?.owner == .virtualDevice(type: "v-scsi", unitAddress: 0x2000))
    }

    @Test func automaticAddressesSkipThoseInUse() throws {
        var description = try CommandLine("-M pseries-7.2 -device spapr-vlan -device spapr-vscsi").description
        description.nvram = 0x7100_0003
        let addresses = try constructedNumbers(of: description).compactMap { claim -> UInt32? in
            if case .virtualDevice(_, let address) = claim.owner { address } else { nil }
        }
        #expect(addresses == [0x7100_0000, 0x7100_0003, 0x7100_0001, 0x7100_0002])
    }

    @Test func defaultNetworkAndDiskComeAfterTheBridge() throws {
        var description = MachineDescription(type: try #require(MachineType.named("pseries-7.2")))
        description.networkCards = 1
        description.scsiAdapters = 1
        let numbers = try constructedNumbers(of: description).filter { $0.number.rawValue >= 0x1000 }
        #expect(
            numbers.map(\.number.rawValue)
                == [0x1000, 0x1001, 0x1100, 0x1101, 0x1200, 0x1201, 0x1202, 0x1203, 0x1102, 0x1103])
    }

    @Test func theSparseMapKeepsBridgesApart() throws {
        var description = try CommandLine("-M pseries-7.2,ic-mode=xive -device spapr-pci-host-bridge,index=5")
            .description
        description.type.customMap = .sparse(SparseNumberMap())
        let claims = try constructedNumbers(of: description)
        #expect(
            claims.map(\.number.rawValue) == [
                0x1000, 0x1001, 0x1002, 0x10_0000, 0x10_0001, 0x20_0000, 0x20_0001, 0x20_0002, 0x20_0003, 0x21_4000,
                0x21_4001, 0x21_4002, 0x21_4003,
            ])
    }

    @Test func anUnsoundSparseMapIsRefused() throws {
        var description = try CommandLine("-M pseries-7.2").description
        var map = SparseNumberMap()
        map.virtualDeviceBase = 0x1800
        description.type.customMap = .sparse(map)
        #expect(throws: ConstructionRefusal.self) { try Construction(description) }
        #expect(map.faults(servers: 1) == ["the generic range and the VIO range overlap"])
    }
}

@Suite struct NumberPoolTests {
    @Test func aRefusedClaimLeavesNothingBehind() throws {
        var pool = NumberPool(map: .fixed(messages: .shipped), servers: 1)
        let owner = Owner.virtualDevice(type: "vty", unitAddress: 0x2000)
        _ = try pool.claim([owner])
        let before = pool
        #expect(throws: NumberPool.ClaimError.notFree(LogicalNumber(0x1102), holder: owner)) {
            try pool.claim([.epow, .virtualDevice(type: "vty", unitAddress: 0x7100_0002)])
        }
        #expect(pool == before)
    }

    @Test(arguments: [
        NumberMap.sequential(size: 0x400), .fixed(messages: .shipped), .fixed(messages: .intended),
        .sparse(SparseNumberMap()),
    ])
    func givingBackRestoresTheSpace(map: NumberMap) throws {
        var pool = NumberPool(map: map, servers: 1)
        _ = try pool.claim([.epow])
        let kept = try pool.allocateMessages(bridge: 0, device: 0x800, count: 1, kind: .msix)
        let before = pool
        let block = try pool.allocateMessages(bridge: 0, device: 0x1000, count: 3, kind: .msix)
        #expect(pool != before && block.count == 3 && block.first > kept.first)
        pool.releaseMessages(bridge: 0, block)
        #expect(pool == before)
    }
}
