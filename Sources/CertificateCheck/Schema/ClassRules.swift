/// Tables and rules of certificates about many machine types: which of them give equal numbers.
enum ClassRules {
    static let sql: [String] = [
        """
        CREATE TABLE machine_type(
          position INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, map TEXT NOT NULL, modes TEXT NOT NULL,
          mode TEXT NOT NULL, spacing TEXT NOT NULL, hot_plug_events INTEGER NOT NULL, bridges INTEGER NOT NULL,
          bridge_hot_plug INTEGER NOT NULL, class INTEGER NOT NULL, map_class TEXT NOT NULL
        ) STRICT
        """,
        """
        CREATE VIEW item(comparison, rule, subject, holds) AS
        WITH pair AS (SELECT a.name || ' ' || b.name AS subject, a.class = b.class AS same_class,
          a.map_class = b.map_class AS same_map, a.map = b.map AND a.modes = b.modes AS equal_map,
          a.map = b.map AND a.modes = b.modes AND a.mode = b.mode AND a.spacing = b.spacing AND
          a.hot_plug_events = b.hot_plug_events AND a.bridges = b.bridges AND a.bridge_hot_plug = b.bridge_hot_plug
          AS equal_facts FROM machine_type a JOIN machine_type b ON a.position < b.position)
        SELECT 'types', 'class', subject, same_class = equal_facts FROM pair
        UNION ALL SELECT 'types', 'map class', subject, same_map = equal_map FROM pair
        """,
        """
        CREATE VIEW obligation_now(comparison, rule, items, failed) AS
        SELECT 'types', rule, sum(items), sum(failed) FROM (
          SELECT rule, 1 AS items, NOT holds AS failed FROM item UNION ALL SELECT 'class', 0, 0
          UNION ALL SELECT 'map class', 0, 0) GROUP BY rule
        """,
        """
        CREATE VIEW unsound(place, reason) AS
        SELECT 'types ' || subject, 'are put together or apart against their facts' FROM item WHERE NOT holds
        UNION ALL SELECT 'machine_type ' || position, 'does not follow the row before it' FROM machine_type t
          WHERE position > 0 AND NOT EXISTS (SELECT 1 FROM machine_type b WHERE b.position = t.position - 1)
        UNION ALL SELECT 'input ' || position, 'is of no machine type' FROM input WHERE role <> 'types'
        UNION ALL SELECT 'bound ' || name, 'is not the number of types' FROM bound WHERE name <> 'types'
          OR value <> (SELECT count(*) FROM machine_type)
        UNION ALL SELECT 'bound', 'the number of types is missing' WHERE NOT EXISTS (SELECT 1 FROM bound)
        UNION ALL SELECT 'waiver ' || position, 'classes know no waivers' FROM waiver
        UNION ALL SELECT 'claim ' || position, 'is not the one about classes' FROM claim
          WHERE position <> 0 OR name <> 'classes'
        """,
        """
        CREATE VIEW verdict(claim, recorded, recomputed, items, failed) AS
        SELECT claim.name, claim.verdict, (SELECT count(*) FROM (SELECT DISTINCT map, modes, mode, spacing,
          hot_plug_events, bridges, bridge_hot_plug FROM machine_type)) || ' classes', sum(items), sum(failed)
        FROM claim, obligation_now GROUP BY claim.position
        """,
    ]
}
