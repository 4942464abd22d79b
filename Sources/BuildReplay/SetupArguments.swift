import InterruptState
import PSeries
import QEMUControl
import Replay

/// A machine of a scenario as a command line of a build.
struct SetupArguments {
    /// Arguments of the machine and its devices.
    let arguments: [String]

    /// Translates a machine; throws a sentence for what no build has.
    ///
    /// Numbers depend on the order of VIO devices and host bridges, and contexts on that of vCPUs; PCI functions take
    /// nothing when they are made and come last, when their buses are there.
    init(_ setup: MachineSetup) throws(ConstructionError) {
        guard setup.behaviour == .shipped else {
            throw ConstructionError("builds behave as they were shipped, not as intended")
        }
        var machine = MachineDescription(type: setup.type)
        machine.processor = setup.processor
        machine.mode = setup.mode
        machine.cpus = setup.processorCount
        machine.maximumCPUs = setup.maximumProcessors
        machine.threads = setup.threads
        machine.vsmt = setup.serverSpacing
        machine.modernHotPlugEvents = setup.modernHotPlugEvents
        machine.serials = setup.serialCount
        machine.nvram = setup.nvramAddress
        var functions: [String] = []
        for device in setup.devices {
            switch device {
            case .virtual(let device):
                let kind = try Self.kind(of: device.type)
                machine.devices.append(DeviceDescription(.virtual(kind, unitAddress: device.unitAddress)))
            case .bridge(let index): machine.devices.append(DeviceDescription(.bridge(index: index)))
            case .core(let index): machine.addedCPUs.append(index)
            case .function(let function): functions += try Self.arguments(of: function, place: functions.count)
            }
        }
        do throws(QEMUError) {
            // Types without a self-description can give one, without which not every section of theirs can be read.
            let description = setup.type.stream.selfDescription ? [] : ["-machine", "suppress-vmdesc=off"]
            arguments =
                Self.withTerminal(try MachineArguments(machine).arguments) + Self.smallWindows + description + functions
        } catch {
            throw ConstructionError(error.message)
        }
    }

    /// Options of `device_add` for a device that is plugged into the running machine.
    static func plugging(
        _ device: DeviceSetup, into setup: MachineSetup
    ) throws(ConstructionError) -> [String: QMPValue] {
        switch device {
        case .bridge(let index):
            return ["driver": "spapr-pci-host-bridge", "id": .text("phb\(index)"), "index": .integer(Int64(index))]
        case .core(let index):
            let model = MachineArguments.model(setup.processor ?? setup.type.defaultProcessor)
            return [
                "driver": .text("\(model)-spapr-cpu-core"), "id": .text("core\(index)"),
                "core-id": .integer(Int64(index)),
            ]
        case .function(let function):
            let options = try options(of: function)
            return Dictionary(options.map { ($0.name, QMPValue.text($0.value)) }) { $1 }
        case .virtual: throw ConstructionError("Bus 'spapr-vio' does not support hotplugging")
        }
    }

    /// The id by which a plugged device is taken away again.
    static func identifier(of device: DeviceSetup) -> String? {
        switch device {
        case .bridge(let index): "phb\(index)"
        case .core(let index): "core\(index)"
        case .function(let function): identifier(of: function)
        case .virtual: nil
        }
    }

    /// Windows for DMA of 16 MiB instead of 1 GiB: their tables, of which nothing here makes use, are most of a state
    /// otherwise, 2 MiB for each host bridge.
    private static let smallWindows = ["-global", "spapr-pci-host-bridge.dma_win_size=0x1000000"]

    /// The first terminal is connected, so that something can be typed; its number is the same.
    private static func withTerminal(_ arguments: [String]) -> [String] {
        var arguments = arguments
        if let place = arguments.firstIndex(of: "-serial"), place + 1 < arguments.count {
            arguments[place + 1] = "chardev:" + GuestDriver.terminalName
        }
        return arguments
    }

    private static func kind(of type: String) throws(ConstructionError) -> VirtualDeviceKind {
        guard let kind = VirtualDeviceKind(rawValue: type), kind != .nvram else {
            throw ConstructionError("no build can be given a device of type \(type)")
        }
        return kind
    }

    private static func arguments(of function: FunctionSetup, place: Int) throws(ConstructionError) -> [String] {
        var options = try options(of: function)
        var before: [String] = []
        if function.model == "virtio-blk-pci" {
            before = ["-blockdev", "driver=null-co,node-name=disk\(place),read-zeroes=on"]
            options.append(("drive", "disk\(place)"))
        }
        let text = options.map { $0.name == "driver" ? $0.value : "\($0.name)=\($0.value)" }
        return before + ["-device", text.joined(separator: ",")]
    }

    private static func identifier(of function: FunctionSetup) -> String {
        "pci\(function.bridge)-\(function.slot)-\(function.function)"
    }

    private static func options(of function: FunctionSetup) throws(ConstructionError) -> [(name: String, value: String)]
    {
        guard function.bus == 0 else { throw ConstructionError("functions behind PCI bridges are not given to builds") }
        let bus = function.bridge == 0 ? "pci.0" : "phb\(function.bridge).0"
        let place = [
            ("id", identifier(of: function)), ("bus", bus),
            ("addr", "0x\(String(function.slot, radix: 16)).\(function.function)"),
        ]
        let model = try model(of: function)
        return [("driver", model.driver)] + model.properties + place
    }

    /// An address by the card's place, as it stands in its configuration space, which a load compares: the address that QEMU
    /// gives depends on the order in which cards were made.
    private static func network(_ function: FunctionSetup) -> [(String, String)] {
        let place = [function.bridge, UInt32(function.slot) << 3 | UInt32(function.function)]
        let bytes = place.map { hexadecimal(UInt64($0 & 0xff), digits: 2).dropFirst(2) }
        return [("romfile", ""), ("mac", "52:54:00:12:" + bytes.joined(separator: ":"))]
    }

    /// A device of QEMU with these vectors.
    private static func model(
        of function: FunctionSetup
    ) throws(ConstructionError) -> (driver: String, properties: [(String, String)]) {
        let known: [String: (messages: UInt32, table: UInt32)] = [
            "e1000e": (1, 5), "nec-usb-xhci": (16, 16), "virtio-scsi-pci": (0, 5), "virtio-blk-pci": (0, 3),
        ]
        if let vectors = known[function.model], function.messageVectors == vectors.messages,
            function.tableVectors == vectors.table
        {
            let isNetwork = function.model == "e1000e"
            let vectors = function.model.hasPrefix("virtio") ? [("vectors", "\(function.tableVectors)")] : []
            return (function.model, (isNetwork ? network(function) : []) + vectors)
        }
        switch (function.messageVectors, function.tableVectors) {
        case (0, 1...2048) where function.model == "virtio-net-pci":
            return ("virtio-net-pci", [("vectors", "\(function.tableVectors)")] + network(function))
        case (0, 1...2048): return ("virtio-serial-pci", [("vectors", "\(function.tableVectors)")])
        case (1...16, function.messageVectors):
            return ("nec-usb-xhci", [("intrs", "\(function.messageVectors)")])
        case (1...16, 0): return ("nec-usb-xhci", [("intrs", "\(function.messageVectors)"), ("msix", "off")])
        default:
            throw ConstructionError(
                "no device of QEMU has \(function.messageVectors) MSI and \(function.tableVectors) MSI-X vectors")
        }
    }
}
