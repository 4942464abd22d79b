import Gate
import Glibc
import InterruptState
import Reports
import Synchronization

/// Tells how far a gate is: one line that changes on a terminal, else a line now and then.
final class GateProgress: Sendable {
    private struct State {
        var first: ContinuousClock.Instant?
        var firstDone = 0
        var count = 0
        var last: ContinuousClock.Instant?
        var hasLine = false
    }

    private let state = Mutex(State())
    private let isTerminal = isatty(STDERR_FILENO) == 1

    func show(_ progress: Gate.Progress) {
        state.withLock { state in
            let now = ContinuousClock.now
            state.count += 1
            if state.first == nil {
                state.first = now
                state.firstDone = progress.done - 1
            }
            let pause: Duration = isTerminal ? .milliseconds(100) : .seconds(10)
            if let last = state.last, now - last < pause, progress.done < progress.total { return }
            state.last = now
            state.hasLine = isTerminal
            let elapsed = state.first.map { now - $0 } ?? .zero
            let text = Self.text(progress, elapsed, since: state.firstDone)
            Console.status(isTerminal ? "\r\u{1b}[K" + text : text + "\n")
        }
    }

    private static func text(_ progress: Gate.Progress, _ elapsed: Duration, since first: Int) -> String {
        var text = "[\(progress.done)/\(progress.total)]"
        if progress.different > 0 { text += " \(progress.different) different" }
        if progress.undecided > 0 { text += " \(progress.undecided) without a verdict" }
        let done = progress.done - first
        if done > 1 {
            let left = elapsed / (done - 1) * (progress.total - progress.done)
            text += ", \(left.components.seconds) s left"
        }
        let last = progress.last
        let own = last.ownMilliseconds * 100 / max(1, last.milliseconds)
        return text + "  \(printable(last.cell.id)) \(last.milliseconds) ms, \(own) % not QEMU's"
    }

    /// How many cells it was told of.
    var count: Int { state.withLock { $0.count } }

    /// Takes the line away.
    func finish() {
        if state.withLock({ $0.hasLine }) { Console.status("\r\u{1b}[K") }
    }
}
