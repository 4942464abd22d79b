extension ScenarioLibrary {
    /// Migrations that QEMU accepts in silence and that a guest does not survive unharmed, each with its repair.
    static let breaks: [Entry] = [
        Entry(
            name: "break-vcpu-order",
            text: """
                scenario: vCPUs plugged in another order under XIVE
                about: Thread contexts are matched by order of creation, so those of servers 1 and 3 are exchanged.
                machine: {type: pseries-7.2, ic-mode: xive, cpus: 1, maxcpus: 4, devices: [{core: 3}, {core: 1}]}
                destination: {devices: [{core: 1}, {core: 3}]}
                steps:
                  - negotiate: xive
                  - start: 1
                  - queue: {server: 1, page: 0x100000}
                  - bind: {number: epow, server: 1, eisn: 0x10}
                  - open:
                    cpu: 1
                  - open:
                    cpu: 3
                  - migrate
                  - raise: epow
                  - take:
                    cpu: 1
                    gives: epow
                expect: {load: accepted, verdict: different, findings: context/exchanged}
                """),
        Entry(
            name: "repaired-vcpu-order",
            text: """
                scenario: vCPUs plugged in the same order under XIVE
                machine: {type: pseries-7.2, ic-mode: xive, cpus: 1, maxcpus: 4, devices: [{core: 3}, {core: 1}]}
                destination: same
                steps:
                  - negotiate: xive
                  - start: 1
                  - queue: {server: 1, page: 0x100000}
                  - bind: {number: epow, server: 1, eisn: 0x10}
                  - open:
                    cpu: 1
                  - migrate
                  - raise: epow
                  - take:
                    cpu: 1
                    gives: epow
                expect: {load: accepted, verdict: identical}
                """),
        Entry(
            name: "break-vsmt-xive",
            text: """
                scenario: as many queues, but vCPUs are named otherwise
                about: vsmt 2 with 4 vCPUs and vsmt 1 with 8 have 8 servers each; the second vCPU is server 2 or 1.
                machine: {type: pseries-7.2, ic-mode: xive, cpus: 2, maxcpus: 4, vsmt: 2}
                destination: {maxcpus: 8, vsmt: 1}
                steps:
                  - negotiate: xive
                  - queue: {server: 2, page: 0x100000}
                  - bind: {number: epow, server: 2, eisn: 0x10}
                  - migrate
                  - hcall: [H_INT_GET_QUEUE_INFO, 0, 2, 6]
                    gives: H_SUCCESS
                expect: {load: accepted, verdict: different, findings: vcpu/server-changed}
                """),
        Entry(
            name: "repaired-vsmt-xive",
            text: """
                scenario: vCPUs are named alike
                machine: {type: pseries-7.2, ic-mode: xive, cpus: 2, maxcpus: 4, vsmt: 2}
                destination: {maxcpus: 4, vsmt: 2}
                steps:
                  - negotiate: xive
                  - queue: {server: 2, page: 0x100000}
                  - bind: {number: epow, server: 2, eisn: 0x10}
                  - migrate
                  - hcall: [H_INT_GET_QUEUE_INFO, 0, 2, 6]
                    gives: H_SUCCESS
                expect: {load: accepted, verdict: identical}
                """),
        Entry(
            name: "break-vsmt-xics",
            text: """
                scenario: a source is bound to a server that the destination does not have
                about: QEMU 5.2 and 7.2 die at the next interrupt, later builds never deliver it.
                machine: {type: pseries-7.2, build: "7.2", ic-mode: xics, cpus: 2, maxcpus: 2, vsmt: 8}
                destination: {vsmt: 1}
                steps:
                  - start: 8
                  - open:
                    cpu: 1
                  - bind: {number: epow, server: 8, priority: 5}
                    gives: 0
                  - migrate
                  - raise: epow
                  - take:
                    cpu: 1
                    gives: epow
                expect: {load: accepted, verdict: different, findings: vcpu/server-changed, ends: destination}
                """),
        Entry(
            name: "break-vsmt-xics-10.0",
            text: """
                scenario: a source is bound to a server that the destination does not have, QEMU 10.0
                machine: {type: pseries-7.2, build: "10.0", ic-mode: xics, cpus: 2, maxcpus: 2, vsmt: 8}
                destination: {vsmt: 1}
                steps:
                  - start: 8
                  - open:
                    cpu: 1
                  - bind: {number: epow, server: 8, priority: 5}
                  - migrate
                  - raise: epow
                  - take:
                    cpu: 1
                    gives: epow
                expect: {load: accepted, verdict: different, findings: vcpu/server-changed}
                """),
        Entry(
            name: "repaired-vsmt-xics",
            text: """
                scenario: the source is bound to a server that the destination has
                machine: {type: pseries-7.2, build: "7.2", ic-mode: xics, cpus: 2, maxcpus: 2, vsmt: 8}
                destination: same
                steps:
                  - start: 8
                  - open:
                    cpu: 1
                  - bind: {number: epow, server: 8, priority: 5}
                  - migrate
                  - raise: epow
                  - take:
                    cpu: 1
                    gives: epow
                expect: {load: accepted, verdict: identical}
                """),
        Entry(
            name: "break-maxcpus-xics",
            text: """
                scenario: another number of possible vCPUs under XICS
                machine: {type: pseries-7.2, ic-mode: xics, cpus: 2, maxcpus: 4}
                destination: {maxcpus: 8}
                steps: [migrate]
                expect: {load: accepted, verdict: different, findings: machine/server-count}
                """),
        Entry(
            name: "repaired-maxcpus-xics",
            text: """
                scenario: the same number of possible vCPUs under XICS
                machine: {type: pseries-7.2, ic-mode: xics, cpus: 2, maxcpus: 4}
                destination: {maxcpus: 4}
                steps: [migrate]
                expect: {load: accepted, verdict: identical}
                """),
        Entry(
            name: "break-extra-phb",
            text: """
                scenario: a host bridge more on the destination
                about: The stream overwrites the table, so the extra bridge's numbers are unclaimed from then on.
                machine: {type: pseries-7.2, ic-mode: xive, devices: [{phb: 1}]}
                destination: {devices: [{phb: 1}, {phb: 2}]}
                steps:
                  - negotiate: xive
                  - migrate
                  - hcall: [H_INT_GET_SOURCE_INFO, 0, 0x1208]
                expect: {load: accepted, verdict: different, findings: map/only-in-destination}
                """),
        Entry(
            name: "repaired-extra-phb",
            text: """
                scenario: the same host bridges on both sides
                machine: {type: pseries-7.2, ic-mode: xive, devices: [{phb: 1}, {phb: 2}]}
                destination: same
                steps:
                  - negotiate: xive
                  - migrate
                  - hcall: [H_INT_GET_SOURCE_INFO, 0, 0x1208]
                expect: {load: accepted, verdict: identical}
                """),
        Entry(
            name: "break-extra-vio",
            text: """
                scenario: a VIO device more on the destination
                machine: {type: pseries-7.2, ic-mode: xics, devices: [{vscsi: 0x2000}]}
                destination: {devices: [{vscsi: 0x2000}, {vlan: 0x3000}]}
                steps: [migrate]
                expect: {load: accepted, verdict: different, findings: map/only-in-destination}
                """),
        Entry(
            name: "repaired-extra-vio",
            text: """
                scenario: the same VIO devices on both sides, in another order
                machine: {type: pseries-7.2, ic-mode: xics, devices: [{vscsi: 0x2000}, {vlan: 0x3000}]}
                destination: {devices: [{vlan: 0x3000}, {vscsi: 0x2000}]}
                steps: [migrate]
                expect: {load: accepted, verdict: identical}
                """),
        Entry(
            name: "break-hotplug-events",
            text: """
                scenario: the hot-plug event source exists on the destination only
                about: After the load its number is unclaimed, though its device raises it.
                machine: {type: pseries-7.2, ic-mode: xics, hotplug-events: off}
                destination: {hotplug-events: on}
                steps: [migrate]
                expect: {load: accepted, verdict: different, findings: map/only-in-destination}
                """),
        Entry(
            name: "repaired-hotplug-events",
            text: """
                scenario: the hot-plug event source exists on both sides
                machine: {type: pseries-7.2, ic-mode: xics, hotplug-events: on}
                destination: same
                steps: [migrate]
                expect: {load: accepted, verdict: identical}
                """),
        Entry(
            name: "break-hotplug-events-gone",
            text: """
                scenario: the hot-plug event source exists on the source only
                about: After the load its number stays claimed, and nothing on the destination raises it.
                machine: {type: pseries-7.2, ic-mode: xics, hotplug-events: on}
                destination: {hotplug-events: off}
                steps:
                  - bind: {number: hot-plug, server: 0, priority: 5}
                    gives: 0
                  - migrate
                expect: {load: accepted, verdict: different, findings: map/only-in-source}
                """),
        Entry(
            name: "repaired-hotplug-events-gone",
            text: """
                scenario: the hot-plug event source exists on neither side
                machine: {type: pseries-7.2, ic-mode: xics, hotplug-events: off}
                destination: same
                steps: [migrate]
                expect: {load: accepted, verdict: identical}
                """),
        Entry(
            name: "break-mode-fallen",
            text: """
                scenario: a machine with XIVE alone moves to a dual one before the guest has negotiated
                about: The source is in XIVE, the destination in XICS.
                machine: {type: pseries-7.2, ic-mode: xive}
                destination: {ic-mode: dual}
                steps: [migrate]
                expect: {load: accepted, verdict: different, findings: machine/mode-in-force}
                """),
        Entry(
            name: "repaired-mode-fallen",
            text: """
                scenario: both machines have XIVE alone
                machine: {type: pseries-7.2, ic-mode: xive}
                destination: same
                steps: [migrate]
                expect: {load: accepted, verdict: identical}
                """),
        Entry(
            name: "repaired-mode-negotiated",
            text: """
                scenario: a machine with XIVE alone moves to a dual one after the guest has negotiated XIVE
                about: The negotiation travels, so the destination is in XIVE as well; it offers XICS besides.
                machine: {type: pseries-7.2, ic-mode: dual, cpus: 1, maxcpus: 1}
                destination: same
                steps:
                  - negotiate: xive
                  - queue: {server: 0, page: 0x100000}
                  - bind: {number: epow, server: 0, eisn: 0x10}
                  - open
                  - migrate
                  - raise: epow
                  - take:
                    gives: epow
                expect: {load: accepted, verdict: identical}
                """),
        Entry(
            name: "break-mode-widened",
            text: """
                scenario: a machine with XICS alone moves to a dual one
                machine: {type: pseries-7.2, ic-mode: xics}
                destination: {ic-mode: dual}
                steps: [migrate]
                expect: {load: accepted, verdict: different, findings: machine/modes-offered}
                """),
        Entry(
            name: "repaired-mode-widened",
            text: """
                scenario: both machines have XICS alone
                machine: {type: pseries-7.2, ic-mode: xics}
                destination: same
                steps: [migrate]
                expect: {load: accepted, verdict: identical}
                """),
        Entry(
            name: "break-extra-vcpu",
            text: """
                scenario: a vCPU more on the destination
                about: The stream has nothing for it, so its context stays as reset left it.
                machine: {type: pseries-7.2, ic-mode: xive, cpus: 1, maxcpus: 4, devices: [{core: 1}]}
                destination: {devices: [{core: 1}, {core: 2}]}
                steps:
                  - negotiate: xive
                  - migrate
                expect: {load: accepted, verdict: different, findings: vcpu/extra}
                """),
        Entry(
            name: "repaired-extra-vcpu",
            text: """
                scenario: the same vCPUs on both sides
                machine: {type: pseries-7.2, ic-mode: xive, cpus: 1, maxcpus: 4, devices: [{core: 1}]}
                destination: same
                steps:
                  - negotiate: xive
                  - migrate
                expect: {load: accepted, verdict: identical}
                """),
        Entry(
            name: "break-byte-order",
            text: """
                scenario: hosts of different byte order under XIVE
                about: The tables travel in the byte order of the host. No number is claimed after the load, which QEMU asserts.
                machine: {type: pseries-7.2, ic-mode: xive, cpus: 1, maxcpus: 1, host: little}
                destination: {host: big}
                steps:
                  - negotiate: xive
                  - queue: {server: 0, page: 0x100000}
                  - bind: {number: epow, server: 0, eisn: 0x10}
                  - open
                  - migrate
                  - raise: epow
                  - take:
                    gives: epow
                expect: {load: accepted, verdict: different, findings: machine/table-byte-order, ends: destination}
                """),
        Entry(
            name: "repaired-byte-order",
            text: """
                scenario: hosts of the same byte order under XIVE
                machine: {type: pseries-7.2, ic-mode: xive, cpus: 1, maxcpus: 1, host: big}
                destination: same
                steps:
                  - negotiate: xive
                  - queue: {server: 0, page: 0x100000}
                  - bind: {number: epow, server: 0, eisn: 0x10}
                  - open
                  - migrate
                  - raise: epow
                  - take:
                    gives: epow
                expect: {load: accepted, verdict: identical}
                """),
        Entry(
            name: "refused-vio-order",
            text: """
                scenario: another order of VIO devices under the sequential map
                about: Numbers depend on order. This one QEMU refuses.
                machine: {type: pseries-3.0, devices: [{vscsi: 0x2000}, {vlan: 0x3000}]}
                destination: {devices: [{vlan: 0x3000}, {vscsi: 0x2000}]}
                steps: [migrate]
                expect: {load: refused, verdict: different, findings: map/number-moved}
                """),
        Entry(
            name: "break-sequential-extra-vio",
            text: """
                scenario: a VIO device more on the destination under the sequential map
                about: Its number was given to a message on the source; both raise it after the load.
                machine:
                  type: pseries-3.0
                  devices:
                    - pci: {model: nec-usb-xhci, at: "phb0:01.0"}
                    - vscsi: 0x2000
                destination:
                  devices:
                    - pci: {model: nec-usb-xhci, at: "phb0:01.0"}
                    - vscsi: 0x2000
                    - vlan: 0x3000
                steps:
                  - messages: {of: "phb0:01.0", count: 3}
                  - migrate
                expect: {load: accepted, verdict: different}
                """),
        Entry(
            name: "repaired-sequential-extra-vio",
            text: """
                scenario: the same VIO devices on both sides under the sequential map
                machine:
                  type: pseries-3.0
                  devices:
                    - pci: {model: nec-usb-xhci, at: "phb0:01.0"}
                    - vscsi: 0x2000
                    - vlan: 0x3000
                destination: same
                steps:
                  - messages: {of: "phb0:01.0", count: 3}
                  - migrate
                expect: {load: accepted, verdict: identical}
                """),
    ]
}
