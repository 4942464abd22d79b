import InterruptState
import PSeries
import Replay
import SeededRandom
import Testing

/// What holds of every machine, whatever a guest does to it.
struct PropertyTests {
    static func setup(_ mode: InterruptModeSetting?, _ type: String, _ build: BuildProfile) throws -> MachineSetup {
        var setup = MachineSetup(type: try #require(MachineType.named(type)), build: build)
        setup.mode = mode
        setup.processorCount = 2
        setup.maximumProcessors = 4
        setup.devices = [
            .bridge(index: 1),
            .function(FunctionSetup(model: "a", bridge: 0, slot: 1, messageVectors: 8, tableVectors: 5)),
            .function(FunctionSetup(model: "b", bridge: 1, slot: 2, messageVectors: 2, tableVectors: 3)),
        ]
        return setup
    }

    @Test(arguments: [InterruptModeSetting.xics, .xive, .dual], BuildProfile.known)
    func randomCallsKeepTheInvariantsAndLoadAsTheyWereSaved(_ mode: InterruptModeSetting, _ build: BuildProfile) throws
    {
        for seed in 1...12 as ClosedRange<UInt64> {
            let setup = try PropertyTests.setup(mode, "pseries-7.2", build)
            var random = SeededGenerator(seed: seed)
            var machine = try Machine(setup)
            for _ in 0..<400 where machine.end == nil { step(&machine, &random) }
            #expect(machine.invariantViolations() == [], "seed \(seed)")
            guard machine.end == nil else { continue }
            var other = try Machine(PropertyTests.matching(machine, setup))
            #expect(other.load(machine.save()) == .accepted, "seed \(seed)")
            #expect(other.snapshot() == machine.snapshot(), "seed \(seed)")
        }
    }

    @Test func theSequentialMapKeepsItsInvariants() throws {
        for seed in 1...12 as ClosedRange<UInt64> {
            let setup = try PropertyTests.setup(nil, "pseries-3.0", .qemu7p2)
            var random = SeededGenerator(seed: seed)
            var machine = try Machine(setup)
            for _ in 0..<400 where machine.end == nil { step(&machine, &random) }
            #expect(machine.invariantViolations() == [], "seed \(seed)")
        }
    }

    /// The setup with the vCPUs that were plugged, in their order: a destination as it should be.
    private static func matching(_ machine: Machine, _ setup: MachineSetup) -> MachineSetup {
        var setup = setup
        for index in machine.board.processors.indexes.dropFirst(2) { setup.devices.append(.core(index: index)) }
        return setup
    }

    private func step(_ machine: inout Machine, _ random: inout SeededGenerator) {
        let numbers: [UInt64] = [
            0, 1, 5, 0x1000, 0x1001, 0x1002, 0x1100, 0x1200, 0x1206, 0x1300, 0x1301, 0x1304, 0x2000,
        ]
        let number = numbers[Int.random(in: 0..<numbers.count, using: &random)]
        let server = UInt64.random(in: 0...4, using: &random)
        let priority = [0, 5, 6, 6, 7, 0xff][Int.random(in: 0..<6, using: &random)] as UInt64
        let row = Int.random(in: 0..<machine.processorCount, using: &random)
        switch Int.random(in: 0..<16, using: &random) {
        case 0: call(&machine, row, 0x3ac, UInt64.random(in: 0...4, using: &random), number, server, priority, number)
        case 1: call(&machine, row, 0x3b8, 1, server, priority, 0x10_0000 + server << 16, [0, 12, 16, 13][row & 3])
        case 2: call(&machine, row, 0x3c8, server & 1, number, UInt64.random(in: 0...0x2_0100, using: &random), 0)
        case 3: machine.store(0x0006_0302_031a_0011, priority, byteCount: 1, processor: row)
        case 4: _ = machine.load(0x0006_0302_031a_0810, byteCount: 2, processor: row)
        case 5: call(&machine, row, 0x68, priority)
        case 6: call(&machine, row, 0x6c, server, priority)
        case 7: call(&machine, row, 0x74)
        case 8: call(&machine, row, 0x64, 0xff00_0000 | number)
        case 9: rtas(&machine, row, 0x200a, [number, server, priority])
        case 10: rtas(&machine, row, server & 1 == 0 ? 0x200c : 0x200d, [number])
        case 11:
            rtas(&machine, row, 0x2019, [0x800 << (server & 1), 0x0800_0000, 0x2000_0000 + (server & 1), 4, server, 1])
        case 12: machine.setPin(bridge: 1, configurationAddress: 0x1000, to: server & 1 == 0)
        case 13: machine.raise(server & 1 == 0 ? .epow : .virtualDevice(unitAddress: 0x7100_0000))
        case 14: if server == 0 { machine.reset() } else { _ = machine.negotiate(machine.xiveIsThere ? .xive : .xics) }
        default: try? machine.plug(.core(index: UInt32(2 + server & 1)))
        }
    }

    private func call(_ machine: inout Machine, _ row: Int, _ opcode: UInt64, _ arguments: UInt64...) {
        let all = arguments + [0, 0, 0, 0, 0]
        var registers = Registers(opcode, all[0], all[1], all[2], all[3], all[4])
        machine.hypercall(&registers, processor: row)
    }

    private func rtas(_ machine: inout Machine, _ row: Int, _ token: UInt64, _ arguments: [UInt64]) {
        for (index, word) in ([token, UInt64(arguments.count), token == 0x2019 ? 4 : 1] + arguments).enumerated() {
            machine.store(0x6000 + 4 * UInt64(index), word, byteCount: 4, processor: row)
        }
        call(&machine, row, 0xf000, 0x6000)
    }
}

extension Machine {
    fileprivate var xiveIsThere: Bool { snapshot().xive != nil }
}
