extension Rule {
    static let deviceRules: [Rule] = [deviceSignal]

    static let deviceSignal = Rule(
        "device/signal-state", .error,
        summary: "A virtual I/O device has its interrupt enabled on one side only.",
        effect: "The device does not interrupt although the guest asked for it, or interrupts although it did not.",
        cause: "The guest's H_VIO_SIGNAL was not carried over in the device's section.",
        remedy: "Compare the device's section on both sides.")

    static let deviceTreeRules: [Rule] = [
        deviceTreeChanged, deviceTreeNumber, deviceTreeServerCount, deviceTreeServer, deviceTreeModes,
    ]

    static let deviceTreeChanged = Rule(
        "device-tree/changed", .error,
        summary: "The interrupt properties of the device tree differ.",
        effect: "The guest was told other numbers, servers or modes than the tree of the destination says.",
        cause: "The states do not belong to one guest: a migration carries the source's tree.",
        remedy: "Check that the destination is the one that loaded this source.")

    static let deviceTreeNumber = Rule(
        "device-tree/number", .error,
        summary: "The device tree tells the guest another number than the device has.",
        effect: "The guest waits at a number that the device does not raise.",
        cause: "Tree and devices come from different machines, or the map changed under a running guest.",
        remedy: "Compare the devices with those of the machine that saved the state first.")

    static let deviceTreeServerCount = Rule(
        "device-tree/server-count", .error,
        summary: "The device tree tells the guest another number of servers than the machine has.",
        effect: "The guest uses servers or inter-processor interrupts that do not exist.",
        cause: "Tree and machine come from different -smp or vsmt.",
        remedy: "Give the machine the source's maxcpus, threads and vsmt.")

    static let deviceTreeServer = Rule(
        "device-tree/server", .warning,
        summary: "The device tree names a server that no virtual CPU has.",
        effect: "The guest may bind interrupts to it, which then have no target.",
        cause: "The vCPU was unplugged since the tree was made, or the machine is not that of the tree.",
        remedy:
            "If no vCPU was unplugged, compare vsmt and the set of vCPUs with the machine that saved the state first.")

    static let deviceTreeModes = Rule(
        "device-tree/modes", .warning,
        summary: "The device tree offers other interrupt modes than the machine has.",
        effect: "At its next boot the guest finds other modes than it was told.",
        cause: "The state was loaded into a machine of another ic-mode.",
        remedy: "Give the machine the ic-mode of the machine that saved the state first.")

    static let dormantRules: [Rule] = [dormantState]

    static let dormantState = Rule(
        "dormant/state", .note,
        summary: "The controller that is not in force holds another state.",
        effect: "None while the other controller is in force: a switch of mode or a reset sets it up anew.",
        cause:
            "What the guest or its firmware did before the negotiation stays in the tables of the dormant controller.",
        remedy: "Nothing.")

    static let exactRules: [Rule] = [
        exactBits, exactInstance, exactQueueState, exactOptions, exactTree, exactResidue, exactKnowledge, exactListing,
    ]

    private static let exactRemedy = "Nothing, unless the two states should be the same to the bit."

    static let exactBits = Rule(
        "exact/bits", .error,
        summary: "Bits of an interrupt section differ that a guest cannot observe.",
        effect: "None that a guest can see.",
        cause:
            "Derived registers (PIPR), reserved bits and rings that a pseries guest has no access to differ by build.",
        remedy: exactRemedy)

    static let exactInstance = Rule(
        "exact/instance", .error,
        summary: "Instance numbers of sections differ.",
        effect: "None that a guest can see.",
        cause: "Devices or vCPUs were created in another order.",
        remedy: exactRemedy)

    static let exactQueueState = Rule(
        "exact/device-state", .error,
        summary: "Fields of a device's section other than its numbers differ.",
        effect: "Not one of interrupts: the command queue (CRQ) of a VIO device, or windows of an old host bridge.",
        cause: "The device went on between the two moments.",
        remedy: exactRemedy)

    static let exactOptions = Rule(
        "exact/negotiated-options", .error,
        summary: "Negotiated options other than the interrupt mode differ.",
        effect: "Not one of interrupts.",
        cause: "The guest negotiated again, or the platforms offer different options.",
        remedy: exactRemedy)

    static let exactTree = Rule(
        "exact/device-tree-blob", .error,
        summary: "The bytes of the device tree differ.",
        effect: "Not one of interrupts: the interrupt properties are compared by themselves.",
        cause: "The tree was made by another build or changed by the guest.",
        remedy: exactRemedy)

    static let exactResidue = Rule(
        "exact/residue", .error,
        summary: "Other parts of the sections differ.",
        effect: "Not one of interrupts.",
        cause: "For example the time base, which goes on.",
        remedy: exactRemedy)

    static let exactKnowledge = Rule(
        "exact/knowledge", .error,
        summary: "What is known of the states, or where it is known from, differs.",
        effect: "None that a guest can see.",
        cause: "One state was read from a stream that says more than the other.",
        remedy: exactRemedy)

    static let exactListing = Rule(
        "exact/listing", .error,
        summary: "The same entries stand in another order.",
        effect: "None that a guest can see.",
        cause: "QEMU writes tables such as the messages of a host bridge in the order of a hash table.",
        remedy: exactRemedy)
}
