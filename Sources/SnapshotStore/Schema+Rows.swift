extension Schema {
    /// The reference to the part that begins each table of rows.
    private static let part = "part INTEGER NOT NULL REFERENCES part ON DELETE CASCADE"

    private static let word = "BETWEEN 0 AND 0xffffffff"
    private static let byte = "BETWEEN 0 AND 0xff"

    /// The name of a bridge, as `Owner.bridgeName` gives it.
    private static let bridgeColumn = """
        bridge TEXT AS (
                CASE WHEN buid BETWEEN 0x800000020000000 AND 0x8000000200000ff THEN 'PHB ' || (buid - 0x800000020000000)
                ELSE printf('PHB with BUID 0x%016x', buid) END) VIRTUAL
        """

    /// Owner, kind and basis of a number: the columns that the number map and the device tree share.
    ///
    /// The text of an owner is that of `Owner.description`; a test holds the two together.
    private static let ownerColumns = """
        kind TEXT CHECK (kind IN ('msi', 'lsi')),
            basis TEXT NOT NULL,
            owner_kind TEXT NOT NULL
                CHECK (owner_kind IN ('ipi', 'epow', 'hot-plug', 'vio', 'lsi', 'msi', 'unknown')),
            ipi INTEGER,
            device_type TEXT,
            unit_address INTEGER,
            buid INTEGER,
            pin INTEGER,
            -- PCI function behind the bridge: bus << 16 | slot << 11 | function << 8.
            function INTEGER,
            vector INTEGER,
            reason TEXT,
            \(bridgeColumn),
            owner TEXT AS (
                CASE owner_kind
                WHEN 'ipi' THEN 'IPI ' || ipi
                WHEN 'epow' THEN 'EPOW events'
                WHEN 'hot-plug' THEN 'hot-plug events'
                WHEN 'vio' THEN 'VIO ' || device_type || '@' || printf('%x', unit_address)
                WHEN 'lsi' THEN bridge || ' LSI pin ' || pin
                WHEN 'msi' THEN bridge || ' MSI ' || printf(
                    '%02x:%02x.%d', (function >> 16) & 0xff, (function >> 11) & 0x1f, (function >> 8) & 7)
                    || ' vector ' || vector
                ELSE 'unknown' END) VIRTUAL,
            CHECK ((owner_kind = 'ipi') = (ipi IS NOT NULL)),
            CHECK ((owner_kind = 'vio') = (device_type IS NOT NULL AND unit_address IS NOT NULL)),
            CHECK ((owner_kind IN ('lsi', 'msi')) = (buid IS NOT NULL)),
            CHECK ((owner_kind = 'lsi') = (pin IS NOT NULL)),
            CHECK ((owner_kind = 'msi') = (function IS NOT NULL AND vector IS NOT NULL)),
            CHECK ((owner_kind = 'unknown') = (reason IS NOT NULL))
        """

    static let rows = controllerRows + processorRows + deviceRows + evidenceRows

    // MARK: - Numbers, queues

    private static let controllerRows = [
        """
        CREATE TABLE number_row (
            -- The number map: to what each number belongs.
            \(part),
            number INTEGER NOT NULL CHECK (number \(word)),
            -- 0; 1 and more where several owners claim the number.
            rank INTEGER NOT NULL CHECK (rank >= 0),
            \(ownerColumns),
            PRIMARY KEY (part, number, rank)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE xive_source_row (
            -- Numbers in the XIVE controller that differ from a free one at reset (eas 0, status 1).
            \(part),
            number INTEGER NOT NULL CHECK (number \(word)),
            -- Event assignment, the 64 architected bits (as a signed integer).
            eas INTEGER NOT NULL,
            -- 1 Q, 2 P, 4 asserted line.
            status INTEGER NOT NULL CHECK (status \(byte)),
            claimed INTEGER AS ((eas >> 63) & 1) VIRTUAL,
            masked INTEGER AS ((eas >> 31) & 1) VIRTUAL,
            queue INTEGER AS ((eas >> 32) & 0xffffff) VIRTUAL,
            server INTEGER AS ((eas >> 35) & 0x1fffff) VIRTUAL,
            priority INTEGER AS ((eas >> 32) & 7) VIRTUAL,
            eisn INTEGER AS (eas & 0x7fffffff) VIRTUAL,
            p INTEGER AS ((status >> 1) & 1) VIRTUAL,
            q INTEGER AS (status & 1) VIRTUAL,
            asserted INTEGER AS ((status >> 2) & 1) VIRTUAL,
            PRIMARY KEY (part, number)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE xics_source_row (
            -- Numbers in the XICS controller that differ from a free one at reset.
            \(part),
            number INTEGER NOT NULL CHECK (number \(word)),
            server INTEGER NOT NULL CHECK (server \(word)),
            -- 255 is masked.
            priority INTEGER NOT NULL CHECK (priority \(byte)),
            saved_priority INTEGER NOT NULL CHECK (saved_priority \(byte)),
            -- 1 asserted, 2 sent, 4 rejected, 8 masked-pending, 16 presented, 32 queued.
            status INTEGER NOT NULL CHECK (status \(byte)),
            -- 1 LSI, 2 MSI, 0 not claimed.
            flags INTEGER NOT NULL CHECK (flags \(byte)),
            claimed INTEGER AS ((flags & 3) <> 0) VIRTUAL,
            masked INTEGER AS (priority = 255) VIRTUAL,
            kind TEXT AS (CASE WHEN flags & 1 THEN 'lsi' WHEN flags & 2 THEN 'msi' END) VIRTUAL,
            asserted INTEGER AS (status & 1) VIRTUAL,
            sent INTEGER AS ((status >> 1) & 1) VIRTUAL,
            rejected INTEGER AS ((status >> 2) & 1) VIRTUAL,
            masked_pending INTEGER AS ((status >> 3) & 1) VIRTUAL,
            presented INTEGER AS ((status >> 4) & 1) VIRTUAL,
            queued INTEGER AS ((status >> 5) & 1) VIRTUAL,
            PRIMARY KEY (part, number)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE event_queue_row (
            -- Event queue descriptors (END) that differ from reset (w1 0x50000000, else 0).
            \(part),
            -- Place in the table: server * 8 + priority.
            queue INTEGER NOT NULL CHECK (queue \(word)),
            w0 INTEGER NOT NULL CHECK (w0 \(word)),
            w1 INTEGER NOT NULL CHECK (w1 \(word)),
            w2 INTEGER NOT NULL CHECK (w2 \(word)),
            w3 INTEGER NOT NULL CHECK (w3 \(word)),
            w4 INTEGER NOT NULL CHECK (w4 \(word)),
            w5 INTEGER NOT NULL CHECK (w5 \(word)),
            w6 INTEGER NOT NULL CHECK (w6 \(word)),
            w7 INTEGER NOT NULL CHECK (w7 \(word)),
            valid INTEGER AS (w0 >> 31) VIRTUAL,
            enqueuing INTEGER AS ((w0 >> 30) & 1) VIRTUAL,
            always_notifies INTEGER AS ((w0 >> 29) & 1) VIRTUAL,
            enabled INTEGER AS ((w0 >> 30) = 3) VIRTUAL,
            bytes INTEGER AS (1 << (((w0 >> 16) & 15) + 12)) VIRTUAL,
            entries INTEGER AS (1 << (((w0 >> 16) & 15) + 10)) VIRTUAL,
            -- Guest-physical address of the first entry.
            address INTEGER AS (((w2 & 0x0fffffff) << 32) | w3) VIRTUAL,
            generation INTEGER AS ((w1 >> 22) & 1) VIRTUAL,
            -- Entry to be written next.
            next_index INTEGER AS (w1 & 0x3fffff) VIRTUAL,
            -- P and Q of the notification.
            notification INTEGER AS (w1 >> 30) VIRTUAL,
            -- Server and priority that are notified; server NULL where the target is none of a pseries machine.
            server INTEGER AS (CASE WHEN (w6 & 0x7ffff) >= 0x400 THEN (w6 & 0x7ffff) - 0x400 END) VIRTUAL,
            priority INTEGER AS ((w7 >> 16) & 0xff) VIRTUAL,
            -- Server and priority that the place in the table stands for.
            table_server INTEGER AS (queue >> 3) VIRTUAL,
            table_priority INTEGER AS (queue & 7) VIRTUAL,
            PRIMARY KEY (part, queue)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE queue_entry_row (
            -- Entries of event queues, in guest memory, that the guest has not consumed.
            \(part),
            queue INTEGER NOT NULL CHECK (queue \(word)),
            position INTEGER NOT NULL CHECK (position \(word)),
            word INTEGER NOT NULL CHECK (word \(word)),
            eisn INTEGER AS (word & 0x7fffffff) VIRTUAL,
            generation INTEGER AS (word >> 31) VIRTUAL,
            PRIMARY KEY (part, queue, position)
        ) STRICT, WITHOUT ROWID
        """,
    ]

    // MARK: - vCPUs

    private static let processorRows = [
        """
        CREATE TABLE vcpu_row (
            -- Virtual CPUs.
            \(part),
            place INTEGER NOT NULL,
            cpu_index INTEGER NOT NULL CHECK (cpu_index \(word)),
            -- Server number by which the guest names it; NULL where nothing says it.
            server INTEGER CHECK (server \(word)),
            server_basis TEXT NOT NULL,
            -- Instance number of the section of its thread context.
            context_instance INTEGER CHECK (context_instance \(word)),
            PRIMARY KEY (part, place)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE thread_context_row (
            -- XIVE thread contexts: 64 bytes as sixteen big-endian words, four for each ring (user, OS, pool, physical).
            \(part),
            place INTEGER NOT NULL,
            \((0..<16).map { "w\($0) INTEGER NOT NULL CHECK (w\($0) \(word))" }.joined(separator: ",\n    ")),
            -- Of the OS ring:
            nsr INTEGER AS (w4 >> 24) VIRTUAL,
            cppr INTEGER AS ((w4 >> 16) & 0xff) VIRTUAL,
            ipb INTEGER AS ((w4 >> 8) & 0xff) VIRTUAL,
            lsmfb INTEGER AS (w4 & 0xff) VIRTUAL,
            ack_count INTEGER AS (w5 >> 24) VIRTUAL,
            pipr INTEGER AS (w5 & 0xff) VIRTUAL,
            valid INTEGER AS (w6 >> 31) VIRTUAL,
            -- Server whose events reach the context; NULL where the CAM line is no pseries one.
            cam_server INTEGER AS (CASE WHEN (w6 & 0xffffff) >= 0x400 THEN (w6 & 0xffffff) - 0x400 END) VIRTUAL,
            PRIMARY KEY (part, place)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE presenter_row (
            -- XICS presenters (ICP).
            \(part),
            place INTEGER NOT NULL,
            xirr INTEGER NOT NULL CHECK (xirr \(word)),
            pending_priority INTEGER NOT NULL CHECK (pending_priority \(byte)),
            mfrr INTEGER NOT NULL CHECK (mfrr \(byte)),
            cppr INTEGER AS (xirr >> 24) VIRTUAL,
            -- What is presented: 0 nothing, 2 the inter-processor interrupt, else a number.
            xisr INTEGER AS (xirr & 0xffffff) VIRTUAL,
            PRIMARY KEY (part, place)
        ) STRICT, WITHOUT ROWID
        """,
    ]

    // MARK: - Devices

    private static let deviceRows = [
        """
        CREATE TABLE host_bridge_row (
            -- PCI host bridges.
            \(part),
            place INTEGER NOT NULL,
            buid INTEGER NOT NULL,
            -- Instance number of its section.
            instance INTEGER NOT NULL CHECK (instance \(word)),
            -- Windows that machine types up to 2.7 save; empty in later ones.
            old_windows BLOB NOT NULL,
            \(bridgeColumn),
            PRIMARY KEY (part, place)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE bridge_pin_row (
            -- Numbers of the level interrupts of the bridges; bridge is the bridge's place.
            \(part),
            bridge INTEGER NOT NULL,
            pin INTEGER NOT NULL,
            number INTEGER NOT NULL CHECK (number \(word)),
            PRIMARY KEY (part, bridge, pin)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE message_block_row (
            -- Blocks of numbers given to the message vectors of PCI functions; bridge is the bridge's place.
            \(part),
            bridge INTEGER NOT NULL,
            place INTEGER NOT NULL,
            -- bus << 16 | slot << 11 | function << 8.
            function INTEGER NOT NULL CHECK (function \(word)),
            first INTEGER NOT NULL CHECK (first \(word)),
            count INTEGER NOT NULL CHECK (count \(word)),
            PRIMARY KEY (part, bridge, place)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE device_row (
            -- Virtual I/O devices.
            \(part),
            place INTEGER NOT NULL,
            type TEXT NOT NULL,
            unit_address INTEGER NOT NULL CHECK (unit_address \(word)),
            -- Number in its section; NULL where its section has none.
            number INTEGER CHECK (number \(word)),
            -- Signal state and queue fields of its section.
            queue_state BLOB NOT NULL,
            PRIMARY KEY (part, place)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE message_bitmap_row (
            -- Words of the message bitmap that are not 0: bit b of word w is number 0x1300 + 64 * w + b.
            \(part),
            word INTEGER NOT NULL,
            bits INTEGER NOT NULL,
            PRIMARY KEY (part, word)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE negotiated_option_row (
            -- Words of the negotiated option vector 5 that are not 0.
            \(part),
            word INTEGER NOT NULL,
            bits INTEGER NOT NULL,
            PRIMARY KEY (part, word)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE device_tree_row (
            -- Flattened device tree as the stream carries it.
            part INTEGER PRIMARY KEY REFERENCES part ON DELETE CASCADE,
            initial_size INTEGER NOT NULL CHECK (initial_size \(word)),
            bytes BLOB NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE device_tree_number_row (
            -- Numbers that the device tree names, with the owner that the node stands for.
            \(part),
            place INTEGER NOT NULL,
            number INTEGER NOT NULL CHECK (number \(word)),
            \(ownerColumns),
            PRIMARY KEY (part, place)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE device_tree_server_row (
            -- Server numbers of the CPU nodes of the device tree.
            \(part),
            place INTEGER NOT NULL,
            server INTEGER NOT NULL CHECK (server \(word)),
            PRIMARY KEY (part, place)
        ) STRICT, WITHOUT ROWID
        """,
    ]

    // MARK: - The rest, and evidence

    private static let evidenceRows = [
        """
        CREATE TABLE residue_row (
            -- Bytes of a section that no other column holds.
            part INTEGER PRIMARY KEY REFERENCES part ON DELETE CASCADE,
            section TEXT NOT NULL,
            instance INTEGER NOT NULL CHECK (instance \(word)),
            name TEXT NOT NULL,
            bytes BLOB NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE gap_row (
            -- What could not be known, and why.
            \(part),
            place INTEGER NOT NULL,
            subject TEXT NOT NULL,
            reason TEXT NOT NULL,
            PRIMARY KEY (part, place)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE section_row (
            -- Device sections of the stream: where each stands.
            \(part),
            place INTEGER NOT NULL,
            position INTEGER NOT NULL CHECK (position \(word)),
            name TEXT NOT NULL,
            instance INTEGER NOT NULL CHECK (instance \(word)),
            version INTEGER NOT NULL CHECK (version \(word)),
            id INTEGER NOT NULL CHECK (id \(word)),
            offset INTEGER NOT NULL,
            body_offset INTEGER NOT NULL,
            body_length INTEGER NOT NULL,
            PRIMARY KEY (part, place)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE site_row (
            -- Rules for where the bytes of a fact stand: offset + (key - first_key) * stride.
            \(part),
            place INTEGER NOT NULL,
            kind TEXT NOT NULL,
            first_key INTEGER NOT NULL,
            count INTEGER NOT NULL,
            stride INTEGER NOT NULL,
            section TEXT NOT NULL,
            instance INTEGER NOT NULL CHECK (instance \(word)),
            -- Path in the section; an asterisk stands for the element's index.
            field TEXT NOT NULL,
            offset INTEGER NOT NULL,
            PRIMARY KEY (part, place)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE capability_row (
            -- Migration capabilities that the stream names.
            \(part),
            place INTEGER NOT NULL,
            name TEXT NOT NULL,
            PRIMARY KEY (part, place)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE note_row (
            -- Notes of the import.
            \(part),
            place INTEGER NOT NULL,
            text TEXT NOT NULL,
            PRIMARY KEY (part, place)
        ) STRICT, WITHOUT ROWID
        """,
    ]
}
