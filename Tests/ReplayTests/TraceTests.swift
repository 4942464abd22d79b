import Foundation
import InterruptState
import Replay
import Testing

/// QEMU's own traces of real guests, replayed.
struct TraceTests {
    private static func log(_ capture: RecordedCapture) throws -> String {
        String(decoding: try capture.content("trace.log.xz"), as: UTF8.self)
    }

    /// Lines left out of the log must be seen, or the comparison would compare nothing.
    @Test(arguments: [
        ("lx_q7.2_7.2_xive", "spapr_xive_set_source_config"), ("lx_q7.2_7.2_xive", "spapr_xive_set_queue_config"),
        ("lx_q7.2_7.2_xive", "spapr_pci_rtas_ibm_change_msi"), ("lx_q7.2_7.2_xics", "xics_ics_write_xive"),
    ])
    func eventsThatAreMissingAreADifference(_ name: String, _ event: String) throws {
        let capture = try RecordedCapture(name)
        let lines = try TraceTests.log(capture).split(separator: "\n").filter { !$0.contains(event) }
        let run = TraceRun(try Machine(capture.setup()), log: lines.joined(separator: "\n"))
        let comparison = TraceComparison(run, saved: try capture.state())
        #expect(!(comparison.differences + run.contradictions).isEmpty)
    }

    @Test(arguments: [
        "lx_q5.2_5.2_xive", "lx_q7.2_7.2_xive", "lx_q11.1_7.2_xive", "lx_q7.2_7.2_xics", "lx_q7.2_3.0_legacy",
    ])
    func linuxTracesReachTheSavedState(_ name: String) throws {
        let capture = try RecordedCapture(name)
        let run = TraceRun(try Machine(capture.setup()), log: try TraceTests.log(capture))
        #expect(run.contradictions.isEmpty, "\(run.contradictions.prefix(5))")
        #expect(run.applied > 2)
        let comparison = TraceComparison(run, saved: try capture.state())
        #expect(comparison.differences.isEmpty, "\(comparison.differences.prefix(5))")
        #expect(comparison.counts.reduce(0) { $0 + $1.count } > 20)
    }

    /// What no event shows is listed, with the values that could not be reached.
    @Test func whatATraceDoesNotShowIsListed() throws {
        let capture = try RecordedCapture("lx_q7.2_7.2_xive")
        let run = TraceRun(try Machine(capture.setup()), log: try TraceTests.log(capture))
        let comparison = TraceComparison(run, saved: try capture.state())
        #expect(comparison.open.contains { $0.hasPrefix("position of queue 0/6: replayed index 0, generation 1") })
        #expect(run.gaps.contains { $0.subject == "the PQ bits of sources" })
    }

    /// A destination: its log begins with what it was built with, then it loads the source's state.
    @Test(arguments: [
        ("lx_q7.2_7.2_xive", "lxmig_q7.2_7.2_xive-q10.0/dst"), ("lx_q7.2_7.2_xive", "lxmig_q7.2_7.2_xive-q11.1/dst"),
    ])
    func destinationsAreLoadedAfterTheirConstruction(_ source: String, _ destination: String) throws {
        let (source, destination) = (try RecordedCapture(source), try RecordedCapture(destination))
        let claims = try TraceTests.log(destination).split(separator: "\n").filter { $0.contains("claim_irq") }
        let saved = SavedMachine(try source.state(), build: BuildProfile.named(source.manifest.qemu))
        let run = TraceRun(
            try Machine(destination.setup()), log: claims.joined(separator: "\n"), loading: saved)
        #expect(run.contradictions.isEmpty, "\(run.contradictions.prefix(5))")
        let comparison = TraceComparison(run, saved: try destination.state())
        #expect(comparison.differences.isEmpty, "\(comparison.differences.prefix(5))")
    }
}
