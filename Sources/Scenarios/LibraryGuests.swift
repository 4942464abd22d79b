extension ScenarioLibrary {
    /// What guests do.
    static let guests: [Entry] = [
        Entry(
            name: "linux-xive",
            text: """
                scenario: a Linux-like boot under XIVE
                about: Negotiation, one queue for each vCPU, IPIs, event sources, a terminal, messages of a card.
                machine:
                  type: pseries-7.2
                  build: "7.2"
                  ic-mode: xive
                  cpus: 2
                  maxcpus: 4
                  devices:
                    - phb: 1
                    - pci: {model: e1000e, at: "phb1:02.0"}
                    - pci: {model: virtio-net-pci, at: "phb0:01.0"}
                destination: same
                steps:
                  - hcall: [H_INT_GET_QUEUE_INFO, 0, 0, 6]
                    gives: H_FUNCTION
                  - negotiate: xive
                    gives: H_SUCCESS
                  - hcall: [H_INT_GET_QUEUE_INFO, 0, 0, 6]
                    gives: [H_SUCCESS, 0x60100400c0000, 0]
                  - queue: {server: 0, page: 0x4a90000}
                  - bind: {number: ipi 0, server: 0, eisn: 0x10}
                    gives: H_SUCCESS
                  - start: 1
                    gives: 0
                  - queue: {server: 1, page: 0x4530000}
                  - bind: {number: ipi 1, server: 1, eisn: 0x10}
                  - open
                  - open:
                    cpu: 1
                  - bind: {number: epow, server: 0, eisn: 0x16}
                  - bind: {number: hot-plug, server: 1, eisn: 0x19}
                  - bind: {number: vio@71000000, server: 0, eisn: 0x17}
                  - messages: {of: "phb1:02.0", count: 4}
                    gives: 0x1300
                  - messages: {of: "phb0:01.0", count: 9}
                    gives: 0x1304
                  - bind: {number: "phb1:02.0/0", server: 1, eisn: 0x1d}
                  - interrupt: 1
                  - take:
                    cpu: 1
                    gives: ipi 1
                  - raise: vio@71000000
                  - raise: epow
                  - take:
                    gives: [vio@71000000, epow]
                  - migrate
                  - raise: phb1:02.0/0
                  - take:
                    cpu: 1
                    gives: "phb1:02.0/0"
                  - take:
                    gives: none
                expect: {load: accepted, verdict: identical}
                """),
        Entry(
            name: "linux-xics",
            text: """
                scenario: a Linux-like boot under XICS
                about: Sources bound by RTAS, an inter-processor interrupt, a level interrupt of a card.
                machine:
                  type: pseries-7.2
                  build: "7.2"
                  ic-mode: xics
                  cpus: 2
                  maxcpus: 4
                  devices:
                    - phb: 1
                    - pci: {model: e1000e, at: "phb1:01.0"}
                destination: same
                steps:
                  - negotiate: xics
                  - start: 1
                  - open
                  - open:
                    cpu: 1
                  - bind: {number: epow, server: 0, priority: 5}
                    gives: 0
                  - bind: {number: phb1.pin1, server: 1, priority: 5}
                  - interrupt: 1
                  - take:
                    cpu: 1
                    gives: 2
                  - assert: "phb1:01.0"
                  - take:
                    cpu: 1
                    gives: phb1.pin1
                  - deassert: "phb1:01.0"
                  - take:
                    cpu: 1
                  - migrate
                  - raise: epow
                  - take:
                    gives: epow
                expect: {load: accepted, verdict: identical}
                """),
        Entry(
            name: "cas-switch",
            text: """
                scenario: the guest of a dual machine chooses XIVE
                about: Before the choice the XICS calls answer, after it the XIVE ones, at once and without a reset.
                machine: {type: pseries-7.2, ic-mode: dual, cpus: 1, maxcpus: 2}
                destination: same
                steps:
                  - rtas: [set-xive, epow, 0, 5]
                    gives: 0
                  - negotiate: xive
                  - rtas: [set-xive, epow, 0, 5]
                    gives: 0xffffffff
                  - hcall: [H_IPOLL, 0]
                    gives: H_HARDWARE
                  - queue: {server: 0, page: 0x100000}
                  - bind: {number: epow, server: 0, eisn: 0x10}
                    gives: H_SUCCESS
                  - open
                  - migrate
                  - raise: epow
                  - take:
                    gives: epow
                expect: {load: accepted, verdict: identical}
                """),
        Entry(
            name: "in-flight-xive",
            text: """
                scenario: an event is in the queue and not yet taken when the machine moves
                about: Nothing of it is lost, but QEMU before 11.1 does not raise the vCPU's input again.
                machine: {type: pseries-7.2, build: "7.2", ic-mode: xive, cpus: 1, maxcpus: 1}
                destination: same
                steps:
                  - negotiate: xive
                  - queue: {server: 0, page: 0x100000}
                  - bind: {number: epow, server: 0, eisn: 0x10}
                  - open
                  - raise: epow
                  - migrate
                  - take:
                    gives: epow
                expect: {load: accepted, verdict: different, findings: context/pending}
                """),
        Entry(
            name: "in-flight-xive-repaired",
            text: """
                scenario: an event is in the queue when the machine moves, to QEMU 11.1
                about: This build raises the vCPU's input again after the load.
                machine: {type: pseries-7.2, build: "11.1", ic-mode: xive, cpus: 1, maxcpus: 1}
                destination: same
                steps:
                  - negotiate: xive
                  - queue: {server: 0, page: 0x100000}
                  - bind: {number: epow, server: 0, eisn: 0x10}
                  - open
                  - raise: epow
                  - migrate
                  - take:
                    gives: epow
                expect: {load: accepted, verdict: identical, findings: context/pending}
                """),
        Entry(
            name: "displaced-xics",
            text: """
                scenario: a presented message is displaced by a more favoured request after the move
                about: The presenter forgets whose interrupt it presents, so the displaced one is never sent again.
                machine: {type: pseries-7.2, build: "7.2", ic-mode: xics, cpus: 1, maxcpus: 1}
                destination: same
                steps:
                  - open
                  - bind: {number: epow, server: 0, priority: 6}
                  - raise: epow
                  - migrate
                  - hcall: [H_IPI, 0, 4]
                  - hcall: [H_XIRR]
                    gives: [H_SUCCESS, 0xff000002]
                  - hcall: [H_IPI, 0, 0xff]
                  - hcall: [H_EOI, 0xff000002]
                  - hcall: [H_IPOLL, 0]
                    gives: [H_SUCCESS, 0xff001000, 0xff]
                expect: {load: accepted, verdict: different, findings: presenter/pending}
                """),
        Entry(
            name: "displaced-xics-repaired",
            text: """
                scenario: a presented message is displaced after the move, as the authors meant it
                about: With the owner restored by the load the displaced interrupt comes back.
                machine: {type: pseries-7.2, build: "7.2", behaviour: intended, ic-mode: xics, cpus: 1, maxcpus: 1}
                destination: same
                steps:
                  - open
                  - bind: {number: epow, server: 0, priority: 6}
                  - raise: epow
                  - migrate
                  - hcall: [H_IPI, 0, 4]
                  - hcall: [H_XIRR]
                  - hcall: [H_IPI, 0, 0xff]
                  - hcall: [H_EOI, 0xff000002]
                  - hcall: [H_IPOLL, 0]
                    gives: [H_SUCCESS, 0xff001000, 0xff]
                expect: {load: accepted, verdict: identical, findings: presenter/pending}
                """),
        Entry(
            name: "in-flight-xics",
            text: """
                scenario: a presented interrupt is not yet taken when the machine moves
                about: No build raises the vCPU's input again after the load under XICS.
                machine: {type: pseries-7.2, build: "11.1", ic-mode: xics, cpus: 1, maxcpus: 1}
                destination: same
                steps:
                  - open
                  - bind: {number: epow, server: 0, priority: 5}
                  - raise: epow
                  - migrate
                  - take:
                    gives: epow
                expect: {load: accepted, verdict: different, findings: presenter/pending}
                """),
        Entry(
            name: "in-flight-xics-repaired",
            text: """
                scenario: a presented interrupt is not yet taken when the machine moves, as the authors meant it
                machine: {type: pseries-7.2, build: "11.1", behaviour: intended, ic-mode: xics, cpus: 1, maxcpus: 1}
                destination: same
                steps:
                  - open
                  - bind: {number: epow, server: 0, priority: 5}
                  - raise: epow
                  - migrate
                  - take:
                    gives: epow
                expect: {load: accepted, verdict: identical, findings: presenter/pending}
                """),
    ]
}
