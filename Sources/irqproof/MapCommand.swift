import ArgumentParser
import InterruptState
import PSeries
import Reports

/// `irqproof map`: the number space of a machine type or described machine.
struct MapCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "map",
        abstract: "Show a machine's interrupt numbers and owners.",
        usage: "irqproof map [OPTION]... MACHINE",
        discussion: Help.text(
            """
            MACHINE is a machine type such as pseries-7.2, or a file that describes a machine. Shows the ranges
            of the number space, the rules that give numbers, and what is claimed at construction.

            Example: irqproof map pseries-7.2 --draw
                     irqproof map pseries-7.2 --number 0x1204

            Exit codes: 0 shown, 2 trouble, 64 usage.
            """))

    @Argument(help: "Machine type, or description file (YAML or JSON; - for standard input).")
    var machine: String

    @Option(help: "Say whose one number is, such as 0x1204.")
    var number: String?

    @Option(help: "Say the number of one device: vio@2000, phb1.3, ipi0, epow, hotplug.")
    var device: String?

    @Flag(help: "Draw the number space.")
    var draw = false

    @OptionGroup var machines: MachineOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if number != nil, device != nil { throw ValidationError("--number and --device exclude each other") }
        if let number, Self.number(number) == nil { throw ValidationError("\(number) is not a number") }
        if let device, Owner(words: device) == nil { throw ValidationError("\(device) names no device") }
    }

    func run() throws {
        let map: MachineMap
        do {
            map = try MachineMap(machines.machine(machine))
        } catch let refusal as ConstructionRefusal {
            throw Trouble("\(machine) cannot be built: \(refusal)")
        }
        if let value = number.flatMap(Self.number) {
            Console.write(MapReport.text(map.answer(LogicalNumber(value))))
        } else if let owner = device.flatMap(Owner.init(words:)) {
            Console.write(MapReport.text(owner, number: map.number(of: owner)))
        } else {
            Console.write(
                output.format == .json
                    ? MapReport.json(map) : MapReport.text(map, draws: draw, style: Console.style(output.color)))
        }
    }

    private static func number(_ text: String) -> UInt32? {
        text.hasPrefix("0x") ? UInt32(text.dropFirst(2), radix: 16) : UInt32(text)
    }
}
