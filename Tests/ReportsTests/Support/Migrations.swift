import CaptureSupport
import Checker
import InterruptState
import PSeries
import SavedState
import Synchronization
import Testing

@testable import Reports

/// Verifications for the renderers.
enum Migrations {
    /// Pairs whose reports are kept: an intact one of each controller, and one of each way to go wrong.
    static let kept = [
        "ok_lsi_asserted_xive_q7.2-q7.2", "ok_lsi_asserted_xics_q7.2-q7.2", "brk_vcpu_order_xive", "brk_vsmt_xics",
        "brk_legacy_phb_only_swap",
    ]

    private static let read = Mutex<[String: VerifiedMigration]>([:])

    /// A committed pair, verified as a user would; each is read once.
    static func fixture(_ name: String, level: Level = .guestVisible) throws -> VerifiedMigration {
        let key = "\(name) \(level)"
        if let migration = read.withLock({ $0[key] }) { return migration }
        let migration = try decoded(name, level: level)
        read.withLock { $0[key] = migration }
        return migration
    }

    private static func decoded(_ name: String, level: Level) throws -> VerifiedMigration {
        let pairs = try Fixtures.allPairs()
        let pair = try #require(pairs.first { $0.name == name })
        return migration(
            source: try state(pair.source), destination: try pair.destination.map(state),
            constructed: try pair.constructed.map(state), level: level)
    }

    static func state(_ capture: Capture) throws -> MachineState {
        try StateDecoder.decode(SavedStream.open(MemoryByteSource(capture.stream()), name: "guest.mig"))
    }

    static func migration(
        source: MachineState, destination: MachineState?, constructed: MachineState?, level: Level = .guestVisible,
        name: String = "before.mig"
    ) -> VerifiedMigration {
        let verification = Checker.verify(
            source: source, destination: destination, constructed: constructed, level: level)
        func evidence(_ name: String) -> Evidence { Evidence(name: name, facts: [], notes: []) }
        return VerifiedMigration(
            verification: verification,
            sides: VerificationReport.Sides(
                source: evidence(name), destination: destination.map { _ in evidence("after.mig") },
                constructed: constructed.map { _ in evidence("built.mig") }),
            source: source, destination: destination, constructed: constructed, toolVersion: "0.0.0")
    }

    /// A verification with findings of one's own, about an empty machine.
    static func migration(
        _ findings: [Finding], verdict: Verdict = .different, name: String = "before.mig"
    ) -> VerifiedMigration {
        let state = MachineState(
            facts: MachineFacts(
                typeName: nil, scheme: nil, activeMode: .xive, serverCount: nil, serverCountBasis: .none))
        var migration = migration(source: state, destination: state, constructed: nil, name: name)
        migration.verification = Verification(
            verdict: verdict, level: .guestVisible, findings: findings, counts: Counts(), notCompared: [])
        return migration
    }

    static func finding(_ rule: Rule, _ title: String, subjects: [String] = [], number: UInt32? = nil) -> Finding {
        Finding(
            rule: rule, title: title, subjects: subjects,
            numbers: NumberRanges(number.map { [LogicalNumber($0)] } ?? []),
            details: [
                Detail(
                    subject: title, sourceValue: title, otherValue: title,
                    sourceSite: Site(section: title, instance: 0, field: title, offset: 7))
            ], scopes: [.comparison(.destination)])
    }
}
