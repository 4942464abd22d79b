import Checker
import Foundation
import Testing

@testable import Reports

@Suite struct RulesPageTests {
    /// After a change of a rule: `irqproof explain --format markdown > Sources/Checker/Checker.docc/Rules.md`
    @Test func rulesPageOfTheDocumentationIsThatOfTheCatalogue() throws {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/Checker/Checker.docc/Rules.md")
        #expect(try String(contentsOf: page, encoding: .utf8) == RuleReport.markdown(Rule.all))
    }

    @Test func everyRuleIsExplainedInFull() {
        for rule in Rule.all {
            let text = RuleReport.text(rule, style: .plain)
            for sentence in [rule.summary, rule.effect, rule.cause, rule.remedy] {
                let words = sentence.split(separator: " ")
                #expect(words.allSatisfy { text.contains($0) }, "\(rule.id) lacks words of: \(sentence)")
            }
            #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(rule.id) is too wide")
        }
    }
}
