import CaptureSupport
import Foundation
import Testing

/// Settings: one order of precedence, and faults that are named.
@Suite struct SettingsTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// What `irqproof config` says of a setting: value and origin.
    private func setting(
        _ name: String, _ environment: [String: String], _ options: [String] = []
    ) throws -> (value: String?, from: String?) {
        let outcome = try Tool.run(["config", "--format", "json"] + options, environment: environment)
        let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
        let settings = try #require(object?["settings"] as? [[String: Any]])
        let setting = try #require(settings.first { $0["name"] as? String == name })
        return (setting["value"] as? String, setting["from"] as? String)
    }

    private func file(_ text: String) throws -> [String: String] {
        ["IRQPROOF_CONFIG": try folder.write(Array(text.utf8), to: "config.yaml")]
    }

    // MARK: - Faults

    @Test(arguments: ["colr: always\n", "color: red\n", "level: [exact]\n", "- color\n", "color: {\n"])
    func faultInTheFileIsTroubleThatNamesIt(text: String) throws {
        let outcome = try Tool.run(["config"], environment: file(text))
        #expect(outcome.status == 2 && outcome.output.isEmpty)
        #expect(outcome.errorLines.count == 1 && outcome.errors.contains("config.yaml"), "\(outcome.errors)")
    }

    @Test func faultInTheEnvironmentIsTroubleForEveryCommand() throws {
        let outcome = try Tool.run(["compare", "--all"], environment: ["IRQPROOF_LEVEL": "strict"])
        #expect(outcome.status == 2 && outcome.errors.contains("IRQPROOF_LEVEL"))
    }

    @Test func fileThatIsNotThereIsTrouble() throws {
        let outcome = try Tool.run(["config"], environment: ["IRQPROOF_CONFIG": folder.path("absent")])
        #expect(outcome.status == 2 && outcome.errors.contains("absent"))
    }

    // MARK: - Precedence

    @Test func optionThenEnvironmentThenFileThenDefault() throws {
        let file = try file("color: never\ntypes: vendor.yaml\n")
        #expect(try setting("color", ["IRQPROOF_CONFIG": ""]) == ("auto", "default"))
        #expect(try setting("color", file) == ("never", folder.path("config.yaml")))
        let both = file.merging(["IRQPROOF_COLOR": "auto"]) { first, _ in first }
        #expect(try setting("color", both) == ("auto", "environment variable IRQPROOF_COLOR"))
        #expect(try setting("color", both, ["--color", "always"]) == ("always", "option"))
        #expect(try setting("types", file) == (folder.path("vendor.yaml"), folder.path("config.yaml")))
    }

    @Test func settingsAreObeyed() throws {
        let stream = try folder.write(Fixtures.capture("q7.2_7.2_xive_A_reset").stream(), to: "guest")
        let exact = try Tool.run(["verify", stream, stream], environment: file("level: exact\ncolor: always\n"))
        #expect(exact.output.contains("at level exact") && exact.output.contains("\u{1b}["))
        let option = try Tool.run(
            ["verify", stream, stream, "--level", "guest-visible", "--color", "never"],
            environment: file("level: exact\ncolor: always\n"))
        #expect(option.output.hasPrefix("IDENTICAL at level guest-visible"))
    }

    @Test func doctorBelievesNoBuildThatDoesNotRun() throws {
        let outcome = try Tool.run(
            ["doctor", "--build", "/bin/false"], environment: ["IRQPROOF_BUILDS": folder.path("none")])
        #expect(outcome.status == 1)
        #expect(outcome.output.split(separator: "\n").contains { $0.contains("broken") && $0.contains("/bin/false") })
    }
}
