import CaptureSupport
import Foundation
import Testing

/// The commands about number maps: statuses, words of refusal, and forms of the result.
@Suite struct MapCommandTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func file(_ text: String, _ name: String) throws -> String {
        try folder.write(Array(text.utf8), to: name)
    }

    // MARK: - Trouble and usage

    @Test(arguments: [
        ["map", "pseries-99.9"], ["compare", "pseries-7.2", "pseries-7.3"], ["prove", "/no/such/file"],
        ["prove", "pseries-7.2", "--claim", "nonsense"], ["map", "/dev/zero"],
    ])
    func whatCannotBeReadIsTrouble(arguments: [String]) throws {
        let outcome = try Tool.run(arguments)
        #expect(outcome.status == 2 && outcome.output.isEmpty && outcome.errorLines.count == 1, "\(outcome)")
    }

    @Test(arguments: [
        ["map"], ["map", "pseries-7.2", "--number", "x"], ["map", "pseries-7.2", "--device", "x"],
        ["map", "pseries-7.2", "--number", "1", "--device", "epow"], ["compare", "pseries-7.2"], ["prove"],
        ["prove", "a", "b", "c"], ["prove", "pseries-7.2", "--depth", "0"],
    ])
    func wrongUseHasItsOwnStatus(arguments: [String]) throws {
        let outcome = try Tool.run(arguments)
        #expect(outcome.status == 64 && outcome.output.isEmpty, "\(outcome)")
    }

    @Test func aMachineThatQEMUWouldRefuseIsTrouble() throws {
        let path = try file("machine: pseries-7.2\ndevices: [vscsi: 0x2000, vlan: 0x102000]\n", "machine.yaml")
        let outcome = try Tool.run("map", path)
        #expect(outcome.status == 2 && outcome.errors.contains("IRQ 4354 is not free"))
    }

    @Test func aFaultInADescriptionNamesItsLine() throws {
        let outcome = try Tool.run("map", try file("machine: pseries-7.2\nvmst: 8\n", "machine.yaml"))
        #expect(outcome.status == 2 && outcome.errors.contains("line 2") && outcome.errors.contains("\"vsmt\""))
    }

    // MARK: - Results

    @Test func questionsAboutOneNumberAndOneDevice() throws {
        let number = try Tool.run("map", "pseries-7.2", "--number", "0x1203")
        #expect(number.status == 0 && number.output.hasPrefix("0x1203: claimed by PHB 0 LSI pin 3"))
        let device = try Tool.run("map", "pseries-7.2", "--device", "vio@2000")
        #expect(device.output == "VIO vio@2000: 0x1102\n")
    }

    @Test(arguments: [
        ["map", "pseries-7.2"], ["compare", "pseries-3.0", "pseries-3.1"], ["compare", "--all"],
        ["prove", "pseries-3.0", "--claim", "vcpu"],
    ])
    func jsonNamesItsForm(arguments: [String]) throws {
        let outcome = try Tool.run(arguments + ["--format", "json"])
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        #expect((object["schema"] as? String)?.hasPrefix("irqproof/") == true)
    }

    @Test func statusesSayIdenticalOrDifferent() throws {
        #expect(try Tool.run("compare", "pseries-7.1", "pseries-7.2").status == 0)
        #expect(try Tool.run("compare", "pseries-4.1", "pseries-4.2").status == 1)
        #expect(try Tool.run("compare", "--all").status == 0)
        #expect(try Tool.run("prove", "pseries-7.2", "--claim", "pins").status == 0)
        #expect(try Tool.run("prove", "pseries-7.2", "--claim", "vcpu-contexts").status == 1)
    }

    @Test func aVendorsNameIsAsGoodAsUpstreams() throws {
        let types = try file("machine-types:\n  pseries-rhel8.2.0: {equals: pseries-4.2}\n", "types.yaml")
        let outcome = try Tool.run("compare", "pseries-rhel8.2.0", "pseries-4.2", "--types", types)
        #expect(outcome.status == 0 && outcome.output.hasPrefix("identical numbers"))
    }

    @Test func counterexamplesAndObligationsAreWritten() throws {
        let outcome = try Tool.run(
            "prove", "pseries-3.0", "--claim", "constructed", "--scenarios", folder.path("scenarios"), "--emit-smt2",
            folder.path("smt"))
        #expect(outcome.status == 1)
        let scenario = try String(
            contentsOfFile: folder.path("scenarios/constructed-independent.yaml"), encoding: .utf8)
        #expect(scenario.hasPrefix("scenario: ") && scenario.hasSuffix("expect: {verdict: different}\n"))
        let obligation = try String(contentsOfFile: folder.path("smt/constructed-independent.smt2"), encoding: .utf8)
        #expect(obligation.contains("(check-sat)"))
    }
}
