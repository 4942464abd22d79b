/// Tables and rules of certificates about two machines and their numbers.
enum MachineRules {
    /// What decides numbers; shared with certificates of claims.
    static let tables: [String] = [
        """
        CREATE TABLE machine(
          side TEXT PRIMARY KEY CHECK(side IN ('first','second')), type TEXT NOT NULL,
          map TEXT NOT NULL CHECK(map IN ('sequential','fixed','sparse')), size INTEGER, messages TEXT,
          generic_base INTEGER, generic_extra INTEGER, virtual_base INTEGER, bridge_base INTEGER, bridge_window INTEGER,
          bridge_limit INTEGER, type_bridges INTEGER NOT NULL, bridge_hot_plug INTEGER NOT NULL,
          spacing TEXT NOT NULL CHECK(spacing IN ('atLeastEight','threads')), offers_xive INTEGER NOT NULL,
          hot_plug_events INTEGER NOT NULL,
          servers INTEGER, refusal TEXT
        ) STRICT
        """
    ]

    static let sql: [String] = [
        "CREATE TABLE fact(side TEXT NOT NULL REFERENCES machine, position INTEGER NOT NULL, name TEXT NOT NULL, "
            + "value TEXT NOT NULL, PRIMARY KEY(side, position)) STRICT",
        "CREATE TABLE formula(side TEXT NOT NULL REFERENCES machine, position INTEGER NOT NULL, class TEXT NOT NULL, "
            + "rule TEXT NOT NULL, domain TEXT NOT NULL, PRIMARY KEY(side, position), UNIQUE(side, class)) STRICT",
        """
        CREATE TABLE number(
          side TEXT NOT NULL REFERENCES machine, position INTEGER NOT NULL, class TEXT NOT NULL, type TEXT NOT NULL,
          unit INTEGER NOT NULL, pin INTEGER NOT NULL, number INTEGER NOT NULL,
          PRIMARY KEY(side, position), UNIQUE(side, number), UNIQUE(side, class, type, unit, pin)
        ) STRICT
        """,
        // The number that the map gives each owner; the sequential one counts in order of creation.
        """
        CREATE VIEW expected(side, position, number) AS
        SELECT n.side, n.position, CASE m.map
          WHEN 'sequential' THEN iif(n.class = 'ipi' OR n.position >= m.size, NULL, 0x1000 + n.position)
          WHEN 'fixed' THEN CASE n.class WHEN 'ipi' THEN n.unit WHEN 'epow' THEN 0x1000 WHEN 'hot-plug' THEN 0x1001
            WHEN 'vio' THEN 0x1100 + CASE WHEN n.unit >= 0x71000000 THEN n.unit & 255
              WHEN n.unit >= 0x30000000 THEN 0xf0 + ((n.unit >> 12) & 15) ELSE (n.unit >> 12) & 255 END
            WHEN 'phb-lsi' THEN iif(n.unit <= 30, 0x1200 + 4 * n.unit + n.pin, NULL) END
          ELSE CASE n.class WHEN 'ipi' THEN m.generic_base + n.unit WHEN 'epow' THEN m.generic_base + m.servers
            WHEN 'hot-plug' THEN m.generic_base + m.servers + 1
            WHEN 'vio' THEN m.virtual_base + CASE
              WHEN n.unit >= 0x71000000 THEN iif(n.unit < 0x71004000, n.unit - 0x71000000, NULL)
              WHEN n.unit & 4095 THEN NULL
              WHEN n.unit >= 0x30000000 THEN iif(n.unit < 0x34000000, 0x4000 + ((n.unit - 0x30000000) >> 12), NULL)
              ELSE iif(n.unit < 0x8000000, 0x8000 + (n.unit >> 12), NULL) END
            WHEN 'phb-lsi' THEN iif(n.unit <= m.bridge_limit, m.bridge_base + n.unit * m.bridge_window + n.pin, NULL) END
          END
        FROM number n JOIN machine m ON m.side = n.side
        """,
        """
        CREATE VIEW item(comparison, rule, subject, holds) AS
        SELECT 'machines', 'number', printf('%s %s%x.%d', class, type, unit, pin),
            count(*) = 2 AND min(number) = max(number) FROM number
          WHERE NOT EXISTS (SELECT 1 FROM machine WHERE refusal IS NOT NULL) GROUP BY class, type, unit, pin
        UNION ALL SELECT 'machines', 'formula', class, count(*) = 2 AND min(rule) = max(rule) AND min(domain) = max(domain)
          FROM formula GROUP BY class
        UNION ALL SELECT 'machines', 'refusal', 'refusal', (SELECT refusal FROM machine WHERE side = 'first') IS
          (SELECT refusal FROM machine WHERE side = 'second')
        """,
        """
        CREATE VIEW obligation_now(comparison, rule, items, failed) AS
        SELECT comparison, rule, count(*), sum(NOT holds) FROM item GROUP BY comparison, rule
        """,
        """
        CREATE VIEW unsound(place, reason) AS
        SELECT 'machine', 'there are not two' WHERE (SELECT count(*) FROM machine) <> 2
        UNION ALL SELECT 'number ' || n.side || ' ' || n.position, 'is not what the map gives its owner'
          FROM number n JOIN expected e ON e.side = n.side AND e.position = n.position WHERE n.number IS NOT e.number
        UNION ALL SELECT 'number ' || side || ' ' || position, 'does not follow the row before it' FROM number n
          WHERE position > 0 AND NOT EXISTS (SELECT 1 FROM number b WHERE b.side = n.side AND b.position = n.position - 1)
        UNION ALL SELECT 'number', 'a machine is refused and has numbers, or neither' FROM machine m
          WHERE (refusal IS NULL) = NOT EXISTS (SELECT 1 FROM number n WHERE n.side = m.side)
        UNION ALL SELECT 'number', 'a machine lacks its EPOW number' FROM machine m WHERE refusal IS NULL
          AND NOT EXISTS (SELECT 1 FROM number n WHERE n.side = m.side AND n.class = 'epow')
        UNION ALL SELECT 'fact ' || side || ' ' || name, 'the other machine lacks it' FROM fact f WHERE NOT EXISTS
          (SELECT 1 FROM fact o WHERE o.side <> f.side AND o.position = f.position AND o.name = f.name)
        UNION ALL SELECT 'fact', 'there are not twelve of each machine' WHERE (SELECT count(*) FROM fact) <> 24
        UNION ALL SELECT 'formula', 'there is not one for each class' WHERE (SELECT count(*) FROM formula WHERE class IN
          ('ipi','epow','hot-plug','vio','phb-lsi','phb-msi')) <> 12
        UNION ALL SELECT 'formula ' || f.class, 'differs though the maps are the same'
          FROM formula f JOIN formula s ON f.side = 'first' AND s.side = 'second' AND s.class = f.class
          JOIN machine a ON a.side = 'first' JOIN machine b ON b.side = 'second'
          WHERE (f.rule <> s.rule OR f.domain <> s.domain) AND a.map = b.map AND a.size IS b.size
          AND a.messages IS b.messages AND a.generic_base IS b.generic_base AND a.virtual_base IS b.virtual_base
          AND a.bridge_base IS b.bridge_base AND a.bridge_window IS b.bridge_window AND a.bridge_limit IS b.bridge_limit
        UNION ALL SELECT 'input ' || position, 'is of no machine' FROM input WHERE role NOT IN ('first','second','types')
        UNION ALL SELECT 'bound ' || name, 'a comparison of machines has no bounds' FROM bound
        UNION ALL SELECT 'waiver ' || position, 'a comparison of machines knows no waivers' FROM waiver
        UNION ALL SELECT 'claim ' || position, 'is not the one about numbers' FROM claim
          WHERE position <> 0 OR name <> 'identical numbers'
        """,
        """
        CREATE VIEW verdict(claim, recorded, recomputed, items, failed) AS
        SELECT claim.name, claim.verdict, iif(sum(failed) > 0, 'different', 'identical'), sum(items), sum(failed)
        FROM claim, obligation_now GROUP BY claim.position
        """,
    ]
}
