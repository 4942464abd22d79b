extension Rule {
    static let sourceRules: [Rule] = [
        sourceBinding, sourceEisn, sourceStatus, sourceServerMissing, sourceQueueOutside, sourceQueueBlock,
        sourceQueueDisabled, sourceReservedPriority,
    ]

    static let sourceBinding = Rule(
        "source/binding", .error,
        summary: "A number is bound to another server or priority, or is masked on one side only.",
        effect: "The interrupt reaches another vCPU or queue than the guest chose, or does not come at all.",
        cause: "The table of the controller was not loaded, was reset, or was changed after the load.",
        remedy: "Capture the destination after the load and before it runs; then compare the tables.")

    static let sourceEisn = Rule(
        "source/eisn", .error,
        summary: "The number that the guest chose to see in its queue (EISN) differs.",
        effect: "The guest reads an unknown number from its queue and handles the wrong interrupt, or none.",
        cause: "The event assignment was not loaded, or was changed after the load.",
        remedy: "Capture the destination after the load and before it runs; then compare the event assignments.")

    static let sourceStatus = Rule(
        "source/status", .error,
        summary: "The delivery state of a number differs: P and Q, the level of its line, or the XICS status.",
        effect: "An event is lost, comes twice, or the number stays blocked for ever.",
        cause: "The status of the sources was not loaded, or a device raised or lowered its line in between.",
        remedy: "Capture both states while the guest is stopped.")

    static let sourceServerMissing = Rule(
        "source/server-missing", .error,
        summary: "A number is bound to a server that has no virtual CPU.",
        effect: "The interrupt is never delivered; QEMU 5.2 and 7.2 end with SIGSEGV under XICS when it is raised.",
        cause: "vsmt, threads or the set of vCPUs is not that of the machine on which the guest made the binding.",
        remedy: "Give the machine the source's vsmt, threads and cores.")

    static let sourceQueueOutside = Rule(
        "source/queue-outside", .error,
        summary: "A number is bound to an event queue beyond the table.",
        effect: "Its events are dropped.",
        cause: "The table of queues is smaller than on the machine on which the guest made the binding.",
        remedy: "Give the machine the source's maxcpus and vsmt.")

    static let sourceQueueBlock = Rule(
        "source/queue-block", .error,
        summary: "An event assignment names a block other than 0.",
        effect: "A pseries machine has no such queue: the number's events are dropped.",
        cause: "The table is damaged, or was read in the wrong byte order.",
        remedy: "Compare the byte order of the hosts that saved and loaded the state.")

    static let sourceQueueDisabled = Rule(
        "source/queue-disabled", .warning,
        summary: "A number is bound to an event queue that is not enabled.",
        effect: "Its events are dropped.",
        cause: "A guest may bind before it configures the queue, or take the queue down first.",
        remedy: "If the guest was at rest, look for the vCPU whose queues are missing.")

    static let sourceReservedPriority = Rule(
        "source/reserved-priority", .warning,
        summary: "A number is bound to priority 7, which the hypervisor keeps for itself.",
        effect: "No call of the guest can have made this binding.",
        cause: "The table is damaged, or another hypervisor wrote it.",
        remedy: "Capture the state again.")

    static let queueRules: [Rule] = [
        queueConfiguration, queuePosition, queueStatus, queueEntries, queueServerMissing, queueTarget, queueAlignment,
        queueIndexRange, queueReservedPriority, queueOutsideMemory, queueUnknownEntry, queueWrapped,
    ]

    static let queueConfiguration = Rule(
        "queue/configuration", .error,
        summary: "An event queue is enabled, placed, sized, flagged or targeted differently.",
        effect: "Events are written where the guest does not look for them, possibly over its other data.",
        cause: "The table of queues was not loaded, was reset, or was changed after the load.",
        remedy: "Capture the destination after the load and before it runs.")

    static let queuePosition = Rule(
        "queue/position", .error,
        summary: "The next entry of an event queue, or its generation, differs.",
        effect: "The guest takes new events for old ones, or old ones for new: interrupts are lost or repeated.",
        cause: "The guest or its devices went on between the two moments, or the queue was configured again.",
        remedy: "Capture both states while the guest is stopped.")

    static let queueStatus = Rule(
        "queue/status", .error,
        summary: "The notification state (ESn) of an event queue differs.",
        effect: "The vCPU is not told of new events in the queue, or is told twice.",
        cause: "The descriptor was not loaded, or an event came in between.",
        remedy: "Capture both states while the guest is stopped.")

    static let queueEntries = Rule(
        "queue/entries", .error,
        summary: "The events waiting in an event queue differ.",
        effect: "Interrupts that the guest has not handled are lost, repeated, or are others.",
        cause: "The guest's memory was not transferred whole, or the guest went on between the two moments.",
        remedy: "Capture both states while the guest is stopped, and with its memory.")

    static let queueServerMissing = Rule(
        "queue/server-missing", .error,
        summary: "An enabled event queue notifies a server that has no virtual CPU.",
        effect: "Events are queued but no vCPU is told.",
        cause: "vsmt, threads or the set of vCPUs is not that of the machine on which the guest set up the queue.",
        remedy: "Give the machine the source's vsmt, threads and cores.")

    static let queueTarget = Rule(
        "queue/target", .error,
        summary: "An enabled event queue notifies another server or priority than its place in the table stands for.",
        effect: "Events reach another vCPU than the one the guest bound them to.",
        cause: "On a pseries machine the place is server x 8 + priority; the descriptor is damaged.",
        remedy: "Capture the state again.")

    static let queueAlignment = Rule(
        "queue/alignment", .error,
        summary: "The address of an enabled event queue is not a multiple of its size.",
        effect: "No call of the guest can have made this queue; events may overwrite other data of the guest.",
        cause: "The descriptor is damaged, or was read in the wrong byte order.",
        remedy: "Capture the state again.")

    static let queueIndexRange = Rule(
        "queue/index-range", .error,
        summary: "The next entry of an enabled event queue lies beyond its end.",
        effect: "The next event is written outside the queue, over other data of the guest.",
        cause: "The descriptor is damaged.",
        remedy: "Capture the state again.")

    static let queueReservedPriority = Rule(
        "queue/reserved-priority", .warning,
        summary: "An event queue of priority 7, which the hypervisor keeps for itself, is enabled.",
        effect: "No call of the guest can have made this queue.",
        cause: "The table is damaged, or another hypervisor wrote it.",
        remedy: "Capture the state again.")

    static let queueOutsideMemory = Rule(
        "queue/outside-memory", .error,
        summary: "An enabled event queue lies outside of guest memory.",
        effect: "Events written to it are lost: the guest never sees these interrupts.",
        cause: "The descriptor is damaged, or the memory was there on another machine only.",
        remedy: "Compare the size of memory with that of the machine on which the guest set up the queue.")

    static let queueUnknownEntry = Rule(
        "queue/unknown-entry", .note,
        summary: "An entry in an event queue shows a number (EISN) that no claimed source has.",
        effect: "If the guest has not read it yet, it takes an interrupt that it cannot give to any device.",
        cause:
            "The source was released or bound to another number since; mostly the guest has read the entry long ago.",
        remedy: "Nothing, unless the guest reports a spurious interrupt.")

    static let queueWrapped = Rule(
        "queue/wrapped", .note,
        summary: "Every place of an event queue holds an entry: it has gone round and written over older ones.",
        effect: "None if the guest had read those; if it had not, they are lost. The saved state does not tell which.",
        cause: "The guest has run for long, or did not read its queue for long.",
        remedy: "Nothing, unless the guest misses interrupts.")
}
