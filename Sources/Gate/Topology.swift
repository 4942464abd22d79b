import PSeries
import Replay
import Scenarios

/// What a machine has beyond its type: the keys of a scenario's `machine`, without type and mode.
public struct Topology: Hashable, Sendable {
    /// As the policy names it.
    public let name: String
    /// Lines of YAML.
    let lines: [String]
    /// What a guest finds.
    let inventory: Inventory

    /// What a guest does something with.
    struct Inventory: Hashable, Sendable {
        /// vCPUs by index, the boot vCPU first.
        var cpus: [UInt32]
        /// VIO devices by unit address, the first terminal first where there is one.
        var virtualDevices: [UInt32]
        var hasTerminal: Bool
        /// Host bridges by index.
        var bridges: [UInt32]
        /// Functions with MSI-X.
        var functions: [Function]
        /// As `vsmt` says it; nil for the type's default.
        var spacing: UInt32?
        /// Whether more vCPUs are possible than are there at the start, which types have from 2.7 on.
        var plugsProcessors: Bool
    }

    /// A PCI function: its place, and the vectors that its driver asks for.
    struct Function: Hashable, Sendable {
        var place: String
        var vectors: UInt32
        /// Whether it can be made to raise them.
        var isCard: Bool
    }

    /// Reads a topology from its text; its faults are those of a machine description.
    public init(name: String, text: String) throws(ScenarioError) {
        self.name = name
        lines = text.split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
        guard let type = MachineType.all.last else { throw ScenarioError(message: "there are no machine types") }
        let base = MachineSetup(type: type, build: .qemu7p2)
        var setup = try ScenarioReader.machine(text, file: name, basedOn: base)
        guard setup.type == type, setup.mode == nil else {
            throw ScenarioError(message: "a topology names no type and no ic-mode: the gate does", file: name)
        }
        setup.maximumProcessors = max(setup.maximumProcessors, setup.processorCount)
        inventory = Inventory(setup)
    }

    /// Whether a machine type can have it.
    func isPossible(on type: MachineType) -> Bool {
        !inventory.plugsProcessors || type.version.map { $0 >= MachineTypeVersion(2, 7) } ?? true
    }

    /// The names of the topologies that come with the program, smallest first.
    public static let bundledNames = bundled.map(\.name)

    /// A topology that comes with the program.
    public static func bundledText(_ name: String) -> String? { bundled.first { $0.name == name }?.text }

    private static let bundled: [(name: String, text: String)] = [
        ("minimal", "cpus: 1\nmaxcpus: 1"),
        ("smp", "cpus: 2\nmaxcpus: 4\ndevices: [{core: 3}]"),
        (
            "devices",
            """
            cpus: 2
            maxcpus: 2
            devices:
              - vscsi: 0x2000
              - phb: 1
              - vlan: 0x3000
              - phb: 3
              - pci: {model: e1000e, at: "phb1:02.0"}
              - pci: {model: nec-usb-xhci, at: "phb0:01.0"}
              - pci: {model: virtio-scsi-pci, at: "phb3:03.0"}
            """
        ),
    ]
}

extension Topology.Inventory {
    init(_ setup: MachineSetup) {
        cpus = Array(0..<setup.processorCount)
        hasTerminal = setup.serialCount > 0
        var addresses = (0..<setup.serialCount).map { 0x7100_0000 + $0 }
        func nextFree() -> UInt32 {
            var address: UInt32 = 0x7100_0000
            while addresses.contains(address) { address += 1 }
            return address
        }
        addresses.append(setup.nvramAddress ?? nextFree())
        bridges = [0]
        functions = []
        spacing = setup.serverSpacing
        plugsProcessors = setup.maximumProcessors > setup.processorCount
        for device in setup.devices {
            switch device {
            case .core(let index): cpus.append(index)
            case .virtual(let device): addresses.append(device.unitAddress ?? nextFree())
            case .bridge(let index): bridges.append(index)
            case .function(let function) where function.tableVectors > 0:
                let reference = Scenario.FunctionReference(
                    bridge: function.bridge, configurationAddress: function.configurationAddress)
                functions.append(
                    Topology.Function(
                        place: Self.written(reference), vectors: min(4, function.tableVectors),
                        isCard: function.model == "e1000e"))
            case .function: break
            }
        }
        virtualDevices = addresses
    }

    /// As scenarios write a function on a bridge's own bus: `phb1:02.0`.
    private static func written(_ reference: Scenario.FunctionReference) -> String {
        let slot = String(reference.configurationAddress >> 11 & 0x1f, radix: 16)
        let function = reference.configurationAddress >> 8 & 7
        return "phb\(reference.bridge):\(slot.count == 1 ? "0" : "")\(slot).\(function)"
    }
}
