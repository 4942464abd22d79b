import InterruptState
import PSeries
import Replay

/// What a guest does with its interrupts, as Linux does it: its queues, its names for numbers, its handlers.
///
/// It knows only what calls and memory told it, so it comes along unchanged in a migration.
struct Guest: Sendable {
    /// A queue that the guest set up and reads.
    private struct Queue {
        var server: UInt32
        var priority: UInt8
        var page: UInt64
        var entries: UInt32
        var index: UInt32 = 0
        var generation: UInt32 = 1
    }

    private var queues: [Queue] = []
    private var numbers: [UInt32: UInt32] = [:]
    private var levels: Set<UInt32> = []

    // MARK: - Calls

    mutating func setQueue(
        _ machine: inout some ScenarioMachine, server: UInt32, priority: UInt8, page: UInt64, shift: UInt64,
        always: Bool,
        processor row: Int
    ) -> HypercallStatus {
        var registers = Registers(
            Hypercall.setQueueConfig.rawValue, always ? 1 : 0, UInt64(server), UInt64(priority), page, shift)
        machine.hypercall(&registers, processor: row)
        guard registers.status == .success, (2..<32).contains(shift) else { return registers.status }
        queues.removeAll { $0.server == server && $0.priority == priority }
        queues.append(Queue(server: server, priority: priority, page: page, entries: 1 << UInt32(shift - 2)))
        return registers.status
    }

    /// Binds a number and switches it on.
    mutating func bind(
        _ machine: inout some ScenarioMachine, _ number: UInt32, server: UInt32, priority: UInt8, eisn: UInt32?,
        processor row: Int
    ) -> UInt64 {
        if machine.activeMode == .xics {
            let returns = machine.rtas(
                RTASCall.setXive.rawValue, [number, server, UInt32(priority)], returns: 1, processor: row)
            return UInt64(bitPattern: Int64(Int32(bitPattern: returns.first ?? 0)))
        }
        var info = Registers(Hypercall.getSourceInfo.rawValue, 0, UInt64(number))
        machine.hypercall(&info, processor: row)
        guard info.status == .success else { return info.r3 }
        if info.r4 & 4 != 0 { levels.insert(number) }
        var call = Registers(
            Hypercall.setSourceConfig.rawValue, 2, UInt64(number), UInt64(server), UInt64(priority),
            UInt64(eisn ?? number))
        machine.hypercall(&call, processor: row)
        guard call.status == .success else { return call.r3 }
        numbers[eisn ?? number] = number
        setStatus(&machine, number, 0xc00, processor: row)
        return call.r3
    }

    /// Switches a number off.
    func mask(_ machine: inout some ScenarioMachine, _ number: UInt32, processor row: Int) -> UInt64 {
        if machine.activeMode == .xics {
            let returns = machine.rtas(RTASCall.intOff.rawValue, [number], returns: 1, processor: row)
            return UInt64(bitPattern: Int64(Int32(bitPattern: returns.first ?? 0)))
        }
        setStatus(&machine, number, 0xd00, processor: row)
        return 0
    }

    /// A load from a source's management page: by the call for level sources, as their flags demand.
    private func setStatus(
        _ machine: inout some ScenarioMachine, _ number: UInt32, _ offset: UInt64, processor row: Int
    ) {
        if levels.contains(number) {
            var call = Registers(Hypercall.esb.rawValue, 0, UInt64(number), offset)
            machine.hypercall(&call, processor: row)
        } else {
            _ = machine.load(Guest.statusPage(number) + 0x10000 + offset, byteCount: 8, processor: row)
        }
    }

    static func statusPage(_ number: UInt32) -> UInt64 {
        0x0006_0100_0000_0000 + UInt64(number) * 0x20000
    }

    private static let management: UInt64 = 0x0006_0302_031a_0000

    /// Opens the vCPU for every priority.
    func open(_ machine: inout some ScenarioMachine, processor row: Int) {
        if machine.activeMode == .xics {
            var call = Registers(Hypercall.cppr.rawValue, 0xff)
            machine.hypercall(&call, processor: row)
        } else {
            machine.store(Guest.management + 0x11, 0xff, byteCount: 1, processor: row)
        }
    }

    /// Asks another vCPU for attention.
    func interrupt(_ machine: inout some ScenarioMachine, server: UInt32, processor row: Int) -> UInt64 {
        if machine.activeMode == .xics {
            var call = Registers(Hypercall.ipi.rawValue, UInt64(server), 4)
            machine.hypercall(&call, processor: row)
            return call.r3
        }
        return machine.store(Guest.statusPage(server), 0, byteCount: 8, processor: row) ? 0 : .max
    }

    // MARK: - Handling

    /// Takes the interrupt of a vCPU whose input is raised: the numbers handled, in order.
    mutating func take(_ machine: inout some ScenarioMachine, processor row: Int) -> [UInt32] {
        guard machine.isInterrupted(processor: row) else { return [] }
        return machine.activeMode == .xics ? takeXics(&machine, row) : takeXive(&machine, row)
    }

    private func takeXics(_ machine: inout some ScenarioMachine, _ row: Int) -> [UInt32] {
        var accept = Registers(Hypercall.xirr.rawValue)
        machine.hypercall(&accept, processor: row)
        let number = UInt32(truncatingIfNeeded: accept.r4 & 0xff_ffff)
        guard number != 0 else { return [] }
        if number == 2 {
            var quiet = Registers(Hypercall.ipi.rawValue, UInt64(machine.server(of: row).rawValue), 0xff)
            machine.hypercall(&quiet, processor: row)
        }
        var end = Registers(Hypercall.eoi.rawValue, accept.r4)
        machine.hypercall(&end, processor: row)
        return [number]
    }

    private mutating func takeXive(_ machine: inout some ScenarioMachine, _ row: Int) -> [UInt32] {
        let acknowledged = machine.load(Guest.management + 0x810, byteCount: 2, processor: row) ?? 0
        guard acknowledged & 0x8000 != 0 else { return [] }
        let server = machine.server(of: row).rawValue
        let priority = UInt8(truncatingIfNeeded: acknowledged)
        var handled: [UInt32] = []
        if let place = queues.firstIndex(where: { $0.server == server && $0.priority == priority }) {
            handled = consume(&machine, place, row)
        }
        for number in handled { setStatus(&machine, number, 0, processor: row) }
        open(&machine, processor: row)
        return handled
    }

    /// Reads a queue up to the first entry of the generation before.
    private mutating func consume(_ machine: inout some ScenarioMachine, _ place: Int, _ row: Int) -> [UInt32] {
        var handled: [UInt32] = []
        for _ in 0..<queues[place].entries {
            let queue = queues[place]
            let word = machine.load(queue.page + 4 * UInt64(queue.index), byteCount: 4, processor: row) ?? 0
            guard UInt32(truncatingIfNeeded: word) >> 31 == queue.generation else { break }
            let eisn = UInt32(truncatingIfNeeded: word) & 0x7fff_ffff
            handled.append(numbers[eisn] ?? eisn)
            queues[place].index += 1
            if queues[place].index == queue.entries {
                queues[place].index = 0
                queues[place].generation ^= 1
            }
        }
        return handled
    }
}
