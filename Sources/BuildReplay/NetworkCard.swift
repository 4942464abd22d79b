import InterruptState
import PSeries
import QEMUControl
import Replay
import Scenarios

/// The configuration space of a PCI function, by the firmware's calls.
struct ConfigurationSpace {
    private let function: Scenario.FunctionReference
    private let machine: BuildMachine

    init(_ function: Scenario.FunctionReference, _ machine: BuildMachine) {
        self.function = function
        self.machine = machine
    }

    private func place(_ offset: UInt32) -> [UInt32] {
        let buid = Owner.firstBridge + UInt64(function.bridge)
        return [
            function.configurationAddress | offset, UInt32(truncatingIfNeeded: buid >> 32),
            UInt32(truncatingIfNeeded: buid),
        ]
    }

    func read(_ offset: UInt32, _ bytes: UInt32) -> UInt32 {
        let readConfiguration: UInt32 = 0x2016
        let returns = machine.rtas(readConfiguration, place(offset) + [bytes], returns: 2, processor: 0)
        return returns.first == 0 ? returns[1] : .max
    }

    func write(_ offset: UInt32, _ bytes: UInt32, _ value: UInt32) {
        let token = RTASCall.writePCIConfig.rawValue
        _ = machine.rtas(token, place(offset) + [bytes, value], returns: 1, processor: 0)
    }

    /// Where the capability of an id stands; the list is followed for as long as it can be.
    mutating func capability(_ identifier: UInt32) -> UInt32? {
        var place = read(0x34, 1)
        for _ in 0..<48 {
            guard (0x40...0xfc).contains(place) else { return nil }
            if read(place, 1) == identifier { return place }
            place = read(place + 1, 1)
        }
        return nil
    }
}

/// An e1000e (Intel 82574L), which raises what its registers are told to: a pin, or a message vector.
///
/// Registers and causes are those of the controller's data sheet, as QEMU's `hw/net/e1000e_core.c` has them.
struct NetworkCard {
    private enum Register: UInt64 {
        case causeClear = 0xc0
        case causeSet = 0xc8
        case maskSet = 0xd0
        case maskClear = 0xd8
        case vectors = 0xe4
    }

    /// Of receive queue 0, which has a vector of its own choice.
    private static let receiveCause: UInt32 = 1 << 20
    /// Of a descriptor written back, which goes to the pin.
    private static let pinCause: UInt32 = 1
    private static let identity: UInt32 = 0x10d3_8086

    private let registers: UInt64
    private let function: Scenario.FunctionReference

    /// Maps the card's registers into the 32-bit window of its host bridge.
    ///
    /// - Returns: nil where there is no function.
    init?(at function: Scenario.FunctionReference, of machine: BuildMachine) throws(ConstructionError) {
        self.function = function
        let space = ConfigurationSpace(function, machine)
        let identity = space.read(0, 4)
        guard identity != .max else { return nil }
        guard identity == Self.identity else {
            throw ConstructionError("a build raises interrupts of an e1000e alone, which \(function) is not")
        }
        let slot = UInt64(function.configurationAddress >> 11 & 0x1f)
        let offset = slot << 20
        registers = Self.window(of: function.bridge, machine.setup.type) + offset
        space.write(0x10, 4, 0x8000_0000 + UInt32(offset))
        // Memory and bus mastering.
        space.write(4, 2, 6)
    }

    /// Where a bridge's 32-bit window is, bus address 0x80000000 (`hw/ppc/spapr.c`): 2 GiB for each bridge above 32 TiB;
    /// up to 2.7 2.5 GiB within the 64 GiB that each has above 1 TiB.
    private static func window(of bridge: UInt32, _ type: MachineType) -> UInt64 {
        type.stream.shortBridgeSection
            ? 0x2000_0000_0000 + (UInt64(bridge) + 1) << 31
            : 0x100_0000_0000 + UInt64(bridge) << 36 + 0xa000_0000
    }

    private func write(_ register: Register, _ value: UInt32, _ machine: BuildMachine) {
        machine.store(registers + register.rawValue, UInt64(value.byteSwapped), byteCount: 4, processor: 0)
    }

    /// Raises a vector of the card's message block.
    func raise(_ vector: UInt32, on machine: BuildMachine) throws(ConstructionError) {
        guard vector < 5 else { throw ConstructionError("an e1000e has five vectors") }
        var space = ConfigurationSpace(function, machine)
        guard let table = space.capability(0x11) else { throw ConstructionError("\(function) has no MSI-X") }
        write(.vectors, 8 | vector, machine)
        write(.maskSet, Self.receiveCause, machine)
        // From 8.1 on the card sends a message again when its throttling timer runs out (`hw/net/e1000e_core.c`). While
        // the function is masked both become one pending bit, and the unmasking sends one message.
        space.write(table + 2, 2, 0xc000)
        write(.causeClear, .max, machine)
        write(.causeSet, Self.receiveCause, machine)
        machine.settle()
        write(.causeClear, .max, machine)
        space.write(table + 2, 2, 0x8000)
        // Without messages again, so that the pin works.
        space.write(table + 2, 2, 0)
    }

    /// Asserts or deasserts the card's pin.
    func drivePin(to level: Bool, on machine: BuildMachine) throws(ConstructionError) {
        if level {
            write(.maskSet, Self.pinCause, machine)
            write(.causeSet, Self.pinCause, machine)
        } else {
            write(.maskClear, .max, machine)
            write(.causeClear, .max, machine)
        }
    }
}
