import ArgumentParser
import Certificate
import PSeries
import Reports

/// `irqproof compare`: what differs between two machines in their interrupt numbers.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compare the numbers of two machine types.",
        usage: "irqproof compare [OPTION]... MACHINE MACHINE\n       irqproof compare --all [MACHINE]...",
        discussion: Help.text(
            """
            Says which facts and rules differ, which numbers move, and what that means for a migration in
            either direction. With --all, groups machine types by the numbers they give.

            Example: irqproof compare pseries-3.0 pseries-3.1
                     irqproof compare --all

            Exit codes: 0 identical numbers, 1 different numbers, 2 trouble, 64 usage.
            """))

    @Argument(help: "Machine types, or description files (YAML or JSON).")
    var machine: [String] = []

    @Flag(help: "Group all machine types, or those given, by the numbers they give.")
    var all = false

    @OptionGroup var machines: MachineOptions
    @OptionGroup var certificate: CertificateOption
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if !all, machine.count != 2 { throw ValidationError("compare needs two machines, or --all") }
    }

    func run() throws {
        let isJSON = output.format == .json
        if all {
            let types =
                machine.isEmpty ? try machines.catalogue().all : try machine.map { try machines.machine($0).type }
            let classes = MachineTypeClasses(types)
            try certificate.write(inputs: machines.files([])) { (inputs, tool) throws(CertificateError) in
                try .classes(classes, of: types, inputs: inputs, tool: tool)
            }
            Console.write(
                isJSON ? ClassesReport.json(classes) : ClassesReport.text(classes, style: Console.style(output.color)))
            return
        }
        let comparison = MachineComparison(try machines.machine(machine[0]), try machines.machine(machine[1]))
        try certificate.write(inputs: machines.files(machine)) { (inputs, tool) throws(CertificateError) in
            try .machines(comparison, inputs: inputs, tool: tool)
        }
        Console.write(
            isJSON
                ? ComparisonReport.json(comparison)
                : ComparisonReport.text(comparison, style: Console.style(output.color)))
        if !comparison.isNumberIdentical { throw ExitStatus.different }
    }
}
