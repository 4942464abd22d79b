import Certificate
import CertificateCheck
import PSeries
import Prover
import Testing

/// Certificates about claims and machines: everything is decided a second time by the checker's own code.
@Suite struct ClaimCertificateTests {
    /// Small enough for an unoptimised build, around the boundary of two rules.
    static var bounds: Bounds {
        var bounds = Bounds()
        bounds.addresses = 0x70ff_0000...0x7100_ffff
        bounds.possibleCPUs = 520
        bounds.addedDevices = 1
        bounds.depth = 3
        return bounds
    }

    static func type(_ name: String) throws -> MachineType {
        if name == "sparse" {
            var type = try #require(MachineType.named("pseries-7.2"))
            type.customMap = .sparse(SparseNumberMap())
            return type
        }
        return try #require(MachineType.named(name))
    }

    private static func certificate(_ names: [String]) throws -> (Certificate, [Proof]) {
        let types = try names.map(type)
        let proofs = Statement(types, bounds: bounds).proofs()
        return (try Certificate.claims(proofs, about: types, bounds: bounds, inputs: [], tool: testTool), proofs)
    }

    @Test(arguments: [
        ["pseries-2.7"], ["pseries-3.0"], ["pseries-3.1"], ["pseries-4.1"], ["pseries-7.2"], ["sparse"],
        ["pseries-2.7", "pseries-2.8"], ["pseries-3.0", "pseries-3.1"], ["pseries-4.2", "pseries-11.1"],
        ["pseries-7.2", "sparse"], ["sparse", "sparse"],
    ])
    func everyClaimIsDecidedTwice(_ names: [String]) throws {
        let (certificate, proofs) = try Self.certificate(names)
        let acceptance = try CertificateCheck.check(certificate.bytes)
        #expect(acceptance.claims.map(\.name) == proofs.map(\.claim))
        #expect(acceptance.claims.map(\.verdict) == proofs.map(\.verdict.rawValue))
        let views = try Forgery(certificate.bytes).rows("SELECT recorded, recomputed FROM verdict")
        #expect(views.allSatisfy { $0[0] == $0[1] } && views.count == proofs.count)
    }

    @Test(arguments: [["pseries-3.0"], ["sparse", "sparse"]]) func theBytesAreThoseOfTheClaims(_ names: [String]) throws
    {
        let isRepeatable = try Self.certificate(names).0 == Self.certificate(names).0
        #expect(isRepeatable)
    }

    /// One certificate for each claim, so that nothing else needs to be decided again.
    @Test(arguments: [
        ["pseries-3.0"], ["pseries-7.2"], ["sparse"], ["pseries-3.0", "pseries-3.1"], ["sparse", "sparse"],
    ])
    func aForgedClaimIsRejected(_ names: [String]) throws {
        let types = try names.map(Self.type)
        for proof in Statement(types, bounds: Self.bounds).proofs() where Self.isQuick(proof.claim) {
            let certificate = try Certificate.claims(
                [proof], about: types, bounds: Self.bounds, inputs: [], tool: testTool)
            let verdicts = ["proved", "refuted", "undecided"].filter { $0 != proof.verdict.rawValue }
            let changes =
                verdicts.map { "UPDATE claim SET verdict = '\($0)'" } + [
                    "UPDATE covered SET value = value - 1", "UPDATE covered SET value = value + 1 WHERE position = 0",
                    "DELETE FROM covered", "DELETE FROM canary", "UPDATE canary SET refuted = 0",
                    "UPDATE canary SET variant = variant || '!'", "DELETE FROM refutation",
                    "DELETE FROM step WHERE position = 0", "DELETE FROM step WHERE position = 1", "DELETE FROM claim",
                    "UPDATE claim SET name = 'anything'", "INSERT INTO refutation SELECT name, 'history' FROM claim",
                    "INSERT INTO refutation SELECT name, 'case' FROM claim; UPDATE claim SET verdict = 'refuted'",
                ]
            try expectRejections(certificate.bytes, changes)
        }
    }

    /// Claims that differ from others by a detail that the others show as well.
    private static func isQuick(_ claim: String) -> Bool {
        !["messages-independent", "messages-aligned", "messages-carried", "vcpu-presenters-xics", "ipis-enough"]
            .contains(claim)
    }

    @Test func aWeakenedBoundIsRejected() throws {
        let types = [try Self.type("pseries-7.2")]
        let claims = ["vio-in-range", "pins-injective", "ipis-have-room", "messages-disjoint"]
        let proofs = Statement(types, bounds: Self.bounds).proofs { claims.contains($0) }
        let certificate = try Certificate.claims(proofs, about: types, bounds: Self.bounds, inputs: [], tool: testTool)
        let names = ["first unit address", "last unit address", "possible vCPUs", "depth"]
        try expectRejections(
            certificate.bytes,
            names.flatMap { name in
                ["- 1", "+ 1", "/ 2"].map { "UPDATE bound SET value = value \($0) WHERE name = '\(name)'" }
                    + ["DELETE FROM bound WHERE name = '\(name)'"]
            } + [
                "UPDATE pci_function SET counts = '1' WHERE position = 0",
                "DELETE FROM pci_function WHERE position = 2",
                "UPDATE machine SET type_bridges = 3", "UPDATE machine SET messages = 'intended'",
                "UPDATE machine SET map = 'sequential', size = 1024",
            ])
    }

    @Test func configurationsAreNotLeftOut() throws {
        let (certificate, _) = try Self.certificate(["pseries-4.2", "pseries-11.1"])
        try expectRejections(
            certificate.bytes,
            [
                "DELETE FROM configuration WHERE position = 100",
                "DELETE FROM configuration WHERE position = (SELECT max(position) FROM configuration)",
                "UPDATE configuration SET second = 0 WHERE first <> 0 AND position = 1000",
                "UPDATE outcome SET text = text || '!' WHERE id = 0; UPDATE claim SET verdict = 'refuted' WHERE position = 1",
            ])
    }

    // MARK: - Machines and classes

    @Test func everyPairOfTypesIsCertifiedAsCompared() throws {
        let types = try ["pseries-2.7", "pseries-3.0", "pseries-3.1", "pseries-4.1", "pseries-11.1", "sparse"].map(
            Self.type)
        for first in types {
            for second in types {
                let comparison = MachineComparison(MachineDescription(type: first), MachineDescription(type: second))
                let certificate = try Certificate.machines(comparison, inputs: [], tool: testTool)
                let verdict = try CertificateCheck.check(certificate.bytes).claims.map(\.verdict)
                #expect(verdict == [comparison.isNumberIdentical ? "identical" : "different"])
            }
        }
    }

    @Test func forgedMachinesAreRejected() throws {
        let machines = try ["pseries-3.0", "pseries-3.1"].map { MachineDescription(type: try Self.type($0)) }
        let bytes = try Certificate.machines(MachineComparison(machines[0], machines[1]), inputs: [], tool: testTool)
            .bytes
        try expectRejections(
            bytes,
            [
                "UPDATE claim SET verdict = 'identical'", "UPDATE number SET number = number + 1 WHERE position = 3",
                "DELETE FROM number WHERE position = 2", "DELETE FROM number", "DELETE FROM formula WHERE position = 2",
                "UPDATE machine SET map = 'fixed', messages = 'shipped'", "UPDATE obligation SET failed = 0",
                "UPDATE formula SET rule = 'none', domain = ''; UPDATE claim SET verdict = 'identical'",
                "UPDATE machine SET refusal = 'none'", "DELETE FROM fact WHERE position = 1 AND side = 'first'",
            ])
    }

    @Test func classesAreCertifiedAndNotForged() throws {
        let classes = MachineTypeClasses(MachineType.all)
        let bytes = try Certificate.classes(classes, of: MachineType.all, inputs: [], tool: testTool).bytes
        #expect(try CertificateCheck.check(bytes).claims.map(\.verdict) == ["\(classes.groups.count) classes"])
        try expectRejections(
            bytes,
            [
                "UPDATE claim SET verdict = '1 classes'", "UPDATE machine_type SET class = 0",
                "UPDATE machine_type SET map_class = 'A'",
                "UPDATE machine_type SET spacing = 'threads' WHERE position = 3",
                "DELETE FROM machine_type WHERE position = 5", "UPDATE bound SET value = 3",
                "DELETE FROM machine_type WHERE position = (SELECT max(position) FROM machine_type)",
            ])
    }

    private func expectRejections(_ bytes: [UInt8], _ changes: [String]) throws {
        for change in changes {
            let forgery = try Forgery(bytes)
            // What changes nothing, or breaks a constraint, is no forgery.
            guard (try? forgery.run(change)) != nil, forgery.changes > 0 else { continue }
            let isOldSealAccepted = isAccepted(try forgery.bytes(), findsCause: false)
            let isNewSealAccepted = isAccepted(try forgery.resealed())
            #expect(!isOldSealAccepted && !isNewSealAccepted, "\(change)")
        }
    }
}
