/// Tables of a certificate about two or three states: the canonical form of each, cut into columns.
///
/// A row's `position` is the number of its line in that form, from 1. Texts are as the canonical form has them: printable ASCII, anything else as `\` and two hexadecimal digits.
enum StateTables {
    static let sql: [String] = [
        """
        CREATE TABLE state(
          side TEXT PRIMARY KEY CHECK(side IN ('source','destination','constructed')),
          digest TEXT NOT NULL,
          type_name TEXT NOT NULL, scheme TEXT NOT NULL, active_mode TEXT NOT NULL CHECK(active_mode IN ('xics','xive')),
          server_count INTEGER, server_count_basis TEXT NOT NULL,
          has_bitmap INTEGER NOT NULL CHECK(has_bitmap IN (0, 1)),
          has_options INTEGER NOT NULL CHECK(has_options IN (0, 1))
        ) STRICT
        """,
        """
        CREATE TABLE assignment(
          side TEXT NOT NULL REFERENCES state, shelf TEXT NOT NULL CHECK(shelf IN ('number','device-tree-number')),
          position INTEGER NOT NULL, number INTEGER NOT NULL CHECK(number BETWEEN 0 AND 4294967295),
          kind TEXT CHECK(kind IN ('msi','lsi')), basis TEXT NOT NULL, owner TEXT NOT NULL,
          class TEXT GENERATED ALWAYS AS (substr(owner, 1, instr(owner || ' ', ' ') - 1)) VIRTUAL,
          PRIMARY KEY(side, shelf, position)
        ) STRICT
        """,
        "CREATE INDEX assignment_number ON assignment(side, shelf, number, owner)",
        "CREATE INDEX assignment_owner ON assignment(side, shelf, owner)",
        """
        CREATE TABLE xive(
          side TEXT PRIMARY KEY REFERENCES state, numbers INTEGER NOT NULL, queues INTEGER NOT NULL,
          byte_order TEXT NOT NULL, entries TEXT NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE event_assignment(
          side TEXT NOT NULL REFERENCES xive, position INTEGER NOT NULL, number INTEGER NOT NULL,
          word INTEGER NOT NULL, status INTEGER NOT NULL, PRIMARY KEY(side, position), UNIQUE(side, number)
        ) STRICT
        """,
        """
        CREATE TABLE event_queue(
          side TEXT NOT NULL REFERENCES xive, position INTEGER NOT NULL, place INTEGER NOT NULL,
          w0 INTEGER NOT NULL, w1 INTEGER NOT NULL, w2 INTEGER NOT NULL, w3 INTEGER NOT NULL,
          w4 INTEGER NOT NULL, w5 INTEGER NOT NULL, w6 INTEGER NOT NULL, w7 INTEGER NOT NULL,
          PRIMARY KEY(side, position), UNIQUE(side, place)
        ) STRICT
        """,
        """
        CREATE TABLE queue_entry(
          side TEXT NOT NULL REFERENCES xive, position INTEGER NOT NULL, queue INTEGER NOT NULL,
          place INTEGER NOT NULL, word INTEGER NOT NULL, PRIMARY KEY(side, position), UNIQUE(side, queue, place)
        ) STRICT
        """,
        """
        CREATE TABLE xics(side TEXT PRIMARY KEY REFERENCES state, base INTEGER NOT NULL, numbers INTEGER NOT NULL) STRICT
        """,
        """
        CREATE TABLE xics_source(
          side TEXT NOT NULL REFERENCES xics, position INTEGER NOT NULL, number INTEGER NOT NULL,
          server INTEGER NOT NULL, priority INTEGER NOT NULL, saved_priority INTEGER NOT NULL, status INTEGER NOT NULL,
          flags INTEGER NOT NULL, PRIMARY KEY(side, position), UNIQUE(side, number)
        ) STRICT
        """,
        """
        CREATE TABLE cpu(
          side TEXT NOT NULL REFERENCES state, position INTEGER NOT NULL, cpu INTEGER NOT NULL, server INTEGER,
          server_basis TEXT NOT NULL, instance INTEGER, context TEXT CHECK(length(context) = 128),
          xirr INTEGER, pending INTEGER, mfrr INTEGER,
          word2 TEXT GENERATED ALWAYS AS (substr(context, 49, 8)) VIRTUAL,
          line TEXT GENERATED ALWAYS AS (iif(substr(context, 51, 6) >= '000400', substr(context, 51, 6), NULL)) VIRTUAL,
          PRIMARY KEY(side, position), UNIQUE(side, cpu),
          CHECK((xirr IS NULL) = (pending IS NULL) AND (xirr IS NULL) = (mfrr IS NULL))
        ) STRICT
        """,
        """
        CREATE TABLE bridge(
          side TEXT NOT NULL REFERENCES state, position INTEGER NOT NULL, buid INTEGER NOT NULL,
          instance INTEGER NOT NULL, pins TEXT NOT NULL, windows TEXT NOT NULL,
          PRIMARY KEY(side, position), UNIQUE(side, buid)
        ) STRICT
        """,
        """
        CREATE TABLE message_block(
          side TEXT NOT NULL, bridge INTEGER NOT NULL, position INTEGER NOT NULL, device INTEGER NOT NULL,
          first INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY KEY(side, bridge, position),
          FOREIGN KEY(side, bridge) REFERENCES bridge(side, buid)
        ) STRICT
        """,
        """
        CREATE TABLE virtual_device(
          side TEXT NOT NULL REFERENCES state, position INTEGER NOT NULL, type TEXT NOT NULL,
          unit_address INTEGER NOT NULL, number INTEGER, queue_state TEXT NOT NULL,
          signal TEXT GENERATED ALWAYS AS (iif(length(queue_state) >= 16, substr(queue_state, 1, 16), NULL)) VIRTUAL,
          PRIMARY KEY(side, position), UNIQUE(side, unit_address, type)
        ) STRICT
        """,
        """
        CREATE TABLE state_word(
          side TEXT NOT NULL REFERENCES state, vector TEXT NOT NULL CHECK(vector IN ('message-bitmap','negotiated-options')),
          position INTEGER NOT NULL, word INTEGER NOT NULL, PRIMARY KEY(side, vector, position)
        ) STRICT
        """,
        """
        CREATE TABLE device_tree(
          side TEXT PRIMARY KEY REFERENCES state, server_count INTEGER, offered_modes INTEGER, servers TEXT NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE device_tree_blob(
          side TEXT PRIMARY KEY REFERENCES state, initial_size INTEGER NOT NULL, bytes BLOB NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE residue(
          side TEXT NOT NULL REFERENCES state, position INTEGER NOT NULL, name TEXT NOT NULL, instance INTEGER NOT NULL,
          part TEXT NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY(side, position)
        ) STRICT
        """,
        """
        CREATE TABLE gap(
          side TEXT NOT NULL REFERENCES state, position INTEGER NOT NULL, subject TEXT NOT NULL, reason TEXT NOT NULL,
          PRIMARY KEY(side, position)
        ) STRICT
        """,
        canonical,
    ]

    /// The canonical form of each state, line by line: what its digest is of.
    private static let canonical = """
        CREATE VIEW canonical(side, part, position, item, line) AS
        SELECT side, 0, 0, 0, 'irqproof-state 1' FROM state
        UNION ALL SELECT side, 1, 0, 0, printf('machine %s %s %s %s %s', type_name, scheme, active_mode,
          ifnull(server_count, '-'), server_count_basis) FROM state
        UNION ALL SELECT side, iif(shelf = 'number', 2, 17), position, 0,
          printf('%s %08x %s %s %s', shelf, number, ifnull(kind, '-'), basis, owner) FROM assignment
        UNION ALL SELECT side, 3, 0, 0, printf('xive %d %d %s', numbers, queues, byte_order) FROM xive
        UNION ALL SELECT side, 4, position, 0, printf('eas %08x %016x %02x', number, word, status) FROM event_assignment
        UNION ALL SELECT side, 5, position, 0, printf('end-descriptor %d %08x %08x %08x %08x %08x %08x %08x %08x', place,
          w0, w1, w2, w3, w4, w5, w6, w7) FROM event_queue
        UNION ALL SELECT side, 6, 0, 0, 'queue-entries ' || entries FROM xive
        UNION ALL SELECT side, 7, position, 0, printf('entry %d %d %08x', queue, place, word) FROM queue_entry
        UNION ALL SELECT side, 8, 0, 0, printf('xics %08x %d', base, numbers) FROM xics
        UNION ALL SELECT side, 9, position, 0, printf('ics %08x %d %02x %02x %02x %02x', number, server, priority,
          saved_priority, status, flags) FROM xics_source
        UNION ALL SELECT side, 10, position, 0, printf('cpu %d %s %s %s %s %s', cpu, ifnull(server, '-'), server_basis,
          ifnull(instance, '-'), ifnull(context, '-'),
          iif(xirr IS NULL, '-', printf('%08x %02x %02x', xirr, pending, mfrr))) FROM cpu
        UNION ALL SELECT side, 11, position, 0, printf('bridge %016x %d %s%s', buid, instance, pins,
          iif(windows = '', '-', windows)) FROM bridge
        UNION ALL SELECT m.side, 11, b.position, m.position, printf('messages %08x %08x %d', device, first, count)
          FROM message_block m JOIN bridge b ON b.side = m.side AND b.buid = m.bridge
        UNION ALL SELECT side, 12, position, 0, printf('vio %s %08x %s %s', type, unit_address,
          iif(number IS NULL, '-', printf('%08x', number)), iif(queue_state = '', '-', queue_state)) FROM virtual_device
        UNION ALL SELECT side, 13, 0, 0, 'message-bitmap' || (SELECT ifnull(group_concat(hex, ''), '') FROM
          (SELECT printf(' %016x', word) AS hex FROM state_word w WHERE w.side = state.side AND vector = 'message-bitmap'
           ORDER BY position)) FROM state WHERE has_bitmap
        UNION ALL SELECT side, 14, 0, 0, 'negotiated-options' || (SELECT ifnull(group_concat(hex, ''), '') FROM
          (SELECT printf(' %016x', word) AS hex FROM state_word w WHERE w.side = state.side
           AND vector = 'negotiated-options' ORDER BY position)) FROM state WHERE has_options
        UNION ALL SELECT side, 15, 0, 0, printf('device-tree-blob %d ', initial_size) ||
          iif(length(bytes) = 0, '-', lower(hex(bytes))) FROM device_tree_blob
        UNION ALL SELECT side, 16, 0, 0, printf('device-tree %s %s%s', ifnull(server_count, '-'),
          ifnull(offered_modes, '-'), servers) FROM device_tree
        UNION ALL SELECT side, 18, position, 0, printf('residue %s %d %s ', name, instance, part) ||
          iif(length(bytes) = 0, '-', lower(hex(bytes))) FROM residue
        UNION ALL SELECT side, 19, position, 0, printf('gap %s %s', subject, reason) FROM gap
        UNION ALL SELECT side, 20, 0, 0, 'end' FROM state
        """
}
