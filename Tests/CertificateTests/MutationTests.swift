import CaptureSupport
import Certificate
import CertificateCheck
import Checker
import Foundation
import SeededRandom
import Testing

/// Forged certificates: none may be taken for good.
@Suite struct MutationTests {
    /// Made once: most of the time would go into it.
    private static let made: [UInt8]? = {
        guard let pair = try? Fixtures.allPairs().first(where: { $0.name == "brk_extra_phb_xive" }),
            var states = try? CertifiedPair(pair)
        else { return nil }
        states.source = states.source.shortened
        states.destination = states.destination?.shortened
        states.constructed = states.constructed?.shortened
        return try? states.certificate(states.verification()).bytes
    }()

    private static func certificate() throws -> [UInt8] { try #require(made) }

    @Test func whatIsNoCertificateIsToldApart() throws {
        let bytes = try Self.certificate()
        #expect(throws: NoCertificate.self) { try CertificateCheck.check([]) }
        #expect(throws: NoCertificate.self) { try CertificateCheck.check(Array("text".utf8)) }
        var foreign = bytes
        foreign[68] ^= 1
        #expect(throws: NoCertificate.self) { try CertificateCheck.check(foreign) }
        var later = bytes
        later[63] = 200
        #expect(throws: NoCertificate.self) { try CertificateCheck.check(later) }
        #expect(throws: Never.self) { try CertificateCheck.check(bytes) }
    }

    /// Every page, and unused bytes as well: the seal covers the file, not only its rows.
    @Test func aChangedBitAnywhereIsSeen() throws {
        let seed = UInt64.random(in: 1...UInt64.max)
        var random = SeededGenerator(seed: seed)
        let bytes = try Self.certificate()
        for _ in 0..<1000 {
            var mutant = bytes
            let place = Int.random(in: 0..<bytes.count, using: &random)
            mutant[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            let isMutantAccepted = isAccepted(mutant, findsCause: false)
            #expect(!isMutantAccepted, "let seed: UInt64 = \(seed), byte \(place)")
        }
    }

    /// The slow way to the cause must neither trap nor come to another answer.
    @Test func theCauseOfADamageIsSoughtInPeace() throws {
        let seed = UInt64.random(in: 1...UInt64.max)
        var random = SeededGenerator(seed: seed)
        let bytes = try Self.certificate()
        for _ in 0..<40 {
            var mutant = bytes
            for _ in 0..<20 {
                mutant[Int.random(in: 100..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            let isMutantAccepted = isAccepted(mutant)
            #expect(!isMutantAccepted, "let seed: UInt64 = \(seed)")
        }
    }

    @Test func aCutFileIsRejected() throws {
        let bytes = try Self.certificate()
        for count in stride(from: 0, to: bytes.count, by: 1024 * 7) + [1, 99, 511, 513, bytes.count - 1] {
            let isCutAccepted = isAccepted(Array(bytes.prefix(count)), findsCause: false)
            #expect(!isCutAccepted, "\(count) bytes")
        }
        let isLongerAccepted = isAccepted(bytes + [0], findsCause: false)
        #expect(!isLongerAccepted)
    }

    // MARK: - Under a new seal

    /// Columns that only say where the facts come from: a forger who seals anew can lie about them, and
    /// `irqproof check CERTIFICATE INPUT` finds it.
    private static let origins: Set<String> = [
        "certificate.tool", "certificate.tool_sha256", "input.sha256", "input.bytes", "input.part", "input.position",
        "seal.sha256", "seal.id",
    ]

    private struct Column {
        var table: String
        var name: String
        var type: String
    }

    private static func columns(_ forgery: Forgery) throws -> [Column] {
        try forgery.rows(
            """
            SELECT m.name, c.name, c.type FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'
            ORDER BY 1, 2
            """
        ).map { Column(table: $0[0], name: $0[1], type: $0[2]) }.filter { !origins.contains("\($0.table).\($0.name)") }
    }

    /// Every column of every table, in a row chosen at random.
    @Test func aChangedValueIsFoundUnderANewSeal() throws {
        let seed = UInt64.random(in: 1...UInt64.max)
        var random = SeededGenerator(seed: seed)
        let bytes = try Self.certificate()
        for column in try Self.columns(Forgery(bytes)) {
            let forgery = try Forgery(bytes)
            let rows = try forgery.rows("SELECT count(*) FROM \(column.table)")
            guard let count = Int(rows[0][0]), count > 0 else { continue }
            let place = Int.random(in: 0..<count, using: &random)
            let value = change(column, &random)
            let update =
                "UPDATE \(column.table) SET \(column.name) = \(value) WHERE rowid = "
                + "(SELECT rowid FROM \(column.table) LIMIT 1 OFFSET \(place))"
            // Constraints keep some values out of the table in the first place.
            guard (try? forgery.run(update)) != nil, try forgery.bytes() != bytes else { continue }
            try expectRejection(forgery, "\(update), let seed: UInt64 = \(seed)")
        }
    }

    private func change(_ column: Column, _ random: inout SeededGenerator) -> String {
        switch column.type {
        case "INTEGER": "ifnull(\(column.name), 7) + \(Int.random(in: 1...9, using: &random))"
        case "BLOB": "\(column.name) || x'00'"
        default: "ifnull(\(column.name), '') || 'x'"
        }
    }

    @Test func aMissingRowIsFoundUnderANewSeal() throws {
        let seed = UInt64.random(in: 1...UInt64.max)
        var random = SeededGenerator(seed: seed)
        let bytes = try Self.certificate()
        for table in Set(try Self.columns(Forgery(bytes)).map(\.table)).sorted() {
            for _ in 0..<4 {
                let forgery = try Forgery(bytes)
                let count = Int(try forgery.rows("SELECT count(*) FROM \(table)")[0][0]) ?? 0
                guard count > 0 else { break }
                let place = Int.random(in: 0..<count, using: &random)
                try forgery.run(
                    "DELETE FROM \(table) WHERE rowid = (SELECT rowid FROM \(table) LIMIT 1 OFFSET \(place))")
                try expectRejection(forgery, "\(table) row \(place), let seed: UInt64 = \(seed)")
            }
        }
    }

    /// The one thing a forger wants: another verdict, by whatever row.
    @Test(arguments: [
        "UPDATE claim SET verdict = 'identical'", "UPDATE claim SET verdict = 'undecided'",
        "UPDATE obligation SET failed = 0", "UPDATE obligation SET failed = 0; UPDATE claim SET verdict = 'identical'",
        "DELETE FROM obligation WHERE failed > 0; UPDATE claim SET verdict = 'identical'",
        "DELETE FROM obligation", "DELETE FROM claim", "UPDATE bound SET value = value - 1",
        "INSERT INTO waiver VALUES(0, 'map/number', 'known')",
        "DELETE FROM assignment WHERE side <> 'source'; UPDATE claim SET verdict = 'identical'",
        "UPDATE certificate SET level = 'lenient'", "UPDATE certificate SET kind = 'classes'",
        "DROP VIEW verdict; CREATE VIEW verdict AS SELECT 'identical', 'identical' AS recorded, 'identical' AS recomputed",
        "DROP VIEW item; CREATE VIEW item(comparison, rule, subject, holds) AS SELECT 'loaded', 'map/number', '', 1",
        "DROP VIEW unsound; CREATE VIEW unsound(place, reason) AS SELECT '', '' WHERE 0",
        "DROP VIEW fault", "CREATE TABLE further(a)", "CREATE INDEX further ON state(digest)",
        "CREATE TRIGGER further AFTER INSERT ON claim BEGIN SELECT 1; END", "DROP INDEX assignment_owner",
        "PRAGMA user_version = 0", "ALTER TABLE gap RENAME TO gaps",
    ])
    func aForgedVerdictIsRejected(_ change: String) throws {
        let forgery = try Forgery(try Self.certificate())
        try forgery.run(change)
        try expectRejection(forgery, change)
    }

    /// As far as a forger can go short of inventing another guest: the state's digest, the obligations and the seal
    /// are made to fit. The verdict that is left is the one of the facts.
    @Test func aForgerWhoMakesEverythingFitHasNoOtherVerdict() throws {
        let bytes = try Self.certificate()
        let forgery = try Forgery(bytes)
        try forgery.run("UPDATE event_assignment SET word = word | 0x80000000 WHERE side = 'source'")
        let lines = try forgery.rows("SELECT line FROM canonical WHERE side = 'source' ORDER BY part, position, item")
        let digest = SHA256Text.of(lines.map { $0[0] }.joined(separator: "\n"))
        try forgery.run("UPDATE state SET digest = '\(digest)' WHERE side = 'source'")
        try forgery.run("DELETE FROM obligation; INSERT INTO obligation SELECT * FROM obligation_now")
        let sealed = try forgery.resealed()
        #expect(throws: Never.self) { try CertificateCheck.check(sealed) }
        try forgery.run("UPDATE claim SET verdict = 'identical'")
        let forged = try forgery.resealed()
        let isForgedAccepted = isAccepted(forged)
        #expect(!isForgedAccepted)
    }

    private func expectRejection(_ forgery: Forgery, _ comment: String) throws {
        // Judged before they are expected: a test that fails must not print the file.
        let isOldSealAccepted = isAccepted(try forgery.bytes(), findsCause: false)
        #expect(!isOldSealAccepted, "\(comment)")
        guard let bytes = try? forgery.resealed() else { return }
        let isNewSealAccepted = isAccepted(bytes)
        #expect(!isNewSealAccepted, "\(comment)")
    }

    @Test(arguments: [
        ("UPDATE claim SET verdict = 'identical'", "claim identical"),
        (
            "DELETE FROM obligation WHERE rule = 'map/kind' AND comparison = 'constructed'",
            "obligation constructed map/kind"
        ),
        ("DROP VIEW fault", "schema fault"),
        (
            "UPDATE assignment SET number = number + 1 WHERE side = 'source' AND position = (SELECT max(position) FROM assignment WHERE side = 'source')",
            "state source"
        ),
    ])
    func theRejectionNamesWhatIsAtFault(_ change: String, _ place: String) throws {
        let forgery = try Forgery(try Self.certificate())
        try forgery.run(change)
        for bytes in [try forgery.bytes(), try forgery.resealed()] {
            let rejection = #expect(throws: Rejection.self) { try CertificateCheck.check(bytes) }
            #expect(rejection?.place == place)
        }
    }
}

private func + (left: StrideTo<Int>, right: [Int]) -> [Int] { Array(left) + right }
