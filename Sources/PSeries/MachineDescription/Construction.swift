import InterruptState

/// A machine as built, before any stream is loaded: which numbers it claims, in order of creation.
///
/// The order is QEMU's (`spapr_machine_init` in `hw/ppc/spapr.c`, the same in 5.2 to 11.1): IPIs, event
/// sources, terminals, NVRAM, host bridge 0, network cards, SCSI adapters, then `-device` by `-device`.
public struct Construction: Hashable, Sendable {
    /// The description it was built from.
    public let description: MachineDescription
    /// Number of possible servers.
    public let servers: UInt32
    /// Every claim in order of creation.
    public private(set) var claims: [NumberAssignment] = []
    /// vCPU indices in order of creation: the instance numbers of XIVE contexts.
    public private(set) var cpuOrder: [UInt32] = []
    /// The number space, with everything claimed.
    public private(set) var pool: NumberPool

    private var unitAddresses: Set<UInt32> = []
    private var nextUnitAddress: UInt32? = 0x7100_0000
    private var bridges: Set<UInt32> = []

    /// Builds the machine, or says why QEMU would not.
    public init(_ description: MachineDescription) throws(ConstructionRefusal) {
        self.description = description
        guard let servers = description.servers, servers > 0, description.cpus > 0 else {
            throw ConstructionRefusal(.serversNotCountable)
        }
        self.servers = servers
        pool = NumberPool(map: description.type.map, servers: servers)
        try checkMachine()
        try createCPUs()
        try claimInterprocessor()
        try claim([.epow])
        if description.hasHotPlugEvents { try claim([.hotPlug]) }
        try createBuiltInDevices()
        for (place, device) in description.devices.enumerated() { try create(device, place: place) }
    }

    /// The claims known to one controller: both have the external numbers, XIVE alone has IPIs.
    public func claims(in mode: InterruptMode) -> [NumberAssignment] {
        guard description.effectiveMode.controllers.contains(mode) else { return [] }
        return mode == .xive ? claims : claims.filter { !$0.owner.isInterprocessor }
    }
}

extension Owner {
    var isInterprocessor: Bool {
        if case .interprocessor = self { return true }
        return false
    }
}

// MARK: - Steps of construction

extension Construction {
    /// The largest `nr_servers` modelled: the limit of 4,096 vCPUs times a vsmt of 8, doubled.
    private static let serverLimit: UInt32 = 0x1_0000

    private func checkMachine() throws(ConstructionRefusal) {
        let type = description.type
        guard servers <= Self.serverLimit else { throw ConstructionRefusal(.serversNotCountable) }
        if let mode = description.mode, !type.offeredModes.contains(mode) || mode == .legacy {
            throw ConstructionRefusal(.modeNotOffered(mode))
        }
        let processor = description.processor ?? type.defaultProcessor
        if description.effectiveMode == .xive, !processor.supportsXive {
            throw ConstructionRefusal(.xiveNeedsPOWER9(processor))
        }
        if case .sequential = type.map, description.effectiveMode.hasXive {
            throw ConstructionRefusal(.unsoundMap("the sequential scheme has no numbers for the IPIs of XIVE"))
        }
        if case .sparse(let layout) = type.map, let fault = layout.faults(servers: servers).first {
            throw ConstructionRefusal(.unsoundMap(fault))
        }
    }

    private mutating func createCPUs() throws(ConstructionRefusal) {
        let possible = description.possibleCPUs
        guard description.cpus <= possible else {
            throw ConstructionRefusal(.tooManyCPUs(description.cpus, possible: possible))
        }
        cpuOrder = Array(0..<description.cpus)
        var cores = Set(cpuOrder)
        for core in description.addedCPUs {
            guard core < possible, cores.insert(core).inserted else {
                throw ConstructionRefusal(.coreNotFree(core))
            }
            cpuOrder.append(core)
        }
    }

    private mutating func claimInterprocessor() throws(ConstructionRefusal) {
        guard description.effectiveMode.hasXive else { return }
        for index in 0..<servers { try claim([.interprocessor(index)]) }
    }

    private mutating func createBuiltInDevices() throws(ConstructionRefusal) {
        for _ in 0..<description.serials { try createVirtual(.terminal, at: nil, place: nil) }
        try createVirtual(.nvram, at: description.nvram, place: nil)
        try createBridge(index: 0, place: nil)
        for _ in 0..<description.networkCards { try createVirtual(.network, at: nil, place: nil) }
        for _ in 0..<description.scsiAdapters { try createVirtual(.scsi, at: nil, place: nil) }
    }

    private mutating func create(_ device: DeviceDescription, place: Int) throws(ConstructionRefusal) {
        switch device.kind {
        case .virtual(let kind, let address):
            if device.isHotPlugged { throw ConstructionRefusal(.hotPlugNotSupported, device: place) }
            try createVirtual(kind, at: address, place: place)
        case .bridge(let index):
            if device.isHotPlugged, !description.type.bridgeHotPlug {
                throw ConstructionRefusal(.bridgeHotPlugNotSupported, device: place)
            }
            try createBridge(index: index, place: place)
        }
    }

    private mutating func createVirtual(
        _ kind: VirtualDeviceKind, at wanted: UInt32?, place: Int?
    ) throws(ConstructionRefusal) {
        let address = try unitAddress(wanted, place: place)
        try claim([.virtualDevice(type: kind.rawValue, unitAddress: address)], place: place)
    }

    /// The address asked for, or the next free one from 0x71000000 (`hw/ppc/spapr_vio.c`).
    private mutating func unitAddress(_ wanted: UInt32?, place: Int?) throws(ConstructionRefusal) -> UInt32 {
        if let wanted {
            guard unitAddresses.insert(wanted).inserted else {
                throw ConstructionRefusal(.unitAddressTaken(wanted), device: place)
            }
            return wanted
        }
        while let candidate = nextUnitAddress {
            nextUnitAddress = candidate == .max ? nil : candidate &+ 1
            if unitAddresses.insert(candidate).inserted { return candidate }
        }
        throw ConstructionRefusal(.noFreeUnitAddress, device: place)
    }

    private mutating func createBridge(index: UInt32, place: Int?) throws(ConstructionRefusal) {
        let type = description.type
        let maximum = min(type.maximumBridgeIndex, type.map.maximumBridgeIndex ?? type.maximumBridgeIndex)
        guard index <= maximum else {
            throw ConstructionRefusal(.bridgeIndexTooLarge(index, maximum: maximum), device: place)
        }
        guard bridges.insert(index).inserted else {
            throw ConstructionRefusal(.bridgeIndexTaken(index), device: place)
        }
        let buid = Owner.firstBridge + UInt64(index)
        try claim((0..<4).map { .bridgePin(bridge: buid, pin: $0) }, place: place)
    }

    private mutating func claim(_ owners: [Owner], place: Int? = nil) throws(ConstructionRefusal) {
        do {
            let numbers = try pool.claim(owners)
            for (number, owner) in zip(numbers, owners) {
                claims.append(
                    NumberAssignment(number: number, owner: owner, basis: .model, kind: SourceKind(of: owner)))
            }
        } catch {
            throw ConstructionRefusal(.init(error), subject: owners.first, device: place)
        }
    }
}

extension ConstructionRefusal.Reason {
    init(_ error: NumberPool.ClaimError) {
        switch error {
        case .outsideDomain: self = .outsideMap
        case .notFree(let number, let holder): self = .numberNotFree(number, holder: holder)
        case .outsideSpace(let number): self = .numberOutsideSpace(number)
        case .noFreeNumber: self = .noFreeNumber
        }
    }
}

/// What a machine claims at construction, in QEMU's order of creation.
public func constructedNumbers(of description: MachineDescription) throws(ConstructionRefusal) -> [NumberAssignment] {
    try Construction(description).claims
}
