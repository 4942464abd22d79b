import Glibc
import QEMUControl

/// What a run cost: its time, and the processor time of this program and of the builds that it started.
///
/// Processor time, because on a machine that others use as well time alone says little.
struct RunCost {
    private let start = ContinuousClock.now
    private let before = RunCost.processorTimes()

    /// One line on a number of cells; nil where none ran.
    func text(cells: Int, workers: Int) -> String? {
        guard cells > 0 else { return nil }
        let (elapsed, after) = (ContinuousClock.now - start, Self.processorTimes())
        let (own, builds) = (after.own - before.own, after.children - before.children)
        let total = own + builds
        let share = total > .zero ? "\(Self.decimal(own / total * 100)) %" : "none"
        return "\(cells) cells in \(Self.seconds(elapsed)) s, \(workers) at the same time; processor time "
            + "\(Self.seconds(total)) s, \(Self.seconds(total / cells)) s a cell, \(share) of it irqproof's own"
    }

    /// Of this process, and of those that it started and that have ended.
    private static func processorTimes() -> (own: Duration, children: Duration) {
        settleProgramCosts()
        func time(_ who: __rusage_who) -> Duration {
            var usage = rusage()
            guard getrusage(__rusage_who_t(who.rawValue), &usage) == 0 else { return .zero }
            return .seconds(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
                + .microseconds(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
        }
        return (time(RUSAGE_SELF), time(RUSAGE_CHILDREN))
    }

    private static func seconds(_ duration: Duration) -> String { decimal(duration / .seconds(1)) }

    /// With two digits after the point.
    private static func decimal(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}
