import InterruptState
import PSeries

/// One configuration of a machine of any type.
struct Configuration {
    var mode: InterruptModeSetting?
    var vsmt: UInt32?
    var events: Bool?
    var processor: MachineType.Processor?
    var cpus: UInt32
    var devices: [DeviceDescription]

    func result(_ type: MachineType) -> Result<[NumberAssignment], ConstructionRefusal> {
        var machine = MachineDescription(type: type)
        machine.mode = mode
        machine.vsmt = vsmt
        machine.modernHotPlugEvents = events
        machine.processor = processor
        machine.cpus = cpus
        machine.devices = devices
        do {
            return .success(try constructedNumbers(of: machine))
        } catch {
            return .failure(error)
        }
    }

    /// As options, `defaults` where none is given.
    var text: String {
        var words: [String] = []
        if let mode { words.append("ic-mode=\(mode.rawValue)") }
        if let vsmt { words.append("vsmt=\(vsmt)") }
        if let events { words.append("modern-hotplug-events=\(events ? "on" : "off")") }
        if let processor { words.append("cpu=\(processor.rawValue)") }
        if cpus > 1 { words.append("cpus=\(cpus)") }
        words += devices.map { device in
            switch device.kind {
            case .virtual(let kind, let address):
                "\(kind.rawValue)" + (address.map { "@" + String($0, radix: 16) } ?? "")
            case .bridge(let index): "phb\(index)" + (device.isHotPlugged ? " hot-plugged" : "")
            }
        }
        return words.isEmpty ? "defaults" : words.joined(separator: " ")
    }
}

/// Configurations up to a size: every option left out or given, and a few added devices of a menu.
///
/// The menu has a member of each kind that the maps or their refusals treat differently.
struct ConfigurationSpace {
    /// The most devices that are added, at most three.
    private let addedDevices: Int

    init(addedDevices: Int) {
        self.addedDevices = min(max(0, addedDevices), 3)
    }

    private static let menu: [DeviceDescription] = [
        DeviceDescription(.virtual(.network, unitAddress: nil)),
        DeviceDescription(.virtual(.scsi, unitAddress: 0x2000)),
        DeviceDescription(.virtual(.network, unitAddress: 0x10_2000)),
        DeviceDescription(.virtual(.terminal, unitAddress: 0x3000_0000)),
        DeviceDescription(.bridge(index: 1)),
        DeviceDescription(.bridge(index: 30)),
        DeviceDescription(.bridge(index: 31)),
        DeviceDescription(.bridge(index: 255)),
        DeviceDescription(.bridge(index: 2), isHotPlugged: true),
    ]

    private static let modes: [InterruptModeSetting?] = [nil, .xics, .xive, .dual]
    private static let spacings: [UInt32?] = [nil, 1, 8]
    private static let switches: [Bool?] = [nil, true, false]
    private static let processors: [MachineType.Processor?] = [nil, .power8, .power9]

    var domain: [String] {
        [
            "ic-mode, vsmt 1 and 8, modern-hotplug-events, POWER8 and POWER9, each given or left out; 1 and 2 vCPUs",
            "up to \(addedDevices) added devices in order, of \(Self.menu.count) that the maps treat differently",
        ]
    }

    /// Every list of devices of the menu in every order, the shortest first.
    private var deviceLists: [[DeviceDescription]] {
        var lists: [[DeviceDescription]] = [[]]
        var longest = lists
        for _ in 0..<addedDevices {
            longest = longest.flatMap { list in Self.menu.map { list + [$0] } }
            lists += longest
        }
        return lists
    }

    /// Smallest first: without devices and options, then with more.
    var all: [Configuration] {
        var all: [Configuration] = []
        for devices in deviceLists {
            for mode in Self.modes {
                for vsmt in Self.spacings {
                    for events in Self.switches {
                        for processor in Self.processors {
                            for cpus in UInt32(1)...2 {
                                all.append(
                                    Configuration(
                                        mode: mode, vsmt: vsmt, events: events, processor: processor, cpus: cpus,
                                        devices: devices))
                            }
                        }
                    }
                }
            }
        }
        return all
    }
}
