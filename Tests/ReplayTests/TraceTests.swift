import Foundation
import InterruptState
import Replay
import Testing

/// QEMU's own traces of real guests, replayed.
struct TraceTests {
    @Test(arguments: ["lx_q7.2_7.2_xive", "lx_q11.1_7.2_xive", "lx_q7.2_7.2_xics", "lx_q7.2_3.0_legacy"])
    func linuxTracesReachTheSavedState(_ name: String) throws {
        let capture = try RecordedCapture(name)
        let log = String(decoding: try capture.content("trace.log.xz"), as: UTF8.self)
        let run = TraceRun(try Machine(capture.setup()), log: log)
        #expect(run.contradictions.isEmpty, "\(run.contradictions.prefix(5))")
        #expect(run.applied > 20)
        let model = run.machine.snapshot()
        let stream = try capture.state()
        compareSources(model, stream, run)
        #expect(
            model.bridges.map { $0.messages.sorted { $0.device < $1.device } }
                == stream.bridges.map { $0.messages.sorted { $0.device < $1.device } })
        #expect(model.messageBitmap == stream.messageBitmap)
        #expect(model.facts.activeMode == stream.facts.activeMode)
    }

    private func compareSources(_ model: MachineState, _ stream: MachineState, _ run: TraceRun) {
        let open = Set(run.gaps.map(\.subject))
        if let left = model.xive, let right = stream.xive {
            for number in Set(left.sources.map(\.number)).union(right.sources.map(\.number)).sorted() {
                #expect(left.source(number).assignment == right.source(number).assignment, "\(number)")
            }
            for index in Set(left.queues.map(\.index)).union(right.queues.map(\.index)).sorted() {
                let (one, other) = (left.queue(index), right.queue(index))
                #expect(
                    [one.w0, one.w2, one.w3, one.w6, one.w7] == [other.w0, other.w2, other.w3, other.w6, other.w7])
            }
            #expect(open.contains("the PQ bits of sources"))
        }
        guard let left = model.xics, let right = stream.xics else { return }
        for number in Set(left.sources.map(\.number)).union(right.sources.map(\.number)).sorted() {
            let (one, other) = (left.source(number), right.source(number))
            #expect(
                one.server == other.server && one.priority == other.priority && one.flags == other.flags, "\(number)")
            #expect(one.savedPriority == other.savedPriority || open.contains("the saved priority of \(number)"))
            #expect(one.status == other.status, "\(number)")
        }
        for (one, other) in zip(model.cpus, stream.cpus) { comparePresenters(one, other, open) }
    }

    /// A request at or above CPPR has no effect and so no event: that MFRR is listed as open.
    private func comparePresenters(_ model: VirtualCPU, _ stream: VirtualCPU, _ open: Set<String>) {
        #expect(model.presenter?.xirr == stream.presenter?.xirr, "\(model.index)")
        #expect(model.presenter?.pendingPriority == stream.presenter?.pendingPriority, "\(model.index)")
        guard let saved = stream.presenter, model.presenter?.mfrr != saved.mfrr else { return }
        let isOpen = saved.mfrr >= saved.currentPriority && open.contains("MFRR of presenters above CPPR")
        #expect(isOpen, "MFRR of vCPU \(model.index)")
    }
}
