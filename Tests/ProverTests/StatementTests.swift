import Descriptions
import InterruptState
import PSeries
import Testing

@testable import Prover

/// Small enough for an unoptimised build, around the boundary of two rules.
func testBounds() -> Bounds {
    var bounds = Bounds()
    bounds.addresses = 0x70ff_0000...0x7100_ffff
    bounds.possibleCPUs = 520
    bounds.depth = 3
    return bounds
}

func type(_ name: String) throws -> MachineType {
    if name == "sparse" {
        var type = try #require(MachineType.named("pseries-7.2"))
        type.customMap = .sparse(SparseNumberMap())
        return type
    }
    return try #require(MachineType.named(name))
}

@Suite struct ProofGuardTests {
    private func proof(canaries: [Proof.Canary], count: UInt64) -> Proof {
        Proof(
            claim: "c", sentence: "s", domain: [], method: "m", verdict: .proved, counts: [.init("cases", count)],
            canaries: canaries)
    }

    @Test func aSurvivingCanaryIsNoProof() {
        #expect(proof(canaries: [.init("wrong", isRefuted: false)], count: 1).verdict == .undecided)
    }

    @Test func noCanaryIsNoProof() {
        #expect(proof(canaries: [], count: 1).verdict == .undecided)
    }

    @Test func nothingCoveredIsNoProof() {
        #expect(proof(canaries: [.init("wrong", isRefuted: true)], count: 0).verdict == .undecided)
        #expect(proof(canaries: [.init("wrong", isRefuted: true)], count: 1).verdict == .proved)
    }

    @Test func aSearchThatGivesUpIsUndecided() throws {
        var bounds = testBounds()
        bounds.states = 10
        let proofs = HistoryIndependence(try type("pseries-7.2"), bounds: bounds).proofs { $0 == "messages-disjoint" }
        #expect(proofs.map(\.verdict) == [.undecided])
    }
}

@Suite struct ShortestHistoryTests {
    private func proof(_ name: String, _ claim: String) throws -> Proof {
        let proofs = HistoryIndependence(try type(name), bounds: testBounds()).proofs { $0 == claim }
        return try #require(proofs.first)
    }

    @Test(arguments: [
        ("pseries-3.0", "constructed-independent", ["create v-scsi@3000", "create l-lan@2000"]),
        (
            "pseries-7.2", "messages-independent-once",
            ["enable phb0.slot1 with 1 msix", "enable phb0.slot2 with 1 msix", "disable phb0.slot1"]
        ),
        (
            "pseries-3.0", "messages-independent-once",
            ["enable phb0.slot1 with 1 msix", "enable phb0.slot2 with 1 msix", "disable phb0.slot1"]
        ),
        ("pseries-7.2", "messages-sticky", ["enable phb0.slot1 with 1 msix", "enable phb0.slot1 with 1 msix"]),
        ("pseries-7.2", "messages-aligned-once", ["enable phb0.slot1 with 1 msix", "enable phb0.slot3 with 2 msi"]),
        (
            "pseries-7.2", "messages-survive-once",
            ["enable phb0.slot1 with 2048 msix", "enable phb0.slot2 with 2048 msix"]
        ),
        ("pseries-3.0", "messages-survive", ["enable phb0.slot3 with 3 msi"]),
        ("pseries-7.2", "vcpu-contexts-xive", ["plug vCPU 2", "plug vCPU 1"]),
    ])
    func theShortestHistoryIsFound(name: String, claim: String, steps: [String]) throws {
        let proof = try proof(name, claim)
        #expect(proof.verdict == .refuted)
        #expect(proof.counterexample?.steps == steps)
    }

    @Test(arguments: [
        ("pseries-7.2", "constructed-independent"), ("sparse", "constructed-independent"),
        ("pseries-3.0", "messages-aligned"), ("sparse", "messages-aligned"), ("sparse", "messages-survive"),
        ("pseries-3.0", "messages-carried"), ("pseries-7.2", "messages-carried"), ("sparse", "messages-carried"),
        ("pseries-7.2", "messages-disjoint"), ("pseries-3.0", "vcpu-presenters-xics"),
    ])
    func whatHoldsIsProved(name: String, claim: String) throws {
        let proof = try proof(name, claim)
        #expect(proof.verdict == .proved, "\(proof)")
        #expect(proof.canaries.allSatisfy(\.isRefuted) && !proof.canaries.isEmpty)
    }
}

@Suite struct MapStatementTests {
    private func verdicts(_ name: String, _ bounds: Bounds) throws -> [String: Verdict] {
        let proofs = MapSoundness(try type(name), bounds: bounds).proofs()
        return Dictionary(uniqueKeysWithValues: proofs.map { ($0.claim, $0.verdict) })
    }

    @Test func theSequentialSchemeIsNoFunction() throws {
        #expect(MapSoundness(try type("pseries-3.0")).proofs().isEmpty)
    }

    @Test func theFixedMapCollidesAndIsElseSound() throws {
        let refuted = try verdicts("pseries-7.2", testBounds()).filter { $0.value != .proved }
        #expect(refuted == ["vio-injective": .refuted])
    }

    @Test func eightServersForEachCPUOverrunTheRoom() throws {
        let proofs = MapSoundness(try type("pseries-4.1"), bounds: testBounds()).proofs { $0 == "ipis-have-room" }
        #expect(proofs.map(\.verdict) == [.refuted])
        #expect(proofs.first?.reasons.first?.contains("513 possible vCPUs") == true)
    }

    @Test func theSparseMapIsSound() throws {
        #expect(try verdicts("sparse", testBounds()).values.allSatisfy { $0 == .proved })
    }

    @Test func theFirstCollidingPairIsNamed() throws {
        var bounds = testBounds()
        bounds.addresses = 0x0...0x2000
        let proofs = MapSoundness(try type("pseries-7.2"), bounds: bounds).proofs { $0 == "vio-injective" }
        #expect(proofs.first?.reasons.first == "0x0 and 0x1 have the same number: the first two that meet")
        #expect(proofs.first?.domain.first == "unit addresses 0x0 to 0x2000 only")
    }

    /// The populations that a solver would have to count: each place of a page rule has 4,096 addresses a page.
    @Test func enumerationCountsEveryAddress() {
        let enumeration = AddressEnumeration<FixedAddresses>(0x3000_0000...0x3001_ffff)
        #expect(enumeration.addresses == 0x2_0000)
        #expect(enumeration.population[0xf0...0xff].allSatisfy { $0 == 0x2000 })
        #expect(enumeration.population[..<0xf0].allSatisfy { $0 == 0 } && enumeration.unusedPlaces == 240)
        let last = AddressEnumeration<FixedAddresses>(UInt32.max...UInt32.max)
        #expect(last.addresses == 1 && last.population[0xff] == 1 && last.collision == nil)
    }
}

@Suite struct AgreementTests {
    @Test(arguments: [
        ("pseries-2.7", "pseries-2.8"), ("pseries-3.0", "pseries-3.1"), ("pseries-3.1", "pseries-4.0"),
        ("pseries-4.0", "pseries-4.1"), ("pseries-4.1", "pseries-4.2"), ("pseries-7.2", "sparse"),
    ])
    func aBoundaryBetweenGroupsIsRefuted(first: String, second: String) throws {
        let proofs = MapAgreement(try type(first), try type(second), bounds: testBounds()).proofs {
            $0 == "machines-agree"
        }
        #expect(proofs.map(\.verdict) == [.refuted])
    }

    @Test func aGroupAgrees() throws {
        let proofs = MapAgreement(try type("pseries-4.2"), try type("pseries-11.1"), bounds: testBounds()).proofs()
        #expect(proofs.map(\.verdict) == [.proved, .proved], "\(proofs)")
        #expect(proofs.last?.counts.first?.value == 19_656)
    }

    @Test func rulesOfDifferentMapsDiffer() throws {
        for (first, second) in [("pseries-3.0", "pseries-3.1"), ("pseries-3.1", "sparse"), ("sparse", "pseries-3.1")] {
            let proofs = MapAgreement(try type(first), try type(second), bounds: testBounds()).proofs {
                $0 == "rules-agree"
            }
            #expect(proofs.map(\.verdict) == [.refuted])
        }
    }
}
