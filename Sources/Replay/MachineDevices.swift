import InterruptState
import PSeries

// Devices: plugging, unplugging, their lines.
extension Machine {
    /// Plugs a device into the running machine.
    ///
    /// - Throws: what QEMU says when it refuses.
    public mutating func plug(_ device: DeviceSetup) throws(ConstructionError) {
        if case .bridge = device, !setup.type.bridgeHotPlug {
            throw ConstructionError("PHB hotplug not supported for this machine")
        }
        if case .virtual = device { throw ConstructionError("Bus 'spapr-vio' does not support hotplugging") }
        try add(device)
        if case .function(let function) = device, let place = place(of: function) {
            bridges[place.bridge].functions[place.function].isConfigured = false
        }
        announceHotPlug()
    }

    /// The guest is told of a plug or unplug request through the hot-plug source, or EPOW where it has not
    /// negotiated the former (`hw/ppc/spapr_events.c`, QEMU 5.2 to 11.1).
    private mutating func announceHotPlug() {
        let isModern =
            negotiatedOptions[OptionVector5.hotPlugEvents / 64]
            >> UInt64(OptionVector5.hotPlugEvents % 64) & 1 == 1
        raise(isModern && hotPlug != nil ? .hotPlug : .epow)
    }

    mutating func add(_ device: DeviceSetup) throws(ConstructionError) {
        switch device {
        case .virtual(let device): try addVirtualDevice(device)
        case .bridge(let index): try addBridge(index)
        case .function(let function): try addFunction(function)
        case .core(let index): try addCore(index, isBoot: false)
        }
    }

    mutating func addVirtualDevice(_ device: VirtualDeviceSetup) throws(ConstructionError) {
        var address = device.unitAddress ?? 0x7100_0000
        if device.unitAddress == nil {
            while virtualDevices.contains(where: { $0.unitAddress == address }) { address &+= 1 }
        }
        if let other = virtualDevices.first(where: { $0.unitAddress == address }) {
            throw ConstructionError(
                "\(other.type) and \(device.type) devices conflict at address \(hexadecimal(UInt64(address)))"
            )
        }
        let number = try plan.number(of: .virtualDevice(type: device.type, unitAddress: address))
        try claim(number, .msi)
        let queueState = [UInt8](repeating: 0, count: device.type == "nvram" ? 0 : 24)
        virtualDevices.append(
            VirtualDevicePart(type: device.type, unitAddress: address, number: number, queueState: queueState))
    }

    mutating func addBridge(_ index: UInt32) throws(ConstructionError) {
        guard !bridges.contains(where: { $0.index == index }) else {
            throw ConstructionError("PCI host bridges must have unique indexes")
        }
        let buid = Owner.firstBridge + UInt64(index)
        var pins: [LogicalNumber] = []
        // One at a time, as the bridge does: under the sequential scheme they fill holes.
        for pin in 0..<UInt8(4) {
            pins.append(try plan.number(of: .bridgePin(bridge: buid, pin: pin)))
            try claim(pins[Int(pin)], .lsi)
        }
        let instance = bridges.map { $0.instance &+ 1 }.max() ?? 0
        bridges.append(BridgePart(index: index, instance: instance, pins: pins))
    }

    private mutating func addFunction(_ function: FunctionSetup) throws(ConstructionError) {
        guard let place = bridges.firstIndex(where: { $0.index == function.bridge }) else {
            throw ConstructionError("Bus of PHB \(function.bridge) not found")
        }
        guard function.slot < 32, function.function < 8, function.pin ?? 0 < 4 else {
            throw ConstructionError("PCI: slot \(function.slot) function \(function.function) does not exist")
        }
        let address = function.configurationAddress
        if let other = bridges[place].functions.first(where: { $0.description.configurationAddress == address }) {
            throw ConstructionError(
                "PCI: slot \(function.slot) function \(function.function) not available for \(function.model), "
                    + "in use by \(other.description.model)")
        }
        bridges[place].functions.append(FunctionPart(description: function))
    }

    mutating func addCore(_ index: UInt32, isBoot: Bool) throws(ConstructionError) {
        guard index % setup.threads == 0 else {
            throw ConstructionError("invalid core id \(index)")
        }
        guard index < setup.maximumProcessors else {
            throw ConstructionError("core id \(index) out of range")
        }
        guard board.processors.row(index: index) == nil else {
            throw ConstructionError("core \(index) already populated")
        }
        for thread in index..<min(index &+ setup.threads, setup.maximumProcessors) {
            guard let server = numbering.server(cpuIndex: thread), server < board.processors.serverCount else {
                throw ConstructionError("core id \(index) has no server number")
            }
            board.processors.append(
                index: thread, server: ServerNumber(server), halted: board.processors.count > 0)
            xics?.addProcessor(server: ServerNumber(server))
            xive?.addProcessor(server: ServerNumber(server))
        }
    }

    /// Unplugs a device; its message block goes back first.
    ///
    /// - Throws: a sentence where there is no such device, or it cannot go.
    public mutating func unplug(_ device: DeviceSetup) throws(ConstructionError) {
        try checkUnplug(device)
        if isAnnounced(device) { announceHotPlug() }
        switch device {
        case .virtual: break
        case .bridge(let index): removeBridge(index)
        case .function(let function): removeFunction(function)
        case .core(let index): removeCore(index)
        }
    }

    /// What QEMU refuses before it tells the guest.
    private func checkUnplug(_ device: DeviceSetup) throws(ConstructionError) {
        switch device {
        case .virtual:
            throw ConstructionError("Bus 'spapr-vio' does not support hotplugging")
        case .bridge(let index):
            guard index != 0, bridges.contains(where: { $0.index == index }) else {
                throw ConstructionError("there is no PHB \(index) that can be unplugged")
            }
            guard setup.type.bridgeHotPlug else {
                throw ConstructionError("PHB hotplug not supported for this machine")
            }
        case .function(let function):
            guard place(of: function) != nil else {
                let name = Owner.functionName(function.configurationAddress)
                throw ConstructionError("there is no function \(name) behind PHB \(function.bridge)")
            }
        case .core(let index):
            guard index != 0, board.processors.row(index: index) != nil else {
                throw ConstructionError("there is no core \(index) that can be unplugged")
            }
        }
    }

    /// A function that was plugged in and never configured goes before anybody is told (`hw/ppc/spapr_pci.c`: events
    /// are for functions that are still there, QEMU 5.2 to 11.1).
    private func isAnnounced(_ device: DeviceSetup) -> Bool {
        guard case .function(let function) = device, let place = place(of: function) else { return true }
        return bridges[place.bridge].functions[place.function].isConfigured
    }

    private func place(of function: FunctionSetup) -> (bridge: Int, function: Int)? {
        guard let bridge = bridges.firstIndex(where: { $0.index == function.bridge }) else { return nil }
        let address = function.configurationAddress
        let place = bridges[bridge].functions.firstIndex { $0.description.configurationAddress == address }
        return place.map { (bridge, $0) }
    }

    /// What was plugged in counts as configured from a reset or a negotiation on (`spapr_drc_reset`).
    mutating func settleFunctions() {
        for bridge in bridges.indices {
            for function in bridges[bridge].functions.indices {
                bridges[bridge].functions[function].isConfigured = true
            }
        }
    }

    private mutating func removeBridge(_ index: UInt32) {
        guard let place = bridges.firstIndex(where: { $0.index == index }) else { return }
        for function in bridges[place].functions.indices { setPin(place, function, to: false) }
        for block in bridges[place].blocks { releaseBlock(block, bridge: index) }
        for pin in bridges[place].pins {
            release(pin)
            plan.release(pin)
        }
        bridges.remove(at: place)
    }

    private mutating func removeFunction(_ function: FunctionSetup) {
        guard let place = place(of: function) else { return }
        setPin(place.bridge, place.function, to: false)
        bridges[place.bridge].functions.remove(at: place.function)
    }

    private mutating func removeCore(_ index: UInt32) {
        guard let row = board.processors.row(index: index) else { return }
        for _ in 0..<setup.threads where row < board.processors.count {
            board.processors.remove(row: row)
            xics?.removeProcessor(row: row)
            xive?.removeProcessor(row: row)
            if row < firstPluggedRow { firstPluggedRow -= 1 }
        }
    }
}

// MARK: - Lines

extension Machine {
    /// A device raises an interrupt by message or pulse; false where there is no such source.
    @discardableResult
    public mutating func raise(_ source: InterruptSource) -> Bool {
        guard board.end == nil, let number = number(of: source) else { return false }
        setInput(number, to: true)
        setInput(number, to: false)
        return true
    }

    /// The number that a source raises on this machine, nil where there is no such source.
    public func number(of source: InterruptSource) -> LogicalNumber? {
        switch source {
        case .epow: return epow
        case .hotPlug: return hotPlug
        case .virtualDevice(let address):
            return virtualDevices.first { $0.unitAddress == address }?.number
        case .message(let bridge, let address, let vector):
            guard let bridge = bridges.first(where: { $0.index == bridge }),
                bridge.functions.contains(where: { $0.description.configurationAddress == address && $0.hasVectors }),
                let block = bridge.blocks.first(where: { $0.device == address }), vector < block.count
            else { return nil }
            return LogicalNumber(block.first.rawValue &+ vector)
        }
    }

    /// A function asserts or deasserts its pin; false where there is no such function or it has no pin.
    @discardableResult
    public mutating func setPin(bridge: UInt32, configurationAddress: UInt32, to level: Bool) -> Bool {
        guard board.end == nil, let place = bridges.firstIndex(where: { $0.index == bridge }),
            let function = bridges[place].functions.firstIndex(where: {
                $0.description.configurationAddress == configurationAddress
            })
        else { return false }
        return setPin(place, function, to: level)
    }

    /// The line of a pin is up while any function on it asserts.
    @discardableResult
    private mutating func setPin(_ place: Int, _ function: Int, to level: Bool) -> Bool {
        let part = bridges[place].functions[function]
        guard let number = bridges[place].number(of: part.description) else { return false }
        func isUp(_ bridge: BridgePart) -> Bool {
            bridge.functions.contains { $0.isAsserted && bridge.number(of: $0.description) == number }
        }
        let before = isUp(bridges[place])
        bridges[place].functions[function].isAsserted = level
        let after = isUp(bridges[place])
        if before != after { setInput(number, to: after) }
        return true
    }

    /// The line of a number, as the controller in force takes it.
    public mutating func setInput(_ number: LogicalNumber, to level: Bool) {
        guard board.end == nil else { return }
        switch activeMode {
        case .xics: xics?.setInput(number.rawValue, to: level, on: &board)
        case .xive: xive?.setInput(number.rawValue, to: level, on: &board)
        }
    }
}
