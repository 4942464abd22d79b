/// Accepts or rejects certificates, without the code that made them.
///
/// What is looked at, in order: the head of the file; the schema, word by word against the known one; the database's
/// own integrity; the facts, which must have the digests that the certificate names; every obligation, recomputed from
/// the facts; the verdict, recomputed from the obligations; last the seal over every byte.
public enum CertificateCheck {
    /// What an accepted certificate says.
    public struct Acceptance: Hashable, Sendable {
        /// What it is about.
        public var kind: CertificateKind
        /// The program that made it.
        public var tool: String
        /// How strictly states were compared; nil for other kinds.
        public var level: String?
        /// Each claim with its verdict, in order.
        public var claims: [Claim]
        /// What it is of, in order.
        public var inputs: [Input]
        /// Bounds within which it holds.
        public var bounds: [String]
        /// Obligations that were recomputed, and the things they were asked of.
        public var obligations: Int
        /// How often something was asked.
        public var items: Int64
    }

    /// A claim and what became of it.
    public struct Claim: Hashable, Sendable {
        /// Stable name.
        public var name: String
        /// `identical`, `different`, `proved`, `refuted` or `undecided`.
        public var verdict: String
    }

    /// A file that the certificate is of.
    public struct Input: Hashable, Sendable {
        /// Its part in the claim: `source`, `destination`, `constructed`, `first`, `second`, `types`.
        public var role: String
        /// Digest of the whole file.
        public var sha256: String
        /// Size of the file.
        public var bytes: Int64
        /// Snapshot in the file, if it holds several.
        public var part: String?
    }

    /// Judges the bytes of a certificate.
    ///
    /// - Parameter findsCause: whether a broken seal is traced to the row at fault, which takes a whole check.
    /// - Throws: ``NoCertificate`` if the bytes are none or of a later version, ``Rejection`` if it is not to be believed.
    public static func check(_ bytes: [UInt8], findsCause: Bool = true) throws -> Acceptance {
        try checkHead(bytes)
        guard let rows = Rows(bytes) else { throw Rejection("the file", "SQLite cannot open it") }
        let broken = try brokenSeal(rows, bytes)
        if let broken, !findsCause { throw broken }
        let kind = try checkForm(rows)
        try checkFacts(rows, kind)
        try checkObligations(rows)
        if kind == .claims { try ClaimCheck(rows).run() }
        let acceptance = try acceptance(rows, kind)
        if let broken { throw broken }
        return acceptance
    }

    // MARK: - Form

    private static func checkHead(_ bytes: [UInt8]) throws(NoCertificate) {
        guard bytes.count >= 512, bytes.starts(with: Array("SQLite format 3\0".utf8)) else {
            throw NoCertificate(description: "not an SQLite database")
        }
        let word = { (offset: Int) in bytes[offset..<(offset + 4)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } }
        guard word(68) == UInt32(bitPattern: CertificateSchema.applicationID) else {
            throw NoCertificate(description: "a database, but no certificate")
        }
        guard word(60) <= UInt32(CertificateSchema.version) else {
            throw NoCertificate(description: "a certificate of version \(word(60)), which is later than this program")
        }
    }

    private static func brokenSeal(_ rows: Rows, _ bytes: [UInt8]) throws(Rejection) -> Rejection? {
        let seals = try rows.rows("SELECT sha256 FROM seal")
        if seals.count == 1, let digest = seals[0][0].text, CertificateSeal.holds(digest, in: bytes) { return nil }
        return Rejection("seal", "is not the digest of the file's bytes")
    }

    private static func checkForm(_ rows: Rows) throws(Rejection) -> CertificateKind {
        let heads = try rows.rows("SELECT kind, version, rules_sha256 FROM certificate")
        guard heads.count == 1, let kind = heads[0][0].text.flatMap(CertificateKind.init(rawValue:)) else {
            throw Rejection("certificate", "is of no known kind")
        }
        let version = Int64(CertificateSchema.version)
        guard heads[0][1].integer == version, try rows.integer("PRAGMA user_version") == version else {
            throw Rejection("certificate", "has another version than its form")
        }
        guard heads[0][2].text == CertificateSchema.digest(kind) else {
            throw Rejection("certificate", "names other rules than those it was made by")
        }
        try checkSchema(rows, kind)
        for query in ["PRAGMA integrity_check(1)", "PRAGMA foreign_key_check"] {
            if let fault = try rows.rows(query).first, fault != [.text("ok")] {
                throw Rejection("the database", fault.compactMap(\.text).joined(separator: " "))
            }
        }
        return kind
    }

    private static let schemaQuery = "SELECT name, type, tbl_name, sql FROM sqlite_schema ORDER BY rowid"

    /// The schema of each kind as SQLite writes it down.
    private static let knownSchemas: [CertificateKind: [[Cell]]] = Dictionary(
        uniqueKeysWithValues: CertificateKind.allCases.compactMap { kind in
            (try? Rows(statements: CertificateSchema.statements(kind))?.rows(schemaQuery)).map { (kind, $0) }
        })

    private static func checkSchema(_ rows: Rows, _ kind: CertificateKind) throws(Rejection) {
        guard let mine = knownSchemas[kind] else {
            throw Rejection("the rules", "this build of SQLite does not know all they need")
        }
        let theirs = try rows.rows(schemaQuery)
        for place in 0..<max(mine.count, theirs.count) {
            let wanted = place < mine.count ? mine[place] : []
            let found = place < theirs.count ? theirs[place] : []
            guard wanted == found else {
                let name = (wanted.first ?? found.first)?.text ?? "?"
                throw Rejection("schema \(name)", found.isEmpty ? "is missing" : "is not as this version has it")
            }
        }
    }

    // MARK: - Facts and obligations

    private static func checkFacts(_ rows: Rows, _ kind: CertificateKind) throws(Rejection) {
        for table in ["input", "bound", "waiver", "claim"] + (kind == .claims ? ["pci_function", "configuration"] : [])
        {
            let isDense = "SELECT count(*) = 0 OR min(position) = 0 AND max(position) = count(*) - 1 FROM \(table)"
            guard try rows.integer(isDense) == 1 else {
                throw Rejection(table, "a row is missing or in another's place")
            }
        }
        if let fault = try rows.rows("SELECT place, reason FROM unsound LIMIT 1").first {
            throw Rejection(fault.first?.text ?? "a row", fault.last?.text ?? "is unsound")
        }
        guard kind == .states else { return }
        for state in try rows.rows("SELECT side, digest FROM state ORDER BY side") {
            guard let side = state[0].text else { continue }
            var form: [UInt8] = []
            var place: Int64 = 0
            var isInOrder = true
            try rows.forEach(
                "SELECT line, position, item FROM canonical WHERE side = '\(side)' ORDER BY part, position, item"
            ) { line in
                if place > 0 { form.append(0x0a) }
                form += Array((line[0].text ?? "").utf8)
                place += 1
                let stated = [line[2].integer, line[1].integer].compactMap { $0 }.first { $0 > 0 }
                isInOrder = isInOrder && (stated ?? place) == place
            }
            guard isInOrder else { throw Rejection("state \(side)", "its rows are not in their places") }
            guard state[1].text == SHA256.text(of: form) else {
                throw Rejection("state \(side)", "its rows are not those of its digest")
            }
        }
    }

    private static func checkObligations(_ rows: Rows) throws(Rejection) {
        let query = "SELECT comparison, rule, items, failed FROM "
        let now = try rows.rows(query + "obligation_now ORDER BY 1, 2")
        let then = try rows.rows(query + "obligation ORDER BY 1, 2")
        let name = { (row: [Cell]) in row.prefix(2).compactMap(\.text).joined(separator: " ") }
        let recorded = Dictionary(then.map { (name($0), $0) }, uniquingKeysWith: { first, _ in first })
        if let row = now.first(where: { recorded[name($0)] != $0 }) {
            let found = recorded[name(row)] == nil ? "there is none" : "it has other figures"
            throw Rejection(
                "obligation \(name(row))",
                "the facts give \(row[2].integer ?? 0) asked and \(row[3].integer ?? 0) failed; \(found)")
        }
        let known = Set(now.map(name))
        if let row = then.first(where: { !known.contains(name($0)) }) {
            throw Rejection("obligation \(name(row))", "no rule makes it")
        }
        let verdicts = try rows.rows("SELECT claim, recorded, recomputed FROM verdict")
        guard !verdicts.isEmpty else { throw Rejection("verdict", "there is none") }
        for row in verdicts where row[1] != row[2] {
            throw Rejection(
                "claim \(row[0].text ?? "")",
                "says \(row[1].text ?? "nothing"), the facts say \(row[2].text ?? "nothing")")
        }
    }

    private static func acceptance(_ rows: Rows, _ kind: CertificateKind) throws(Rejection) -> Acceptance {
        let head = try rows.rows("SELECT tool, level FROM certificate").first
        let totals = try rows.rows("SELECT count(*), ifnull(sum(items), 0) FROM obligation").first
        return Acceptance(
            kind: kind, tool: head?[0].text ?? "", level: head?[1].text,
            claims: try rows.rows("SELECT name, verdict FROM claim ORDER BY position").map {
                Claim(name: $0[0].text ?? "", verdict: $0[1].text ?? "")
            },
            inputs: try rows.rows("SELECT role, sha256, bytes, part FROM input ORDER BY position").map {
                Input(role: $0[0].text ?? "", sha256: $0[1].text ?? "", bytes: $0[2].integer ?? 0, part: $0[3].text)
            },
            bounds: try rows.rows("SELECT name, value FROM bound ORDER BY position").map {
                "\($0[0].text ?? "") \($0[1].integer ?? 0)"
            }, obligations: Int(totals?[0].integer ?? 0), items: totals?[1].integer ?? 0)
    }
}
