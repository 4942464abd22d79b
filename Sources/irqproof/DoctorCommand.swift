import ArgumentParser
import Glibc
import QEMUControl
import Reports

/// `irqproof doctor`: what the tool finds on this machine.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Say what is installed and which QEMUs work.",
        usage: "irqproof doctor [OPTION]...",
        discussion: Help.text(
            """
            Looks for the programs that read compressed inputs and that other commands call, and starts every
            QEMU build it finds: those named, those in the folder of builds (see irqproof config) and
            qemu-system-ppc64 on the PATH. Nothing is changed, and nothing that is missing is an error.

            Example: irqproof doctor
                     irqproof doctor --build ./qemu/build/qemu-system-ppc64

            Exit codes: 0 shown, 1 something found does not work, 2 trouble, 64 usage.
            """)
    )

    @Option(name: .customLong("build"), help: "A QEMU build to ask; may be given several times.")
    var builds: [String] = []

    @OptionGroup var output: OutputOptions

    func run() throws {
        let folder = Settings.current.builds().content
        let report = DoctorReport(groups: [
            tool(), programs(),
            .init(
                title: "QEMU builds",
                items: (builds + Self.builds(in: folder) + Self.onPath("qemu-system-ppc64")).map(build),
                hint: "Scripts/qemu-builds puts builds of several releases into \(folder)."),
        ])
        switch output.format {
        case .json: Console.write(report.json())
        case .text: Console.write(report.text(style: Console.style(output.color)))
        }
        if report.hasBroken { throw ExitStatus.different }
    }

    private func tool() -> DoctorReport.Group {
        let runtime = Libraries.hasSharedSwiftRuntime ? "shared libraries" : "in the program"
        let facts = Version.facts + [("Swift runtime", runtime)] + Libraries.versions
        return .init(
            title: "irqproof \(Version.number)",
            items: facts.map { .init(name: $0.label, state: .found, detail: $0.value) })
    }

    // MARK: - Programs

    /// Programs by name, with what they are for.
    private static let helpers = [
        ("gzip", "inputs compressed with gzip"), ("bzip2", "inputs compressed with bzip2"),
        ("xz", "inputs compressed with xz"), ("lzop", "libvirt images compressed with lzop"),
        ("zstd", "inputs compressed with zstd"), ("sqlite3", "queries of snapshot files by hand"),
        ("z3", "checking the obligations of irqproof prove --emit-smt2 independently"),
    ]

    private func programs() -> DoctorReport.Group {
        .init(
            title: "Programs",
            items: Self.helpers.map { name, use in
                let places = Self.onPath(name)
                return .init(
                    name: name, state: places.isEmpty ? .missing : .found,
                    detail: (places.first.map { $0 + ", for " } ?? "for ") + use)
            })
    }

    /// The first program of a name on the PATH; none where there is none.
    private static func onPath(_ name: String) -> [String] {
        let folders = (Environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        let candidates = folders.map { "\($0)/\(name)" }
        return Array(candidates.filter { access($0, X_OK) == 0 }.prefix(1))
    }

    // MARK: - QEMU

    /// Builds in a folder, by name.
    private static func builds(in folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasPrefix("qemu-system-ppc64") { names.append(name) }
        }
        return names.sorted().map { "\(folder)/\($0)" }.filter { access($0, X_OK) == 0 }
    }

    private func build(_ path: String) -> DoctorReport.Item {
        do {
            let facts = try BuildFacts(asking: path)
            let types = facts.machines.filter { $0.name.hasPrefix("pseries-") }
            let controllers = [("ics-spapr", "XICS"), ("spapr-xive", "XIVE")].filter { facts.devices.contains($0.0) }
            guard let most = types.map(\.maximumCPUs).max(), !controllers.isEmpty else {
                return .init(name: path, state: .broken, detail: "QEMU \(facts.version), but it has no pseries machine")
            }
            let words = [
                "QEMU \(facts.version)", Self.span(types.map(\.name)),
                controllers.map(\.1).joined(separator: " and "), "up to \(most) vCPUs",
            ]
            return .init(name: path, state: .found, detail: words.joined(separator: ", "))
        } catch {
            // The first line says what happened, the others are what the build printed.
            let message = error.description.split(separator: "\n").first.map(String.init) ?? ""
            let detail = message.hasPrefix(path + " ") ? String(message.dropFirst(path.count + 1)) : message
            return .init(name: path, state: .broken, detail: detail)
        }
    }

    /// `34 machine types, pseries-2.1 to pseries-7.2`.
    private static func span(_ names: [String]) -> String {
        let sorted = names.sorted { release($0).lexicographicallyPrecedes(release($1)) }
        guard let first = sorted.first, let last = sorted.last else { return "no machine types" }
        return "\(names.count) machine types, \(first) to \(last)"
    }

    /// The numbers of a machine type's release.
    private static func release(_ name: String) -> [Int] {
        name.dropFirst("pseries-".count).split(separator: ".").map { part in
            Int(part.prefix { $0.isNumber }) ?? 0
        }
    }
}
