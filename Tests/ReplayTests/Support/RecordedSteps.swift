import Foundation
import InterruptState
import Replay

/// Runs the steps of a recorded guest on the model and compares every value that came back.
///
/// The guest of the recordings executes what the host asks for: one hypercall, load or store at a time.
struct RecordedSteps {
    private(set) var machine: Machine
    /// Values that are not those of the recording.
    private(set) var failures: [String] = []
    /// Calls, loads and stores whose results were compared.
    private(set) var compared = 0
    /// Steps that the model has no counterpart for.
    private(set) var skipped: [String] = []

    init(_ machine: Machine) {
        self.machine = machine
    }

    mutating func run(_ steps: [String]) throws {
        for line in steps {
            // Each begins with the time, "   0.3s ".
            try run(line.replacing(/^ *([0-9.]+s +)?/, with: ""))
        }
    }

    private mutating func run(_ step: String) throws {
        let halves = step.components(separatedBy: " -> ")
        if step.hasPrefix("(") {
            try repeated(step)
        } else if step.hasPrefix("returns ") {
            checkReturns(words(step.dropFirst("returns ".count)))
        } else if step.hasPrefix("H_CAS(XIVE)") {
            expect(step, [UInt64(bitPattern: machine.negotiate(.xive).rawValue)], Array(words(halves[1]).prefix(1)))
        } else if step.hasPrefix("H_") {
            hypercall(halves[0], step, words(halves[1]))
        } else if step.hasPrefix("rtas ") {
            rtas(halves[0].dropFirst(5), step)
        } else if step.hasPrefix("load") || step.hasPrefix("store") {
            try access(halves[0], step, words(halves[1]))
        } else if step.hasPrefix("device_") {
            try device(step)
        } else {
            skipped.append(step)
        }
    }

    // MARK: - Calls

    private static let opcodes: [String: UInt64] = [
        "H_SET_QUEUE_CONFIG": 0x3b8, "H_SET_SOURCE_CONFIG": 0x3ac, "H_GET_SOURCE_INFO": 0x3a8,
        "H_GET_QUEUE_INFO": 0x3b4, "H_ESB": 0x3c8, "H_IPI": 0x6c, "H_CPPR": 0x68,
    ]

    private mutating func hypercall(_ call: String, _ step: String, _ results: [UInt64]) {
        let (name, arguments) = parse(call)
        guard let opcode = RecordedSteps.opcodes[name] else { return skipped.append(step) }
        func argument(_ index: Int) -> UInt64 { index < arguments.count ? arguments[index] : 0 }
        var registers = Registers(opcode, argument(0), argument(1), argument(2), argument(3), argument(4))
        machine.hypercall(&registers, processor: 0)
        expect(step, Array(registers.all.prefix(results.count)), results)
    }

    private static let tokens: [String: UInt64] = [
        "set_xive": 0x200a, "get_xive": 0x200b, "int_off": 0x200c, "int_on": 0x200d, "query_src": 0x2018,
        "change_msi": 0x2019, "write_cfg": 0x2017,
    ]
    private static let returnCounts: [String: UInt64] = ["change_msi": 4, "query_src": 3, "get_xive": 3]
    private var pendingReturns: UInt64?

    private mutating func rtas(_ call: some StringProtocol, _ step: String) {
        pendingReturns = nil
        let (name, arguments) = parse(String(call))
        guard let token = RecordedSteps.tokens[name] else { return skipped.append(step) }
        let words = [token, UInt64(arguments.count), RecordedSteps.returnCounts[name] ?? 1] + arguments
        for (index, word) in words.enumerated() {
            machine.store(0x6000 + 4 * UInt64(index), word, byteCount: 4, processor: 0)
        }
        var registers = Registers(0xf000, 0x6000)
        machine.hypercall(&registers, processor: 0)
        expect(step, [registers.r3], [0])
        pendingReturns = 0x6000 + 4 * UInt64(words.count)
    }

    private mutating func checkReturns(_ results: [UInt64]) {
        guard let address = pendingReturns else { return }
        let found = results.indices.map { index in
            machine.load(address + 4 * UInt64(index), byteCount: 4, processor: 0) ?? .max
        }
        expect("returns", found, results)
    }

    // MARK: - Loads, stores, devices

    private mutating func access(_ text: String, _ step: String, _ results: [UInt64]) throws {
        let parts = text.split { " =".contains($0) }.map(String.init)
        let bits = Int(parts[0].drop { !$0.isNumber }) ?? 0
        // One recording adds an offset to -1 and so leaves 64 bits.
        guard let address = number(parts[1]) else { return skipped.append(step) }
        if parts[0].hasPrefix("load") {
            let value = machine.load(address, byteCount: bits / 8, processor: 0)
            if address < 0x0006_0000_0000_0000 || address > 0x0007_0000_0000_0000 { return skipped.append(step) }
            expect(step, [value ?? .max], Array(results.prefix(1)))
        } else if (0x2000_0000_0000..<0x4000_0000_0000).contains(address) {
            deviceStore(address)
        } else {
            machine.store(address, number(parts[2]) ?? 0, byteCount: bits / 8, processor: 0)
            compared += 1
        }
    }

    private var isInterruptMaskOpen = false

    /// The e1000e of the recordings: a store to its interrupt mask (0xd0) and one to its cause (0xc8) raise INTA.
    private mutating func deviceStore(_ address: UInt64) {
        if address & 0xff == 0xd0 { isInterruptMaskOpen = true }
        if address & 0xff == 0xc8, isInterruptMaskOpen {
            machine.setPin(bridge: 1, configurationAddress: 0x800, to: true)
        }
    }

    private mutating func device(_ step: String) throws {
        if step.contains("spapr-pci-host-bridge") {
            try machine.plug(.bridge(index: 1))
        } else if step.contains("\"phb1.0\"") {
            try machine.plug(.function(e1000e(slot: 1)))
        } else if step.hasPrefix("device_del e0") {
            try machine.unplug(.function(e1000e(slot: 1)))
        } else if step.contains("at slot 2") {
            try machine.plug(.function(e1000e(slot: 2)))
        } else {
            skipped.append(step)
        }
    }

    private func e1000e(slot: UInt8) -> FunctionSetup {
        FunctionSetup(
            model: "e1000e", bridge: 1, slot: slot, messageVectors: 1, tableVectors: 5, messageCapability: 0xd0)
    }

    /// "(1030 times: store to the trigger page of 0x1300, load from its ESB at 0xc00)"
    private mutating func repeated(_ step: String) throws {
        guard let count = Int(step.dropFirst().prefix { $0.isNumber }) else {
            throw RecordedCapture.Unreadable(text: step)
        }
        let trigger: UInt64 = 0x0006_0100_0000_0000 + 0x1300 * 0x20000
        for _ in 0..<count {
            machine.store(trigger, 0, byteCount: 8, processor: 0)
            _ = machine.load(trigger + 0x10c00, byteCount: 8, processor: 0)
        }
    }

    // MARK: - Text

    private mutating func expect(_ step: String, _ found: [UInt64], _ wanted: [UInt64]) {
        compared += 1
        guard found != wanted else { return }
        failures.append(
            "\(step): \(found.map { String($0, radix: 16) }), recorded \(wanted.map { String($0, radix: 16) })")
    }

    private func parse(_ call: String) -> (name: String, arguments: [UInt64]) {
        let name = String(call.prefix { $0 != "(" })
        let inner = call.dropFirst(name.count + 1).prefix { $0 != ")" }
        return (name, inner.split { ", ".contains($0) }.compactMap { number(String($0)) })
    }

    private func words(_ text: some StringProtocol) -> [UInt64] {
        text.split(separator: " ").compactMap { UInt64($0, radix: 16) }
    }

    private func number(_ text: String) -> UInt64? {
        text.hasPrefix("0x") ? UInt64(text.dropFirst(2), radix: 16) : UInt64(text)
    }
}
