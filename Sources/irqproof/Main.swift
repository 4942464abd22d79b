import ArgumentParser
import SavedState
import SnapshotStore

/// The command line: parses arguments, calls the libraries, prints, exits.
@main
struct IrqProof: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "irqproof",
        abstract: "Proves that a guest's interrupts survive a migration.",
        discussion: """
            Reads saved QEMU pseries guests, shows their interrupt controllers, and compares two states
            number by number.

            Exit codes: 0 identical, 1 different, 2 trouble (unreadable input, could not decide), 64 usage.
            """,
        version: Version.text,
        subcommands: [
            InspectCommand.self, VerifyCommand.self, ImportCommand.self, ListCommand.self, MapCommand.self,
            CompareCommand.self, ProveCommand.self, ReplayCommand.self, FsckCommand.self,
        ]
    )

    /// Errors of the libraries are trouble (2); ArgumentParser's own keep their meaning.
    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let error as SavedStateError {
            trouble(error.description)
        } catch let error as StoreError {
            trouble(error.description)
        } catch let error as Trouble {
            trouble(error.message)
        } catch {
            exit(withError: error)
        }
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

enum Version {
    /// Version of the tool; recorded in every snapshot.
    static let number = "0.1.0"
    static let text = "irqproof \(number)"
}
