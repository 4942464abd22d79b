import Testing

/// What `--help` says, and how mistyped words are met.
@Suite struct HelpTests {
    /// Every command, as the tool's own help lists them.
    private static func commands() throws -> [String] {
        let lines = try Tool.run("--help").output.split(separator: "\n")
        let list = lines.drop { $0 != "SUBCOMMANDS:" }.dropFirst().filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") }
        return list.compactMap { $0.split(separator: " ").first.map(String.init) }.filter { $0 != "See" }
    }

    @Test func everyHelpFitsAScreenAndHasAnExampleAndStatuses() throws {
        let commands = try Self.commands()
        #expect(commands.count >= 12)
        for command in commands + [""] {
            let outcome = try Tool.run((command.isEmpty ? [] : [command]) + ["--help"])
            let lines = outcome.output.dropLast().split(separator: "\n", omittingEmptySubsequences: false)
            #expect(outcome.status == 0)
            #expect(lines.count <= 40, "\(command): \(lines.count) lines")
            for line in lines { #expect(line.count <= 80, "\(command): \(line)") }
            #expect(outcome.output.contains("Example: irqproof \(command)"), "\(command)")
            #expect(outcome.output.contains("Exit codes: 0 "), "\(command)")
        }
    }

    @Test(arguments: [("inspct", "inspect"), ("verfy", "verify"), ("explan", "explain"), ("lsit", "list")])
    func mistypedCommandIsWrongUseWithTheRightName(word: String, command: String) throws {
        let outcome = try Tool.run(word)
        #expect(outcome.status == 64 && outcome.output.isEmpty)
        #expect(outcome.errorLines.count == 1 && outcome.errors.contains("did you mean \(command)?"))
    }

    @Test func commandThatIsHostileIsShownHarmlessly() throws {
        let outcome = try Tool.run("\u{1b}[31m\nx")
        #expect(outcome.status == 64 && outcome.errorLines.count == 1 && !outcome.errors.contains("\u{1b}"))
    }

    @Test func versionIsFirstAndAloneOnItsLine() throws {
        let lines = try Tool.run("--version").output.split(separator: "\n")
        #expect(lines.first?.wholeMatch(of: /irqproof \d+\.\d+\.\d+/) != nil)
        for fact in ["commit ", "build ", "compiler Swift ", "platform "] {
            #expect(lines.contains { $0.hasPrefix(fact) }, "\(fact)")
        }
    }

    @Test(arguments: ["bash", "zsh", "fish"]) func completionsNameCommandsAndForms(shell: String) throws {
        let script = try Tool.run("--generate-completion-script", shell).output
        for word in ["verify", "explain", "guest-visible", "sarif"] { #expect(script.contains(word), "\(word)") }
    }

    @Test func mistypedRuleIsTroubleThatNamesNearOnes() throws {
        let outcome = try Tool.run("explain", "map/number-movd")
        #expect(outcome.status == 2)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.contains("map/number-moved"))
        #expect(outcome.errorLines.count == 1)
    }

    @Test func mistypedScenarioIsTroubleThatNamesNearOnes() throws {
        let outcome = try Tool.run("replay", "break-vcpu-ordr")
        #expect(outcome.status == 2 && outcome.output.isEmpty && outcome.errorLines.count == 1)
        #expect(outcome.errors.contains("break-vcpu-order"))
    }

    @Test func mistypedMachineTypeIsTroubleThatNamesNearOnes() throws {
        let outcome = try Tool.run("map", "pseries-7.3")
        #expect(outcome.status == 2 && outcome.errorLines.count == 1 && outcome.errors.contains("pseries-7.2"))
    }

    @Test func explainSaysWhatToDo() throws {
        let outcome = try Tool.run("explain", "map/number-moved")
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("What to do"))
    }

    @Test(arguments: ["json", "junit", "sarif", "markdown", "github", "gitlab", "html"])
    func formIsOneOfThoseNamed(format: String) throws {
        #expect(try Tool.run("verify", "--help").output.contains(format))
        let outcome = try Tool.run("verify", "absent", "absent", "--format", format)
        #expect(outcome.status == 2)
    }
}
