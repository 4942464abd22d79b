import Glibc
import Synchronization

/// A running decompressing program, reading a file from a place on and writing into a pipe: `gzip -dc`
/// and its like, as libvirt runs them.
final class DecompressionProgram: Sendable {
    private let program: String
    private let process: pid_t
    private let messages: TemporaryFile
    private let hasEnded = Mutex<Bool>(false)

    /// Starts the program over the file from `offset` on, as a source of what it writes.
    ///
    /// - Parameter program: called with `-dc`. Throws `missingProgram` where the system has no such program.
    static func start(
        _ program: String, over file: FileByteSource, from offset: UInt64
    ) throws(SavedStateError) -> PipeByteSource {
        try start(program, reading: file.reopen(at: offset), name: file.path)
    }

    /// Starts the program over a descriptor, which it takes over, as a source of what it writes.
    static func start(
        _ program: String, reading input: CInt, name: String
    ) throws(SavedStateError) -> PipeByteSource {
        defer { close(input) }
        // One at a time: a program started meanwhile would inherit the writing end and hold it open.
        return try spawning.withLock { _ throws(SavedStateError) in
            let (reading, writing) = try pipe()
            defer { close(writing) }
            do throws(SavedStateError) {
                let process = try DecompressionProgram(program, input: input, output: writing)
                return PipeByteSource(descriptor: reading, name: name, program: process)
            } catch {
                close(reading)
                throw error
            }
        }
    }

    private static let spawning = Mutex<Void>(())

    private static func pipe() throws(SavedStateError) -> (reading: CInt, writing: CInt) {
        var ends: [CInt] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else {
            throw SavedStateError(.unreadable, "no pipe: \(String(cString: strerror(errno)))")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    private init(_ program: String, input: CInt, output: CInt) throws(SavedStateError) {
        let messages = try TemporaryFile()
        process = try Self.spawn(program, input, output, messages.descriptor)
        self.program = program
        self.messages = messages
    }

    deinit {
        let isRunning = hasEnded.withLock { !$0 }
        guard isRunning else { return }
        kill(process, SIGTERM)
        _ = Self.wait(process)
    }

    /// Waits for the program, whose output has ended; throws where it reports a failure.
    func finish() throws(SavedStateError) {
        let isFirst = hasEnded.withLock { ended in
            defer { ended = true }
            return !ended
        }
        guard isFirst else { return }
        let status = Self.wait(process)
        guard status != 0 else { return }
        let text = (try? messages.read(upTo: Limits.programMessageBytes)) ?? []
        let message = printable(text.drop { $0 == 0x0a }.prefix { $0 != 0x0a })
        throw SavedStateError(
            .malformed, "\(program) cannot decompress the content: \(message)",
            advice: "the file is incomplete or damaged: save or copy it again")
    }

    private static func wait(_ process: pid_t) -> CInt {
        var status: CInt = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { return -1 }
        }
        return status
    }

    private static func spawn(
        _ program: String, _ input: CInt, _ output: CInt, _ messages: CInt
    ) throws(SavedStateError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, messages, 2)
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        var arguments: [UnsafeMutablePointer<CChar>?] = copies([program, "-dc"])
        var environment: [UnsafeMutablePointer<CChar>?] = copies(["PATH=" + path, "LC_ALL=C"])
        defer { for string in arguments + environment { free(string) } }
        var process: pid_t = 0
        let status = posix_spawnp(&process, program, &actions, nil, &arguments, &environment)
        guard status == 0 else {
            throw SavedStateError(
                .missingProgram, "the program \(program) cannot be run: \(String(cString: strerror(status)))",
                advice: "install \(program), or decompress the content first")
        }
        return process
    }

    /// C strings with a null pointer behind the last; the caller frees them.
    private static func copies(_ strings: [String]) -> [UnsafeMutablePointer<CChar>?] {
        strings.map { (string: String) in strdup(string) } + [nil]
    }
}
