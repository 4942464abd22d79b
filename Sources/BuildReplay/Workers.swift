import Glibc

/// Runs a body on so many threads, and returns when all have ended.
///
/// Threads, not tasks: each waits for processes most of the time, and must not hold one of the few threads that tasks
/// share.
public func inParallel(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    var threads: [pthread_t] = []
    for index in 0..<count {
        let job = Unmanaged.passRetained(Job { body(index) })
        var thread = pthread_t()
        let failure = pthread_create(
            &thread, nil,
            { pointer in
                if let pointer { Unmanaged<Job>.fromOpaque(pointer).takeRetainedValue().body() }
                return nil
            }, job.toOpaque())
        if failure == 0 {
            threads.append(thread)
        } else {
            // No thread is left: this one does the work itself.
            job.takeRetainedValue().body()
        }
    }
    for thread in threads { pthread_join(thread, nil) }
}

private final class Job {
    let body: () -> Void

    init(_ body: @escaping () -> Void) {
        self.body = body
    }
}
