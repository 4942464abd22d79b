import ArgumentParser
import Gate
import Glibc
import PSeries
import QEMUControl
import SavedState
import SnapshotStore

/// The command line: parses arguments, calls the libraries, prints, exits.
@main
struct IrqProof: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "irqproof",
        abstract: "Proves that a guest's interrupts survive a migration.",
        usage: "irqproof COMMAND [OPTION]... [ARGUMENT]...",
        discussion: Help.text(
            """
            Reads saved QEMU pseries guests, shows their interrupt controllers, and compares two states
            number by number.

            Example: irqproof inspect guest.mig
                     irqproof verify before.mig after.mig --constructed empty.mig

            Exit codes: 0 identical, 1 different, 2 trouble (unreadable input, could not decide), 64 usage.
            """),
        version: Version.text,
        subcommands: [
            InspectCommand.self, VerifyCommand.self, ImportCommand.self, ListCommand.self, MapCommand.self,
            CompareCommand.self, ProveCommand.self, ReplayCommand.self, FsckCommand.self, ExplainCommand.self,
            SchemaCommand.self, DoctorCommand.self, ConfigCommand.self, CaptureCommand.self, GateCommand.self,
            MergeCommand.self, InitCommand.self, CheckCommand.self,
        ]
    )

    /// Errors of the libraries are trouble (2); ArgumentParser's own keep their meaning.
    static func main() {
        // A file that may not grow further is an error to report, not a signal to die of.
        signal(SIGXFSZ, SIG_IGN)
        do {
            try suggest(for: CommandLine.arguments.dropFirst().first)
            var command = try parseAsRoot()
            try Settings.check()
            try command.run()
        } catch let error as SavedStateError {
            trouble(error.description)
        } catch let error as StoreError {
            trouble(error.description)
        } catch let error as QEMUError {
            trouble(error.description)
        } catch let error as ResultFileError {
            trouble(error.description)
        } catch let error as Trouble {
            trouble(error.message)
        } catch {
            exit(withError: error)
        }
    }

    /// Wrong usage with the nearest name, where the first word is no command.
    private static func suggest(for word: String?) throws {
        let names = configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
        guard let word, !word.hasPrefix("-"), !names.contains(word) else { return }
        let near = MachineType.namesNear(word, among: names, limit: 1).joined()
        Console.error("no command is named \(word); did you mean \(near)? See irqproof --help")
        throw ExitCode.validationFailure
    }

    /// Says on one line what kept the command from doing its work.
    private static func trouble(_ message: String) -> Never {
        Console.error(message)
        exit(withError: ExitStatus.trouble)
    }
}

/// Something that a command itself cannot do; printed as one line.
struct Trouble: Error {
    var message: String

    init(_ message: String) {
        self.message = message
    }
}

/// The exit codes that users of `diff` and `cmp` know.
enum ExitStatus {
    static let identical = ExitCode(0)
    static let different = ExitCode(1)
    static let trouble = ExitCode(2)
}
