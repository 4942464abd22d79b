import CertificateCheck
import Checker
import InterruptState

extension Certificate {
    /// The certificate of a verification.
    ///
    /// - Parameters:
    ///   - verification: what the checker said of these states.
    ///   - inputs: the files of the states, with the roles `source`, `destination` and `constructed`.
    /// - Throws: if a state says a thing twice, or if the certificate's rules come to another verdict.
    public static func states(
        _ verification: Verification, source: MachineState, destination: MachineState?, constructed: MachineState?,
        inputs: [Input], tool: Tool
    ) throws(CertificateError) -> Certificate {
        let database = try Database(.states)
        try database.fillHead(.states, level: verification.level.rawValue, inputs: inputs, tool: tool)
        let sides = [("source", source), ("destination", destination), ("constructed", constructed)]
        for (side, state) in sides {
            guard let state else { continue }
            var facts = StateFacts(database, side: side)
            try facts.fill(state)
        }
        try database.run("INSERT INTO bound SELECT 0, 'numbers', numbers FROM space")
        try database.insert("claim", [.integer(0), .text("identical"), .text(verification.verdict.rawValue)])
        try database.fillObligations()
        return try Certificate(checking: database)
    }
}
