import InterruptState

// What no single field says: the mode in force, servers, owners. Each fact notes where it comes from;
// what cannot be known becomes a gap with the reason.

extension Decoding {
    /// Option vector 5, bit 177 (byte 23, value 0x40): the guest has chosen XIVE
    /// (`include/hw/ppc/spapr_ovec.h`; the bitmap counts bits of the vector from 0).
    private static let xiveOption = 177

    /// Scheme, mode in force, number of servers.
    mutating func resolveMachine() {
        state.facts.activeMode = activeMode
        state.facts.scheme = scheme
        if let xive = state.xive {
            // Eight queues for each possible server (hw/intc/spapr_xive.c).
            state.facts.serverCount = xive.queueCount / 8
            state.facts.serverCountBasis = .section
        } else if let count = state.deviceTree?.serverCount {
            state.facts.serverCount = count
            state.facts.serverCountBasis = .deviceTree
        } else {
            addGap(
                "the number of possible servers",
                "under XICS only the device tree says it, and this stream carries none")
        }
    }

    /// XIVE if there is no XICS; else XIVE if the guest has negotiated it; else XICS (`hw/ppc/spapr_irq.c`).
    private var activeMode: InterruptMode {
        guard state.xive != nil else { return .xics }
        guard state.xics != nil else { return .xive }
        let (word, bit) = Decoding.xiveOption.quotientAndRemainder(dividingBy: 64)
        guard let options = state.negotiatedOptions, options.indices.contains(word) else { return .xics }
        return options[word] >> UInt64(bit) & 1 == 1 ? .xive : .xics
    }

    /// XIVE, or a XICS of 0x1000 numbers, exist only with the fixed map; a XICS of 0x400 only with the
    /// sequential allocator (`hw/ppc/spapr_irq.c`). The tables tell, whatever the type is called.
    private var scheme: NumberScheme? {
        if state.xive != nil { return .fixed }
        switch state.xics?.numberCount {
        case 0x400: return .sequential
        case 0x1000: return .fixed
        default: return nil
        }
    }

    // MARK: - Servers

    /// The server number of each vCPU: from the device tree, else from its own thread context.
    mutating func resolveServers() {
        let numbering = ServersFromTree(cores: coreServers, cpus: state.cpus.map(\.index))
        for place in state.cpus.indices {
            if let server = numbering.server(of: state.cpus[place].index) {
                state.cpus[place].server = server
                state.cpus[place].serverBasis = .deviceTree
            } else if let server = state.cpus[place].context?.server {
                state.cpus[place].server = server
                state.cpus[place].serverBasis = .section
            }
        }
        let unknown = state.cpus.filter { $0.server == nil }.map { String($0.index) }
        guard !unknown.isEmpty else { return }
        let reason =
            state.deviceTree == nil
            ? "under XICS only the device tree says it, and this stream carries none"
            : "the device tree was made before these vCPUs were plugged, and leaves several spacings possible"
        addGap("the server number of vCPU \(unknown.joined(separator: ", "))", reason)
    }

    // MARK: - Owners

    /// Builds the number map: what the devices raise, then what else is claimed.
    mutating func resolveOwners() {
        var rows = interprocessorRows() + bridgeRows() + virtualDeviceRows() + eventSourceRows()
        let owned = Set(rows.map(\.number))
        for number in allClaimed where !owned.contains(number) {
            rows.append(
                NumberAssignment(
                    number: number, owner: .unknown(reasonForUnknown(number)), basis: .none,
                    kind: state.xics?.source(number).kind))
        }
        rows.sort()
        state.numbers = rows
        let unknown = rows.filter { if case .unknown = $0.owner { true } else { false } }
        if let first = unknown.first, case .unknown(let reason) = first.owner {
            addGap("the owners of \(unknown.count) numbers from \(first.number)", reason)
        }
    }

    /// The numbers claimed in either controller.
    private var allClaimed: [LogicalNumber] {
        let xive = state.xive?.sources.filter(\.assignment.isValid).map(\.number) ?? []
        let xics = state.xics?.sources.filter(\.isClaimed).map(\.number) ?? []
        return Array(Set(xive).union(xics)).sorted()
    }

    private func isClaimed(_ number: LogicalNumber) -> Bool {
        state.xive?.source(number).assignment.isValid == true || state.xics?.source(number).isClaimed == true
    }

    /// A XICS entry's own flag, or what its owner must be.
    private func row(
        _ number: LogicalNumber, _ owner: Owner, _ basis: Basis, else kind: SourceKind
    ) -> NumberAssignment {
        NumberAssignment(
            number: number, owner: owner, basis: basis, kind: state.xics?.source(number).kind ?? kind)
    }

    /// XIVE claims one number for each possible server, from 0 (`hw/ppc/spapr_irq.c`).
    private func interprocessorRows() -> [NumberAssignment] {
        guard let xive = state.xive else { return [] }
        return (0..<min(xive.queueCount / 8, xive.numberCount)).map { index in
            NumberAssignment(
                number: LogicalNumber(index), owner: .interprocessor(index), basis: .numberMap, kind: .msi)
        }
    }

    private func bridgeRows() -> [NumberAssignment] {
        state.bridges.flatMap { bridge in
            let pins = bridge.pins.prefix(4).enumerated().map { pin, number in
                row(number, .bridgePin(bridge: bridge.buid, pin: UInt8(pin)), .section, else: .lsi)
            }
            return pins + bridge.messages.flatMap { block in messageRows(block, bridge) }
        }
    }

    private func messageRows(_ block: MessageBlock, _ bridge: HostBridge) -> [NumberAssignment] {
        // A block cannot be larger than the number space; more is damage that the checker reports.
        let space = max(state.xive?.numberCount ?? 0, (state.xics?.numberCount ?? 0) &+ Decoding.xicsBase.rawValue)
        guard block.first.rawValue < space else { return [] }
        return (0..<min(block.count, space - block.first.rawValue)).map { vector in
            let owner = Owner.bridgeMessage(bridge: bridge.buid, device: block.device, vector: vector)
            return row(LogicalNumber(block.first.rawValue + vector), owner, .section, else: .msi)
        }
    }

    private func virtualDeviceRows() -> [NumberAssignment] {
        state.virtualDevices.compactMap { device in
            let owner = Owner.virtualDevice(type: device.type, unitAddress: device.unitAddress)
            if let number = device.number { return row(number, owner, .section, else: .msi) }
            switch state.facts.scheme {
            case .fixed:
                return row(
                    FixedNumberMap.virtualDevice(unitAddress: device.unitAddress), owner, .numberMap, else: .msi)
            case .sequential:
                guard let number = claimOrder?.nvram else { return nil }
                return row(number, owner, .allocationOrder, else: .msi)
            case nil: return nil
            }
        }
    }

    private func eventSourceRows() -> [NumberAssignment] {
        switch state.facts.scheme {
        case .fixed:
            let hotPlug =
                isClaimed(FixedNumberMap.hotPlug)
                ? [row(FixedNumberMap.hotPlug, .hotPlug, .numberMap, else: .msi)] : []
            return [row(FixedNumberMap.epow, .epow, .numberMap, else: .msi)] + hotPlug
        case .sequential:
            guard let order = claimOrder else { return [] }
            return [row(order.epow, .epow, .allocationOrder, else: .msi)]
                + (order.hotPlug.map { [row($0, .hotPlug, .allocationOrder, else: .msi)] } ?? [])
        case nil: return []
        }
    }

    private func reasonForUnknown(_ number: LogicalNumber) -> String {
        switch state.facts.scheme {
        case .sequential: "no device section names it, and the order of claims leaves more than one possibility"
        case .fixed: "no device of this machine raises it"
        case nil: "the number map of this machine is not known"
        }
    }

    /// What the sequential allocator's order of claims says of numbers that no section names.
    ///
    /// Machine init claims EPOW, then hot-plug if enabled, then the serial devices and the NVRAM, then
    /// the LSIs of PHB 0 (`spapr_machine_init`, `hw/ppc/spapr.c`). What no section names below those
    /// LSIs is therefore EPOW, at most one hot-plug source, and the NVRAM, in that order.
    private var claimOrder: (epow: LogicalNumber, hotPlug: LogicalNumber?, nvram: LogicalNumber?)? {
        guard let base = state.xics?.base,
            let limit = state.bridges.first(where: { $0.instance == 0 })?.pins.min()
        else { return nil }
        let named = Set(state.virtualDevices.compactMap(\.number))
        let nvrams = state.virtualDevices.count { $0.number == nil }
        let unnamed = allClaimed.filter { $0 < limit && !named.contains($0) }
        guard nvrams <= 1, unnamed.first == base else { return nil }
        switch unnamed.count - nvrams {
        case 1: return (base, nil, nvrams == 1 ? unnamed.last : nil)
        case 2 where unnamed[1].rawValue == base.rawValue + 1:
            return (base, unnamed[1], nvrams == 1 ? unnamed.last : nil)
        default: return nil
        }
    }
}
