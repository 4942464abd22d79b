import Glibc
import QEMUControl
import Testing

/// What is started, and that nothing of it stays.
@Suite struct ProgramTests {
    private let quick = Duration.milliseconds(300)

    private func start(_ build: String, patience: Duration) throws(QEMUError) -> VirtualMachine {
        try VirtualMachine(build: build, arguments: [], patience: patience)
    }

    @Test(arguments: ["/nowhere/qemu", "no-such-qemu-anywhere", "/etc/passwd", "/tmp", ""])
    func whatIsNoProgramCannotBeStarted(_ path: String) {
        #expect(code { () throws(QEMUError) in try start(path, patience: quick) } == .cannotStart)
    }

    @Test func aProgramThatEndsIsReportedWithItsStatusAndWords() throws {
        let script = try Script("echo wrong option >&2; exit 3")
        let error = #expect(throws: QEMUError.self) { try start(script.path, patience: .seconds(5)) }
        #expect(error?.code == .ended)
        #expect(error?.message.contains("with status 3") == true)
        #expect(error?.log == "wrong option\n")
    }

    @Test func aProgramThatSaysNothingIsATimeOut() throws {
        let script = try Script("exec sleep 60")
        let error = #expect(throws: QEMUError.self) { try start(script.path, patience: quick) }
        #expect(error?.code == .timedOut)
        #expect(error?.advice == "is it a build of QEMU?")
    }

    @Test func aProgramThatSpeaksSomethingElseIsNoQEMU() throws {
        let script = try Script("echo hello >&3; exec sleep 60")
        #expect(code { () throws(QEMUError) in try start(script.path, patience: .seconds(5)) } == .notQEMU)
    }

    @Test func aMachineThatWouldLeaveIsRefused() {
        #expect(
            code { () throws(QEMUError) in
                try VirtualMachine(build: "/bin/true", arguments: ["-daemonize"], patience: quick)
            } == .cannotStart)
    }

    @Test func aDeathIsToldWithTheSignal() throws {
        let script = try Script.greeting(then: "echo oops >&2; kill -SEGV $$")
        let machine = try start(script.path, patience: .seconds(5))
        let error = #expect(throws: QEMUError.self) {
            try machine.explaining { machine throws(QEMUError) in try machine.qmp.runState() }
        }
        #expect(error?.code == .ended)
        #expect(error?.message.contains("signal 11") == true)
        #expect(error?.log.contains("oops") == true)
    }

    @Test func descendantsEndWithTheMachine() throws {
        // One in the same group, one in a session of its own, one that nobody waits for.
        let script = try Script.greeting(
            then: """
                sleep 60 & first=$!
                setsid sleep 60 & second=$!
                (setsid sh -c 'echo $$ >&3; exec sleep 60' &)
                read -r third <&3
                exec sleep 60
                """)
        let machine = try start(script.path, patience: .seconds(5))
        var family: [pid_t] = []
        for _ in 0..<200 where family.count < 3 {
            family = descendants(of: machine.process)
            usleep(10_000)
        }
        #expect(isAlive(machine.process))
        machine.end()
        #expect(!isAlive(machine.process))
        for process in family { #expect(!isAlive(process)) }
    }

    @Test func theMachineEndsWithItsStarterEvenWhenThatIsKilled() async throws {
        let note = try Script("")
        let script = try Script.greeting(then: "echo $$ >>'\(note.path)'; exec sleep 60")
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [path = script.path as String, note = note.path as String] in
            let machine = try VirtualMachine(build: path, arguments: [], patience: .seconds(5))
            for _ in 0..<500 where try lines(of: note).count < 3 { usleep(10_000) }
            kill(getpid(), SIGKILL)
            withExtendedLifetime(machine) {}
        }
        let process = try #require(pid_t(lines(of: note.path).last ?? ""))
        for _ in 0..<500 where isAlive(process) { usleep(10_000) }
        #expect(!isAlive(process))
    }

    @Test func whatStartsProgramsMayBeKilled() async throws {
        let script = try Script.greeting(then: "exec sleep 60")
        await #expect(processExitsWith: .success) { [path = script.path as String] in
            let first = try VirtualMachine(build: path, arguments: [], patience: .seconds(5))
            let nurseries = descendants(of: getpid()).filter { name(of: $0) == "irqproof-nurse" }
            try #require(nurseries.count == 1)
            kill(nurseries[0], SIGKILL)
            for _ in 0..<500 where isAlive(nurseries[0]) { usleep(10_000) }
            let second = try VirtualMachine(build: path, arguments: [], patience: .seconds(5))
            #expect(isAlive(first.process) && isAlive(second.process))
            first.end()
            #expect(!isAlive(first.process) && isAlive(second.process))
            second.end()
            #expect(!isAlive(second.process))
        }
    }

    @Test func theTimeOfProgramsThatEndedIsTheirStarters() async throws {
        let script = try Script.greeting(
            then: "n=0; while [ $n -lt 200000 ]; do n=$((n + 1)); done; echo done >&3; exec sleep 60")
        await #expect(processExitsWith: .success) { [path = script.path as String] in
            func childrenTime() -> Duration {
                var usage = rusage()
                getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
                return .seconds(usage.ru_utime.tv_sec) + .microseconds(usage.ru_utime.tv_usec)
            }
            let machine = try VirtualMachine(build: path, arguments: [], patience: .seconds(5))
            // The line that it says at its end is no JSON.
            #expect(throws: QEMUError.self) { try machine.qmp.await(event: "NONE") }
            #expect(childrenTime() < .milliseconds(20))
            machine.end()
            settleProgramCosts()
            #expect(childrenTime() > .milliseconds(20))
        }
    }
}

/// Children and theirs, whatever thread made them.
private func descendants(of process: pid_t) -> [pid_t] {
    guard let tasks = opendir("/proc/\(process)/task") else { return [] }
    defer { closedir(tasks) }
    var children: [pid_t] = []
    while let entry = readdir(tasks) {
        let task = withUnsafeBytes(of: entry.pointee.d_name) { name in
            String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
        }
        let list = firstLine(of: "/proc/\(process)/task/\(task)/children")
        children += list.split(separator: " ").compactMap { pid_t($0) }
    }
    return children + children.flatMap { descendants(of: $0) }
}

private func name(of process: pid_t) -> Substring { firstLine(of: "/proc/\(process)/comm") }

/// The first line of a small file; nothing where there is none.
private func firstLine(of path: String) -> Substring {
    guard let file = fopen(path, "r") else { return "" }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 512)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes.prefix(count), as: UTF8.self).prefix { $0 != "\n" }
}
