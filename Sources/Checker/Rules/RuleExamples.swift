extension Rule {
    /// A finding of a rule, as the checker worded it.
    public struct Example: Hashable, Sendable {
        /// What was found.
        public var title: String
        /// The pair of saved guests among the fixtures that shows it; nil where it is a sound state damaged on purpose.
        public var pair: String?
    }

    /// An example of what the rule finds.
    public var example: Example? { Self.examples[id] }

    /// By the id of the rule. Tests find every one again.
    static let examples: [String: Example] = [
        "machine/mode-in-force": Example(title: "The source is in xics mode, the destination in xive mode", pair: nil),
        "machine/modes-offered": Example(
            title: "The source offers xics, the destination xics and xive",
            pair: "brk_mode_xics_dual"),
        "machine/mode-unavailable": Example(
            title: "The mode in force has no controller: mode in force (xive)",
            pair: nil),
        "machine/negotiated-mode": Example(
            title: "The guest has negotiated XIVE on the source and not XIVE on the destination",
            pair: nil),
        "machine/number-space": Example(
            title: "XIVE number space 0x0000..0x1fff on the source, 0x0000..0x13ff on the destination",
            pair: nil),
        "machine/server-count": Example(
            title: "4 possible servers on the source and 8 on the destination as built",
            pair: "brk_maxcpus_xics"),
        "machine/queue-count": Example(
            title: "The table of event queues has not eight entries for each server: event queues (24 for 4 servers)",
            pair: nil),
        "machine/table-byte-order": Example(
            title: "The XIVE tables are little-endian on the source and big-endian on the destination as built",
            pair: nil),
        "machine/type-name": Example(
            title: "The source is a pseries-7.2 and the destination as built a pseries-6.2",
            pair: "brk_machine"),
        "machine/number-scheme": Example(
            title: "Numbers are handed out by the fixed scheme on the source and the sequential scheme on the "
                + "destination",
            pair: nil),
        "machine/bridge-order": Example(
            title: "PHB 1 and PHB 2 were created in another order on the destination as built",
            pair: "brk_fixed_phb_swap"),
        "map/collision": Example(
            title: "VIO l-lan@3000 has number 0x100d on the destination, the same as PHB 0 MSI 00:01.0 vector 0",
            pair: "brk_legacy_extra_vio_collides"),
        "map/number-moved": Example(
            title: "11 numbers of 5 devices moved down by one: 0x1002..0x100c of the source are 0x1001..0x100b "
                + "on the destination as built",
            pair: "brk_hpevents_legacy"),
        "map/owner-changed": Example(
            title: "2 numbers belong to another device: 0x1102 (VIO v-scsi@71000002 on the source, VIO "
                + "l-lan@71000002 on the destination as built) and 0x1103 (VIO l-lan@71000003 on the source, "
                + "VIO v-scsi@71000003 on the destination as built)",
            pair: "brk_fixed_vio_autoreg_swap"),
        "map/only-in-source": Example(
            title: "hot-plug events (number 0x1001) exist on the source only",
            pair: "brk_hpevents_fixed"),
        "map/only-in-destination": Example(
            title: "PHB 2 (LSIs 0x1208..0x120b) exists on the destination as built only",
            pair: "brk_phb_index"),
        "map/kind-changed": Example(title: "1 number (0x1100) are of another kind on the destination", pair: nil),
        "map/claim-changed": Example(title: "0x1100 of VIO vty@71000000 is claimed on the source only", pair: nil),
        "map/two-owners": Example(
            title: "Numbers have more than one owner: 0x1000 (EPOW events and VIO x@1)",
            pair: nil),
        "map/unclaimed-device-number": Example(
            title: "PHB 1 has numbers that are not claimed: 0x1205 (PHB 1 LSI pin 1)",
            pair: nil),
        "map/outside-space": Example(title: "Numbers lie outside the number space: 0x1204..0x1207", pair: nil),
        "map/kind-mismatch": Example(
            title: "The kind of a number does not fit its owner: 0x1200 kind (PHB 0 LSI pin 0, known as lsi, "
                + "flags 0x2)",
            pair: nil),
        "map/message-overlap": Example(
            title: "Blocks of message numbers overlap: PHB 1 MSIs of 00:01.0 (0x1303 and 0x1300..0x1303 of PHB 0 "
                + "MSIs of 00:01.0)",
            pair: nil),
        "map/message-unclaimed": Example(
            title: "PHB 0 MSIs of 00:01.0 have numbers that are not claimed: 0x1302 (block 0x1300..0x1303)",
            pair: nil),
        "map/message-bitmap": Example(
            title: "The bitmap has message numbers given out: 0x130f on the destination only",
            pair: nil),
        "map/bitmap-mismatch": Example(
            title: "The bitmap of message numbers does not fit the bridges' tables: 0x1303 (in a table, not marked)",
            pair: nil),
        "map/dual-claims": Example(
            title: "The two controllers have not the same numbers claimed: 0x1100 claims (claimed in XICS only)",
            pair: nil),
        "map/dormant-claims": Example(
            title: "0x1100 of VIO vty@71000000 is claimed on the source only under the controller that is not in "
                + "force",
            pair: nil),
        "map/unknown-owner": Example(
            title: "Nothing says by what these numbers are claimed: 0x1000 owner (Nothing says it.)",
            pair: nil),
        "map/unclaimed-residue": Example(
            title: "Free numbers hold left-over configuration: 0x1300 (0x0000000000000010, P=0 Q=1)",
            pair: nil),
        "vcpu/missing": Example(
            title: "vCPU 3 (server 3) exists on the source only; 1 source (0x1301) is bound to server 3, which "
                + "has no vCPU there",
            pair: "brk_core_id"),
        "vcpu/extra": Example(title: "vCPU 2 (server 2) exists on the destination as built only", pair: "brk_core_id"),
        "vcpu/server-changed": Example(
            title: "vCPU 1 is server 8 on the source and 1 on the destination as built; 3 sources (0x1205, "
                + "0x1300, 0x1302) are bound to server 8, which has no vCPU there",
            pair: "brk_vsmt_xics"),
        "vcpu/missing-part": Example(title: "vCPUs have no state for the controller in force: vCPU 1", pair: nil),
        "context/exchanged": Example(
            title: "Thread contexts are exchanged on the destination: vCPU 1 has that of vCPU 3 and vCPU 3 has "
                + "that of vCPU 1",
            pair: "brk_vcpu_order_xive"),
        "context/state": Example(title: "vCPU 1 CPPR: 0x00 on the source and 0x05 on the destination", pair: nil),
        "context/wrong-server": Example(
            title: "Thread contexts answer for another server than that of their vCPU: vCPU 1 (server 3, is server 1)",
            pair: nil),
        "context/duplicate-server": Example(
            title: "Thread contexts answer for the same server: vCPU 1 (server 0, as vCPU 0)",
            pair: nil),
        "context/pending": Example(
            title: "Interrupts are pending in thread contexts: vCPU 0 (NSR 0x80, CPPR 0xff, IPB 0x02)",
            pair: "mig_5.2_xive_D_q5.2-q10.0"),
        "presenter/state": Example(title: "vCPU 1 MFRR: 0xff on the source and 0x04 on the destination", pair: nil),
        "presenter/pending": Example(
            title: "Interrupts are being presented: vCPU 0 (an inter-processor interrupt)",
            pair: "brk_core_id"),
        "source/binding": Example(title: "0x1100: server 1 on the source and 0 on the destination", pair: nil),
        "source/eisn": Example(title: "0x1100: EISN 0x0020 on the source, 0x0021 on the destination", pair: nil),
        "source/status": Example(title: "0x1100: status P=0 Q=1 on the source, P=1 Q=1 on the destination", pair: nil),
        "source/server-missing": Example(
            title: "Numbers are bound to server 2, which has no vCPU: 0x1100 (queue 2/6)",
            pair: nil),
        "source/queue-outside": Example(
            title: "Numbers are bound to an event queue beyond the table: 0x1100 (queue 4/6)",
            pair: nil),
        "source/queue-block": Example(title: "Numbers name a block other than 0: 0x1100 (1)", pair: nil),
        "source/queue-disabled": Example(
            title: "Numbers are bound to queue 1/6, which is not enabled: 0x1100 (queue 1/6)",
            pair: nil),
        "source/reserved-priority": Example(
            title: "Numbers are bound to the reserved priority 7: 0x1100 (queue 1/7)",
            pair: nil),
        "queue/configuration": Example(
            title: "queue (server/priority) 1/6: other address on the destination",
            pair: nil),
        "queue/position": Example(title: "queue (server/priority) 1/6: next entry or generation differ", pair: nil),
        "queue/status": Example(title: "queue (server/priority) 1/6: notification state differs", pair: nil),
        "queue/entries": Example(title: "queue (server/priority) 1/6: 1 waiting entry differ", pair: nil),
        "queue/server-missing": Example(
            title: "Event queues notify a server that has no vCPU: queue 2/6 (server 2)",
            pair: nil),
        "queue/target": Example(
            title: "Event queues notify another target than their place stands for: queue 1/6 (server 0, priority 6)",
            pair: nil),
        "queue/alignment": Example(
            title: "Event queues are not aligned to their size: queue 1/6 (0x02161000, 65536 bytes)",
            pair: nil),
        "queue/index-range": Example(
            title: "The next entry lies beyond the event queue: queue 1/6 (16384 of 16384)",
            pair: nil),
        "queue/reserved-priority": Example(
            title: "Event queues of the reserved priority 7 are enabled: queue 1/7",
            pair: nil),
        "queue/outside-memory": Example(
            title: "Event queues lie outside of guest memory: queue 1/6 (0x02160000, 65536 bytes)",
            pair: nil),
        "queue/unknown-entry": Example(
            title: "Entries in event queues show numbers that no claimed source has: queue 1/6 (EISN 0x77)",
            pair: nil),
        "queue/wrapped": Example(
            title: "Event queues have gone round, over entries that may not have been read: queue 1/6 (16384 entries)",
            pair: nil),
        "device/signal-state": Example(
            title: "VIO vty@71000000: signal state 0x0000000000000000 on the source and 0x0000000000000001 on "
                + "the destination",
            pair: nil),
        "device-tree/changed": Example(title: "The device trees differ: number of servers", pair: nil),
        "device-tree/number": Example(
            title: "The device tree tells other numbers than devices have: VIO vty@71000000 (told 0x1105, has 0x1100)",
            pair: nil),
        "device-tree/server-count": Example(
            title: "The device tree tells another number of servers: number of servers (told 9, has 4)",
            pair: nil),
        "device-tree/server": Example(title: "The device tree names servers that no vCPU has: server 3", pair: nil),
        "device-tree/modes": Example(
            title: "The device tree offers other interrupt modes: modes offered (told xics and xive, has xive)",
            pair: nil),
        "dormant/state": Example(
            title: "The controller that is not in force holds another state: 0x1100 EISN",
            pair: nil),
        "exact/bits": Example(
            title: "1 thread context differ in bytes that no guest sees, or that are derived",
            pair: nil),
        "exact/instance": Example(
            title: "Instance numbers differ: vCPU 0 context and vCPU 1 context",
            pair: "brk_mode_xics_dual"),
        "exact/device-state": Example(
            title: "Other fields of devices differ: VIO vty@71000000 command queue",
            pair: nil),
        "exact/negotiated-options": Example(title: "Negotiated options differ: option word 0", pair: nil),
        "exact/device-tree-blob": Example(
            title: "The device tree differs: initial size of the device tree and bytes of the device tree",
            pair: nil),
        "exact/residue": Example(title: "Other parts of sections differ: spapr[0] timebase", pair: nil),
        "exact/knowledge": Example(
            title: "What is known, or where from, differs: basis of the number of servers",
            pair: "brk_mode_xics_dual"),
        "exact/listing": Example(title: "The same entries are listed differently: number map", pair: nil),
    ]
}
