extension Schema {
    static let views = numberViews + controllerViews + processorViews + deviceViews + evidenceViews

    /// The rows of a role, of all snapshots that have them.
    private static func from(_ role: Role) -> String {
        """
        FROM snapshot AS s
        JOIN snapshot_part AS p ON p.snapshot = s.id AND p.role = '\(role.rawValue)'
        JOIN \(role.table.name) AS r ON r.part = p.part
        """
    }

    /// Joins the row of another role of the same snapshot, found by its page and key.
    private static func join(_ role: Role, _ alias: String, _ column: String, _ key: String, left: Bool) -> String {
        let join = left ? "LEFT JOIN" : "JOIN"
        return """
            \(join) snapshot_part AS p\(alias)
                ON p\(alias).snapshot = s.id AND p\(alias).role = '\(role.rawValue)' AND p\(alias).page = \(key) >> 8
            \(join) \(role.table.name) AS \(alias) ON \(alias).part = p\(alias).part AND \(alias).\(column) = \(key)
            """
    }

    private static func lisn(_ column: String) -> String {
        "printf('0x%04x', \(column))"
    }

    private static let owner = """
        r.kind, r.owner, r.owner_kind, r.basis, r.ipi, r.device_type, r.unit_address, r.buid, r.bridge, r.pin,
            r.function, r.vector, r.reason
        """

    // MARK: - One row for each number

    private static let numberViews = [
        """
        CREATE VIEW number AS
        -- The number map.
        SELECT s.name AS snapshot, r.number, \(lisn("r.number")) AS lisn, r.rank, \(owner)
        \(from(.number))
        """,
        """
        CREATE VIEW source AS
        -- Each number that has an owner or differs from reset, under both controllers. NULL: as reset left it,
        -- or no such controller.
        SELECT k.snapshot, k.number, \(lisn("k.number")) AS lisn,
            CASE s.mode WHEN 'xive' THEN coalesce(v.claimed, 0) ELSE coalesce(c.claimed, 0) END AS claimed,
            coalesce(r.kind, c.kind) AS kind, r.owner, r.owner_kind, r.basis, r.rank, r.ipi, r.device_type,
            r.unit_address, r.buid, r.bridge, r.pin, r.function, r.vector, r.reason,
            v.eas, v.status AS xive_status, v.claimed AS xive_claimed, v.masked AS xive_masked, v.queue AS xive_queue,
            v.server AS xive_server, v.priority AS xive_priority, v.eisn, v.p, v.q, v.asserted AS xive_asserted,
            c.server AS xics_server, c.priority AS xics_priority, c.saved_priority AS xics_saved_priority,
            c.status AS xics_status, c.flags AS xics_flags, c.claimed AS xics_claimed, c.asserted AS xics_asserted
        FROM (
            -- Not UNION: a condition on the snapshot would not reach its arms.
            SELECT DISTINCT snapshot, number
            FROM (
                SELECT snapshot, number FROM number
                UNION ALL SELECT snapshot, number FROM xive_source
                UNION ALL SELECT snapshot, number FROM xics_source
            )
        ) AS k
        JOIN snapshot AS s ON s.name = k.snapshot
        \(join(.number, "r", "number", "k.number", left: true))
        \(join(.xive, "v", "number", "k.number", left: true))
        \(join(.xics, "c", "number", "k.number", left: true))
        """,
        """
        CREATE VIEW binding AS
        -- Where the interrupts of each number go, in the controller in force. Server is NULL where XIVE masks it.
        SELECT s.name AS snapshot, r.number, \(lisn("r.number")) AS lisn, n.owner, n.owner_kind,
            r.claimed, r.masked, CASE WHEN NOT r.masked THEN r.server END AS server,
            CASE WHEN r.masked THEN 255 ELSE r.priority END AS priority, r.eisn
        \(from(.xive))
        \(join(.number, "n", "number", "r.number", left: true)) AND n.rank = 0
        WHERE s.mode = 'xive'
        UNION ALL
        SELECT s.name, r.number, \(lisn("r.number")), n.owner, n.owner_kind,
            r.claimed, r.masked, r.server, r.priority, NULL
        \(from(.xics))
        \(join(.number, "n", "number", "r.number", left: true)) AND n.rank = 0
        WHERE s.mode = 'xics'
        """,
    ]

    // MARK: - Controllers

    private static let controllerViews = [
        """
        CREATE VIEW xive_source AS
        -- Numbers of the XIVE controller that differ from a free one at reset.
        SELECT s.name AS snapshot, r.number, \(lisn("r.number")) AS lisn, printf('0x%016x', r.eas) AS eas_hex, r.eas,
            r.status, r.claimed, r.masked, r.queue, r.server, r.priority, r.eisn, r.p, r.q, r.asserted
        \(from(.xive))
        """,
        """
        CREATE VIEW xics_source AS
        -- Numbers of the XICS controller that differ from a free one at reset.
        SELECT s.name AS snapshot, r.number, \(lisn("r.number")) AS lisn, r.kind, r.claimed, r.masked, r.server,
            r.priority, r.saved_priority, r.status, r.flags, r.asserted, r.sent, r.rejected, r.masked_pending,
            r.presented, r.queued
        \(from(.xics))
        """,
        """
        CREATE VIEW event_queue AS
        -- Event queue descriptors that differ from reset.
        SELECT s.name AS snapshot, r.queue, r.table_server, r.table_priority, r.valid, r.enqueuing, r.always_notifies,
            r.enabled, r.server, r.priority, r.address, printf('0x%x', r.address) AS address_hex, r.bytes, r.entries,
            r.generation, r.next_index, r.notification, r.w0, r.w1, r.w2, r.w3, r.w4, r.w5, r.w6, r.w7
        \(from(.queue))
        """,
        """
        CREATE VIEW queue_entry AS
        -- Entries that the guest has not consumed.
        SELECT s.name AS snapshot, r.queue, r.position, r.eisn, r.generation, r.word
        \(from(.entry))
        """,
    ]

    // MARK: - vCPUs

    private static let processorViews = [
        """
        CREATE VIEW vcpu AS
        -- Virtual CPUs.
        SELECT s.name AS snapshot, r.cpu_index, r.server, r.server_basis, r.context_instance
        \(from(.vcpu))
        """,
        """
        CREATE VIEW thread_context AS
        -- XIVE thread contexts, with the vCPU that each belongs to.
        SELECT s.name AS snapshot, v.cpu_index, v.server, r.cam_server, r.valid, r.nsr, r.cppr, r.ipb, r.lsmfb,
            r.ack_count, r.pipr, \((0..<16).map { "r.w\($0)" }.joined(separator: ", "))
        \(from(.context))
        \(join(.vcpu, "v", "place", "r.place", left: false))
        """,
        """
        CREATE VIEW presenter AS
        -- XICS presenters, with the vCPU that each belongs to.
        SELECT s.name AS snapshot, v.cpu_index, v.server, r.xirr, r.cppr, r.xisr, r.pending_priority, r.mfrr
        \(from(.presenter))
        \(join(.vcpu, "v", "place", "r.place", left: false))
        """,
    ]

    // MARK: - Devices

    private static let deviceViews = [
        """
        CREATE VIEW host_bridge AS
        -- PCI host bridges.
        SELECT s.name AS snapshot, r.bridge, r.buid, r.instance, r.old_windows
        \(from(.bridge))
        """,
        """
        CREATE VIEW bridge_pin AS
        -- Level interrupts of the bridges.
        SELECT s.name AS snapshot, b.bridge, b.buid, r.pin, r.number, \(lisn("r.number")) AS lisn
        \(from(.pin))
        \(join(.bridge, "b", "place", "r.bridge", left: false))
        """,
        """
        CREATE VIEW message_block AS
        -- Blocks of numbers given to the message vectors of PCI functions.
        SELECT s.name AS snapshot, b.bridge, b.buid, r.function, printf('%02x:%02x.%d',
            (r.function >> 16) & 0xff, (r.function >> 11) & 0x1f, (r.function >> 8) & 7) AS function_name,
            r.first, \(lisn("r.first")) AS first_lisn, r.count
        \(from(.block))
        \(join(.bridge, "b", "place", "r.bridge", left: false))
        """,
        """
        CREATE VIEW device AS
        -- Virtual I/O devices.
        SELECT s.name AS snapshot, r.type, r.unit_address, printf('%x', r.unit_address) AS unit_address_hex, r.number,
            CASE WHEN r.number IS NOT NULL THEN \(lisn("r.number")) END AS lisn, r.queue_state
        \(from(.device))
        """,
        """
        CREATE VIEW message_bitmap AS
        -- Numbers that the message bitmap marks as given.
        WITH RECURSIVE bit (bit) AS (VALUES (0) UNION ALL SELECT bit + 1 FROM bit WHERE bit < 63)
        SELECT s.name AS snapshot, 0x1300 + 64 * r.word + bit.bit AS number,
            \(lisn("0x1300 + 64 * r.word + bit.bit")) AS lisn
        \(from(.bitmap))
        JOIN bit ON (r.bits >> bit.bit) & 1
        """,
        """
        CREATE VIEW negotiated_option AS
        -- Words of the negotiated option vector 5 that are not 0.
        SELECT s.name AS snapshot, r.word, r.bits, printf('0x%016x', r.bits) AS bits_hex
        \(from(.option))
        """,
        """
        CREATE VIEW device_tree AS
        -- Flattened device tree as the stream carries it.
        SELECT s.name AS snapshot, r.initial_size, length(r.bytes) AS size, r.bytes
        \(from(.tree))
        """,
        """
        CREATE VIEW device_tree_number AS
        -- Numbers that the device tree names.
        SELECT s.name AS snapshot, r.number, \(lisn("r.number")) AS lisn, \(owner)
        \(from(.treeNumber))
        """,
        """
        CREATE VIEW device_tree_server AS
        -- Server numbers of the CPU nodes of the device tree.
        SELECT s.name AS snapshot, r.server
        \(from(.treeServer))
        """,
    ]

    // MARK: - The rest, and evidence

    private static let evidenceViews = [
        """
        CREATE VIEW residue AS
        -- Bytes of sections that no other column holds.
        SELECT s.name AS snapshot, p.page AS place, r.section, r.instance, r.name, length(r.bytes) AS size, r.bytes
        \(from(.residue))
        """,
        """
        CREATE VIEW gap AS
        -- What could not be known, and why.
        SELECT s.name AS snapshot, r.place, r.subject, r.reason
        \(from(.gap))
        """,
        """
        CREATE VIEW section AS
        -- Device sections of the stream.
        SELECT s.name AS snapshot, r.position, r.name, r.instance, r.version, r.id, r.offset, r.body_offset,
            r.body_length
        \(from(.section))
        """,
        """
        CREATE VIEW site AS
        -- Rules for where the bytes of a fact stand: offset + (key - first_key) * stride.
        SELECT s.name AS snapshot, r.kind, r.first_key, r.count, r.stride, r.section, r.instance, r.field, r.offset
        \(from(.site))
        """,
        """
        CREATE VIEW capability AS
        -- Migration capabilities that the stream names.
        SELECT s.name AS snapshot, r.name
        \(from(.capability))
        """,
        """
        CREATE VIEW note AS
        -- Notes of the import.
        SELECT s.name AS snapshot, r.text
        \(from(.note))
        """,
    ]
}
