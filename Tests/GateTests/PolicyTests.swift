import Descriptions
import Gate
import Testing

@Suite struct PolicyTests {
    @Test(arguments: [
        "", "[]", "reference: a", "candidate: b\nreference: a\nversion: 2",
        "candidate: b\nreference: a\nmodes: [xics, both]", "candidate: b\nreference: a\ndirections: [sideways]",
        "candidate: b\nreference: a\ncolour: red", "candidate: b\nreference: a\ntime-limit: 0",
        "candidate: b\nreference: a\ndirections: [chain]", "candidate: b\nreference: a\ntopologies: [smp, smp]",
        "candidate: b\nreference: {name: x/y, path: a}",
        "candidate: b\nreference: a\nexec: /bin/true", "candidate: {path: b, arguments: [-kernel, x]}\nreference: a",
        "candidate: [b, c]\nreference: a",
    ])
    func whatIsNoPolicyIsRefused(_ text: String) {
        #expect(throws: DescriptionError.self) { try Policy(parsing: text) }
    }

    @Test func theTemplateIsAPolicyThatSaysWhatItsCommentsSay() throws {
        let policy = try Policy(parsing: PolicyTemplate.text(references: ["a", "b \"c\""], candidate: "d"))
        #expect(policy.references.map(\.path) == ["a", "b \"c\""])
        #expect(policy.candidate.path == "d")
        #expect(policy.directions == [.forward])
        #expect(policy.waivers.isEmpty)
    }

    @Test func withoutReferencesTheCandidateMovesToItself() throws {
        let policy = try Policy(parsing: "candidate: b\nbaseline: c.yaml")
        #expect(policy.directions == [.itself])
    }

    @Test(arguments: [
        "{rule: no/rule, subject: x, reason: r, owner: o, expires: 2030-01-01}",
        "{rule: map/number-moved, reason: r, owner: o, expires: 2030-01-01}",
        "{rule: map/number-moved, subject: x, owner: o, expires: 2030-01-01}",
        "{rule: map/number-moved, subject: x, reason: r, expires: 2030-01-01}",
        "{rule: map/number-moved, subject: x, reason: r, owner: o}",
        "{rule: map/number-moved, subject: x, reason: r, owner: o, expires: tomorrow}",
        "{rule: map/number-moved, subject: x, reason: r, owner: o, expires: 2030-13-01}",
        "{rule: map/number-moved, subject: x, reason: r, owner: o, expires: 2030-01-01, why: y}", "some text",
    ])
    func aWaiverWithAFaultIsKeptAsMalformed(_ waiver: String) throws {
        let policy = try Policy(parsing: "candidate: b\nreference: a\nwaivers: [\(waiver)]")
        #expect(policy.waivers.count == 1)
        guard case .malformed = policy.waivers.first else {
            Issue.record("it was taken for a waiver")
            return
        }
    }

    @Test(arguments: ["", "0/1", "2/1", "1", "1/2/3", "a/b", "-1/3", "1/99999"])
    func whatIsNoShardIsRefused(_ text: String) {
        #expect(Shard(text) == nil)
    }
}
