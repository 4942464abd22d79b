/// Invariants of one state, and how much was there to be compared, in SQL.
enum StateFaults {
    /// The rules of certificates about states: those of comparisons, and those of one state.
    static let catalogue = """
        CREATE VIEW catalogue(rule, scope) AS VALUES
        ('map/number', 'both'), ('map/kind', 'both'), ('device/bridge', 'both'), ('device/virtual', 'both'),
        ('device/messages', 'loaded'), ('device/signal-state', 'loaded'), ('device/message-bitmap', 'loaded'),
        ('machine/mode-in-force', 'loaded'), ('machine/modes-offered', 'both'), ('machine/number-space', 'both'),
        ('machine/server-count', 'both'), ('machine/negotiated-mode', 'loaded'),
        ('machine/table-byte-order', 'constructed'), ('source/claim', 'loaded'), ('source/binding', 'loaded'),
        ('source/eisn', 'loaded'), ('source/status', 'loaded'), ('source/kind', 'loaded'),
        ('queue/configuration', 'loaded'), ('queue/position', 'loaded'), ('queue/status', 'loaded'),
        ('queue/entries', 'loaded'), ('vcpu/present', 'both'), ('vcpu/server', 'both'), ('context/state', 'loaded'),
        ('presenter/state', 'loaded'), ('context/receiver', 'constructed'), ('vcpu/target', 'constructed'),
        ('device-tree/number', 'loaded'), ('device-tree/facts', 'loaded'), ('exact/line', 'loaded'),
        ('exact/count', 'loaded'), ('machine/mode-unavailable', 'state'), ('machine/queue-count', 'state'),
        ('map/outside-space', 'state'), ('map/unclaimed-device-number', 'state'), ('map/kind-mismatch', 'state'),
        ('map/two-owners', 'state'), ('map/message-overlap', 'state'), ('map/message-unclaimed', 'state'),
        ('map/bitmap-mismatch', 'state'), ('map/dual-claims', 'state'), ('source/queue-block', 'state'),
        ('source/queue-outside', 'state'), ('source/server-missing', 'state'), ('queue/server-missing', 'state'),
        ('queue/target', 'state'), ('queue/alignment', 'state'), ('queue/index-range', 'state'),
        ('context/wrong-server', 'state'), ('context/duplicate-server', 'state'), ('device-tree/told-number', 'state'),
        ('device-tree/server-count', 'state')
        """

    /// Claimed numbers that a comparison met: with none of them it says nothing.
    static let coverage = """
        CREATE VIEW coverage(comparison, compared) AS
        SELECT 'loaded', (SELECT count(*) FROM claimed c WHERE c.side = 'source' AND
            ((SELECT active_mode FROM state WHERE side = 'source') <> (SELECT active_mode FROM state WHERE side = 'destination')
             OR EXISTS (SELECT 1 FROM xive WHERE side = 'destination' AND 'xive' IN (SELECT mode FROM in_force))
             OR EXISTS (SELECT 1 FROM xics WHERE side = 'destination' AND 'xics' IN (SELECT mode FROM in_force))))
          FROM state WHERE side = 'destination'
        UNION ALL SELECT 'constructed', (SELECT count(*) FROM assignment a WHERE a.side = 'source' AND a.shelf = 'number'
            AND a.class NOT IN ('msi', 'unknown') AND EXISTS (SELECT 1 FROM assignment b WHERE b.side = 'constructed'
            AND b.shelf = 'number' AND b.number = a.number AND b.owner = a.owner))
          FROM state WHERE side = 'constructed'
        """

    /// What the tables say of a number: whether it is in the space, claimed, and its XICS flags.
    static let answer = """
        CREATE VIEW answer(side, number, owner, class, kind, in_space, is_claimed, flags) AS
        SELECT a.side, a.number, a.owner, a.class, a.kind, v.side IS NOT NULL OR i.side IS NOT NULL,
          ifnull(iif(t.active_mode = 'xive', ifnull(iif(v.side IS NULL, NULL, ifnull(e.word < 0, 0)),
              iif(i.side IS NULL, NULL, ifnull(x.flags & 3 <> 0, 0))),
            ifnull(iif(i.side IS NULL, NULL, ifnull(x.flags & 3 <> 0, 0)),
              iif(v.side IS NULL, NULL, ifnull(e.word < 0, 0)))), 0),
          iif(i.side IS NOT NULL AND x.flags & 3, x.flags & 3, NULL)
        FROM assignment a JOIN state t ON t.side = a.side
        LEFT JOIN xive v ON v.side = a.side AND a.number < v.numbers
        LEFT JOIN event_assignment e ON e.side = a.side AND e.number = a.number
        LEFT JOIN xics i ON i.side = a.side AND a.number >= i.base AND a.number - i.base < i.numbers
        LEFT JOIN xics_source x ON x.side = a.side AND x.number = a.number
        WHERE a.shelf = 'number'
        """

    /// Numbers whose bits are set in the bitmap of messages.
    static let marked = """
        CREATE VIEW marked(side, number) AS
        WITH bit(b) AS (SELECT 0 UNION ALL SELECT b + 1 FROM bit WHERE b < 63)
        SELECT w.side, 0x1300 + 64 * w.position + b FROM state_word w JOIN bit
        WHERE w.vector = 'message-bitmap' AND w.word >> b & 1
        """

    static let faults = """
        CREATE VIEW fault(side, rule, subject) AS
        SELECT side, 'machine/mode-unavailable', '' FROM state t WHERE
          NOT EXISTS (SELECT 1 FROM xive v WHERE v.side = t.side AND t.active_mode = 'xive')
          AND NOT EXISTS (SELECT 1 FROM xics i WHERE i.side = t.side AND t.active_mode = 'xics')
        UNION ALL SELECT t.side, 'machine/queue-count', '' FROM state t JOIN xive v ON v.side = t.side
          WHERE v.queues <> 8 * t.server_count
        UNION ALL SELECT side, 'map/outside-space', printf('0x%04x %s', number, owner) FROM answer
          WHERE class <> 'unknown' AND NOT in_space
        UNION ALL SELECT side, 'map/unclaimed-device-number', printf('0x%04x', number) FROM answer
          WHERE class <> 'unknown' AND in_space AND NOT is_claimed
        UNION ALL SELECT side, 'map/kind-mismatch', printf('0x%04x', number) FROM (SELECT *,
            CASE class WHEN 'unknown' THEN NULL WHEN 'lsi' THEN 'lsi' ELSE 'msi' END AS own,
            iif(flags & 1, 'lsi', iif(flags & 2, 'msi', NULL)) AS held FROM answer)
          WHERE flags = 3 OR own <> kind OR own <> held OR kind <> held
        UNION ALL SELECT side, 'map/two-owners', printf('0x%04x', number) FROM assignment
          WHERE shelf = 'number' AND class <> 'unknown' GROUP BY side, number HAVING count(DISTINCT owner) > 1
        UNION ALL SELECT a.side, 'map/message-overlap', printf('%016x %08x %d', a.bridge, a.device, a.first)
          FROM message_block a JOIN message_block b ON b.side = a.side AND b.count > 0 AND a.count > 0
          AND (b.first, b.bridge, b.position) < (a.first, a.bridge, a.position) AND a.first < b.first + b.count
        UNION ALL SELECT m.side, 'map/message-unclaimed', printf('%d+%d', m.first, m.count) FROM message_block m
          WHERE m.count > (SELECT count(*) FROM claimed c WHERE c.side = m.side AND c.number >= m.first
            AND c.number < m.first + m.count)
        UNION ALL SELECT k.side, 'map/bitmap-mismatch', printf('0x%04x', k.number) FROM marked k
          JOIN state t ON t.side = k.side AND t.scheme = 'fixed' WHERE NOT EXISTS (SELECT 1 FROM message_block m
          WHERE m.side = k.side AND k.number >= m.first AND k.number < m.first + m.count)
        UNION ALL SELECT m.side, 'map/bitmap-mismatch', printf('%d+%d', m.first, m.count) FROM message_block m
          JOIN state t ON t.side = m.side AND t.scheme = 'fixed' WHERE m.count > (SELECT count(*) FROM marked k
          WHERE k.side = m.side AND k.number >= m.first AND k.number < m.first + m.count)
        UNION ALL SELECT e.side, 'map/dual-claims', printf('0x%04x', e.number) FROM event_assignment e
          JOIN xics i ON i.side = e.side AND e.number >= i.base AND e.number - i.base < i.numbers
          WHERE e.word < 0 AND NOT EXISTS (SELECT 1 FROM xics_source x WHERE x.side = e.side AND x.number = e.number
            AND x.flags & 3)
        UNION ALL SELECT x.side, 'map/dual-claims', printf('0x%04x', x.number) FROM xics_source x
          JOIN xive v ON v.side = x.side AND x.number < v.numbers
          WHERE x.flags & 3 AND NOT EXISTS (SELECT 1 FROM event_assignment e WHERE e.side = x.side
            AND e.number = x.number AND e.word < 0)
        UNION ALL SELECT t.side, 'source/queue-block', printf('0x%04x', e.number) FROM state t
          JOIN event_assignment e ON e.side = t.side WHERE t.active_mode = 'xive' AND e.word < 0 AND e.word >> 56 & 15
        UNION ALL SELECT t.side, iif(e.word >> 32 & 0xffffff >= v.queues, 'source/queue-outside', 'source/server-missing'),
          printf('0x%04x', e.number) FROM state t JOIN xive v ON v.side = t.side
          JOIN event_assignment e ON e.side = t.side
          WHERE t.active_mode = 'xive' AND e.word < 0 AND NOT e.word & 0x80000000
          AND ((e.word >> 32 & 0xffffff) >= v.queues OR t.side IN known_servers AND NOT EXISTS
            (SELECT 1 FROM cpu c WHERE c.side = t.side AND c.server = e.word >> 35 & 0x1fffff))
        UNION ALL SELECT t.side, 'source/server-missing', printf('0x%04x', x.number) FROM state t
          JOIN xics_source x ON x.side = t.side WHERE t.active_mode = 'xics' AND x.flags & 3 AND x.priority <> 255
          AND t.side IN known_servers AND NOT EXISTS (SELECT 1 FROM cpu c WHERE c.side = t.side AND c.server = x.server)
        UNION ALL SELECT side, CASE fault WHEN 1 THEN 'queue/server-missing' WHEN 2 THEN 'queue/target'
            WHEN 3 THEN 'queue/alignment' ELSE 'queue/index-range' END, printf('queue %d', place)
          FROM (SELECT q.side, q.place, k.fault FROM state t JOIN event_queue q ON q.side = t.side
            JOIN (SELECT 1 AS fault UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4) k
            WHERE t.active_mode = 'xive' AND q.w0 & 0xc0000000 = 0xc0000000 AND CASE k.fault
              WHEN 1 THEN t.side IN known_servers AND NOT EXISTS (SELECT 1 FROM cpu c WHERE c.side = t.side
                AND c.server + 1024 = q.w6 & 0x7ffff)
              WHEN 2 THEN (t.side NOT IN known_servers OR EXISTS (SELECT 1 FROM cpu c WHERE c.side = t.side
                AND c.server + 1024 = q.w6 & 0x7ffff))
                AND (q.w6 & 0x7ffff <> (q.place >> 3) + 1024 OR q.w7 >> 16 & 255 <> q.place & 7)
              WHEN 3 THEN ((q.w2 & 0xfffffff) << 32 | q.w3) & ((4096 << (q.w0 >> 16 & 15)) - 1)
              ELSE q.w1 & 0x3fffff >= 1024 << (q.w0 >> 16 & 15) END)
        UNION ALL SELECT t.side, 'context/wrong-server', 'vCPU ' || c.cpu FROM state t JOIN cpu c ON c.side = t.side
          WHERE t.active_mode = 'xive' AND c.context IS NOT NULL AND c.server IS NOT NULL
          AND ifnull(c.line <> printf('%06x', c.server + 1024), 1)
        UNION ALL SELECT t.side, 'context/duplicate-server', 'vCPU ' || c.cpu FROM state t JOIN cpu c ON c.side = t.side
          WHERE t.active_mode = 'xive' AND c.word2 >= '8' AND EXISTS (SELECT 1 FROM cpu b WHERE b.side = t.side
            AND b.cpu < c.cpu AND b.line = c.line AND b.word2 >= '8')
        UNION ALL SELECT has.side, 'device-tree/told-number', printf('0x%04x %s', has.number, has.owner)
          FROM assignment has JOIN assignment told ON told.side = has.side AND told.shelf = 'device-tree-number'
          AND told.owner = has.owner WHERE has.shelf = 'number' AND has.class <> 'unknown' AND NOT EXISTS
            (SELECT 1 FROM assignment a WHERE a.side = told.side AND a.shelf = 'number' AND a.number = told.number
             AND a.owner = told.owner)
          AND EXISTS (SELECT 1 FROM device_tree d WHERE d.side = has.side) GROUP BY 1, 2, 3
        UNION ALL SELECT t.side, 'device-tree/server-count', '' FROM state t JOIN device_tree d ON d.side = t.side
          WHERE d.server_count <> t.server_count
        """
}
