import InterruptState
import PSeries
import Replay
import Yams

extension ScenarioReader {
    /// Reads a machine description: a file of its own, with the keys of a scenario's `machine`.
    ///
    /// - Parameters:
    ///   - base: values of keys that the text leaves out; nil where `type` must be there.
    ///   - types: machine types that it may name.
    public static func machine(
        _ text: String, file: String, basedOn base: MachineSetup? = nil,
        types: MachineTypeCatalogue = MachineTypeCatalogue()
    ) throws(ScenarioError) -> MachineSetup {
        try machine(root(text, file: file, types: types), basedOn: base)
    }

    private static let machineKeys = [
        "like", "type", "build", "behaviour", "ic-mode", "cpu", "cpus", "maxcpus", "vsmt", "hotplug-events", "memory",
        "serials", "nvram", "devices", "map", "host",
    ]

    static func machine(_ reading: Reading, basedOn base: MachineSetup?) throws(ScenarioError) -> MachineSetup {
        let fields = try reading.fields("a machine", allowed: machineKeys)
        var setup = try start(reading, fields, base)
        if let value = fields["map"] { try readMap(value, &setup.type) }
        if let value = fields["behaviour"] { setup.behaviour = try value.choice("behaviour", Behaviour.self) }
        if let value = fields["ic-mode"] { setup.mode = try value.choice("ic-mode", InterruptModeSetting.self) }
        if let value = fields["cpu"] { setup.processor = try value.choice("cpu", MachineType.Processor.self) }
        if let value = fields["cpus"] { setup.processorCount = try value.number32("cpus", below: 4096) }
        if let value = fields["maxcpus"] {
            setup.maximumProcessors = try value.number32("maxcpus", below: 4096)
        } else if base == nil {
            setup.maximumProcessors = setup.processorCount
        }
        if let value = fields["vsmt"] { setup.serverSpacing = try value.number32("vsmt", below: 256) }
        if let value = fields["hotplug-events"] { setup.modernHotPlugEvents = try value.boolean("hotplug-events") }
        if let value = fields["memory"] { setup.memoryByteCount = try value.number("memory", below: 1 << 46) }
        if let value = fields["host"] { setup.hostByteOrder = try value.choice("host", TableByteOrder.self) }
        if let value = fields["serials"] { setup.serialCount = try value.number32("serials", below: 64) }
        if let value = fields["nvram"] { setup.nvramAddress = try value.number32("nvram") }
        if let value = fields["devices"] {
            setup.devices = try value.items("devices").map { item throws(ScenarioError) in
                try device(item, build: setup.build)
            }
        }
        return setup
    }

    private static func start(
        _ reading: Reading, _ fields: [String: Reading], _ base: MachineSetup?
    ) throws(ScenarioError) -> MachineSetup {
        var build = base?.build ?? .qemu7p2
        if let value = fields["build"] {
            let name = try value.text("build")
            guard let known = BuildProfile.named(name) else {
                let names = BuildProfile.known.map(\.name).joined(separator: ", ")
                throw value.error("there is no build “\(name)”; known are \(names)")
            }
            build = known
        }
        guard let value = fields["type"] else {
            guard var setup = base else { throw reading.error("a machine needs a type, for example pseries-7.2") }
            setup.build = build
            return setup
        }
        let type = try machineType(value)
        guard var setup = base else { return MachineSetup(type: type, build: build) }
        setup.type = type
        setup.build = build
        return setup
    }

    static func machineType(_ reading: Reading) throws(ScenarioError) -> MachineType {
        let name = try reading.text("type")
        if let type = reading.types.type(named: name) { return type }
        let near = reading.types.namesNear(name).joined(separator: ", ")
        throw reading.error("there is no machine type “\(name)”; near it are \(near)")
    }

    /// `map: sparse`, or `fixed` with messages as intended: a scheme under trial.
    private static func readMap(_ reading: Reading, _ type: inout MachineType) throws(ScenarioError) {
        switch try reading.text("map") {
        case "shipped": type.customMap = .fixed(messages: .shipped)
        case "intended": type.customMap = .fixed(messages: .intended)
        case "sparse":
            let layout = SparseNumberMap()
            type.customMap = .sparse(layout)
            type.maximumBridgeIndex = layout.maximumBridgeIndex
        case let other: throw reading.error("map must be shipped, intended or sparse, not “\(other)”")
        }
    }

    // MARK: - Devices

    /// A device: `vty`, or a mapping with one key: `vlan: 0x3000`, `phb: 1`, `core: 3`, `pci: {…}`.
    static func device(_ reading: Reading, build: BuildProfile) throws(ScenarioError) -> DeviceSetup {
        if let name = reading.node.scalar?.string {
            guard let type = virtualTypes[name] else { throw unknownDevice(reading, name) }
            return .virtual(VirtualDeviceSetup(type: type, unitAddress: nil))
        }
        let entries = try reading.entries("a device")
        guard let entry = entries.first, entries.count == 1 else {
            throw reading.error("a device is one key with its value, for example “phb: 1”")
        }
        switch entry.key {
        case "phb": return .bridge(index: try entry.value.number32("phb", below: 255))
        case "core": return .core(index: try entry.value.number32("core", below: 4095))
        case "pci": return .function(try function(entry.value, build: build))
        default:
            guard let type = virtualTypes[entry.key] else { throw unknownDevice(entry.keyPlace, entry.key) }
            return .virtual(VirtualDeviceSetup(type: type, unitAddress: try entry.value.number32(entry.key)))
        }
    }

    private static let virtualTypes = [
        "vty": "vty", "vlan": "l-lan", "l-lan": "l-lan", "vscsi": "v-scsi", "v-scsi": "v-scsi",
    ]

    private static func unknownDevice(_ reading: Reading, _ name: String) -> ScenarioError {
        reading.error("there is no device “\(name)”; there are vty, vlan, vscsi, phb, core, pci")
    }

    private static func function(_ reading: Reading, build: BuildProfile) throws(ScenarioError) -> FunctionSetup {
        let fields = try reading.fields("a PCI function", allowed: ["model", "at", "pin", "msi", "msi-x"])
        guard let place = fields["at"] else { throw reading.error("a PCI function needs “at”, for example phb0:01.0") }
        let reference = try functionReference(place)
        let model = try fields["model"]?.text("model") ?? "device"
        var setup = FunctionCatalogue.function(model, build: build)
        setup.bridge = reference.bridge
        setup.bus = UInt8(truncatingIfNeeded: reference.configurationAddress >> 16)
        setup.slot = UInt8(truncatingIfNeeded: reference.configurationAddress >> 11 & 0x1f)
        setup.function = UInt8(truncatingIfNeeded: reference.configurationAddress >> 8 & 7)
        if let value = fields["msi"] { setup.messageVectors = try value.number32("msi", below: 32) }
        if let value = fields["msi-x"] { setup.tableVectors = try value.number32("msi-x", below: 2048) }
        guard setup.messageVectors.nonzeroBitCount <= 1 else {
            throw reading.error("msi must be 0, 1, 2, 4, 8, 16 or 32 vectors")
        }
        if let value = fields["pin"] {
            let name = try value.text("pin")
            guard let pin = ["A": 0, "B": 1, "C": 2, "D": 3, "none": 4][name] else {
                throw value.error("pin must be A, B, C, D or none, not “\(name)”")
            }
            setup.pin = pin == 4 ? nil : UInt8(pin)
        }
        return setup
    }

    /// `phb1:02.0` or `phb1:03:02.0`: bus, slot and function in hexadecimal, as lspci writes them.
    static func functionReference(_ reading: Reading) throws(ScenarioError) -> Scenario.FunctionReference {
        let text = try reading.text("a PCI function")
        guard let reference = Scenario.FunctionReference(text) else {
            throw reading.error("a PCI function is written phb1:02.0 or phb1:03:02.0, not “\(text)”")
        }
        return reference
    }
}

extension Scenario.FunctionReference {
    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3, parts[0].hasPrefix("phb"),
            let bridge = UInt32(parts[0].dropFirst(3)), bridge < 256
        else { return nil }
        let halves = parts[parts.count - 1].split(separator: ".", omittingEmptySubsequences: false)
        let bus = parts.count == 3 ? UInt32(parts[1], radix: 16) : 0
        guard halves.count == 2, let bus, bus < 256, let slot = UInt32(halves[0], radix: 16), slot < 32,
            let function = UInt32(halves[1], radix: 16), function < 8
        else { return nil }
        self.bridge = bridge
        configurationAddress = bus << 16 | slot << 11 | function << 8
    }
}

/// Vectors of well-known PCI devices, as QEMU builds them by default.
enum FunctionCatalogue {
    /// A function of a model; one that is not known has no messages unless the scenario says so.
    static func function(_ model: String, build: BuildProfile) -> FunctionSetup {
        var setup = FunctionSetup(model: model, bridge: 0, slot: 0)
        switch model {
        case "e1000e":
            setup.messageVectors = 1
            setup.tableVectors = 5
            setup.messageCapability = 0xd0
        case "nec-usb-xhci":
            setup.messageVectors = 16
            setup.tableVectors = 16
            setup.messageCapability = 0x70
        case "virtio-net-pci": setup.tableVectors = build == .qemu5p2 ? 3 : 4
        case "virtio-blk-pci": setup.tableVectors = 3
        case "virtio-scsi-pci": setup.tableVectors = 5
        default: break
        }
        return setup
    }
}
