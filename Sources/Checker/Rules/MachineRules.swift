extension Rule {
    static let machineRules: [Rule] = [
        modeInForce, modesOffered, modeUnavailable, negotiatedMode, numberSpace, serverCount, queueCount,
        tableByteOrder,
        machineType, numberScheme, bridgeOrder,
    ]

    static let modeInForce = Rule(
        "machine/mode-in-force", .error,
        summary: "The interrupt controller in force is another one on each side.",
        effect: "Every interrupt call that the guest makes goes to a controller that does not answer it.",
        cause: """
            The guest negotiated XIVE or XICS with the source (client-architecture support); the destination is in the \
            other mode. QEMU accepts this when an XIVE-only machine is loaded into a dual one before the guest has \
            negotiated.
            """,
        remedy: "Give the destination the source's ic-mode.")

    static let modesOffered = Rule(
        "machine/modes-offered", .error,
        summary: "The machines do not have the same interrupt controllers.",
        effect: "The guest was told of other interrupt modes than it finds at its next negotiation or reset.",
        cause: """
            ic-mode (xics, xive, dual) differs. What a machine offers is guest-visible: it stands in the property \
            ibm,arch-vec-5-platform-support, which a guest reads when it boots, and decides what it gets after a reset. \
            That QEMU accepts xics into dual in silence does not make them the same machine.
            """,
        remedy: "Give both sides the same ic-mode.")

    static let modeUnavailable = Rule(
        "machine/mode-unavailable", .error,
        summary: "The interrupt mode in force has no controller.",
        effect: "No interrupt of the guest can be delivered.",
        cause: "The saved state is damaged or was put together by hand: no QEMU saves one without the other.",
        remedy: "Capture the state again.")

    static let negotiatedMode = Rule(
        "machine/negotiated-mode", .error,
        summary: "The negotiated option vector selects XIVE on one side only.",
        effect: "The XIVE calls of the guest are answered with H_FUNCTION, or its XICS calls with H_HARDWARE.",
        cause: """
            The XIVE hypercalls test the negotiated bit and not the controller in force. It travels in \
            spapr_option_vector_ov5_cas.
            """,
        remedy: "Compare the option vectors of both states; the destination must have loaded the source's.")

    static let numberSpace = Rule(
        "machine/number-space", .error,
        summary: "The bounds of the interrupt number space differ.",
        effect: "Numbers that the guest may use on one side do not exist on the other.",
        cause: "The machine types belong to different families: up to 3.0 the space has 0x400 numbers, then 0x1000.",
        remedy: "Use a machine type of the same family.")

    static let serverCount = Rule(
        "machine/server-count", .error,
        summary: "The number of possible servers differs.",
        effect: """
            The guest was told a range of servers (and, under XIVE, of inter-processor interrupts) that the machine does \
            not have, or has in excess.
            """,
        cause: """
            maxcpus, vsmt or threads differ: the count is ceil(maxcpus x vsmt / threads). In XICS mode nothing in the \
            stream shows it and QEMU loads in silence; in XIVE mode the table of event queues has another size and the \
            load fails.
            """,
        remedy: "Start the destination with the source's -smp (maxcpus, threads) and vsmt.")

    static let queueCount = Rule(
        "machine/queue-count", .error,
        summary: "The table of event queues has not eight entries for each possible server.",
        effect: "Queues of some servers do not exist, or exist for servers that do not.",
        cause: "The table and the device tree come from machines of different -smp or vsmt, or the state is damaged.",
        remedy: "Compare maxcpus, threads and vsmt of the machines that the state passed through.")

    static let tableByteOrder = Rule(
        "machine/table-byte-order", .error,
        summary: "The hosts write the XIVE tables in different byte order.",
        effect: "Every event assignment and every queue descriptor is read byte-swapped: all interrupts go astray.",
        cause: """
            QEMU keeps the words of these tables big-endian in memory but writes them to the stream as host integers. \
            Between a little-endian and a big-endian host they are corrupted without a message.
            """,
        remedy: "Do not move XIVE guests between hosts of different byte order.")

    static let machineType = Rule(
        "machine/type-name", .note,
        summary: "The machine types have different names.",
        effect: "QEMU will refuse the stream by the name; the guest would see no difference on account of it.",
        cause: """
            A machine type is a name for a set of properties. Two names may stand for the same interrupt map: the name \
            is no part of what a guest sees of its interrupts.
            """,
        remedy: "Start the destination with the machine type of the source.")

    static let numberScheme = Rule(
        "machine/number-scheme", .note,
        summary: "The machines hand out interrupt numbers by different schemes.",
        effect: "Numbers that the guest asks for later may differ; those it has are compared one by one.",
        cause: "Types up to 3.0 hand out the next free number, later ones a fixed function of the device.",
        remedy: "Use machine types of one family, or at least review the number map of both.")

    static let bridgeOrder = Rule(
        "machine/bridge-order", .note,
        summary: "The PCI host bridges were created in another order.",
        effect: """
            QEMU matches bridges by creation order and will refuse the stream; the guest, which knows them by their \
            BUID, would see no difference.
            """,
        cause: "The order of the command line, or hot-plug on one side and cold-plug on the other.",
        remedy: "List the host bridges in the source's order.")
}
