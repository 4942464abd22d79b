import ArgumentParser
import Checker
import Reports

/// `irqproof config`: what is set, and by what.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Show the settings and where they come from.",
        usage: "irqproof config [OPTION]...",
        discussion: Help.text(
            """
            A value is taken from the first of these that has one: an option of the command, an environment
            variable (IRQPROOF_COLOR, IRQPROOF_LEVEL, IRQPROOF_TYPES, IRQPROOF_BUILDS), the configuration file,
            the default. The file is the one that IRQPROOF_CONFIG names, else the nearest .irqproof.yaml from
            the working directory upwards, which may not set builds: they are programs to run. Paths in it are
            relative to it. NO_COLOR turns "color: auto" off.

            Example: irqproof config
                     IRQPROOF_LEVEL=exact irqproof config --format json

            Exit codes: 0 shown, 2 the file could not be read, 64 usage.
            """)
    )

    @OptionGroup var output: OutputOptions

    func run() throws {
        let settings = Settings.current
        let colour = settings.colour(output.color)
        let level = settings.level(nil)
        let types = settings.types(nil)
        let builds = settings.builds()
        let report = SettingsReport(
            file: settings.filePath,
            settings: [
                .init(name: "color", value: colour.content.rawValue, origin: colour.origin.description),
                .init(name: "level", value: level.content.rawValue, origin: level.origin.description),
                .init(name: "types", value: types.content, origin: types.origin.description),
                .init(name: "builds", value: builds.content, origin: builds.origin.description),
            ])
        switch output.format {
        case .json: Console.write(report.json())
        case .text: Console.write(report.text(style: Console.style(output.color)))
        }
    }
}
