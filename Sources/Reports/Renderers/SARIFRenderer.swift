import Checker
import InterruptState

/// A verification as SARIF 2.1.0, for code scanning.
struct SARIFRenderer: VerificationRenderer {
    /// Results in one run: what GitHub's code scanning takes.
    static let resultLimit = 25_000
    /// Locations of one result.
    static let locationLimit = 100

    func render(_ migration: VerifiedMigration) -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("$schema", "https://json.schemastore.org/sarif-2.1.0.json")
            json.member("version", "2.1.0")
            json.array("runs") { json in
                json.object { run(migration, &$0) }
            }
        }
        return json.text
    }

    private func run(_ migration: VerifiedMigration, _ json: inout JSONWriter) {
        let verification = migration.verification
        json.object("tool") { json in
            json.object("driver") { driver(migration, &$0) }
        }
        json.array("invocations") { json in
            json.object { invocation(verification, &$0) }
        }
        json.array("artifacts") { json in
            for (role, evidence) in migration.sides.named { artifact(role, evidence, &json) }
        }
        let fingerprints = FindingIdentity.fingerprints(of: verification.findings)
        let locations = SARIFLocations(migration.sides)
        json.array("results") { json in
            for (finding, fingerprint) in zip(verification.findings, fingerprints).prefix(Self.resultLimit) {
                json.object { result(finding, fingerprint, locations, &$0) }
            }
        }
        json.object("properties") { json in
            json.member("verdict", verification.verdict.rawValue)
            json.member("level", verification.level.rawValue)
            json.object("compared") { json in
                for (label, count) in verification.counts.figures { json.member(label, count) }
            }
        }
    }

    // MARK: - Tool

    private func driver(_ migration: VerifiedMigration, _ json: inout JSONWriter) {
        json.member("name", "irqproof")
        json.member("version", migration.toolVersion)
        json.array("rules") { json in
            for rule in Rule.all { json.object { self.rule(rule, &$0) } }
        }
    }

    private func rule(_ rule: Rule, _ json: inout JSONWriter) {
        json.member("id", rule.id)
        json.textMember("shortDescription", rule.summary)
        json.textMember("fullDescription", rule.effect)
        json.object("help") { json in
            json.member("text", rule.explanation)
            json.member(
                "markdown",
                RuleReport.parts(of: rule).map { "**\($0.title)**: \(MarkdownText.escaped($0.text))" }
                    .joined(separator: "\n\n"))
        }
        json.object("defaultConfiguration") { $0.member("level", rule.severity.rawValue) }
        json.object("properties") { json in
            json.array("tags") { $0.value(rule.group) }
        }
    }

    private func invocation(_ verification: Verification, _ json: inout JSONWriter) {
        json.member("executionSuccessful", verification.verdict != .undecided)
        json.member("exitCode", verification.verdict.exitStatus)
        json.array("toolExecutionNotifications") { json in
            if let reason = verification.undecidedReason { json.notification("error", reason) }
            let dropped = verification.findings.count - Self.resultLimit
            if dropped > 0 { json.notification("warning", "\(dropped) more findings are not in this file.") }
            for item in verification.notCompared {
                json.notification("note", "Not compared: \(item.subject): \(item.reason)")
            }
        }
    }

    private func artifact(_ role: Role, _ evidence: Evidence, _ json: inout JSONWriter) {
        json.object { json in
            json.object("location") { $0.member("uri", URIText.reference(evidence.streamFile)) }
            json.textMember("description", "The \(role). Byte offsets count from the start of its migration stream.")
        }
    }

    // MARK: - Results

    private func result(
        _ finding: Finding, _ fingerprint: String, _ locations: SARIFLocations, _ json: inout JSONWriter
    ) {
        json.member("ruleId", finding.rule.id)
        json.member("ruleIndex", Rule.all.firstIndex(of: finding.rule))
        json.member("level", finding.severity.rawValue)
        json.textMember("message", "\(finding.title). \(finding.consequence)")
        let places = locations.places(of: finding)
        json.array("locations") { json in
            for (index, place) in places.prefix(Self.locationLimit).enumerated() {
                json.object { json in
                    json.physicalLocation(place)
                    if index == 0 { logicalLocations(finding, &json) }
                }
            }
        }
        json.object("partialFingerprints") { $0.member(FindingIdentity.method, fingerprint) }
        json.object("properties") { json in
            json.array("scopes") { json in
                for scope in finding.scopes { json.value(scope.name) }
            }
            json.member("values", finding.details.count)
            json.member("locationsDropped", max(0, places.count - Self.locationLimit))
        }
    }

    /// Numbers and devices, as ranges and by name.
    private func logicalLocations(_ finding: Finding, _ json: inout JSONWriter) {
        json.array("logicalLocations") { json in
            for range in finding.numbers.ranges.prefix(Self.locationLimit) {
                let name = NumberRanges(merging: [range]).description
                json.logicalLocation("number", name)
            }
            for subject in finding.subjects.prefix(Self.locationLimit) { json.logicalLocation("device", subject) }
        }
    }
}

/// Finds the places of a finding in the streams.
private struct SARIFLocations {
    /// A place: the artifact, and what stands there.
    struct Place {
        var artifact: Int
        var uri: String
        var site: Site?
        var message: String?
    }

    private let sides: [(role: Role, evidence: Evidence)]

    init(_ sides: VerificationReport.Sides) {
        self.sides = sides.named
    }

    /// One place for each value with a site; at least one, as code scanning shows no result without.
    func places(of finding: Finding) -> [Place] {
        let other = otherRole(of: finding)
        let places = finding.details.flatMap { (detail) -> [Place] in
            let message = detail.sentence(comparesTwo: finding.comparesTwo)
            return [
                detail.sourceSite.flatMap { place(firstRole(of: finding), $0, message) },
                detail.otherSite.flatMap { place(other, $0, message) },
            ].compactMap { $0 }
        }
        return places.isEmpty ? [place(firstRole(of: finding), nil, nil)].compactMap { $0 } : places
    }

    private func place(_ role: Role, _ site: Site?, _ message: String?) -> Place? {
        let index = sides.firstIndex { $0.role == role } ?? 0
        guard index < sides.count else { return nil }
        return Place(
            artifact: index, uri: URIText.reference(sides[index].evidence.streamFile), site: site, message: message)
    }

    /// The state that a finding's first values are of.
    private func firstRole(of finding: Finding) -> Role {
        guard !finding.comparesTwo, case .state(let role)? = finding.scopes.first else { return .source }
        return role
    }

    /// The state that its other values are of: after the load, unless only the construction was compared.
    private func otherRole(of finding: Finding) -> Role {
        finding.scopes.contains(.comparison(.destination)) ? .destination : .constructed
    }
}

extension JSONWriter {
    fileprivate mutating func textMember(_ key: String, _ text: String) {
        object(key) { $0.member("text", printable(text)) }
    }

    fileprivate mutating func notification(_ level: String, _ text: String) {
        object { json in
            json.member("level", level)
            json.textMember("message", text)
        }
    }

    fileprivate mutating func physicalLocation(_ place: SARIFLocations.Place) {
        object("physicalLocation") { json in
            json.object("artifactLocation") { json in
                json.member("uri", place.uri)
                json.member("index", place.artifact)
            }
            if let site = place.site {
                json.object("region") { json in
                    json.member("byteOffset", site.offset)
                    json.textMember("message", "\(site.section) instance \(site.instance) \(site.field)")
                }
            }
        }
        if let message = place.message { textMember("message", message) }
    }

    fileprivate mutating func logicalLocation(_ kind: String, _ name: String) {
        object { json in
            json.member("name", printable(name))
            json.member("fullyQualifiedName", "\(kind)/\(printable(name))")
            json.member("kind", kind)
        }
    }
}
