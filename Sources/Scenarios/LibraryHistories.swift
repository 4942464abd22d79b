extension ScenarioLibrary {
    /// What becomes of devices.
    static let histories: [Entry] = [
        Entry(
            name: "msi-churn",
            text: """
                scenario: drivers ask for messages, let go and ask again in another order
                about: Numbers move with history; they travel in the stream, so the destination has them all the same.
                machine:
                  type: pseries-7.2
                  ic-mode: xive
                  devices:
                    - pci: {model: nec-usb-xhci, at: "phb0:01.0"}
                    - pci: {model: e1000e, at: "phb0:02.0"}
                destination: same
                steps:
                  - negotiate: xive
                  - messages: {of: "phb0:02.0", count: 4}
                    gives: 0x1300
                  - messages: {of: "phb0:01.0", count: 3}
                    gives: 0x1304
                  - rtas: [change-msi, 0x1000, 0x8000000, 0x20000000, 4, 0, 1]
                    gives: [0, 0]
                  - rtas: [change-msi, 0x800, 0x8000000, 0x20000000, 4, 0, 1]
                    gives: [0, 0]
                  - messages: {of: "phb0:01.0", count: 6}
                    gives: 0x1300
                  - messages: {of: "phb0:02.0", count: 4}
                    gives: 0x1306
                  - migrate
                  - messages: {of: "phb0:01.0", count: 2}
                    gives: 0x130a
                expect: {load: accepted, verdict: identical}
                """),
        Entry(
            name: "msi-alignment",
            text: """
                scenario: message blocks as the allocator places them
                about: MSI blocks start anywhere and MSI-X blocks at even numbers, the reverse of what was meant.
                machine:
                  type: pseries-7.2
                  ic-mode: xive
                  devices:
                    - pci: {at: "phb0:01.0", msi: 8, msi-x: 3}
                    - pci: {at: "phb0:02.0", msi: 8, msi-x: 3}
                    - pci: {at: "phb0:03.0", msi: 2, msi-x: 3}
                steps:
                  - negotiate: xive
                  - messages: {of: "phb0:01.0", count: 1}
                    gives: 0x1300
                  - messages: {of: "phb0:02.0", count: 8, kind: msi}
                    gives: 0x1301
                  - messages: {of: "phb0:03.0", count: 3}
                    gives: 0x130a
                """),
        Entry(
            name: "msi-exhaustion",
            text: """
                scenario: two cards with 2,048 vectors each
                about: The full bitmap is not noticed, and QEMU ends on an assertion.
                machine:
                  type: pseries-7.2
                  ic-mode: xive
                  devices:
                    - pci: {at: "phb0:01.0", msi-x: 2048}
                    - pci: {at: "phb0:02.0", msi-x: 2048}
                steps:
                  - messages: {of: "phb0:01.0", count: 2048}
                    gives: 0x1300
                  - messages: {of: "phb0:02.0", count: 2048}
                expect: {ends: source}
                """),
        Entry(
            name: "phb-hotplug",
            text: """
                scenario: a host bridge plugged in on the source stands on the command line of the destination
                about: Its numbers follow its index, so both sides agree.
                machine: {type: pseries-7.2, ic-mode: xics, cpus: 1, maxcpus: 1}
                destination:
                  devices:
                    - phb: 1
                    - pci: {model: e1000e, at: "phb1:01.0"}
                steps:
                  - plug: {phb: 1}
                  - plug: {pci: {model: e1000e, at: "phb1:01.0"}}
                  - open
                  - bind: {number: phb1.pin1, server: 0, priority: 5}
                  - migrate
                  - assert: "phb1:01.0"
                  - take:
                    gives: phb1.pin1
                expect: {load: accepted, verdict: identical}
                """),
        Entry(
            name: "vcpu-order-xics",
            text: """
                scenario: vCPUs plugged in another order under XICS
                about: Presenters are matched by the index of their vCPU, so the order does not matter.
                machine: {type: pseries-7.2, ic-mode: xics, cpus: 1, maxcpus: 4, devices: [{core: 3}, {core: 1}]}
                destination: {devices: [{core: 1}, {core: 3}]}
                steps:
                  - start: 1
                  - open:
                    cpu: 1
                  - bind: {number: epow, server: 1, priority: 5}
                  - migrate
                  - raise: epow
                  - take:
                    cpu: 1
                    gives: epow
                expect: {load: accepted, verdict: identical}
                """),
    ]
}
