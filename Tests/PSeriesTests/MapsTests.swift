import InterruptState
import Testing

@testable import PSeries

private func machine(_ name: String) throws -> MachineDescription {
    MachineDescription(type: try #require(MachineType.named(name)))
}

@Suite struct MachineMapTests {
    @Test(arguments: [
        "", "vio", "vio@", "@2000", "vio@zz", "vio@123456789", "vio@+1", "phb", "phb1", "phb1.4", "phb-1.0", "ipi",
        "ipi+1", "phb4294967296.0", "phb1.0.0",
    ])
    func wordsThatNameNothing(words: String) {
        #expect(Owner(words: words) == nil)
    }

    @Test func devicesAreFoundByWords() throws {
        let map = try MachineMap(machine("pseries-7.2"))
        func number(_ words: String) throws -> UInt32? {
            map.number(of: try #require(Owner(words: words)))?.rawValue
        }
        #expect(try number("vio@2000") == 0x1102)
        #expect(try number("anything@71000001") == 0x1101)
        #expect(try number("phb1.3") == 0x1207)
        #expect(try number("phb31.0") == nil)
        #expect(try number("ipi0") == 0)
        #expect(try number("ipi1") == nil, "there is one server")
        #expect(try number("hotplug") == 0x1001)
        let old = try MachineMap(machine("pseries-3.0"))
        #expect(old.number(of: .virtualDevice(type: "v-scsi", unitAddress: 0x2000)) == nil)
        #expect(old.number(of: .epow) == LogicalNumber(0x1000))
    }

    @Test(arguments: [nil, NumberMap.sparse(SparseNumberMap())] as [NumberMap?])
    func everyClaimLiesInTheRangeOfItsClass(custom: NumberMap?) throws {
        for type in MachineType.all where custom == nil || type.scheme == .fixed {
            var description = MachineDescription(type: type)
            description.type.customMap = custom
            description.devices = [1, 7, 30].map { DeviceDescription(.bridge(index: $0)) }
            let map = try MachineMap(description)
            for claim in map.claims {
                let answer = map.answer(claim.number)
                #expect(answer.owner == claim.owner)
                let expected = description.type.map.isFunction ? DeviceClass(of: claim.owner) : .shared
                #expect(answer.deviceClass == expected, "\(type.name) \(claim)")
            }
            #expect(
                zip(map.ranges, map.ranges.dropFirst()).allSatisfy { $0.numbers.upperBound <= $1.numbers.lowerBound })
            #expect(map.ranges.map { map.claimedCount(in: $0) }.reduce(0, +) == map.claims.count)
        }
    }

    @Test func theInverseOfASparseNumberNamesTheDevice() throws {
        var description = try machine("pseries-7.2")
        description.type.customMap = .sparse(SparseNumberMap())
        description.devices = [DeviceDescription(.bridge(index: 5))]
        let map = try MachineMap(description)
        #expect(map.answer(LogicalNumber(0x21_4002)).wouldBelongTo == "PHB 5 LSI pin 2")
        for address: UInt32 in [0x2000, 0x3000_1000, 0x7100_0007] {
            let number = try #require(map.number(of: .virtualDevice(type: "vty", unitAddress: address)))
            #expect(map.answer(number).wouldBelongTo == "VIO at \(hexadecimal(UInt64(address), digits: 1))")
        }
        #expect(map.answer(LogicalNumber(0x9_0000)).deviceClass == nil)
    }
}

@Suite struct MachineComparisonTests {
    @Test func aChangeOfSchemeMovesEverythingButTheEvents() throws {
        let comparison = try MachineComparison(machine("pseries-3.0"), machine("pseries-3.1"))
        #expect(!comparison.isNumberIdentical)
        #expect(comparison.facts.map(\.fact) == ["number scheme", "external numbers", "ic-mode offered", "ic-mode"])
        #expect(Set(comparison.classes.map(\.first.deviceClass)) == Set(DeviceClass.allCases).subtracting([.shared]))
        #expect(comparison.numbers.count == 6)
        #expect(comparison.forwards.outcome == .refused && comparison.backwards.outcome == .refused)
    }

    @Test func oldStreamsThatNameNoTypeChangeInSilence() throws {
        let comparison = try MachineComparison(machine("pseries-2.3"), machine("pseries-2.8"))
        #expect(comparison.forwards.outcome == .silentChange)
        #expect(comparison.backwards.outcome == .refused)
    }

    @Test func equalNumbersUnderAnotherNameAreRefusedNeedlessly() throws {
        let comparison = try MachineComparison(machine("pseries-7.1"), machine("pseries-7.2"))
        #expect(comparison.isNumberIdentical && comparison.facts.isEmpty && comparison.comparedOwners == 9)
        #expect(comparison.forwards.outcome == .refusedThoughSame)
        let same = try MachineComparison(machine("pseries-7.2"), machine("pseries-7.2"))
        #expect(same.forwards.outcome == .sameNumbers)
        #expect(same.forwards.reasons.contains { $0.contains("POWER9") })
    }

    @Test func aMachineThatCannotBeBuiltIsNotIdentical() throws {
        var broken = try machine("pseries-7.2")
        broken.devices = [DeviceDescription(.bridge(index: 31))]
        let comparison = MachineComparison(try machine("pseries-7.2"), broken)
        #expect(!comparison.isNumberIdentical)
        #expect(comparison.forwards.outcome == .notBuilt)
    }

    @Test func typesFallIntoTheClassesOfTheTable() {
        let classes = MachineTypeClasses(MachineType.all)
        #expect(classes.groups.map(\.mapClass) == ["A", "A", "B", "B", "B", "B"])
        #expect(
            classes.groups.map { [$0.names.first, $0.names.last] } == [
                ["pseries-2.1", "pseries-2.7"], ["pseries-2.8", "pseries-3.0"], ["pseries-3.1", "pseries-3.1"],
                ["pseries-4.0", "pseries-4.0"], ["pseries-4.1", "pseries-4.1"], ["pseries-4.2", "pseries-11.1"],
            ])
    }

    /// Groups say the same as comparing every two types.
    @Test func groupsAgreeWithEveryPairComparison() {
        let groups = MachineTypeClasses(MachineType.all).groups
        for left in MachineType.all {
            for right in MachineType.all {
                let together = groups.contains { $0.names.contains(left.name) && $0.names.contains(right.name) }
                guard together else { continue }
                let comparison = MachineComparison(MachineDescription(type: left), MachineDescription(type: right))
                #expect(comparison.isNumberIdentical, "\(left.name) \(right.name)")
            }
        }
    }
}
