import InterruptState
import PSeries
import Replay

#if canImport(Glibc)
    import Glibc
#endif

/// Times calls of the machine model, and shows what a very large machine costs.
@main
struct ReplayBench {
    static func main() throws {
        try calls()
        try largeMachine()
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

    /// 4,096 vCPUs and the sparse map: its numbers reach 2^24, what is stored is what is claimed.
    private static func largeMachine() throws {
        guard var type = MachineType.named("pseries-7.2") else { return }
        var layout = SparseNumberMap()
        layout.messages = .intended
        type.customMap = .sparse(layout)
        type.maximumBridgeIndex = 255
        var setup = MachineSetup(type: type, build: .qemu7p2)
        setup.mode = .xive
        setup.processorCount = 4096
        setup.maximumProcessors = 4096
        setup.devices = (1..<64).map { .bridge(index: $0) }
        for bridge in 0..<64 as Range<UInt32> {
            setup.devices.append(
                .function(FunctionSetup(model: "many", bridge: bridge, slot: 1, tableVectors: 2048)))
        }
        let before = residentKilobytes()
        let start = seconds()
        var machine = try Machine(setup)
        _ = machine.negotiate(.xive)
        for bridge in 0..<64 as Range<UInt32> {
            _ = machine.changeMessages(
                configurationAddress: 0x800, buid: Owner.firstBridge + UInt64(bridge), function: 4, count: 256)
        }
        let built = seconds()
        let state = machine.snapshot()
        let done = seconds()
        print(
            "large machine: \(state.numbers.count) numbers claimed of \(state.xive?.numberCount ?? 0), "
                + "\(state.cpus.count) vCPUs; built in \(milliseconds(built - start)) ms, snapshot in "
                + "\(milliseconds(done - built)) ms, \(residentKilobytes() - before) KiB more resident")
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
        clock_gettime(CLOCK_MONOTONIC, &time)
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
