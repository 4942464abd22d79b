import CaptureSupport
import Foundation
import Testing

/// Scenarios and traces at the command line.
@Suite struct ReplayCommandTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private let scenario = """
        scenario: a machine at reset
        machine: {type: pseries-7.2, build: "7.2", ic-mode: xive, cpus: 2, maxcpus: 4, devices: [{phb: 1}]}
        destination: {devices: [{phb: 1}, {phb: 2}]}
        steps: [migrate, open]
        """

    // MARK: - A scenario where a state is

    @Test func momentThatAScenarioDoesNotHaveIsTroubleThatNamesThoseItHas() throws {
        let path = try folder.write(Array(scenario.utf8), to: "s.yaml")
        let outcome = try Tool.run("inspect", path + "#later")
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("source, constructed, loaded"))
    }

    @Test func brokenScenarioIsTroubleWithItsLine() throws {
        let path = try folder.write(Array("scenario: x\nmachine: {type: pseries-7.2, cpu: z80}\n".utf8), to: "s.yaml")
        let outcome = try Tool.run("inspect", path)
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("s.yaml:2:"))
    }

    @Test func scenarioIsTakenWhereverAStateIs() throws {
        let path = try folder.write(Array(scenario.utf8), to: "s.yaml")
        let stored = folder.path("s.db")
        #expect(try Tool.run("inspect", path).output.contains("PHB 1"))
        #expect(try Tool.run("list", path).output.contains("constructed"))
        #expect(try Tool.run("verify", path, path + "#source").status == 0)
        #expect(try Tool.run("verify", path, path + "#loaded", "--constructed", path + "#constructed").status == 1)
        #expect(try Tool.run("import", path, path + "#loaded", "--into", stored).status == 0)
        #expect(try Tool.run("verify", path, stored + "#s").status == 0)
        #expect(try Tool.run("verify", path, stored + "#s loaded", "--level", "exact").status == 1)
    }

    @Test func scenarioEqualsTheRealMachineThatItDescribes() throws {
        let machine = """
            machine:
              type: pseries-7.2
              build: "7.2"
              ic-mode: xive
              cpus: 2
              maxcpus: 4
              devices: [{phb: 1}]
            """
        let path = try folder.write(Array(machine.utf8), to: "reset.yaml")
        let stream = try folder.write(Fixtures.capture("q7.2_7.2_xive_A_reset").stream(), to: "guest.mig")
        let outcome = try Tool.run("verify", path, stream)
        #expect(outcome.status == 0, "\(outcome.output)")
    }

    @Test func replayStoresBothSides() throws {
        let path = try folder.write(Array(scenario.utf8), to: "s.yaml")
        let stored = folder.path("s.db")
        #expect(try Tool.run("replay", path, "--into", stored).status == 1)
        let names = try Tool.run("list", stored).output
        for moment in ["source", "constructed", "loaded", "source-continued", "destination-continued"] {
            #expect(names.contains("\(path) \(moment)"))
        }
    }

    // MARK: - Counterexamples

    @Test func counterexamplesOfAProofAreReplayed() throws {
        let written = folder.path("counterexamples")
        let proof = try Tool.run(
            "prove", "pseries-7.2", "--claim", "messages-s", "--depth", "3", "--scenarios", written)
        #expect(proof.status == 1)
        let files = try FileManager.default.contentsOfDirectory(atPath: written)
        #expect(files.count >= 2)
        for file in files {
            let outcome = try Tool.run("replay", "\(written)/\(file)")
            #expect(outcome.status == 1, "\(file): \(outcome.output)\(outcome.errors)")
            #expect(!outcome.output.contains("not as expected"), "\(file)")
        }
    }

    // MARK: - Traces

    private func trace(_ log: String, saved: String?) throws -> Tool.Outcome {
        let machine = """
            type: pseries-7.2
            build: "7.2"
            ic-mode: xive
            cpus: 2
            maxcpus: 4
            devices: [{phb: 1}]
            """
        let arguments = [
            "replay", "--trace", try folder.write(Array(log.utf8), to: "trace.log"), "--source",
            try folder.write(Array(machine.utf8), to: "machine.yaml"),
        ]
        return try Tool.run(arguments + (saved.map { ["--saved", $0] } ?? []))
    }

    @Test func traceWithoutInterruptEventsIsTrouble() throws {
        #expect(try trace("qemu started\n", saved: nil).status == 2)
    }

    @Test func traceThatContradictsTheMachineIsDifferent() throws {
        let outcome = try trace("spapr_xive_claim_irq lisn=0x1fff lsi=0\n", saved: nil)
        #expect(outcome.status == 1)
        #expect(outcome.output.contains("contradiction   0x1fff is claimed in the trace alone"))
    }

    @Test func traceIsHeldAgainstASavedState() throws {
        let stream = try folder.write(Fixtures.capture("q7.2_7.2_xive_A_reset").stream(), to: "guest.mig")
        let bound = "spapr_xive_set_source_config flags=0x2 lisn=0x1000 target=0 priority=255 eisn=22\n"
        let outcome = try trace(bound, saved: stream)
        #expect(outcome.output.contains("compared"))
        #expect(outcome.output.contains("not determined  the PQ bits of sources"))
        let other = try trace(
            "spapr_xive_set_queue_config flags=0x0 target=0 priority=6 qpage=0x100000 qsize=16\n"
                + "spapr_xive_set_source_config flags=0x2 lisn=0x1000 target=0 priority=6 eisn=22\n", saved: stream)
        #expect(other.status == 1)
        #expect(other.output.contains("different       binding of 0x1000"))
    }
}
