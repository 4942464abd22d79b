/// One question for a solver, whose answer decides a claim: `unsat` says that no violation exists.
public struct Obligation: Hashable, Sendable {
    /// File name without its ending.
    public var name: String
    /// The claim that it belongs to: proved if all its obligations are `unsat`, refuted if one is `sat`.
    public var claim: String
    /// What a model would be.
    public var violation: String
    /// SMT-LIB 2 in the logic of quantifier-free bit vectors.
    public var text: String

    private let body: [String]

    /// The same question for another claim.
    func renamed(_ claim: String) -> Obligation {
        Obligation(claim, claim: claim, violation: violation, body: body)
    }

    /// - Parameter body: declarations, definitions and the one assertion of a violation.
    init(_ name: String, claim: String, violation: String, body: [String]) {
        self.body = body
        self.name = name
        self.claim = claim
        self.violation = violation
        let head = [
            "; claim: \(claim)", "; a model is: \(violation)", "; unsat proves the claim, sat refutes it",
            "(set-logic QF_BV)",
        ]
        text = (head + body + ["(check-sat)", "(exit)"]).joined(separator: "\n") + "\n"
    }
}

/// Pieces of SMT-LIB text over 32-bit vectors.
enum SMT {
    static func bits(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return "#x" + String(repeating: "0", count: 8 - digits.count) + digits
    }

    static func word(_ names: String...) -> [String] { names.map { "(declare-const \($0) (_ BitVec 32))" } }

    static func assert(_ condition: String) -> String { "(assert \(condition))" }

    static func all(_ conditions: String...) -> String { "(and \(conditions.joined(separator: " ")))" }

    static func any(_ conditions: [String]) -> String {
        conditions.count == 1 ? conditions[0] : "(or \(conditions.joined(separator: " ")))"
    }

    static func equal(_ left: String, _ right: String) -> String { "(= \(left) \(right))" }
    static func differ(_ left: String, _ right: String) -> String { "(not (= \(left) \(right)))" }
    static func add(_ left: String, _ right: String) -> String { "(bvadd \(left) \(right))" }
    static func times(_ left: String, _ right: String) -> String { "(bvmul \(left) \(right))" }
    static func below(_ left: String, _ right: String) -> String { "(bvult \(left) \(right))" }
    static func atMost(_ left: String, _ right: String) -> String { "(bvule \(left) \(right))" }

    static func within(_ value: String, _ first: UInt32, _ last: UInt32) -> String {
        all(atMost(bits(first), value), atMost(value, bits(last)))
    }

    static func function(_ name: String, _ parameters: [String], _ result: String, _ body: String) -> String {
        let list = parameters.map { "(\($0) (_ BitVec 32))" }.joined(separator: " ")
        return "(define-fun \(name) (\(list)) \(result == "Bool" ? result : "(_ BitVec 32)") \(body))"
    }
}
