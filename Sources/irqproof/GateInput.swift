import ArgumentParser
import Descriptions
import Gate
import Glibc
import InterruptState
import Scenarios

/// The policy of a gate, with what the command line says otherwise.
struct GateInput: ParsableArguments {
    @Option(help: ArgumentHelp("The policy.", valueName: "file"))
    var policy = "irqproof.yaml"

    @Option(help: ArgumentHelp("Build instead of the policy's candidate.", valueName: "build"))
    var candidate: String?

    @Option(help: ArgumentHelp("Build instead of its references; several.", valueName: "build"))
    var reference: [String] = []

    /// Reads the policy, asks the builds, crosses the lists.
    func gate(isRecording: Bool = false) throws -> Gate {
        let text = try TextFile.read(policy, limit: Document.sizeLimit)
        var parsed: Policy
        do {
            parsed = try Policy(parsing: text)
        } catch {
            throw Trouble("\(policy): \(error.description)")
        }
        let folder = policy.lastIndex(of: "/").map { String(policy[...$0]) } ?? ""
        func place(_ path: String) -> String { path.hasPrefix("/") ? path : folder + path }
        var given: Set<String> = []
        if let candidate {
            parsed.candidate = Policy.Build(name: parsed.candidate.name, path: candidate)
            given.insert(candidate)
        }
        if !reference.isEmpty {
            parsed.references = reference.map { Policy.Build(name: nil, path: $0) }
            given.formUnion(reference)
        }
        if isRecording {
            parsed.references = []
            parsed.directions = [.itself]
        }
        do {
            return try Gate(
                parsed, isRecording: isRecording, read: { try TextFile.read(place($0), limit: 64 << 20) },
                // What the command line names is relative to the shell's folder, and a bare name is looked for in PATH.
                locate: { given.contains($0) || !$0.contains("/") ? $0 : place($0) }, digest: Self.digest)
        } catch let error as GateError {
            throw Trouble(error.description)
        } catch let error as ScenarioError {
            throw Trouble(error.description)
        }
    }

    /// SHA-256 of a program's file.
    private static func digest(_ path: String) throws -> String {
        let file = path.contains("/") ? path : found(path) ?? path
        return try FileDigest(file).digest.description
    }

    private static func found(_ name: String) -> String? {
        let folders = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        return folders.split(separator: ":").map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }

    /// The day on which waivers are judged.
    static func today() throws -> Day {
        guard let day = Day(String(Console.now().prefix(10))) else { throw Trouble("the clock tells no day") }
        return day
    }

    static func exitStatus(_ report: GateReport) -> ExitCode {
        switch report.verdict {
        case .identical: ExitStatus.identical
        case .different: ExitStatus.different
        case .undecided: ExitStatus.trouble
        }
    }
}
