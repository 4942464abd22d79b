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

/// Waits until one of the descriptors is ready; returns those that are, none at the deadline.
func wait(for events: [(descriptor: CInt, events: Int32)], until deadline: Deadline) throws(QEMUError) -> [Bool] {
    var list = events.map { pollfd(fd: $0.descriptor, events: Int16(truncatingIfNeeded: $0.events), revents: 0) }
    while true {
        let count = poll(&list, nfds_t(list.count), deadline.pollMilliseconds)
        if count > 0 || (count == 0 && deadline.isOver) { break }
        if count < 0, errno != EINTR { throw .system("waiting failed", errno) }
    }
    return list.map { $0.revents != 0 }
}

/// Sleeps; for the pauses between two looks at something that gives no event.
public func pause(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
    nanosleep(&time, nil)
}
