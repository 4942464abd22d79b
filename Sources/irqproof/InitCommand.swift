import ArgumentParser
import Gate
import Glibc

/// `irqproof init`: a policy to begin with.
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Write a policy for irqproof gate, with comments.",
        usage: "irqproof init [OPTION]... [FILE]",
        discussion: Help.text(
            """
            Example: irqproof init --reference OLD --candidate NEW

            Exit codes: 0 written, 2 trouble (a file is there already), 64 usage.
            """)
    )

    @Argument(help: "File to write.")
    var file = "irqproof.yaml"

    @Option(help: ArgumentHelp("A released build; several, oldest first.", valueName: "build"))
    var reference: [String] = []

    @Option(help: ArgumentHelp("The build to be released.", valueName: "build"))
    var candidate = "build/qemu-system-ppc64"

    @Flag(help: "Replace the file where there is one.")
    var force = false

    func run() throws {
        guard force || !TextFile.exists(file) else { throw Trouble("\(file): is there already; --force replaces it") }
        let references = reference.isEmpty ? ["/usr/bin/qemu-system-ppc64"] : reference
        try TextFile.write(PolicyTemplate.text(references: references, candidate: candidate), to: file)
        Console.error("\(file) is written; see it through, then run irqproof gate")
    }
}
