import InterruptState
import PSeries
import Scenarios

// Calls, accesses and interrupts, most of them right and some of them wrong in each of their arguments.
extension RandomGuest {
    mutating func xiveCall() -> String {
        let (flags, number, target, priority) = (flags(), number(), target(), priority())
        let arguments: [String]
        switch pick(12) {
        case 0: arguments = ["H_INT_GET_SOURCE_INFO", flags, number]
        case 1, 2: arguments = ["H_INT_SET_SOURCE_CONFIG", flags, number, target, priority, value()]
        case 3: arguments = ["H_INT_GET_SOURCE_CONFIG", flags, number]
        case 4: arguments = ["H_INT_GET_QUEUE_INFO", flags, target, priority]
        case 5, 6: arguments = ["H_INT_SET_QUEUE_CONFIG", flags, target, priority, page(), size()]
        case 7: arguments = ["H_INT_GET_QUEUE_CONFIG", flags, target, priority]
        case 8, 9, 10: arguments = ["H_INT_ESB", flags, number, offset(), value()]
        default:
            let other = ["H_INT_SYNC", "H_INT_RESET", "H_INT_SET_OS_REPORTING_LINE", "H_INT_GET_OS_REPORTING_LINE"]
            arguments = [one(of: other), flags, number]
        }
        return "- hcall: [\(arguments.joined(separator: ", "))]" + actor()
    }

    mutating func xicsCall() -> String {
        switch pick(10) {
        case 0: return "- hcall: [H_CPPR, \(one(of: ["0", "4", "5", "6", "0xff", "0x105"]))]" + actor()
        case 1: return "- hcall: [H_IPI, \(target()), \(one(of: ["0", "4", "7", "0xff", "0x104"]))]" + actor()
        case 2: return "- hcall: [H_IPOLL, \(target())]" + actor()
        case 3: return "- hcall: [\(one(of: ["H_XIRR", "H_XIRR_X"]))]" + actor()
        case 4:
            let words = ["0xff000002", "0xff001000", "0x5001000", "0xff001200", "0", "0xff000000", "0x100ff001100"]
            return "- hcall: [H_EOI, \(one(of: words))]" + actor()
        case 5, 6: return "- rtas: [set-xive, \(number()), \(target32()), \(one(of: priorities))]" + actor()
        case 7: return "- rtas: [\(one(of: ["int-on", "int-off"])), \(number())]" + actor()
        default: return "- rtas: [get-xive, \(number())]" + actor()
        }
    }

    /// Calls that no guest should make, and those that hardly matter.
    mutating func odd() -> String {
        switch pick(5) {
        case 0: return "- hcall: [\(one(of: ["0x3d4", "0x3a0", "0x2f8", "0xf00c"])), 0, 0]"
        case 1: return "- rtas: [\(one(of: ["0x2050", "0x1fff"])), 0]"
        case 2:
            let place = [
                "\(0x1800 + [0x3c, 0x3d, 0x3e][pick(3)])", "0x8000000", one(of: ["0x20000000", "0x20000007"]),
            ]
            return "- rtas: [write-pci-config, \(place.joined(separator: ", ")), \(one(of: ["1", "2", "3"])), 0]"
        case 3: return "- load\(one(of: ["8", "16", "32", "64"])): \(one(of: ["0x1000000", "0x2000000", "0x3000000"]))"
        default: return "- store32: [0x5000000, \(value32())]" + actor()
        }
    }

    mutating func act() -> String {
        let server = one(of: ["0", "0", "\(spacing)"])
        switch pick(5) {
        case 0 where hasXive:
            return "- queue: {server: \(server), page: \(page()), size: \(one(of: ["0x1000", "0x10000"])), "
                + "notify: \(one(of: ["always", "always", "once"]))}"
        case 0, 1, 2:
            let eisn = hasXive ? ", eisn: \(hexadecimal(anything() & 0x7fff_ffff))" : ""
            return "- bind: {number: \(number(isClaimed: true)), server: \(server), priority: 6\(eisn)}"
        case 3: return "- mask: \(number(isClaimed: true))"
        default: return "- interrupt: \(server)" + actor()
        }
    }

    mutating func messages() -> String {
        let places = [
            ("phb0:01.0", "0x800", "0x20000000"), ("phb2:02.0", "0x1000", "0x20000002"),
            ("phb0:03.0", "0x1800", "0x20000000"),
        ]
        let (place, address, low) = places[pick(3)]
        // A build's card sends what stands in its table, so the one that does asks for no other messages.
        let isSender = place == "phb0:03.0"
        switch isSender ? 1 + pick(4) : pick(5) {
        case 0: return "- messages: {of: \"\(place)\", count: \(one(of: ["1", "2", "4", "8"])), kind: msi}"
        case 1: return "- messages: {of: \"\(place)\", count: \(pick(6)), kind: msi-x}"
        case 2:
            let arguments = [
                address, "0x8000000", low, isSender ? "4" : one(of: ["1", "3", "4", "0"]), "\(pick(20))", "1",
            ]
            return "- rtas: [change-msi, \(arguments.joined(separator: ", "))]"
        case 3: return "- rtas: [query-interrupt-source-number, \(address), 0x8000000, \(low), \(pick(6))]"
        default: return "- rtas: [change-msi, 0x2000, 0x8000000, \(low), 4, 1, 1]"
        }
    }

    mutating func raise() -> String {
        switch pick(8) {
        case 0: return "- raise: vio@71000000"
        case 1, 2: return "- \(one(of: ["assert", "deassert"])): \"phb2:02.0\""
        case 3: return "- messages: {of: \"phb0:03.0\", count: 3, kind: msi-x}"
        case 4: return "- raise: \"phb0:03.0/\(pick(3))\""
        default: return "- raise: epow"
        }
    }

    /// Loads and stores to the pages of sources and to the thread's management area.
    mutating func access() -> String { pick(2) == 0 ? sourceAccess() : managementAccess() }

    private mutating func sourceAccess() -> String {
        let number: UInt64 = [0, 1, 0x1000, 0x1100, 0x1200, 0x1300, 0x1fff][pick(7)]
        let offsets: [UInt64] = [0, 0x1_0000, 0x1_0800, 0x1_0c00, 0x1_0d00, 0x1_0e00, 0x1_0f00, 0x1_0400]
        let address = 0x0006_0100_0000_0000 + number << 17 + offsets[pick(offsets.count)]
        let width = one(of: ["64", "64", "64", "64", "64", "32", "16", "8"])
        return pick(2) == 0
            ? "- store\(width): [\(hexadecimal(address)), 0]" + actor()
            : "- load\(width): \(hexadecimal(address))" + actor()
    }

    private mutating func managementAccess() -> String {
        let base: UInt64 = 0x0006_0302_031a_0000
        switch pick(8) {
        case 0, 1:
            let priority = one(of: ["0", "3", "6", "7", "8", "0xff"])
            return "- store8: [\(hexadecimal(base + 0x11)), \(priority)]" + actor()
        case 2, 3: return "- load16: \(hexadecimal(base + 0x810))" + actor()
        case 4: return "- load64: \(hexadecimal(base + 0x10))" + actor()
        case 5: return "- load32: \(hexadecimal(base + one(from: [0x10, 0x14])))" + actor()
        case 6: return "- load8: \(hexadecimal(base + 0x10 + UInt64(pick(8))))" + actor()
        default: return "- store8: [\(hexadecimal(base + 0x812)), \(pick(8))]" + actor()
        }
    }

    // MARK: - Values

    private var priorities: [String] { ["0", "3", "5", "6", "6", "7", "0xff", "0x105"] }

    private mutating func flags() -> String { one(of: ["0", "0", "0", "0", "1", "1", "2", "2", "3", "4", "0x100"]) }

    private mutating func number(isClaimed: Bool = false) -> String {
        let claimed = [
            "epow", "epow", "hot-plug", "vio@71000000", "vio@2000", "vio@3000", "phb0.pin0", "phb2.pin2", "phb2.pin2",
            "ipi 0",
        ]
        if isClaimed || pick(4) != 0 { return one(of: claimed) }
        return one(of: [
            "\(spacing)", "3", "0xfff", "0x1002", "0x1300", "0x1301", "0x1304", "0x13ff", "0x1fff", "0x2000",
            "0x100001000", "0xffffffffffffffff",
        ])
    }

    private mutating func target() -> String {
        one(of: ["0", "0", "0", "\(spacing)", "\(spacing)", "\(2 * spacing)", "9", "0x100000000"])
    }

    private mutating func target32() -> String { one(of: ["0", "0", "\(spacing)", "\(2 * spacing)", "9"]) }
    private mutating func priority() -> String {
        one(of: ["6", "6", "6", "5", "0", "7", "0xff", "0x106", "0x1ff", "0xffffffffffffffff"])
    }

    private mutating func page() -> String {
        one(of: ["0x1000000", "0x2000000", "0x2100000", "0x3000000", "0x4000000"])
    }

    private mutating func size() -> String { one(of: ["12", "16", "16", "21", "24", "0", "13", "11", "0x10c", "64"]) }

    private mutating func offset() -> String {
        one(of: [
            "0", "0x400", "0x800", "0x800", "0xc00", "0xc00", "0xd00", "0xe00", "0xf00", "0x10000", "0x1fff8",
            "0x20000", "0x20008",
        ])
    }

    private mutating func value() -> String {
        one(of: ["0", "0x10", "0x7fffffff", "0xffffffff", hexadecimal(anything())])
    }

    private mutating func value32() -> String { hexadecimal(anything() & 0xffff_ffff) }

    private mutating func one(from values: [UInt64]) -> UInt64 { values[pick(values.count)] }
}
