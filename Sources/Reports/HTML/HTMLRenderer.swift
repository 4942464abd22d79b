import Checker
import InterruptState

/// A verification as one page of HTML that needs nothing else: no network, no framework, no server.
///
/// Verdict, findings and what was not compared are plain HTML. The drawing of the number space and the tables of
/// numbers and queues are made by the page's script from the states, which the page carries as JSON.
struct HTMLRenderer: VerificationRenderer {
    func render(_ migration: VerifiedMigration) -> String {
        let verification = migration.verification
        let parts = [
            HTMLDocument.head(
                title: "\(verification.verdict.headline): interrupts of a migrated guest", style: HTMLStyle.text),
            verdict(migration), HTMLFindings.section(verification),
            HTMLFindings.notCompared(verification), HTMLPage.views,
            "<script type=\"application/json\" id=\"data\">\(HTMLText.scriptData(HTMLData.json(migration)))</script>",
            "<script>\(HTMLScript.helpers)\(HTMLScript.drawing)\(HTMLScript.page)</script>",
            HTMLDocument.foot(toolVersion: migration.toolVersion),
        ]
        return parts.joined(separator: "\n") + "\n"
    }

    private func verdict(_ migration: VerifiedMigration) -> String {
        let verification = migration.verification
        let figures = verification.counts.figures.filter { $0.count > 0 }.map {
            "<li><b>\($0.count)</b> \(HTMLText.escaped($0.label))</li>"
        }
        let severities = Severity.allCases.map { severity -> String in
            let count = verification.findings.count { $0.severity == severity }
            let word = severity.rawValue + (count == 1 ? "" : "s")
            return "<li class=\"\(severity.rawValue)\(count == 0 ? "" : " some")\"><b>\(count)</b> \(word)</li>"
        }
        let reason = verification.undecidedReason.map { "<p>\(HTMLText.escaped($0))</p>" } ?? ""
        return """
            <header>
            <p class="brand">irqproof: the interrupts of a migrated guest</p>
            <div class="verdict \(verification.verdict.rawValue)">
            <h1>\(verification.verdict.headline)</h1>
            <p>\(Self.meaning(verification.verdict)) Level: \(verification.level.rawValue).</p>
            \(reason)
            <ul class="figures">\(severities.joined())</ul>
            </div>
            <nav aria-label="Parts of the page"><a href="#findings-title">Findings</a> <a href="#space-title">Number space</a>
            <a href="#numbers-title">Numbers</a> <a href="#queues-title">Queues</a> <a href="#cpus-title">vCPUs</a></nav>
            </header>
            <main>
            <section aria-labelledby="states-title">
            <h2 id="states-title">Compared</h2>
            <div class="scroll"><table><thead><tr><th>State</th><th>Read from</th><th>Machine</th><th>Mode</th>\
            <th>Claimed</th></tr></thead><tbody>\(states(migration))</tbody></table></div>
            <ul class="figures">\(figures.joined())</ul>
            </section>
            """
    }

    /// The verdict as a sentence.
    private static func meaning(_ verdict: Verdict) -> String {
        switch verdict {
        case .identical: "Every interrupt of the guest is the same one after the move."
        case .different: "At least one interrupt of the guest is not the same one after the move."
        case .undecided: "No statement can be made."
        }
    }

    private func states(_ migration: VerifiedMigration) -> String {
        migration.sides.named.compactMap { role, evidence in
            guard let state = migration.state(role) else { return nil }
            let cells = [
                role.description, evidence.name, state.facts.typeName ?? "not named",
                state.facts.activeMode.rawValue.uppercased(), String(state.claimedNumbers.count),
            ]
            return "<tr>" + cells.map { "<td>\(HTMLText.escaped($0))</td>" }.joined() + "</tr>"
        }.joined()
    }
}
