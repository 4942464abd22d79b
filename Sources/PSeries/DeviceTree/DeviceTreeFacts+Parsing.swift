import InterruptState

extension DeviceTreeFacts {
    /// Reads the interrupt properties of a flattened tree; nil where the bytes are none.
    public init?(flattened bytes: [UInt8]) {
        guard let tree = try? FlattenedDeviceTree(bytes) else { return nil }
        self.init(tree)
    }

    /// Reads the interrupt properties that QEMU writes (`hw/ppc/spapr.c`, `spapr_irq.c`, `spapr_pci.c`,
    /// `spapr_vio.c`, `spapr_events.c`, QEMU 5.2 to 11.1).
    init(_ tree: FlattenedDeviceTree) {
        self.init(
            numbers: DeviceTreeFacts.eventSources(tree) + DeviceTreeFacts.virtualDevices(tree)
                + DeviceTreeFacts.bridgePins(tree),
            servers: DeviceTreeFacts.coreServers(tree).joined().map(ServerNumber.init(_:)).sorted(),
            serverCount: DeviceTreeFacts.serverCount(tree),
            offeredModes: DeviceTreeFacts.offeredModes(tree))
        numbers.sort()
    }

    private static func row(_ number: UInt32, _ owner: Owner, _ kind: SourceKind) -> NumberAssignment {
        NumberAssignment(number: LogicalNumber(number), owner: owner, basis: .deviceTree, kind: kind)
    }

    private static func eventSources(_ tree: FlattenedDeviceTree) -> [NumberAssignment] {
        [("epow-events", Owner.epow), ("hot-plug-events", Owner.hotPlug)].compactMap { name, owner in
            let interrupts = tree.node("/event-sources/" + name)?.property("interrupts")
            return interrupts.flatMap { FlattenedDeviceTree.cells($0).first }.map { row($0, owner, .msi) }
        }
    }

    /// `/vdevice/TYPE@UNIT`: `interrupts` is <number 0>.
    private static func virtualDevices(_ tree: FlattenedDeviceTree) -> [NumberAssignment] {
        tree.children(of: "/vdevice").compactMap { node in
            guard let interrupts = node.property("interrupts"),
                let number = FlattenedDeviceTree.cells(interrupts).first,
                let identity = VirtualDeviceName(nodeName: node.name)
            else { return nil }
            let owner = Owner.virtualDevice(type: identity.type, unitAddress: identity.unitAddress)
            return row(number, owner, .msi)
        }
    }

    /// `/pci@BUID`: `interrupt-map` has rows of seven cells: slot << 11, 0, 0, pin 1…4, phandle, number, 1.
    ///
    /// Slot 0's rows name the bridge's own four pins.
    private static func bridgePins(_ tree: FlattenedDeviceTree) -> [NumberAssignment] {
        tree.children(of: "").flatMap { node -> [NumberAssignment] in
            guard node.name.hasPrefix("pci@"), let buid = UInt64(node.name.dropFirst(4), radix: 16),
                let map = node.property("interrupt-map").map(FlattenedDeviceTree.cells)
            else { return [] }
            return stride(from: 0, through: map.count - 7, by: 7).compactMap { start in
                guard map[start] & 0xf800 == 0, (1...4).contains(map[start + 3]) else { return nil }
                let pin = UInt8(map[start + 3] - 1)
                return row(map[start + 5], .bridgePin(bridge: buid, pin: pin), .lsi)
            }
        }
    }

    /// The servers of each CPU node: one for each thread of the core.
    static func coreServers(_ tree: FlattenedDeviceTree) -> [[UInt32]] {
        tree.children(of: "/cpus")
            .compactMap { $0.property("ibm,ppc-interrupt-server#s") }
            .map(FlattenedDeviceTree.cells)
    }

    /// Under XICS `ibm,interrupt-server-ranges` is <0 count>; under XIVE the IPIs are numbers 0 ..< count.
    private static func serverCount(_ tree: FlattenedDeviceTree) -> UInt32? {
        for node in tree.children(of: "") where node.name.hasPrefix("interrupt-controller") {
            for name: StaticString in ["ibm,interrupt-server-ranges", "ibm,xive-lisn-ranges"] {
                guard let cells = node.property(name).map(FlattenedDeviceTree.cells), cells.count >= 2 else { continue }
                return cells[0] == 0 ? cells[1] : nil
            }
        }
        return nil
    }

    /// `ibm,arch-vec-5-platform-support`: pairs of byte index and value; index 23 is the interrupt mode.
    private static func offeredModes(_ tree: FlattenedDeviceTree) -> UInt8? {
        guard let pairs = tree.node("/chosen")?.property("ibm,arch-vec-5-platform-support") else { return nil }
        return stride(from: 0, through: pairs.count - 2, by: 2).first { pairs[$0] == 23 }.map { pairs[$0 + 1] }
    }
}

/// Type and unit address of a virtual device, from the name of its node or section: `v-scsi@2000`.
struct VirtualDeviceName {
    var type: String
    var unitAddress: UInt32

    init?(nodeName: some StringProtocol) {
        guard let at = nodeName.firstIndex(of: "@"),
            let address = UInt32(nodeName[nodeName.index(after: at)...], radix: 16),
            at != nodeName.startIndex
        else { return nil }
        type = String(nodeName[..<at])
        unitAddress = address
    }

    /// From a section name such as `v-scsi@2000/spapr_vscsi`; nil for a section of another form.
    init?(sectionName: String) {
        let parts = sectionName.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        self.init(nodeName: parts[0])
        description = String(parts[1])
    }

    /// Name of the device's own description: `spapr_vscsi`.
    private(set) var description = ""

    /// Whether its section begins with a `spapr_vio` part, which has unit address and number
    /// (`hw/char/spapr_vty.c`, `hw/net/spapr_llan.c`, `hw/scsi/spapr_vscsi.c`, `hw/tpm/tpm_tis_spapr.c`).
    var hasNumberInSection: Bool {
        ["spapr_vty", "spapr_llan", "spapr_vscsi", "tpm-spapr"].contains(description)
    }

    /// Whether it is the NVRAM, whose section has neither (`hw/nvram/spapr_nvram.c`).
    var isNVRAM: Bool { description == "spapr_nvram" }
}
