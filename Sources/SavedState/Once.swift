import Synchronization

/// Says yes once.
final class Once: Sendable {
    private let isUsed = Mutex<Bool>(false)

    /// True for the first caller.
    func first() -> Bool {
        isUsed.withLock { used in
            defer { used = true }
            return !used
        }
    }
}
