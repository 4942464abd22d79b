/// What a certificate is about.
public enum CertificateKind: String, Hashable, Sendable, CaseIterable {
    /// Two or three states of a guest: `verify`.
    case states
    /// Two machines and their numbers: `compare`.
    case machines
    /// Many machine types in classes of equal numbers: `compare --all`.
    case classes
    /// Claims about one machine type or two: `prove`.
    case claims
}

/// The form of a certificate: its tables, and the views by which the verdict follows from them.
///
/// The text is part of every certificate, and is compared word by word when one is checked: a changed rule is no rule.
public enum CertificateSchema {
    /// Raised with every change of a table or a rule.
    public static let version = 1

    /// `IRQC`: tells a certificate from any other database.
    public static let applicationID: Int32 = 0x4952_5143

    /// The statements that make an empty certificate of a kind, in order.
    public static func statements(_ kind: CertificateKind) -> [String] {
        let parts =
            switch kind {
            case .states: StateTables.sql + StateRules.sql
            case .machines: MachineRules.tables + MachineRules.sql
            case .classes: ClassRules.sql
            case .claims: MachineRules.tables + ClaimRules.sql
            }
        return common + parts
    }

    /// SHA-256 of the statements: the digest of the rules that a certificate rests on.
    public static func digest(_ kind: CertificateKind) -> String {
        digests[kind] ?? ""
    }

    private static let digests: [CertificateKind: String] = Dictionary(
        uniqueKeysWithValues: CertificateKind.allCases.map { kind in
            (kind, SHA256.text(of: Array(statements(kind).joined(separator: ";\n").utf8)))
        })

    private static let common: [String] = [
        """
        CREATE TABLE certificate(
          id INTEGER PRIMARY KEY CHECK(id = 1), kind TEXT NOT NULL, version INTEGER NOT NULL, level TEXT,
          tool TEXT NOT NULL, tool_sha256 TEXT NOT NULL, rules_sha256 TEXT NOT NULL
        ) STRICT
        """,
        "CREATE TABLE seal(id INTEGER PRIMARY KEY CHECK(id = 1), sha256 TEXT NOT NULL CHECK(length(sha256) = 64)) STRICT",
        """
        CREATE TABLE input(
          position INTEGER PRIMARY KEY, role TEXT NOT NULL, sha256 TEXT NOT NULL CHECK(length(sha256) = 64),
          bytes INTEGER NOT NULL, part TEXT
        ) STRICT
        """,
        "CREATE TABLE bound(position INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, value INTEGER NOT NULL) STRICT",
        "CREATE TABLE waiver(position INTEGER PRIMARY KEY, rule TEXT NOT NULL, reason TEXT NOT NULL) STRICT",
        "CREATE TABLE claim(position INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, verdict TEXT NOT NULL) STRICT",
        """
        CREATE TABLE obligation(
          comparison TEXT NOT NULL, rule TEXT NOT NULL, items INTEGER NOT NULL, failed INTEGER NOT NULL,
          PRIMARY KEY(comparison, rule)
        ) STRICT
        """,
    ]
}
