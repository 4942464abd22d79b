extension Rule {
    static let virtualCPURules: [Rule] = [missingCPU, extraCPU, serverChanged, missingPart]

    static let missingCPU = Rule(
        "vcpu/missing", .error,
        summary: "A virtual CPU exists on the source only.",
        effect: "Interrupts bound to it have no target: they are never delivered, or end QEMU 7.2 and older.",
        cause: "Fewer cores on the destination, or a hot-plugged core that was not given on its command line.",
        remedy: "Give the destination the same cores, hot-plugged ones included, by the same core-id.")

    static let extraCPU = Rule(
        "vcpu/extra", .error,
        summary: "A virtual CPU exists on the destination only.",
        effect: "It keeps the state of a reset; the guest does not know of it and its device tree has no node for it.",
        cause: "More cores on the destination; QEMU loads the stream without a message.",
        remedy: "Give the destination exactly the source's cores, and hot-plug others after the migration.")

    static let serverChanged = Rule(
        "vcpu/server-changed", .error,
        summary: "A virtual CPU has another server number.",
        effect: """
            Calls that name the old number fail, and interrupts bound to it have no target: they are never delivered, or \
            end QEMU 7.2 and older.
            """,
        cause: "vsmt or threads differ: the server number is (index / threads) x vsmt + index mod threads.",
        remedy: "Give the destination the source's vsmt and threads; machine types up to 4.1 default to a vsmt of 8.")

    static let missingPart = Rule(
        "vcpu/missing-part", .warning,
        summary: "A virtual CPU has no state for the controller in force.",
        effect: "What is pending for it is not known.",
        cause: "Its section is missing from the stream, or could not be linked to the vCPU.",
        remedy: "Capture the state again.")

    static let contextRules: [Rule] = [
        contextExchanged, contextState, contextWrongServer, contextDuplicateServer, contextPending,
    ]

    static let contextExchanged = Rule(
        "context/exchanged", .error,
        summary: "Virtual CPUs have each other's thread context.",
        effect: "Every interrupt bound to one of these servers is delivered to another vCPU.",
        cause: """
            QEMU matches the sections xive-tctx by order of creation, not by vCPU. Hot-plugging cores in another order, \
            or giving -device in another order, exchanges them without a message.
            """,
        remedy: "Create the vCPUs of the destination in the order in which the source's were created.")

    static let contextState = Rule(
        "context/state", .error,
        summary: "The thread context of a virtual CPU differs.",
        effect: "The vCPU accepts other priorities, or has other interrupts pending, than before.",
        cause: "The section xive-tctx was not loaded, or was changed after the load.",
        remedy: "Capture the destination after the load and before it runs.")

    static let contextWrongServer = Rule(
        "context/wrong-server", .error,
        summary: "The thread context of a virtual CPU answers for another server.",
        effect: "Interrupts bound to the vCPU are delivered to another one, or to none.",
        cause: """
            Contexts are matched by order of creation on load, and carry the server number of the source's vCPU: another \
            order or another vsmt leaves a foreign number in the CAM line.
            """,
        remedy: "Create the vCPUs in the order, and with the vsmt, of the machine that saved the state first.")

    static let contextDuplicateServer = Rule(
        "context/duplicate-server", .error,
        summary: "Two thread contexts answer for the same server.",
        effect: "QEMU reports the duplicate and delivers to one of them; which one is not defined.",
        cause: "A vCPU was added that kept its own context while another one loaded the same server number.",
        remedy: "Give the destination exactly the source's vCPUs.")

    static let contextPending = Rule(
        "context/pending", .warning,
        summary: "An interrupt was pending in a thread context when the state was saved.",
        effect: """
            QEMU 5.2, 7.2 and 10.0 do not raise the vCPU's input again after the load: the interrupt stays unseen until \
            another one arrives.
            """,
        cause: "The guest had interrupts disabled at the moment of the save; the input level of the CPU is not saved.",
        remedy: "Nothing to be done in the state; expect a delayed or lost interrupt, or load with QEMU 11.1.")

    static let presenterRules: [Rule] = [presenterState, presenterPending]

    static let presenterState = Rule(
        "presenter/state", .error,
        summary: "The presenter of a virtual CPU differs.",
        effect: "The vCPU accepts other priorities, or has another interrupt pending, than before.",
        cause: "The section icp/server was not loaded, or was changed after the load.",
        remedy: "Capture the destination after the load and before it runs.")

    static let presenterPending = Rule(
        "presenter/pending", .warning,
        summary: "An interrupt was being presented when the state was saved.",
        effect: """
            The vCPU's input is not raised again after the load, and an interrupt displaced by a more favoured one is \
            not presented again, in QEMU 5.2 to 11.1.
            """,
        cause: "The guest had interrupts disabled at the moment of the save; the owner of the XISR is not saved.",
        remedy: "Nothing to be done in the state; expect a delayed or lost interrupt.")
}
