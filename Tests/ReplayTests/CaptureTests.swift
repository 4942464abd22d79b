import Foundation
import InterruptState
import Replay
import Testing

/// The model held against real guests.
struct CaptureTests {
    /// Machines never run: the model's construction must be theirs, every number, kind and register.
    @Test func machinesAtResetAreThoseOfRealBuilds() throws {
        let captures = RecordedCapture.all().filter { $0.hasSuffix("_reset") || $0.hasSuffix("-alone") }
        #expect(captures.count > 40)
        for name in captures {
            let capture = try RecordedCapture(name)
            guard capture.has("stream.bin.xz") else { continue }
            let machine = try Machine(capture.setup())
            let found = try differences(model: machine.snapshot(), stream: capture.state())
            #expect(found.isEmpty, "\(name): \(found.prefix(6))")
        }
    }

    /// Guests that were driven call by call: the same values come back, and the same state is saved.
    @Test func recordedCallsReturnTheSameAndEndTheSame() throws {
        var captures = 0
        var compared = 0
        for name in RecordedCapture.all() where !name.hasSuffix("/dst") {
            let capture = try RecordedCapture(name)
            let steps = capture.manifest.steps ?? []
            guard capture.has("stream.bin.xz"), steps.contains(where: { $0.contains("H_") || $0.contains("rtas") })
            else { continue }
            var run = RecordedSteps(try Machine(capture.setup()))
            try run.run(steps)
            #expect(run.failures.isEmpty, "\(name): \(run.failures.prefix(3))")
            let found = try differences(model: run.machine.snapshot(), stream: capture.state())
            #expect(found.isEmpty, "\(name): \(found.prefix(6)) skipped \(run.skipped)")
            captures += 1
            compared += run.compared
        }
        #expect(captures > 40)
        #expect(compared > 1000)
    }
}
