import ArgumentParser
import Glibc

/// One line on a terminal that tells how far a long read is; nothing where there is no terminal.
final class Progress {
    private let title: String
    private let isShown: Bool
    private let start: Double
    private var last: Double
    private var hasLine = false

    init(_ title: String) {
        self.title = title
        isShown = isatty(STDERR_FILENO) == 1
        start = Progress.seconds()
        last = start
    }

    /// Bytes passed so far, and how many there are if that is known.
    func update(_ done: UInt64, _ total: UInt64?) {
        let now = Progress.seconds()
        // The first half second is not worth a line; then twice a second is enough.
        guard isShown, now - last > 0.5 else { return }
        last = now
        let rate = Double(done) / max(now - start, 0.001)
        var text = "\(title): \(mebibytes(Double(done)))"
        if let total {
            let left = Int(Double(total - min(done, total)) / max(rate, 1))
            text += " of \(mebibytes(Double(total))), \(mebibytes(rate))/s, \(left) s left"
        }
        hasLine = true
        Console.status("\r\u{1b}[K" + text)
    }

    /// Takes the line away.
    func finish() {
        if hasLine { Console.status("\r\u{1b}[K") }
    }

    private func mebibytes(_ bytes: Double) -> String {
        "\(Int(bytes / 1_048_576)) MiB"
    }

    private static func seconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
