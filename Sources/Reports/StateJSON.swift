import InterruptState

/// A state as JSON, schema `irqproof/inspect/1`: everything that the text shows, and the raw values.
enum StateJSON {
    static func write(_ state: MachineState, to json: inout JSONWriter) {
        json.object("machine") { machine(state, &$0) }
        json.array("numbers") { json in
            for number in listedNumbers(state) { json.object { self.number(number, state, &$0) } }
        }
        json.array("queues") { json in
            for queue in state.xive?.queues ?? [] { json.object { self.queue(queue, &$0) } }
        }
        queueEntries(state, &json)
        json.array("vcpus") { json in
            for cpu in state.cpus { json.object { self.cpu(cpu, &$0) } }
        }
        json.array("host_bridges") { json in
            for bridge in state.bridges { json.object { self.bridge(bridge, &$0) } }
        }
        json.array("virtual_devices") { json in
            for device in state.virtualDevices {
                json.object {
                    $0.member("type", device.type)
                    $0.member("unit_address", hexadecimal(UInt64(device.unitAddress), digits: 8))
                    $0.member("number", device.number?.description)
                }
            }
        }
        json.array("not_known") { json in
            for gap in state.gaps {
                json.object {
                    $0.member("subject", gap.subject)
                    $0.member("reason", gap.reason)
                }
            }
        }
    }

    private static func machine(_ state: MachineState, _ json: inout JSONWriter) {
        json.member("type", state.facts.typeName)
        json.member("scheme", state.facts.scheme?.rawValue)
        json.member("mode", state.facts.activeMode.rawValue)
        json.array("modes_offered") { json in
            for mode in state.offeredModes { json.value(mode.rawValue) }
        }
        json.member("server_count", state.facts.serverCount)
        json.member("server_count_basis", state.facts.serverCountBasis.rawValue)
        json.member("first_number", LogicalNumber(state.numberSpace.lowerBound).description)
        json.member("number_count", state.numberSpace.count)
        json.member("claimed_count", state.claimedNumbers.count)
        json.member("table_byte_order", state.xive?.tableByteOrder.rawValue)
        json.member("digest", state.digest().description)
    }

    /// Every number that is owned, claimed or carries leftovers in either controller.
    private static func listedNumbers(_ state: MachineState) -> [LogicalNumber] {
        var numbers = Set(state.numbers.map(\.number))
        numbers.formUnion(state.xive?.sources.map(\.number) ?? [])
        numbers.formUnion(state.xics?.sources.map(\.number) ?? [])
        return numbers.sorted()
    }

    private static func number(_ number: LogicalNumber, _ state: MachineState, _ json: inout JSONWriter) {
        let rows = state.assignments(of: number)
        let configuration = state.configuration(number)
        json.member("number", number.description)
        json.member("claimed", configuration.isClaimed)
        json.member("kind", rows.first?.kind?.rawValue)
        json.key("owner", rows.first?.owner, basis: rows.first?.basis)
        if rows.count > 1 {
            json.array("other_owners") { json in
                for row in rows.dropFirst() { json.owner(row.owner, basis: row.basis) }
            }
        }
        if let xive = state.xive, number.rawValue < xive.numberCount {
            json.object("xive") { xiveSource(xive.source(number), &$0) }
        }
        if let xics = state.xics, number >= xics.base, number.rawValue - xics.base.rawValue < xics.numberCount {
            json.object("xics") { xicsSource(xics.source(number), &$0) }
        }
    }

    private static func xiveSource(_ source: XiveSource, _ json: inout JSONWriter) {
        let assignment = source.assignment
        json.member("claimed", assignment.isValid)
        json.member("p", source.status.p)
        json.member("q", source.status.q)
        json.member("asserted", source.status.isAsserted)
        json.member("masked", assignment.isMasked)
        json.member("server", assignment.isMasked ? nil : assignment.queueIndex >> 3)
        json.member("priority", assignment.isMasked ? nil : assignment.queueIndex & 7)
        json.member("eisn", hexadecimal(UInt64(assignment.eisn), digits: 8))
        json.member("end", assignment.queueIndex)
        json.member("eas", hexadecimal(assignment.rawValue, digits: 16))
    }

    private static func xicsSource(_ source: XicsSource, _ json: inout JSONWriter) {
        json.member("claimed", source.isClaimed)
        json.member("server", source.server.rawValue)
        json.member("priority", source.priority)
        json.member("saved_priority", source.savedPriority)
        json.member("status", source.status.rawValue)
        json.member("flags", source.flags.rawValue)
    }

    private static func queue(_ queue: EventQueue, _ json: inout JSONWriter) {
        json.member("index", queue.index)
        json.member("server", queue.tableServer.rawValue)
        json.member("priority", queue.tablePriority)
        json.member("enabled", queue.isEnabled)
        json.member("address", hexadecimal(queue.address))
        json.member("entries", queue.entryCount)
        json.member("next", queue.nextIndex)
        json.member("generation", queue.generation)
        json.member("always_notify", queue.alwaysNotifies)
        json.member("notifies_server", queue.server?.rawValue)
        json.member("notifies_priority", queue.priority)
        json.array("words") { json in
            for word in queue.words { json.value(hexadecimal(UInt64(word), digits: 8)) }
        }
    }

    private static func queueEntries(_ state: MachineState, _ json: inout JSONWriter) {
        guard let xive = state.xive else { return }
        json.object("queue_entries") { json in
            switch xive.contents {
            case .notCaptured(let reason):
                json.member("captured", false)
                json.member("reason", reason)
            case .captured(let entries):
                json.member("captured", true)
                json.array("entries") { json in
                    for entry in entries {
                        json.object {
                            $0.member("queue", entry.queueIndex)
                            $0.member("position", entry.position)
                            $0.member("generation", entry.generation)
                            $0.member("eisn", hexadecimal(UInt64(entry.eisn), digits: 8))
                        }
                    }
                }
            }
        }
    }

    private static func cpu(_ cpu: VirtualCPU, _ json: inout JSONWriter) {
        json.member("index", cpu.index)
        json.member("server", cpu.server?.rawValue)
        json.member("server_basis", cpu.serverBasis.rawValue)
        if let context = cpu.context {
            json.object("context") { json in
                json.member("instance", cpu.contextInstance)
                json.member("nsr", context.notificationStatus)
                json.member("cppr", context.currentPriority)
                json.member("ipb", context.pendingBits)
                json.member("pipr", context.pendingPriority)
                json.member("word2", hexadecimal(UInt64(context.word2(.os)), digits: 8))
                json.member("cam_server", context.server?.rawValue)
                json.member("registers", hexText(context.bytes))
            }
        }
        if let presenter = cpu.presenter {
            json.object("presenter") { json in
                json.member("xirr", hexadecimal(UInt64(presenter.xirr), digits: 8))
                json.member("pending_priority", presenter.pendingPriority)
                json.member("mfrr", presenter.mfrr)
            }
        }
    }

    private static func bridge(_ bridge: HostBridge, _ json: inout JSONWriter) {
        json.member("buid", hexadecimal(bridge.buid, digits: 16))
        json.member("index", Owner.bridgeIndex(bridge.buid))
        json.member("instance", bridge.instance)
        json.array("pins") { json in
            for pin in bridge.pins { json.value(pin.description) }
        }
        json.array("messages") { json in
            for block in bridge.messages {
                json.object {
                    $0.member("device", hexadecimal(UInt64(block.device), digits: 8))
                    $0.member("function", Owner.functionName(block.device))
                    $0.member("first", block.first.description)
                    $0.member("count", block.count)
                }
            }
        }
    }

    private static func hexText(_ bytes: [UInt8]) -> String {
        bytes.map { String(hexadecimal(UInt64($0), digits: 2).dropFirst(2)) }.joined()
    }
}

extension JSONWriter {
    fileprivate mutating func key(_ key: String, _ owner: Owner?, basis: Basis?) {
        guard let owner, let basis else { return member(key, String?.none) }
        object(key) { $0.ownerMembers(owner, basis: basis) }
    }

    fileprivate mutating func owner(_ owner: Owner, basis: Basis) {
        object { $0.ownerMembers(owner, basis: basis) }
    }

    private mutating func ownerMembers(_ owner: Owner, basis: Basis) {
        member("text", owner.description)
        member("basis", basis.rawValue)
        switch owner {
        case .interprocessor(let index):
            member("class", "ipi")
            member("index", index)
        case .epow: member("class", "epow")
        case .hotPlug: member("class", "hot-plug")
        case .virtualDevice(let type, let address):
            member("class", "vio")
            member("type", type)
            member("unit_address", hexadecimal(UInt64(address), digits: 8))
        case .bridgePin(let bridge, let pin):
            member("class", "phb-lsi")
            member("buid", hexadecimal(bridge, digits: 16))
            member("pin", pin)
        case .bridgeMessage(let bridge, let device, let vector):
            member("class", "phb-msi")
            member("buid", hexadecimal(bridge, digits: 16))
            member("device", hexadecimal(UInt64(device), digits: 8))
            member("vector", vector)
        case .unknown(let reason):
            member("class", "unknown")
            member("reason", reason)
        }
    }
}
