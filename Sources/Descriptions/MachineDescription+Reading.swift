import PSeries

/// Reads machine descriptions.
///
/// ```yaml
/// machine: pseries-7.2          # required; upstream's or a type of the user's file
/// cpu: power9                   # power7 … power11; default: the type's
/// cpus: 2                       # vCPUs at boot; default 1
/// maxcpus: 4                    # possible vCPUs; default: cpus
/// threads: 1                    # per core; default 1
/// vsmt: 8                       # default: the type's rule
/// added-cpus: [3, 1]            # core ids in order of creation
/// ic-mode: dual                 # default: the type's
/// modern-hotplug-events: on     # default: the type's
/// serial: 1                     # terminals that the machine makes; default 1
/// nvram: 0x4000                 # unit address; default: the machine chooses
/// nics: 0                       # VIO network cards that the machine makes
/// scsi-buses: 0                 # VIO SCSI adapters that the machine makes
/// number-map: sparse            # sequential, fixed, sparse, or a mapping; default: the type's
/// devices:                      # in order of creation; NVRAM and PHB 0 are always there
///   - vty                       # vty, vlan or vscsi; the machine chooses the unit address
///   - vscsi: 0x2000             # with a unit address
///   - phb: 3                    # by index
///     hotplugged: on            # default off
/// ```
extension MachineDescription {
    static let keys = [
        "machine", "cpu", "cpus", "maxcpus", "threads", "vsmt", "added-cpus", "ic-mode", "modern-hotplug-events",
        "serial", "nvram", "nics", "scsi-buses", "number-map", "devices",
    ]

    /// Reads a description from YAML or JSON.
    ///
    /// - Parameter catalogue: where names of machine types are looked up.
    public init(
        parsing text: String, catalogue: MachineTypeCatalogue = MachineTypeCatalogue()
    ) throws(DescriptionError) {
        try self.init(Document(parsing: text), catalogue: catalogue)
    }

    /// Reads a description that is part of a larger document, such as a scenario.
    public init(_ document: Document, catalogue: MachineTypeCatalogue) throws(DescriptionError) {
        let members = try document.members(Self.keys)
        guard let machine = members["machine"] else { throw document.fault("the key \"machine\" is missing") }
        self.init(type: try machine.machineType(catalogue))
        try readProcessors(members)
        mode = try members["ic-mode"]?.modeSetting(of: type)
        modernHotPlugEvents = try members["modern-hotplug-events"]?.truth()
        serials = try members["serial"]?.number(0...16) ?? serials
        nvram = try members["nvram"]?.number()
        networkCards = try members["nics"]?.number(0...256) ?? networkCards
        scsiAdapters = try members["scsi-buses"]?.number(0...256) ?? scsiAdapters
        if let map = members["number-map"] { type.customMap = try map.numberMap(of: type) }
        for element in try members["devices"]?.elements() ?? [] { devices.append(try element.device()) }
    }

    private mutating func readProcessors(_ members: [String: Document]) throws(DescriptionError) {
        processor = try members["cpu"]?.choice()
        cpus = try members["cpus"]?.number(1...65_536) ?? cpus
        maximumCPUs = try members["maxcpus"]?.number(1...65_536)
        if let maximum = members["maxcpus"], let count = maximumCPUs, count < cpus {
            throw maximum.fault("fewer possible vCPUs (\(count)) than vCPUs at boot (\(cpus))")
        }
        threads = try members["threads"]?.number(1...8) ?? threads
        vsmt = try members["vsmt"]?.number(1...8)
        for core in try members["added-cpus"]?.elements() ?? [] { addedCPUs.append(try core.number()) }
    }
}

extension Document {
    /// A machine type by name.
    func machineType(_ catalogue: MachineTypeCatalogue) throws(DescriptionError) -> MachineType {
        let name = try text()
        if let type = catalogue.type(named: name) { return type }
        let near = catalogue.namesNear(name).joined(separator: ", ")
        throw fault("unknown machine type \"\(name)\"; near it: \(near)")
    }

    func modeSetting(of type: MachineType) throws(DescriptionError) -> InterruptModeSetting {
        let choices = type.offeredModes.filter { $0 != .legacy }
        if choices.isEmpty { throw fault("\(type.name) has XICS only and takes no ic-mode") }
        return try choice(among: choices)
    }

    fileprivate static let virtualKinds: [(key: String, kind: VirtualDeviceKind)] = [
        ("vty", .terminal), ("vlan", .network), ("vscsi", .scsi),
    ]

    fileprivate func device() throws(DescriptionError) -> DeviceDescription {
        if !isMapping {
            let name = try text()
            guard let kind = Self.virtualKinds.first(where: { $0.key == name })?.kind else {
                throw fault("expected vty, vlan, vscsi or a mapping such as \"phb: 1\", found \"\(name)\"")
            }
            return DeviceDescription(.virtual(kind, unitAddress: nil))
        }
        let names = Self.virtualKinds.map(\.key) + ["phb"]
        let members = try members(names + ["hotplugged"])
        let named = names.filter { members[$0] != nil }
        guard named.count == 1, let name = named.first, let value = members[name] else {
            throw fault("expected exactly one of \(names.joined(separator: ", "))")
        }
        let isHotPlugged = try members["hotplugged"]?.truth() ?? false
        if let kind = Self.virtualKinds.first(where: { $0.key == name })?.kind {
            if isHotPlugged { throw fault("VIO devices cannot be plugged into a running machine") }
            return DeviceDescription(.virtual(kind, unitAddress: value.isNull ? nil : try value.number()))
        }
        return DeviceDescription(.bridge(index: try value.number(0...255)), isHotPlugged: isHotPlugged)
    }
}
