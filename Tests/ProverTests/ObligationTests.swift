import PSeries
import Testing

@testable import Prover

/// Every verdict twice: by enumeration or search here, and by two solvers that share no code with it.
@Suite struct ObligationTests {
    private static func bounds() -> Bounds {
        var bounds = Bounds()
        // Addresses in which the fixed map collides, as it does over all of them.
        bounds.addresses = 0x70ff_0000...0x7100_ffff
        bounds.possibleCPUs = 520
        bounds.depth = 3
        bounds.addedDevices = 1
        return bounds
    }

    private static func type(_ name: String) throws -> MachineType {
        let isSparse = name == "sparse"
        let isIntended = name == "intended"
        var type = try #require(MachineType.named(isSparse || isIntended ? "pseries-7.2" : name))
        if isSparse { type.customMap = .sparse(SparseNumberMap()) }
        if isIntended { type.customMap = .fixed(messages: .intended) }
        return type
    }

    @Test func everyClaimOfATypeHasAnObligation() throws {
        for names in [["pseries-3.0"], ["pseries-7.2"], ["sparse"], ["pseries-7.1", "pseries-7.2"]] {
            var bounds = Self.bounds()
            bounds.possibleCPUs = 8
            let statement = Statement(try names.map(Self.type), bounds: bounds)
            let proofs = Set(statement.proofs().map(\.claim))
            #expect(proofs == Set(statement.obligations().map(\.claim)))
            #expect(proofs.isSubset(of: statement.claims))
            #expect(Set(statement.obligations().map(\.name)).count == statement.obligations().count)
        }
    }

    @Test(
        .enabled(if: !Solver.installed.isEmpty, "neither z3 nor cvc5 is installed"),
        arguments: Solver.installed)
    func solversGiveTheVerdictOfTheSearch(solver: Solver) throws {
        let subjects = [
            ["pseries-3.0"], ["pseries-4.1"], ["intended"], ["sparse"], ["pseries-3.0", "pseries-3.1"],
            ["pseries-7.1", "pseries-7.2"], ["pseries-4.1", "pseries-4.2"], ["pseries-7.2", "intended"],
        ]
        // Many types ask the same question: each is put once.
        var known: [String: Solver.Answer] = [:]
        for names in subjects {
            let statement = Statement(try names.map(Self.type), bounds: Self.bounds())
            var answers: [String: [Solver.Answer?]] = [:]
            for obligation in statement.obligations() {
                let question = obligation.text.split(separator: "\n").filter { !$0.hasPrefix(";") }.joined(
                    separator: "\n")
                let answer = try known[question] ?? solver.solve(obligation.text)
                known[question] = answer
                answers[obligation.claim, default: []].append(answer)
            }
            for proof in statement.proofs() {
                let own = answers[proof.claim] ?? []
                let verdict: Verdict =
                    own.isEmpty || own.contains(nil) ? .undecided : own.contains(.sat) ? .refuted : .proved
                #expect(verdict == proof.verdict, "\(solver) on \(proof.claim) of \(names)")
            }
        }
        #expect(known.count > 30)
    }
}
