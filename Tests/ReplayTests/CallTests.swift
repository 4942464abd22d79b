import InterruptState
import PSeries
import Replay
import Testing

/// Calls, with what they refuse first, in the order in which they look.
struct CallTests {
    static func machine(_ mode: InterruptModeSetting, build: BuildProfile = .qemu7p2) throws -> Machine {
        var setup = MachineSetup(type: try #require(MachineType.named("pseries-7.2")), build: build)
        setup.mode = mode
        setup.processorCount = 2
        setup.maximumProcessors = 4
        var machine = try Machine(setup)
        if mode == .xive { #expect(machine.negotiate(.xive) == .success) }
        return machine
    }

    static func call(_ machine: inout Machine, _ registers: Registers) -> HypercallStatus {
        var registers = registers
        machine.hypercall(&registers, processor: 0)
        return registers.status
    }

    @Test func xiveCallsAreUnknownUntilXiveIsNegotiated() throws {
        var setup = MachineSetup(type: try #require(MachineType.named("pseries-7.2")), build: .qemu7p2)
        setup.mode = .xive
        var machine = try Machine(setup)
        for call in Hypercall.allCases where (0x3a8...0x3d0).contains(call.rawValue) {
            #expect(CallTests.call(&machine, Registers(call.rawValue)) == .function, "\(call.name)")
        }
    }

    /// Arguments that are wrong in several ways get the status of the check that comes first.
    @Test(arguments: [
        (Registers(0x3ac, 4, 0x2000, 9, 9), HypercallStatus.parameter),
        (Registers(0x3ac, 0, 0x2000, 9, 9), .parameter2),
        (Registers(0x3ac, 0, 0x1_0000_1000, 9, 9), .parameter2),
        (Registers(0x3ac, 0, 0x1002, 9, 9), .parameter2),
        (Registers(0x3ac, 0, 0x1000, 9, 7), .parameter4),
        (Registers(0x3ac, 0, 0x1000, 9, 6), .parameter3),
        (Registers(0x3ac, 0, 0x1000, 9, 0xff), .success),
        (Registers(0x3ac, 0, 0x1000, 0x1_0000_0000, 0x106), .success),
        (Registers(0x3b8, 2, 9, 9, 1, 1), .parameter),
        (Registers(0x3b8, 0, 9, 7, 1, 1), .parameter3),
        (Registers(0x3b8, 0, 9, 6, 1, 1), .parameter2),
        (Registers(0x3b8, 0, 1, 6, 1, 13), .parameter5),
        (Registers(0x3b8, 0, 1, 6, 1, 12), .parameter4),
        (Registers(0x3b8, 0, 1, 6, 1 << 40, 12), .parameter4),
        (Registers(0x3b8, 0, 1, 6, 0x1000, 12), .success),
        (Registers(0x3b8, 0, 1, 6, 1, 0), .success),
        (Registers(0x3c8, 2, 0x2000, 0x20001), .parameter),
        (Registers(0x3c8, 0, 0x2000, 0x20001), .parameter2),
        (Registers(0x3c8, 0, 0x1000, 0x20001), .parameter3),
        (Registers(0x3a8, 1, 0x2000), .parameter),
        (Registers(0x3a8, 0, 0x2000), .parameter2),
        (Registers(0x3d0, 1), .parameter),
        (Registers(0x3c0, 0), .function),
        (Registers(0x3c4, 0), .function),
        (Registers(0x74), .function),
        (Registers(0x1234), .function),
    ])
    func checksComeInTheirOrder(_ registers: Registers, _ status: HypercallStatus) throws {
        var machine = try CallTests.machine(.xive)
        #expect(CallTests.call(&machine, registers) == status)
    }

    @Test func theQueueOfAResetSourceIsServerMinus0x400() throws {
        var machine = try CallTests.machine(.xive)
        var registers = Registers(Hypercall.getSourceConfig.rawValue, 0, 0x1000)
        machine.hypercall(&registers, processor: 0)
        #expect([registers.r4, registers.r5, registers.r6] == [0xffff_fc00, 0xff, 0])
    }

    @Test func theQueueWrapsAndTogglesItsGeneration() throws {
        var machine = try CallTests.machine(.xive)
        _ = CallTests.call(&machine, Registers(0x3b8, 0, 0, 6, 0x10_0000, 12))
        _ = CallTests.call(&machine, Registers(0x3ac, 2, 0x1000, 0, 6, 0x40))
        let page: UInt64 = 0x0006_0100_0000_0000 + 0x1000 * 0x20000
        for _ in 0..<1026 {
            _ = machine.load(page + 0x10c00, byteCount: 8, processor: 0)
            machine.store(page, 0, byteCount: 8, processor: 0)
        }
        let queue = try #require(machine.snapshot().xive).queue(6)
        #expect(queue.nextIndex == 2)
        #expect(queue.generation == 0)
        #expect(machine.load(0x10_0004, byteCount: 4, processor: 0) == 0x40)
        #expect(machine.load(0x10_0008, byteCount: 4, processor: 0) == 0x8000_0040)
    }

    /// The register pairs that builds showed after a trigger, an opening and an accept.
    @Test(arguments: [
        (BuildProfile.qemu5p2, UInt64(0x0006_00ff_ff00_00ff)), (.qemu7p2, 0x0006_00ff_ff00_00ff),
        (.qemu10p0, 0x0006_00ff_ff00_0006), (.qemu11p1, 0x0006_00ff_ff00_0006),
    ])
    func pendingPriorityAfterAnAcceptIsThatOfTheBuild(_ build: BuildProfile, _ after: UInt64) throws {
        var machine = try CallTests.machine(.xive, build: build)
        let area: UInt64 = 0x0006_0302_031a_0000
        #expect(machine.load(area + 0x10, byteCount: 8, processor: 0) == 0x0000_00ff_ff00_00ff)
        _ = CallTests.call(&machine, Registers(0x3b8, 0, 0, 6, 0x10_0000, 12))
        _ = CallTests.call(&machine, Registers(0x3ac, 2, 0x1000, 0, 6, 0x40))
        let page: UInt64 = 0x0006_0100_0000_0000 + 0x1000 * 0x20000
        _ = machine.load(page + 0x10c00, byteCount: 8, processor: 0)
        machine.store(page, 0, byteCount: 8, processor: 0)
        #expect(machine.load(area + 0x10, byteCount: 8, processor: 0) == 0x0000_02ff_ff00_0006)
        machine.store(area + 0x11, 0xff, byteCount: 1, processor: 0)
        #expect(machine.load(area + 0x10, byteCount: 8, processor: 0) == 0x80ff_02ff_ff00_0006)
        #expect(machine.load(area + 0x810, byteCount: 2, processor: 0) == 0x8006)
        #expect(machine.load(area + 0x10, byteCount: 8, processor: 0) == after)
    }
}
