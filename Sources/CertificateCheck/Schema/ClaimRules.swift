/// Tables and rules of certificates about claims: what `prove` says of one machine type or of two.
///
/// The views show what follows from the evidence in the rows. That the evidence is right is for ``ClaimCheck``, which
/// decides every claim again from the machines and the bounds.
enum ClaimRules {
    static let sql: [String] = [
        """
        CREATE TABLE pci_function(
          position INTEGER PRIMARY KEY, bridge INTEGER NOT NULL, slot INTEGER NOT NULL,
          kind TEXT NOT NULL CHECK(kind IN ('msi','msix')), counts TEXT NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE covered(
          claim TEXT NOT NULL, position INTEGER NOT NULL, label TEXT NOT NULL, value INTEGER NOT NULL,
          PRIMARY KEY(claim, position)
        ) STRICT
        """,
        """
        CREATE TABLE canary(
          claim TEXT NOT NULL, position INTEGER NOT NULL, variant TEXT NOT NULL, refuted INTEGER NOT NULL CHECK(refuted IN (0, 1)),
          PRIMARY KEY(claim, position)
        ) STRICT
        """,
        """
        CREATE TABLE step(
          claim TEXT NOT NULL, position INTEGER NOT NULL, step TEXT NOT NULL, PRIMARY KEY(claim, position)
        ) STRICT
        """,
        "CREATE TABLE refutation(claim TEXT PRIMARY KEY, evidence TEXT NOT NULL CHECK(evidence IN ('history','case'))) STRICT",
        "CREATE TABLE outcome(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT",
        """
        CREATE TABLE configuration(
          position INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE, first INTEGER NOT NULL REFERENCES outcome,
          second INTEGER NOT NULL REFERENCES outcome
        ) STRICT
        """,
        """
        CREATE VIEW item(comparison, rule, subject, holds) AS
        SELECT claim, 'canary', variant, refuted FROM canary
        UNION ALL SELECT claim, 'covered', label, value > 0 FROM covered WHERE label <> 'refused'
        UNION ALL SELECT 'machines-agree', 'configuration', text, first = second FROM configuration
        """,
        """
        CREATE VIEW obligation_now(comparison, rule, items, failed) AS
        SELECT comparison, rule, sum(items), sum(failed) FROM (
          SELECT comparison, rule, 1 AS items, NOT holds AS failed FROM item
          UNION ALL SELECT name, 'canary', 0, 0 FROM claim UNION ALL SELECT name, 'covered', 0, 0 FROM claim)
        GROUP BY comparison, rule
        """,
        """
        CREATE VIEW unsound(place, reason) AS
        SELECT 'machine', 'the first is missing' WHERE NOT EXISTS (SELECT 1 FROM machine WHERE side = 'first')
        UNION ALL SELECT 'claim', 'there is none' WHERE NOT EXISTS (SELECT 1 FROM claim)
        UNION ALL SELECT 'claim ' || name, 'has no canary' FROM claim c
          WHERE NOT EXISTS (SELECT 1 FROM canary WHERE claim = c.name) AND c.verdict = 'proved'
        UNION ALL SELECT 'canary ' || claim, 'survived, and the claim is decided all the same' FROM canary
          JOIN claim ON claim.name = canary.claim WHERE NOT refuted AND verdict <> 'undecided'
        UNION ALL SELECT 'covered ' || claim, 'is of no claim' FROM covered WHERE claim NOT IN (SELECT name FROM claim)
        UNION ALL SELECT 'canary ' || claim, 'is of no claim' FROM canary WHERE claim NOT IN (SELECT name FROM claim)
        UNION ALL SELECT 'covered ' || claim, 'a row is missing' FROM covered r WHERE position > 0 AND NOT EXISTS
          (SELECT 1 FROM covered b WHERE b.claim = r.claim AND b.position = r.position - 1)
        UNION ALL SELECT 'canary ' || claim, 'a row is missing' FROM canary r WHERE position > 0 AND NOT EXISTS
          (SELECT 1 FROM canary b WHERE b.claim = r.claim AND b.position = r.position - 1)
        UNION ALL SELECT 'step ' || claim, 'is of no refuted claim' FROM step
          WHERE claim NOT IN (SELECT claim FROM refutation WHERE evidence = 'history')
        UNION ALL SELECT 'refutation ' || claim, 'is of no claim' FROM refutation WHERE claim NOT IN (SELECT name FROM claim)
        UNION ALL SELECT 'configuration', 'belongs to no claim' WHERE EXISTS (SELECT 1 FROM configuration)
          AND 'machines-agree' NOT IN (SELECT name FROM claim)
        UNION ALL SELECT 'input ' || position, 'is of no machine' FROM input WHERE role NOT IN ('first','second','types')
        UNION ALL SELECT 'waiver ' || position, 'claims know no waivers' FROM waiver
        """,
        """
        CREATE VIEW verdict(claim, recorded, recomputed, items, failed) AS
        SELECT c.name, c.verdict, CASE WHEN EXISTS (SELECT 1 FROM refutation r WHERE r.claim = c.name) THEN 'refuted'
            WHEN c.verdict = 'undecided' THEN 'undecided'
            WHEN EXISTS (SELECT 1 FROM canary k WHERE k.claim = c.name AND NOT refuted)
              OR NOT EXISTS (SELECT 1 FROM canary k WHERE k.claim = c.name)
              OR NOT EXISTS (SELECT 1 FROM covered v WHERE v.claim = c.name AND value > 0) THEN 'undecided'
            ELSE 'proved' END, total(o.items), total(o.failed)
        FROM claim c LEFT JOIN obligation_now o ON o.comparison = c.name GROUP BY c.position ORDER BY c.position
        """,
    ]
}
