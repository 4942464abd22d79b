import Checker
import Foundation
import InterruptState
import Testing

@testable import Reports

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// Names from files, chosen by somebody who means harm, through every renderer.
@Suite struct HostileTextTests {
    static let names = [
        "</script><script>alert(1)</script>", "]]>", "\u{1b}[31mred\u{1b}[0m", "two\nlines\r\n::error::forged",
        "\u{0}\u{1}\u{8}\u{b}", "\u{fffe}\u{ffff}\u{1ffff}", "\u{202e}txt.exe", "\" onmouseover=\"alert(1)",
        "' or ''='",
        "a|b\\c`d*e_f[g](h)<i>", "@everyone #1 ![x](y)", "100% %0A::error::forged", "##[add-mask]x", "&lt;&#0;", "",
    ]

    private func report(_ format: VerificationFormat, _ name: String) -> String {
        let findings = Rule.all.prefix(3).map { Migrations.finding($0, name, subjects: [name], number: 7) }
        var migration = Migrations.migration(findings, name: name)
        migration.verification.notCompared = [NotCompared(subject: name, reason: name)]
        migration.source.facts.typeName = name
        return format.renderer(style: .plain).render(migration)
    }

    /// Nothing that a terminal, a log or a parser could trip over, whatever the form.
    @Test(arguments: VerificationFormat.allCases, names)
    func controlCharactersStayOut(format: VerificationFormat, name: String) {
        for scalar in report(format, name).unicodeScalars where scalar != "\n" {
            #expect(scalar.value >= 0x20 && scalar.value != 0x7f, "\(format) has \(scalar.value)")
            #expect(scalar.properties.generalCategory != .format && !scalar.properties.isNoncharacterCodePoint)
        }
    }

    @Test(arguments: names) func junitIsWellFormed(name: String) throws {
        let parser = XMLParser(data: Data(report(.junit, name).utf8))
        #expect(parser.parse(), "\(parser.parserError as Any)")
    }

    @Test(arguments: [VerificationFormat.json, .sarif, .gitlab], names)
    func jsonIsWellFormed(format: VerificationFormat, name: String) throws {
        _ = try JSONSerialization.jsonObject(with: Data(report(format, name).utf8))
    }

    /// As many tags as with a harmless name: nothing was opened or closed by it.
    @Test(arguments: names) func pageHasNoTagOfTheName(name: String) {
        func tags(_ text: String) -> Int { text.count { $0 == "<" } }
        let (page, harmless) = (report(.html, name), report(.html, "harmless"))
        #expect(tags(page) == tags(harmless))
        #expect(page.count { $0 == "\"" } >= harmless.count { $0 == "\"" })
    }

    @Test(arguments: names) func everyLineOfWorkflowCommandsIsTheToolsOwn(name: String) {
        let lines = report(.github, name).split(separator: "\n")
        #expect(lines.count == report(.github, "harmless").split(separator: "\n").count)
        #expect(lines.allSatisfy { !$0.contains("##[") || $0.hasPrefix("::") })
        let commands = lines.filter { $0.drop { $0 == " " }.hasPrefix("::") }
        let kinds = ["error", "warning", "notice"].map { "::\($0) title=" }
        #expect(commands.allSatisfy { line in kinds.contains { line.hasPrefix($0) } })
        #expect(commands.allSatisfy { !$0.contains("%0A") })
    }

    @Test(arguments: names) func markdownHasNoMarkupOfTheName(name: String) {
        let (text, harmless) = (report(.markdown, name), report(.markdown, "harmless"))
        #expect(text.split(separator: "\n").count == harmless.split(separator: "\n").count)
        #expect(!text.contains("<script") && !text.contains("<i>") && !text.contains("![x]"))
        #expect(!text.contains("@everyone"))
    }

    @Test(arguments: names) func gridHasNoTagOfTheName(name: String) {
        func page(_ name: String) -> String {
            MatrixReport(
                title: name, verdict: .different, summary: name, axes: [name, "b"],
                cells: [
                    .init(
                        place: [name, "x"], outcome: .different, remarks: [.init(rule: name, text: name)],
                        page: "javascript:" + name)
                ], toolVersion: "0.0.0"
            ).html()
        }
        #expect(page(name).count { $0 == "<" } == page("harmless").count { $0 == "<" })
        #expect(!page(name).contains("javascript:"))
        for scalar in page(name).unicodeScalars where scalar != "\n" {
            #expect(scalar.value >= 0x20 && scalar.value != 0x7f && scalar.properties.generalCategory != .format)
        }
    }
}
