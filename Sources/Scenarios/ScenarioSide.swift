import InterruptState
import PSeries
import Replay

/// A machine with the guest that runs on it.
struct ScenarioSide<Player: ScenarioMachine> {
    var machine: Player
    var guest = Guest()

    /// Performs a step and says what came of it.
    mutating func outcome(_ step: Scenario.Step) -> ScenarioRun.Outcome {
        var outcome = ScenarioRun.Outcome(line: step.line, results: [], refusal: nil)
        if let end = machine.end {
            outcome.refusal = "the machine has ended: \(end)"
            return outcome
        }
        guard let row = machine.row(cpu: step.cpu) else {
            outcome.refusal = "there is no vCPU \(step.cpu)"
            return outcome
        }
        // Only a vCPU that runs does anything.
        if row != 0 { machine.wake(processor: row) }
        do {
            outcome.results = try perform(step, row)
        } catch {
            outcome.refusal = error.description
        }
        if let end = machine.end { outcome.refusal = "the machine ends: \(end)" }
        return outcome
    }
}

// MARK: - Actions

extension ScenarioSide {
    /// What a value means to this guest: it knows devices by the numbers that its machine told it.
    mutating func value(_ value: Scenario.Value) -> UInt64 {
        switch value {
        case .integer(let number): number
        case .status(let status): UInt64(bitPattern: status.rawValue)
        case .interprocessor(let index): number(.interprocessor(index))
        case .epow: number(.epow)
        case .hotPlug: number(.hotPlug)
        case .virtualDevice(let address): number(.virtualDevice(type: "", unitAddress: address))
        case .pin(let bridge, let pin): number(.bridgePin(bridge: Owner.firstBridge + UInt64(bridge), pin: pin))
        case .message(let function, let vector):
            number(
                .bridgeMessage(
                    bridge: Owner.firstBridge + UInt64(function.bridge), device: function.configurationAddress,
                    vector: vector))
        }
    }

    /// All ones where the machine has no such interrupt, which no call takes for a number.
    private mutating func number(_ owner: Owner) -> UInt64 {
        (machine.number(of: owner)?.rawValue).map(UInt64.init) ?? .max
    }

    mutating func perform(_ step: Scenario.Step, _ row: Int) throws(ConstructionError) -> [UInt64] {
        switch step.action {
        case .negotiate(let mode):
            return [UInt64(bitPattern: machine.negotiate(mode, processor: row).rawValue)]
        case .hypercall(let opcode, let values):
            return hypercall(opcode, self.values(values), wanted: step.gives?.count ?? 5, row)
        case .rtas(let token, let values, let returns):
            let arguments = self.values(values).map { UInt32(truncatingIfNeeded: $0) }
            return machine.rtas(token, arguments, returns: returns, processor: row)
                .prefix(step.gives?.count ?? returns).map(UInt64.init)
        case .load(let address, let byteCount):
            return [machine.load(address, byteCount: byteCount, processor: row) ?? .max]
        case .store(let address, let value, let byteCount):
            return machine.store(address, value, byteCount: byteCount, processor: row) ? [] : [.max]
        case .queue, .bind, .mask, .interrupt, .open, .take:
            return act(step.action, row)
        case .messages(let function, let count, let kind):
            return messages(function, count, kind, row)
        case .raise(let value):
            try raise(value)
            return []
        case .pin(let function, let level):
            try machine.drive(pinOf: function, to: level)
            return []
        case .plug(let device):
            try machine.plug(device)
            return []
        case .unplug(let device):
            try machine.unplug(device)
            return []
        case .start(let server):
            return [UInt64(machine.start(server: server, processor: row))]
        case .reset:
            machine.reset()
            guest = Guest()
            return []
        case .resetBridge(let index):
            try machine.resetBridge(index)
            return []
        case .migrate:
            return []
        }
    }

    private mutating func hypercall(_ opcode: UInt64, _ arguments: [UInt64], wanted: Int, _ row: Int) -> [UInt64] {
        func argument(_ index: Int) -> UInt64 { index < arguments.count ? arguments[index] : 0 }
        var registers = Registers(
            opcode, argument(0), argument(1), argument(2), argument(3), argument(4), argument(5), argument(6),
            argument(7), argument(8))
        machine.hypercall(&registers, processor: row)
        return Array(registers.all.prefix(wanted))
    }

    private mutating func act(_ action: Scenario.Action, _ row: Int) -> [UInt64] {
        switch action {
        case .queue(let server, let priority, let page, let shift, let always):
            let status = guest.setQueue(
                &machine, server: server, priority: priority, page: page, shift: shift, always: always, processor: row)
            return [UInt64(bitPattern: status.rawValue)]
        case .bind(let number, let server, let priority, let eisn):
            let number = UInt32(truncatingIfNeeded: value(number))
            return [guest.bind(&machine, number, server: server, priority: priority, eisn: eisn, processor: row)]
        case .mask(let number):
            return [guest.mask(&machine, UInt32(truncatingIfNeeded: value(number)), processor: row)]
        case .interrupt(let server):
            return [guest.interrupt(&machine, server: server, processor: row)]
        case .open:
            guest.open(&machine, processor: row)
            return []
        default:
            return guest.take(&machine, processor: row).map(UInt64.init)
        }
    }

    /// The first number, after repeating the request with the count that the machine grants, as Linux does.
    private mutating func messages(
        _ function: Scenario.FunctionReference, _ count: UInt32, _ kind: MessageKind, _ row: Int
    ) -> [UInt64] {
        var count = count
        if kind == .msi, count > 1 {
            let shift = UInt32(UInt32.bitWidth - (count - 1).leadingZeroBitCount)
            machine.enableMessages(of: function, shift: shift)
        }
        let buid = Owner.firstBridge + UInt64(function.bridge)
        let place = [
            function.configurationAddress, UInt32(truncatingIfNeeded: buid >> 32), UInt32(truncatingIfNeeded: buid),
        ]
        for _ in 0..<2 {
            let change = machine.rtas(
                RTASCall.changeMSI.rawValue, place + [kind == .msi ? 3 : 4, count, 1], returns: 4, processor: row)
            guard change.count == 4 else { return [] }
            guard change[0] == 0 else { return [UInt64(bitPattern: Int64(Int32(bitPattern: change[0])))] }
            guard count > 0 else { return [] }
            if change[1] == count {
                let first = machine.rtas(
                    RTASCall.queryInterruptSourceNumber.rawValue, place + [0], returns: 3, processor: row)
                return first.first == 0 ? [UInt64(first[1])] : []
            }
            count = change[1]
        }
        return []
    }

    private mutating func raise(_ value: Scenario.Value) throws(ConstructionError) {
        switch value {
        case .epow: try machine.raiseInterrupt(of: .epow)
        case .hotPlug: try machine.raiseInterrupt(of: .hotPlug)
        case .virtualDevice(let address): try machine.raiseInterrupt(of: .virtualDevice(unitAddress: address))
        case .message(let function, let vector):
            try machine.raiseInterrupt(
                of: .message(
                    bridge: function.bridge, configurationAddress: function.configurationAddress, vector: vector))
        default:
            try machine.pulse(LogicalNumber(UInt32(truncatingIfNeeded: self.value(value))))
        }
    }

    /// The numbers that values stand for.
    mutating func values(_ values: [Scenario.Value]) -> [UInt64] {
        var result: [UInt64] = []
        for each in values { result.append(value(each)) }
        return result
    }
}
