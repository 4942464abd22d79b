import CKeeper
import Glibc

/// The system's words for an error number.
func systemMessage(_ number: CInt) -> String {
    String(cString: strerror(number))
}

/// A file descriptor that closes itself.
final class Descriptor: Sendable {
    let number: CInt

    /// Takes over an open descriptor.
    init(_ number: CInt) {
        self.number = number
    }

    deinit {
        close(number)
    }
}

/// A moment on the monotonic clock by which something must be done.
///
/// Every wait in this module has one: a QEMU that hangs must not hang its controller.
public struct Deadline: Sendable {
    private let end: ContinuousClock.Instant

    /// A time from now.
    public init(after duration: Duration) {
        end = .now + duration
    }

    /// Whether it has passed.
    public var isOver: Bool { ContinuousClock.now >= end }

    /// What is left, not below zero.
    var remaining: Duration { max(.zero, end - .now) }

    /// What is left for `poll`, rounded up so that a wait never spins; at most a minute.
    var pollMilliseconds: CInt {
        let left = min(remaining, .seconds(60))
        let (seconds, attoseconds) = left.components
        return CInt(clamping: seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}

/// A descriptor, and what is waited for there, as `poll` has it.
typealias Awaited = (descriptor: CInt, events: Int32)

/// Waits until something happens at a descriptor; false at the deadline.
func wait(for awaited: Awaited, until deadline: Deadline) throws(QEMUError) -> Bool {
    try wait(for: awaited, or: (-1, 0), until: deadline).first
}

/// Waits until something happens at one of two descriptors, of which -1 is none; neither has at the deadline.
func wait(
    for first: Awaited, or second: Awaited, until deadline: Deadline
) throws(QEMUError) -> (first: Bool, second: Bool) {
    func entry(_ awaited: Awaited) -> pollfd {
        pollfd(fd: awaited.descriptor, events: Int16(truncatingIfNeeded: awaited.events), revents: 0)
    }
    var list: InlineArray<2, pollfd> = [entry(first), entry(second)]
    while true {
        let milliseconds = deadline.pollMilliseconds
        var space = list.mutableSpan
        let count = space.withUnsafeMutableBufferPointer { poll($0.baseAddress, nfds_t($0.count), milliseconds) }
        if count > 0 || (count == 0 && deadline.isOver) { break }
        if count < 0, errno != EINTR { throw .system("waiting failed", errno) }
    }
    return (list[0].revents != 0, list[1].revents != 0)
}

/// Sleeps; for the pauses between two looks at something that gives no event. Short ones are kept to some microseconds.
public func pause(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    keeper_sleep(Int(seconds), Int(attoseconds / 1_000_000_000))
}

/// Lets this process keep memory that it frees, up to 64 MiB a thread: to have it from the system again, page by page,
/// costs those who save and read states one after the other a good part of their time.
public func keepFreedMemory() {
    keeper_keep_freed_memory()
}
