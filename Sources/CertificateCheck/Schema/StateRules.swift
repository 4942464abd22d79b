/// The rules by which the verdict about two or three states follows from their facts.
///
/// They are the rules of the checker's article on what identical means, written a second time in SQL: one row of
/// `item` for each thing compared, one row of `fault` for each invariant that a state violates.
enum StateRules {
    static let sql: [String] = [
        // Which state is compared with the source.
        """
        CREATE VIEW pair(comparison, other, level) AS
        SELECT iif(side = 'destination', 'loaded', 'constructed'), side, (SELECT level FROM certificate)
        FROM state WHERE side <> 'source'
        """,
        // The controller in force, where it is the same on both sides; else nothing.
        """
        CREATE VIEW in_force(other, mode) AS
        SELECT o.side, s.active_mode FROM state s JOIN state o ON s.side = 'source' AND o.side = 'destination'
        AND s.active_mode = o.active_mode
        """,
        // Numbers whose server, kind and status a guest can set: claimed under the controller in force.
        """
        CREATE VIEW claimed(side, number) AS
        SELECT t.side, a.number FROM state t JOIN event_assignment a ON a.side = t.side
          WHERE t.active_mode = 'xive' AND a.word < 0
        UNION ALL SELECT t.side, i.number FROM state t JOIN xics_source i ON i.side = t.side
          WHERE t.active_mode = 'xics' AND i.flags & 3
        """,
        """
        CREATE VIEW known_servers(side) AS
        SELECT side FROM cpu GROUP BY side HAVING count(*) = count(server)
        """,
        // What a guest has bound to servers: unmasked claimed sources, enabled queues.
        """
        CREATE VIEW target(side, subject, server) AS
        SELECT t.side, printf('0x%04x', a.number), a.word >> 35 & 0x1fffff FROM state t
          JOIN event_assignment a ON a.side = t.side
          WHERE t.active_mode = 'xive' AND a.word < 0 AND NOT a.word & 0x80000000
        UNION ALL SELECT t.side, printf('queue %d/%d', q.place >> 3, q.place & 7), q.place >> 3 FROM state t
          JOIN event_queue q ON q.side = t.side
          WHERE t.active_mode = 'xive' AND q.w0 & 0xc0000000 = 0xc0000000
        UNION ALL SELECT t.side, printf('0x%04x', i.number), i.server FROM state t JOIN xics_source i ON i.side = t.side
          WHERE t.active_mode = 'xics' AND i.flags & 3 AND i.priority <> 255
        """,
        mapRows, mapSettled, queuePairs, contexts, exchanged,
        items, StateFaults.catalogue, StateFaults.coverage, StateFaults.answer, StateFaults.marked, StateFaults.faults,
        obligations, notCompared, space, unsound, verdict,
    ]

    // MARK: - Number map

    /// Rows of the number map without a row of the same number and owner on the other side.
    ///
    /// The inter-processor numbers of a dual machine in XICS mode stand in the controller that is not in force: its
    /// number map does not list them.
    private static let mapRows = """
        CREATE VIEW lonely(comparison, side, opposite, number, owner, class, kind, dormant) AS
        WITH side_of(comparison, side, opposite) AS (
          SELECT comparison, 'source', other FROM pair UNION ALL SELECT comparison, other, 'source' FROM pair),
        alone AS (
          SELECT p.comparison, p.side, p.opposite, a.number, a.owner, a.class, a.kind FROM side_of p
          JOIN assignment a ON a.side = p.side AND a.shelf = 'number'
          WHERE NOT EXISTS (SELECT 1 FROM assignment b WHERE b.side = p.opposite AND b.shelf = 'number'
            AND b.number = a.number AND b.owner = a.owner))
        SELECT comparison, side, opposite, number, owner, class, kind,
          class = 'ipi' AND EXISTS (SELECT 1 FROM state o WHERE o.side = opposite AND o.active_mode = 'xics')
          AND EXISTS (SELECT 1 FROM event_assignment e WHERE e.side = opposite AND e.number = alone.number AND e.word < 0)
          AND NOT EXISTS (SELECT 1 FROM assignment b WHERE b.side = opposite AND b.shelf = 'number'
            AND b.owner = alone.owner)
        FROM alone
        """

    /// For each number with lonely rows how many are left when an unknown owner has excused one of the other side.
    private static let mapSettled = """
        CREATE VIEW settled(comparison, number, missing, extra) AS
        SELECT comparison, number,
          max(0, known - other_unknown) + iif(comparison = 'loaded' AND other_all = 0, unknown, 0),
          max(0, other_known - unknown) + iif(comparison = 'loaded' AND known + unknown = 0, other_unknown, 0)
        FROM (SELECT comparison, number,
            sum(side = 'source' AND class <> 'unknown' AND takes_part) AS known,
            sum(side = 'source' AND class = 'unknown') AS unknown,
            sum(side <> 'source' AND class <> 'unknown' AND takes_part) AS other_known,
            sum(side <> 'source' AND class = 'unknown') AS other_unknown, sum(side <> 'source') AS other_all
          FROM (SELECT *, comparison = 'loaded' OR class <> 'msi' AS takes_part FROM lonely WHERE NOT dormant)
          GROUP BY comparison, number)
        """

    // MARK: - Queues and contexts

    private static let queuePairs = """
        CREATE VIEW queue_pair(place, s0, s1, s2, s3, s6, s7, d0, d1, d2, d3, d6, d7) AS
        SELECT p.place, ifnull(s.w0, 0), ifnull(s.w1, 0x50000000), ifnull(s.w2, 0), ifnull(s.w3, 0), ifnull(s.w6, 0),
          ifnull(s.w7, 0), ifnull(d.w0, 0), ifnull(d.w1, 0x50000000), ifnull(d.w2, 0), ifnull(d.w3, 0), ifnull(d.w6, 0),
          ifnull(d.w7, 0)
        FROM (SELECT DISTINCT place FROM event_queue WHERE side IN ('source', 'destination')) p
        LEFT JOIN event_queue s ON s.side = 'source' AND s.place = p.place
        LEFT JOIN event_queue d ON d.side = 'destination' AND d.place = p.place
        WHERE (SELECT count(*) FROM xive WHERE side IN ('source', 'destination')) = 2
        """

    private static let contexts = """
        CREATE VIEW cpu_pair(comparison, cpu, server, other_server, context, other_context, word2, other_word2, line,
          other_line, presenter, other_presenter) AS
        SELECT p.comparison, s.cpu, s.server, o.server, s.context, o.context, s.word2, o.word2, s.line, o.line,
          s.xirr << 16 | s.pending << 8 | s.mfrr, o.xirr << 16 | o.pending << 8 | o.mfrr
        FROM pair p JOIN cpu s ON s.side = 'source' JOIN cpu o ON o.side = p.other AND o.cpu = s.cpu
        """

    /// vCPUs whose context answers on the destination for a server that was another vCPU's on the source.
    private static let exchanged = """
        CREATE VIEW exchanged(cpu) AS
        WITH moved AS (SELECT cpu, line, other_line FROM cpu_pair WHERE comparison = 'loaded' AND context IS NOT NULL
          AND other_context IS NOT NULL AND line IS NOT other_line)
        SELECT cpu FROM moved WHERE other_line IN (SELECT line FROM moved WHERE line IS NOT NULL)
        """

    // MARK: - Items

    /// Every thing that is compared, and whether it is the same on both sides.
    private static let items = """
        CREATE VIEW item(comparison, rule, subject, holds) AS
        -- The number map: every number that has a row on either side.
        SELECT n.comparison, 'map/number', printf('0x%04x', n.number), ifnull(s.missing = 0 AND s.extra = 0, 1)
          FROM (SELECT DISTINCT p.comparison, a.number FROM pair p JOIN assignment a ON a.side IN ('source', p.other)
            AND a.shelf = 'number' WHERE p.comparison = 'loaded' OR a.class NOT IN ('msi', 'unknown')) n
          LEFT JOIN settled s ON s.comparison = n.comparison AND s.number = n.number
        UNION ALL SELECT p.comparison, 'map/kind', printf('0x%04x %s', a.number, a.owner),
          ifnull(a.kind = b.kind, 1) FROM pair p
          JOIN assignment a ON a.side = 'source' AND a.shelf = 'number'
          JOIN assignment b ON b.side = p.other AND b.shelf = 'number' AND b.number = a.number AND b.owner = a.owner
          WHERE p.comparison = 'loaded' OR a.class NOT IN ('msi', 'unknown')
        UNION ALL SELECT l.comparison, 'map/kind', printf('0x%04x %s', l.number, l.owner), ifnull(l.kind = r.kind, 1)
          FROM lonely l JOIN lonely r ON l.comparison = 'loaded' AND r.comparison = 'loaded' AND r.number = l.number
          WHERE l.side = 'source' AND r.side <> 'source' AND (l.class = 'unknown' OR r.class = 'unknown')
        -- Devices.
        UNION ALL SELECT p.comparison, 'device/bridge', printf('bridge %016x', b.buid),
          (SELECT count(*) = 2 AND count(DISTINCT pins) = 1 FROM bridge x WHERE x.side IN ('source', p.other)
           AND x.buid = b.buid)
          FROM pair p JOIN (SELECT DISTINCT buid FROM bridge) b WHERE EXISTS
            (SELECT 1 FROM bridge x WHERE x.side IN ('source', p.other) AND x.buid = b.buid)
        UNION ALL SELECT 'loaded', 'device/messages', printf('messages %016x %08x', k.bridge, k.device),
          (SELECT group_concat(b, ' ') FROM (SELECT first || '+' || count AS b FROM message_block m WHERE
            m.side = 'source' AND m.bridge = k.bridge AND m.device = k.device ORDER BY first, count)) IS
          (SELECT group_concat(b, ' ') FROM (SELECT first || '+' || count AS b FROM message_block m WHERE
            m.side = 'destination' AND m.bridge = k.bridge AND m.device = k.device ORDER BY first, count))
          FROM (SELECT bridge, device FROM message_block WHERE side IN ('source', 'destination')
            GROUP BY bridge, device HAVING sum(count) > 0) k WHERE EXISTS (SELECT 1 FROM state WHERE side = 'destination')
        UNION ALL SELECT p.comparison, 'device/virtual', printf('vio %s %08x', v.type, v.unit_address),
          (SELECT count(*) = 2 AND (count(number) < 2 OR min(number) = max(number)) FROM virtual_device x WHERE
           x.side IN ('source', p.other) AND x.type = v.type AND x.unit_address = v.unit_address)
          FROM pair p JOIN (SELECT DISTINCT type, unit_address FROM virtual_device) v WHERE EXISTS
            (SELECT 1 FROM virtual_device x WHERE x.side IN ('source', p.other) AND x.type = v.type
             AND x.unit_address = v.unit_address)
        UNION ALL SELECT 'loaded', 'device/signal-state', printf('vio %s %08x', s.type, s.unit_address),
          s.signal IS d.signal FROM virtual_device s JOIN virtual_device d ON s.side = 'source' AND d.side = 'destination'
          AND d.type = s.type AND d.unit_address = s.unit_address
        UNION ALL SELECT 'loaded', 'device/message-bitmap', 'message bitmap',
          (SELECT rtrim(group_concat(hex, ''), '0') FROM (SELECT printf('%016x', word) AS hex FROM state_word
            WHERE side = 'source' AND vector = 'message-bitmap' ORDER BY position)) IS
          (SELECT rtrim(group_concat(hex, ''), '0') FROM (SELECT printf('%016x', word) AS hex FROM state_word
            WHERE side = 'destination' AND vector = 'message-bitmap' ORDER BY position))
          OR NOT EXISTS (SELECT 1 FROM state_word WHERE side IN ('source', 'destination')
            AND vector = 'message-bitmap' AND word <> 0)
          FROM state WHERE side = 'destination'
        -- Machine.
        UNION ALL SELECT 'loaded', 'machine/mode-in-force', 'mode in force', s.active_mode = o.active_mode
          FROM state s JOIN state o ON s.side = 'source' AND o.side = 'destination'
        UNION ALL SELECT comparison, 'machine/modes-offered', 'modes offered',
          (SELECT count(*) FROM xive WHERE side IN ('source', other)) <> 1 AND
          (SELECT count(*) FROM xics WHERE side IN ('source', other)) <> 1 FROM pair
        UNION ALL SELECT comparison, 'machine/number-space', 'XIVE number space', s.numbers = o.numbers
          FROM pair JOIN xive s ON s.side = 'source' JOIN xive o ON o.side = other
        UNION ALL SELECT comparison, 'machine/number-space', 'XICS number space', s.numbers = o.numbers AND s.base = o.base
          FROM pair JOIN xics s ON s.side = 'source' JOIN xics o ON o.side = other
        UNION ALL SELECT comparison, 'machine/server-count', 'possible servers', s.server_count = o.server_count
          FROM pair JOIN state s ON s.side = 'source' JOIN state o ON o.side = other
          WHERE s.server_count IS NOT NULL AND o.server_count IS NOT NULL
        UNION ALL SELECT comparison, 'machine/server-count', 'event queues', s.queues = o.queues
          FROM pair JOIN xive s ON s.side = 'source' JOIN xive o ON o.side = other
        UNION ALL SELECT 'loaded', 'machine/negotiated-mode', 'negotiated mode',
          (SELECT count(DISTINCT ifnull((SELECT word >> 49 & 1 FROM state_word w WHERE w.side = t.side
            AND vector = 'negotiated-options' AND position = 2), 0)) = 1 FROM state t
            WHERE t.side IN ('source', 'destination')) FROM state WHERE side = 'destination'
        UNION ALL SELECT 'constructed', 'machine/table-byte-order', 'table byte order', s.byte_order = o.byte_order
          FROM xive s JOIN xive o ON s.side = 'source' AND o.side = 'constructed'
        -- Sources, under the controller in force; of the other one claims and kinds.
        UNION ALL SELECT 'loaded', 'source/claim', printf('0x%04x xive', n.number),
          ifnull(s.word < 0, 0) = ifnull(d.word < 0, 0)
          FROM (SELECT DISTINCT number FROM event_assignment WHERE side IN ('source', 'destination')) n
          LEFT JOIN event_assignment s ON s.side = 'source' AND s.number = n.number
          LEFT JOIN event_assignment d ON d.side = 'destination' AND d.number = n.number
          WHERE (SELECT count(*) FROM xive WHERE side IN ('source', 'destination')) = 2
        UNION ALL SELECT 'loaded', r.rule, printf('0x%04x', s.number), CASE r.rule
            WHEN 'source/binding' THEN s.word & 0x0fffffff80000000 = d.word & 0x0fffffff80000000
            WHEN 'source/eisn' THEN s.word & 0x7fffffff = d.word & 0x7fffffff
            ELSE s.status & 7 = d.status & 7 END
          FROM in_force f JOIN event_assignment s ON f.mode = 'xive' AND s.side = 'source' AND s.word < 0
          JOIN event_assignment d ON d.side = f.other AND d.number = s.number AND d.word < 0
          JOIN (SELECT 'source/binding' AS rule UNION ALL SELECT 'source/eisn' UNION ALL SELECT 'source/status') r
        UNION ALL SELECT 'loaded', 'source/claim', printf('0x%04x xics', n.number),
          (ifnull(s.flags, 0) & 3 <> 0) = (ifnull(d.flags, 0) & 3 <> 0)
          FROM (SELECT DISTINCT number FROM xics_source WHERE side IN ('source', 'destination')) n
          LEFT JOIN xics_source s ON s.side = 'source' AND s.number = n.number
          LEFT JOIN xics_source d ON d.side = 'destination' AND d.number = n.number
          WHERE (SELECT count(*) FROM xics WHERE side IN ('source', 'destination')) = 2
        UNION ALL SELECT 'loaded', 'source/kind', printf('0x%04x', s.number), s.flags & 3 = d.flags & 3
          FROM xics_source s JOIN xics_source d ON s.side = 'source' AND d.side = 'destination' AND d.number = s.number
          WHERE s.flags & 3 AND d.flags & 3
        UNION ALL SELECT 'loaded', r.rule, printf('0x%04x', s.number), iif(r.rule = 'source/binding',
            s.server = d.server AND s.priority = d.priority AND s.saved_priority = d.saved_priority, s.status = d.status)
          FROM in_force f JOIN xics_source s ON f.mode = 'xics' AND s.side = 'source' AND s.flags & 3
          JOIN xics_source d ON d.side = f.other AND d.number = s.number AND d.flags & 3
          JOIN (SELECT 'source/binding' AS rule UNION ALL SELECT 'source/status') r
        -- Event queues and their entries. Placement counts where either side writes to the queue.
        UNION ALL SELECT 'loaded', r.rule, printf('queue %d/%d', place >> 3, place & 7), CASE r.rule
            WHEN 'queue/configuration' THEN s0 & 0xe0000000 = d0 & 0xe0000000 AND s6 & 0xffffff = d6 & 0xffffff
              AND s7 & 0xff0000 = d7 & 0xff0000 AND (NOT s0 & 0x40000000 OR NOT d0 & 0x40000000 OR
                s0 & 0xf0000 = d0 & 0xf0000 AND s2 & 0xfffffff = d2 & 0xfffffff AND s3 = d3)
            WHEN 'queue/position' THEN s1 & 0x7fffff = d1 & 0x7fffff
            ELSE s1 >> 30 = d1 >> 30 END
          FROM in_force f JOIN queue_pair ON f.mode = 'xive'
          JOIN (SELECT 'queue/configuration' AS rule UNION ALL SELECT 'queue/position' UNION ALL SELECT 'queue/status') r
        UNION ALL SELECT 'loaded', 'queue/entries', printf('queue %d entry %d', k.queue, k.place),
          (SELECT count(*) = 2 AND min(word) = max(word) FROM queue_entry e WHERE e.side IN ('source', 'destination')
           AND e.queue = k.queue AND e.place = k.place)
          FROM in_force f JOIN (SELECT DISTINCT queue, place FROM queue_entry WHERE side IN ('source', 'destination')) k
          ON f.mode = 'xive' AND (SELECT count(*) FROM xive WHERE side IN ('source', 'destination')
            AND entries NOT LIKE 'not-captured%') = 2
        -- vCPUs.
        UNION ALL SELECT p.comparison, 'vcpu/present', 'vCPU ' || c.cpu,
          (SELECT count(*) = 2 FROM cpu x WHERE x.side IN ('source', p.other) AND x.cpu = c.cpu)
          FROM pair p JOIN (SELECT DISTINCT cpu FROM cpu) c WHERE EXISTS
            (SELECT 1 FROM cpu x WHERE x.side IN ('source', p.other) AND x.cpu = c.cpu)
        UNION ALL SELECT comparison, 'vcpu/server', 'vCPU ' || cpu, server = other_server OR
          (comparison = 'loaded' AND cpu IN (SELECT cpu FROM exchanged))
          FROM cpu_pair WHERE server IS NOT NULL AND other_server IS NOT NULL
        UNION ALL SELECT 'loaded', 'context/state', 'vCPU ' || cpu, (context IS NULL) = (other_context IS NULL) AND
          ifnull(substr(context, 33, 12) = substr(other_context, 33, 12)
            AND (word2 >= '8') = (other_word2 >= '8') AND substr(word2, 3) = substr(other_word2, 3), 1)
          FROM cpu_pair JOIN in_force ON mode = 'xive' WHERE comparison = 'loaded'
        UNION ALL SELECT 'loaded', 'presenter/state', 'vCPU ' || cpu, presenter IS other_presenter
          FROM cpu_pair JOIN in_force ON mode = 'xics' WHERE comparison = 'loaded'
        -- The load gives a context to the vCPU whose context was created in the same place.
        UNION ALL SELECT 'constructed', 'context/receiver', 'vCPU ' || s.cpu, r.cpu = s.cpu OR NOT EXISTS
          (SELECT 1 FROM cpu x WHERE x.side = 'constructed' AND x.cpu = s.cpu)
          FROM state t JOIN cpu s ON t.side = 'source' AND t.active_mode = 'xive' AND s.side = 'source'
          JOIN cpu r ON r.side = 'constructed' AND r.instance = s.instance WHERE s.context IS NOT NULL
          AND EXISTS (SELECT 1 FROM xive WHERE side = 'constructed')
        UNION ALL SELECT 'constructed', 'context/receiver', 'server of vCPU ' || s.cpu,
          s.line = printf('%06x', r.server + 1024)
          FROM state t JOIN cpu s ON t.side = 'source' AND t.active_mode = 'xive' AND s.side = 'source'
          JOIN cpu r ON r.side = 'constructed' AND r.instance = s.instance AND r.cpu = s.cpu
          WHERE s.server IS NULL AND s.line IS NOT NULL AND r.server IS NOT NULL
          AND EXISTS (SELECT 1 FROM xive WHERE side = 'constructed')
        UNION ALL SELECT 'constructed', 'vcpu/target', t.subject,
          EXISTS (SELECT 1 FROM cpu WHERE side = 'constructed' AND server = t.server) OR
          ('source' IN known_servers AND NOT EXISTS (SELECT 1 FROM cpu WHERE side = 'source' AND server = t.server))
          FROM target t WHERE t.side = 'source' AND 'constructed' IN known_servers
        -- What the guest was told.
        UNION ALL SELECT 'loaded', 'device-tree/number', printf('0x%04x %s', a.number, a.owner), EXISTS
          (SELECT 1 FROM assignment b WHERE b.side = iif(a.side = 'source', 'destination', 'source')
           AND b.shelf = a.shelf AND b.number = a.number AND b.owner = a.owner AND b.kind IS a.kind)
          FROM assignment a WHERE a.shelf = 'device-tree-number' AND a.side IN ('source', 'destination') AND
          (SELECT count(*) FROM device_tree WHERE side IN ('source', 'destination')) = 2
        UNION ALL SELECT 'loaded', 'device-tree/facts', 'servers and modes told', s.servers = d.servers AND
          s.server_count IS d.server_count AND s.offered_modes IS d.offered_modes
          FROM device_tree s JOIN device_tree d ON s.side = 'source' AND d.side = 'destination'
        -- The exact level: the whole canonical form, line by line.
        UNION ALL SELECT 'loaded', 'exact/line', printf('part %d line %d.%d', s.part, s.position, s.item), s.line IS
          (SELECT line FROM canonical d WHERE d.side = 'destination' AND d.part = s.part AND d.position = s.position
           AND d.item = s.item) FROM canonical s JOIN pair ON comparison = 'loaded' AND level = 'exact'
          WHERE s.side = 'source'
        UNION ALL SELECT 'loaded', 'exact/count', 'lines', (SELECT count(*) FROM canonical WHERE side = 'source') =
          (SELECT count(*) FROM canonical WHERE side = 'destination') FROM pair WHERE comparison = 'loaded'
          AND level = 'exact'
        """

    // MARK: - Obligations and the verdict

    /// What must hold, how often it was asked, and how often it failed; a violated invariant is a failure where the
    /// source does not violate it as well.
    private static let obligations = """
        CREATE VIEW obligation_now(comparison, rule, items, failed) AS
        SELECT comparison, rule, sum(counts), sum(fails) FROM (
          SELECT comparison, rule, 1 AS counts, NOT holds AS fails FROM item
          UNION ALL SELECT p.other, f.rule, 1, NOT EXISTS (SELECT 1 FROM fault s WHERE s.side = 'source'
            AND s.rule = f.rule AND s.subject = f.subject) FROM pair p JOIN fault f ON f.side = p.other
          UNION ALL SELECT comparison, rule, 0, 0 FROM pair JOIN catalogue ON scope IN ('both', comparison)
          UNION ALL SELECT other, rule, 0, 0 FROM pair JOIN catalogue ON scope = 'state'
          UNION ALL SELECT comparison, 'claimed numbers', compared, 0 FROM coverage)
        GROUP BY comparison, rule
        """

    /// What could not be compared; never to be taken for equal.
    private static let notCompared = """
        CREATE VIEW not_compared(subject, reason) AS
        SELECT replace(subject, '\\20', ' ') || ' (' || side || ')', replace(reason, '\\20', ' ') FROM gap
        UNION ALL SELECT 'entries waiting in event queues (' || side || ')', replace(substr(entries, 14), '\\20', ' ')
          FROM xive WHERE entries LIKE 'not-captured%' AND side <> 'constructed'
        UNION ALL SELECT 'interrupt properties of the device tree (' || side || ')', 'There are none.' FROM state
          WHERE side <> 'constructed' AND side NOT IN (SELECT side FROM device_tree)
        UNION ALL SELECT 'servers of vCPUs (' || side || ')', 'They are not all known.' FROM state
          WHERE side NOT IN known_servers
        """

    /// The number space of source and destination together.
    private static let space = """
        CREATE VIEW space(numbers) AS
        SELECT ifnull(max(first + count) - min(first), 0) FROM (
          SELECT 0 AS first, v.numbers AS count FROM state t JOIN xive v ON v.side = t.side AND t.active_mode = 'xive'
            WHERE t.side <> 'constructed'
          UNION ALL SELECT i.base, min(i.numbers, 4294967295 - i.base) FROM state t JOIN xics i ON i.side = t.side
            AND t.active_mode = 'xics' WHERE t.side <> 'constructed')
        """

    /// What makes a certificate none, whatever its verdict.
    private static let unsound = """
        CREATE VIEW unsound(place, reason) AS
        SELECT 'state', 'there is no source' WHERE NOT EXISTS (SELECT 1 FROM state WHERE side = 'source')
        UNION ALL SELECT 'state ' || side, 'no input is named for it' FROM state
          WHERE side NOT IN (SELECT role FROM input)
        UNION ALL SELECT 'input ' || position, 'is of no state, or of one that has another' FROM input i
          WHERE role NOT IN (SELECT side FROM state)
          OR EXISTS (SELECT 1 FROM input o WHERE o.role = i.role AND o.position <> i.position)
        UNION ALL SELECT 'certificate', 'its level is unknown' FROM certificate
          WHERE ifnull(level, '') NOT IN ('guest-visible', 'exact')
        UNION ALL SELECT 'claim ' || position, 'is not the one about states' FROM claim
          WHERE position <> 0 OR name <> 'identical'
        UNION ALL SELECT 'claim', 'is missing' WHERE NOT EXISTS (SELECT 1 FROM claim)
        UNION ALL SELECT 'bound ' || name, 'is none of the number space' FROM bound
          WHERE name <> 'numbers' OR value <> (SELECT numbers FROM space)
        UNION ALL SELECT 'bound', 'the number space is missing' WHERE NOT EXISTS (SELECT 1 FROM bound)
        UNION ALL SELECT 'waiver ' || position, 'a comparison of states knows no waivers' FROM waiver
        UNION ALL SELECT 'state_word ' || side || ' ' || position, 'does not follow the row before it' FROM state_word w
          WHERE position > 0 AND NOT EXISTS (SELECT 1 FROM state_word b WHERE b.side = w.side AND b.vector = w.vector
            AND b.position = w.position - 1)
        UNION ALL SELECT 'assignment ' || side || ' ' || position, 'a row of a device tree that is not there'
          FROM assignment a WHERE shelf = 'device-tree-number' AND side NOT IN (SELECT side FROM device_tree)
        """

    private static let verdict = """
        CREATE VIEW verdict(claim, recorded, recomputed, items, failed) AS
        SELECT claim.name, claim.verdict, CASE WHEN total.failed > 0 THEN 'different'
            WHEN NOT EXISTS (SELECT 1 FROM pair) OR EXISTS (SELECT 1 FROM coverage WHERE compared = 0) THEN 'undecided'
            ELSE 'identical' END, total.items, total.failed
        FROM claim, (SELECT ifnull(sum(items), 0) AS items, ifnull(sum(failed), 0) AS failed FROM obligation_now) total
        """
}
