import InterruptState
import Testing

@testable import Checker

/// What a rule must find, and its near miss, which it must let pass.
struct RuleCase: Sendable, CustomTestStringConvertible {
    let rule: Rule
    /// The findings of a broken case, and of the nearest sound one.
    let broken: @Sendable () -> [Finding]
    let sound: @Sendable () -> [Finding]

    var testDescription: String { rule.id }

    /// A single state.
    static func inspection(
        _ rule: Rule, of machine: Machine = Machine(), broken: @escaping @Sendable (inout MachineState) -> Void,
        sound: @escaping @Sendable (inout MachineState) -> Void = { _ in }
    ) -> RuleCase {
        RuleCase(rule: rule) {
            var state = machine.build()
            broken(&state)
            return Checker.inspect(state)
        } sound: {
            var state = machine.build()
            sound(&state)
            return Checker.inspect(state)
        }
    }

    /// A source and a destination after the load, which is the source changed.
    static func loaded(
        _ rule: Rule, _ level: Level = .guestVisible, of machine: Machine = Machine(),
        prepare: @escaping @Sendable (inout MachineState) -> Void = { _ in },
        broken: @escaping @Sendable (inout MachineState) -> Void,
        sound: @escaping @Sendable (inout MachineState) -> Void = { _ in }
    ) -> RuleCase {
        let verify = { @Sendable (change: (inout MachineState) -> Void) -> [Finding] in
            var source = machine.build()
            prepare(&source)
            var other = source
            change(&other)
            return Checker.verify(source: source, destination: other, constructed: nil, level: level).findings
        }
        return RuleCase(rule: rule) {
            verify(broken)
        } sound: {
            verify(sound)
        }
    }

    /// A source and a destination as built.
    static func constructed(
        _ rule: Rule, _ source: Machine, broken: Machine, sound: Machine,
        prepare: @escaping @Sendable (inout MachineState) -> Void = { _ in }
    ) -> RuleCase {
        let verify = { @Sendable (machine: Machine) -> [Finding] in
            var state = source.build()
            prepare(&state)
            return Checker.verify(source: state, destination: nil, constructed: machine.build()).findings
        }
        return RuleCase(rule: rule) {
            verify(broken)
        } sound: {
            verify(sound)
        }
    }
}

@Suite struct RuleTests {
    @Test(arguments: RuleCase.all) func aRuleFindsItsFaultAndLetsTheNearMissPass(rule: RuleCase) throws {
        let found = rule.broken().filter { $0.rule == rule.rule }
        let finding = try #require(found.first, "not found")
        #expect(found.count == 1)
        #expect(!finding.title.isEmpty && !finding.title.hasSuffix("."))
        #expect(!finding.details.isEmpty)
        #expect(!finding.consequence.isEmpty)
        #expect(rule.sound().filter { $0.rule == rule.rule }.isEmpty)
    }

    @Test func everyRuleHasACase() {
        let tested = Set(RuleCase.all.map(\.rule.id))
        #expect(Rule.all.map(\.id).filter { !tested.contains($0) } == [])
    }

    /// Those of saved guests are found again by `Scripts/check-reports`.
    @Test func everyRuleHasAnExampleThatIsFoundAgain() throws {
        let cases = Dictionary(uniqueKeysWithValues: RuleCase.all.map { ($0.rule.id, $0) })
        for rule in Rule.all {
            let example = try #require(rule.example, "\(rule.id)")
            guard example.pair == nil else { continue }
            let titles = cases[rule.id]?.broken().filter { $0.rule == rule }.map(\.title) ?? []
            #expect(titles.contains(example.title), "\(rule.id): \(titles)")
        }
    }

    @Test func idsAreUniqueAndOfOneForm() {
        let ids = Rule.all.map(\.id)
        #expect(Set(ids).count == ids.count)
        for rule in Rule.all {
            #expect(rule.id.split(separator: "/").count == 2)
            #expect(rule.id.allSatisfy { ($0.isLowercase && $0.isASCII) || $0 == "-" || $0 == "/" })
            #expect(Rule.named(rule.id)?.id == rule.id)
        }
        #expect(Rule.named("map/none") == nil)
    }

    /// Ids are part of reports and waivers: none may be changed or taken away.
    @Test func idsAreThoseOfEveryRelease() {
        #expect(
            Rule.all.map(\.id) == [
                "machine/mode-in-force", "machine/modes-offered", "machine/mode-unavailable", "machine/negotiated-mode",
                "machine/number-space", "machine/server-count", "machine/queue-count", "machine/table-byte-order",
                "machine/type-name", "machine/number-scheme", "machine/bridge-order", "map/collision",
                "map/number-moved",
                "map/owner-changed", "map/only-in-source", "map/only-in-destination", "map/kind-changed",
                "map/claim-changed", "map/two-owners", "map/unclaimed-device-number", "map/outside-space",
                "map/kind-mismatch", "map/message-overlap", "map/message-unclaimed", "map/message-bitmap",
                "map/bitmap-mismatch", "map/dual-claims", "map/dormant-claims", "map/unknown-owner",
                "map/unclaimed-residue", "vcpu/missing", "vcpu/extra", "vcpu/server-changed", "vcpu/missing-part",
                "context/exchanged", "context/state", "context/wrong-server", "context/duplicate-server",
                "context/pending", "presenter/state", "presenter/pending", "source/binding", "source/eisn",
                "source/status", "source/server-missing", "source/queue-outside", "source/queue-block",
                "source/queue-disabled", "source/reserved-priority", "queue/configuration", "queue/position",
                "queue/status", "queue/entries", "queue/server-missing", "queue/target", "queue/alignment",
                "queue/index-range", "queue/reserved-priority", "queue/outside-memory", "queue/unknown-entry",
                "queue/wrapped", "device/signal-state", "device-tree/changed",
                "device-tree/number", "device-tree/server-count", "device-tree/server", "device-tree/modes",
                "dormant/state", "exact/bits", "exact/instance", "exact/device-state", "exact/negotiated-options",
                "exact/device-tree-blob", "exact/residue", "exact/knowledge", "exact/listing",
            ])
    }

    @Test func everyRuleExplainsItself() {
        for rule in Rule.all {
            for text in [rule.summary, rule.effect, rule.cause, rule.remedy] {
                #expect(text.hasSuffix("."), "\(rule.id): \(text)")
                #expect(text.count > 5)
                #expect(!text.contains("\n"), "\(rule.id): \(text)")
            }
            #expect(rule.explanation.contains(rule.remedy))
        }
    }
}
