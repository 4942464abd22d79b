extension Rule {
    static let mapRules: [Rule] = [
        collision, numberMoved, ownerChanged, onlyInSource, onlyInDestination, kindChanged, claimChanged, twoOwners,
        unclaimedDeviceNumber, outsideSpace, kindMismatch, messageOverlap, messageUnclaimed, messageBitmap,
        bitmapMismatch, dualClaims, dormantClaims, unknownOwner, unclaimedResidue,
    ]

    static let collision = Rule(
        "map/collision", .error,
        summary: "A number is a message of the source's guest and belongs to a device of the destination.",
        effect:
            "An interrupt of either device arrives at the driver of the other, and either may free the other's number.",
        cause: """
            With the sequential allocator (types up to 3.0) an additional device of the destination takes the number \
            that the source gave to a message at its guest's request. QEMU loads the stream without a message.
            """,
        remedy: "Build the destination from exactly the source's devices.")

    static let numberMoved = Rule(
        "map/number-moved", .error,
        summary: "A device has another interrupt number.",
        effect: "The guest goes on using the old number: the device's interrupts are lost or reach another driver.",
        cause: """
            The number depends on the order in which devices were created (types up to 3.0), on the event sources that \
            exist before it, or on the unit address or index that the command line gave the device.
            """,
        remedy: """
            Create the devices in the source's order with the same addresses, or use a machine type whose map is fixed \
            (3.1 and later).
            """)

    static let ownerChanged = Rule(
        "map/owner-changed", .error,
        summary: "A number belongs to another device.",
        effect: "An interrupt of the one device is handled by the driver of the other.",
        cause: "Unit addresses given out automatically follow the order of creation; or a device was replaced.",
        remedy: "Give every device its address explicitly, the same on both sides.")

    static let onlyInSource = Rule(
        "map/only-in-source", .error,
        summary: "A device, or a number of it, exists on the source only.",
        effect: "The guest waits for interrupts that nobody will raise.",
        cause: """
            The destination lacks the device, the event source or the message block. A number of this kind may stay \
            claimed after the load although nothing of the destination uses it.
            """,
        remedy:
            "Build the destination from exactly the source's devices and options (modern-hotplug-events among them).")

    static let onlyInDestination = Rule(
        "map/only-in-destination", .error,
        summary: "A device, or a number of it, exists on the destination only.",
        effect: """
            The stream overwrites the table: the device raises a number that is not claimed, which is dropped, given to \
            another device on request, or ends QEMU on an assertion, and stays so after a reset.
            """,
        cause: "The destination was built with an additional device; QEMU loads the stream without a message.",
        remedy:
            "Build the destination from exactly the source's devices, and add others by hot-plug after the migration.")

    static let kindChanged = Rule(
        "map/kind-changed", .error,
        summary: "A number is level-signalled on one side and message-signalled on the other.",
        effect: "Level interrupts are lost after the first, or messages are taken for levels and never end.",
        cause: "Another device stands behind the number, or the flags of the source controller were damaged.",
        remedy: "Compare the devices of both sides at this number.")

    static let claimChanged = Rule(
        "map/claim-changed", .error,
        summary: "A number is claimed on one side and free on the other, although the same device owns it.",
        effect: "Calls on the number fail where it is free, and its events are dropped.",
        cause: "The table loaded does not fit the devices: the stream comes from a machine that had not claimed it.",
        remedy: "Look for the device on the machine that saved the state first.")

    static let twoOwners = Rule(
        "map/two-owners", .error,
        summary: "A number has more than one owner.",
        effect: "An interrupt of either device arrives at the driver of the other.",
        cause: "A device of the machine was built with a number that the loaded tables give to something else.",
        remedy: "Remove the device that the machine which saved the state first did not have.")

    static let unclaimedDeviceNumber = Rule(
        "map/unclaimed-device-number", .error,
        summary: "A device has a number that is not claimed.",
        effect: """
            The guest cannot configure it, and when the device raises it the event is dropped or QEMU ends on an \
            assertion.
            """,
        cause: """
            A migration overwrote the claims of a machine that has more devices than the one which saved the state. \
            Numbers are claimed once, when the machine is built, so a reset does not heal it.
            """,
        remedy: "Start the machine afresh, or remove the device.")

    static let outsideSpace = Rule(
        "map/outside-space", .error,
        summary: "A number lies outside the number space of the machine.",
        effect: "Every call that names it fails.",
        cause: "The state is damaged, or was put together from machines of different families.",
        remedy: "Capture the state again.")

    static let kindMismatch = Rule(
        "map/kind-mismatch", .error,
        summary: "The controller has a number as message where its owner is a line, or the other way about.",
        effect: "Level interrupts are lost after the first, or messages are taken for levels and never end.",
        cause:
            "The flags of the XICS source and the device behind it disagree: tables and devices do not belong together.",
        remedy: "Compare the devices with those of the machine that saved the state first.")

    static let messageOverlap = Rule(
        "map/message-overlap", .error,
        summary: "Two blocks of message numbers overlap.",
        effect: "Two PCI functions raise the same number: each driver sees the other's interrupts.",
        cause: "The MSI tables of the host bridges are damaged, or come from different states.",
        remedy: "Capture the state again; if it comes back, it is a fault of the allocator.")

    static let messageUnclaimed = Rule(
        "map/message-unclaimed", .error,
        summary: "A block of message numbers contains numbers that are not claimed.",
        effect: "Messages of the function are dropped.",
        cause: "The MSI table of a host bridge and the tables of the controller do not belong together.",
        remedy: "Capture the state again; if it comes back, it is a fault of the allocator.")

    static let messageBitmap = Rule(
        "map/message-bitmap", .error,
        summary: "The bitmap of message numbers given out differs.",
        effect: "The next request of the guest gets other numbers, or a number that is already in use.",
        cause:
            "spapr_irq_map travels in the stream only when some bit is set: a stale one stays if it does not travel.",
        remedy: "Compare the MSI tables of the host bridges on both sides.")

    static let bitmapMismatch = Rule(
        "map/bitmap-mismatch", .error,
        summary: "The bitmap of message numbers is not the union of the bridges' MSI tables.",
        effect: "A number in use may be given out a second time, or a free one never again.",
        cause: "Bitmap and tables come from different moments, or a release of numbers was incomplete.",
        remedy: "Capture the state again; if it comes back, it is a fault of the allocator.")

    static let dualClaims = Rule(
        "map/dual-claims", .error,
        summary: "The two controllers of a dual machine have not the same external numbers claimed.",
        effect: "Numbers appear or vanish when the guest negotiates the other mode.",
        cause: "A machine with both controllers claims every number in both; one of the tables was overwritten alone.",
        remedy: "Compare the machine's devices with those of the machine that saved the state first.")

    static let dormantClaims = Rule(
        "map/dormant-claims", .error,
        summary: "The controller that is not in force has other numbers claimed.",
        effect: "The numbers differ as soon as the guest negotiates the other mode, at the latest after a reset.",
        cause: "The machines are not built from the same devices, or one table was overwritten alone.",
        remedy: "Build the destination from exactly the source's devices.")

    static let unknownOwner = Rule(
        "map/unknown-owner", .note,
        summary: "A number is claimed, but nothing says by what.",
        effect: "Whether it belongs to the same device on another machine cannot be decided.",
        cause: "The saved state names no owner: old machine types carry no device tree, some devices save no number.",
        remedy: "Capture with a machine type that carries its device tree (4.0 and later), if the guest allows it.")

    static let unclaimedResidue = Rule(
        "map/unclaimed-residue", .note,
        summary: "Free numbers hold left-over configuration.",
        effect: "None now; when a number is claimed again it starts with these values instead of those of a reset.",
        cause: """
            Freeing a number clears only its VALID bit under XIVE, and sets its priority to 0, the most favoured, under \
            XICS.
            """,
        remedy: "Nothing; it explains surprising values of numbers that are given out again.")
}
