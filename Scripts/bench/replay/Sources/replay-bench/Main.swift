import InterruptState
import PSeries
import Replay

#if canImport(Glibc)
    import Glibc
#endif

/// Times calls of the machine model; with a number as its argument, shows what a machine with so many messages costs.
@main
struct ReplayBench {
    static func main() throws {
        guard CommandLine.arguments.count > 1, let messages = UInt32(CommandLine.arguments[1]) else {
            return try calls()
        }
        try largeMachine(messages: min(messages, 1 << 20))
    }

    /// Hypercalls per second of one core, each kind by itself and in a mix like a guest's.
    private static func calls() throws {
        guard let type = MachineType.named("pseries-7.2") else { return }
        var setup = MachineSetup(type: type, build: .qemu7p2)
        setup.mode = .xive
        setup.processorCount = 4
        setup.maximumProcessors = 4
        var machine = try Machine(setup)
        _ = machine.negotiate(.xive)
        for server in 0..<4 as Range<UInt64> {
            var call = Registers(0x3b8, 0, server, 6, 0x10_0000 + server * 0x1_0000, 16)
            machine.hypercall(&call, processor: 0)
        }
        let kinds: [(String, (UInt64) -> Registers)] = [
            ("H_INT_SET_SOURCE_CONFIG", { Registers(0x3ac, 2, 0x1200 + $0 & 3, $0 & 3, 6, $0 & 0xff) }),
            ("H_INT_GET_SOURCE_INFO", { Registers(0x3a8, 0, 0x1200 + $0 & 3) }),
            ("H_INT_GET_SOURCE_CONFIG", { Registers(0x3b0, 0, 0x1200 + $0 & 3) }),
            ("H_INT_SET_QUEUE_CONFIG", { Registers(0x3b8, 1, $0 & 3, 5, 0x20_0000 + ($0 & 3) << 16, 16) }),
            ("H_INT_GET_QUEUE_CONFIG", { Registers(0x3bc, 1, $0 & 3, 6) }),
            ("H_INT_ESB (trigger)", { Registers(0x3c8, 1, 0x1200 + $0 & 3, 0, 0) }),
            ("H_INT_ESB (EOI)", { Registers(0x3c8, 0, 0x1200 + $0 & 3, 0, 0) }),
        ]
        for (name, make) in kinds { report(name, 4_000_000) { machine.call(make($0)) } }
        report("a mix of all", 8_000_000) { machine.call(kinds[Int($0 % 7)].1($0)) }
        report("trigger, push, notify, accept, EOI", 2_000_000) { _ in
            machine.store(0x0006_0100_0000_0000 + 0x1200 * 0x20000, 0, byteCount: 8, processor: 0)
            _ = machine.load(0x0006_0302_031a_0810, byteCount: 2, processor: 0)
            _ = machine.load(0x0006_0100_0000_0000 + 0x1200 * 0x20000 + 0x10000, byteCount: 8, processor: 0)
            machine.store(0x0006_0302_031a_0011, 0xff, byteCount: 1, processor: 0)
        }
        setup.mode = .xics
        var old = try Machine(setup)
        report("H_IPI, H_XIRR, H_EOI (3 calls)", 2_000_000) { _ in
            old.call(Registers(0x6c, 0, 4))
            old.call(Registers(0x74))
            old.call(Registers(0x6c, 0, 0xff))
            old.call(Registers(0x64, 0xff00_0002))
        }
    }

    /// 4,096 vCPUs under the sparse map, and so many messages: built, every number bound and raised, and snapshot.
    ///
    /// Its numbers reach 2^24; what is stored is what is claimed.
    private static func largeMachine(messages: UInt32) throws {
        guard var type = MachineType.named("pseries-7.2") else { return }
        type.customMap = .sparse(SparseNumberMap())
        type.maximumBridgeIndex = 255
        var setup = MachineSetup(type: type, build: .qemu7p2)
        setup.mode = .xive
        setup.processorCount = 4096
        setup.maximumProcessors = 4096
        setup.memoryByteCount = 1 << 34
        let perBridge: UInt32 = 4 * 2048
        let bridges = (messages + perBridge - 1) / perBridge
        setup.devices = (1..<max(1, bridges)).map { .bridge(index: $0) }
        for bridge in 0..<bridges {
            for slot in 1...4 as ClosedRange<UInt8> {
                setup.devices.append(
                    .function(FunctionSetup(model: "many", bridge: bridge, slot: slot, tableVectors: 2048)))
            }
        }
        let before = residentKilobytes()
        var times = [seconds()]
        var machine = try Machine(setup)
        _ = machine.negotiate(.xive)
        let numbers = claimMessages(&machine, bridges)
        times.append(seconds())
        run(&machine, numbers)
        times.append(seconds())
        let state = machine.snapshot()
        times.append(seconds())
        let resident = residentKilobytes() - before
        let claimed = state.xive?.sources.count(where: \.assignment.isValid) ?? 0
        let steps = zip(times, times.dropFirst()).map { milliseconds($1 - $0) }
        print(
            "\(claimed) numbers claimed of \(state.xive?.numberCount ?? 0), \(state.cpus.count) vCPUs, "
                + "\(state.xive?.queues.count(where: \.isEnabled) ?? 0) queues: built in \(steps[0]) ms, "
                + "bound and raised in \(steps[1]) ms, snapshot in \(steps[2]) ms; \(resident) KiB, "
                + "\(resident * 1024 / max(1, claimed)) bytes for each claimed number")
    }

    private static func claimMessages(_ machine: inout Machine, _ bridges: UInt32) -> [UInt32] {
        var numbers: [UInt32] = []
        for bridge in 0..<bridges {
            for slot in 1...4 as ClosedRange<UInt32> {
                let change = machine.changeMessages(
                    configurationAddress: slot << 11, buid: Owner.firstBridge + UInt64(bridge), function: 4, count: 2048)
                guard case .granted(let count, _, let first?) = change else { continue }
                numbers += (0..<count).map { first.rawValue + $0 }
            }
        }
        return numbers
    }

    /// A queue for each vCPU, every number bound to one in turn, switched on and raised.
    private static func run(_ machine: inout Machine, _ numbers: [UInt32]) {
        for server in 0..<4096 as Range<UInt64> {
            machine.call(Registers(0x3b8, 0, server, 6, 0x1000_0000 + server << 12, 12))
        }
        for (place, number) in numbers.enumerated() {
            machine.call(Registers(0x3ac, 2, UInt64(number), UInt64(place) & 4095, 6, UInt64(place) & 0x7fff_ffff))
            _ = machine.load(
                0x0006_0100_0000_0000 + UInt64(number) * 0x20000 + 0x10c00, byteCount: 8, processor: 0)
            machine.setInput(LogicalNumber(number), to: true)
            machine.setInput(LogicalNumber(number), to: false)
        }
    }

    private static func report(_ name: String, _ count: UInt64, _ body: (UInt64) -> Void) {
        let start = seconds()
        for index in 0..<count { body(index) }
        let elapsed = seconds() - start
        print("\(name): \(Int(Double(count) / elapsed / 1000)) thousand a second")
    }

    private static func milliseconds(_ value: Double) -> Int { Int(value * 1000) }

    private static func seconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func residentKilobytes() -> Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss
    }
}

extension Machine {
    fileprivate mutating func call(_ registers: Registers) {
        var registers = registers
        hypercall(&registers, processor: 0)
    }
}
