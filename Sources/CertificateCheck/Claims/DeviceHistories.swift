/// Histories of devices that take numbers when they are created, and of vCPUs that are plugged one by one.
enum DeviceHistories {
    private enum Device {
        case virtual(UInt64)
        case bridge(UInt64)

        var count: UInt64 {
            if case .bridge = self { return 4 }
            return 1
        }
    }

    private static let menu: [(name: String, device: Device)] = [
        ("l-lan@2000", .virtual(0x2000)), ("v-scsi@3000", .virtual(0x3000)), ("phb1", .bridge(1)), ("phb2", .bridge(2)),
    ]

    /// First number of each device of the menu, 0 where it is not there; then whether the machine runs, as it does from
    /// the first unplugging on: VIO devices cannot be added to it any more.
    static func construction(_ machine: CertifiedMachine) -> SmallWorld<[UInt64]> {
        let none = menu.map { _ in UInt64(0) } + [0]
        func create(_ place: Int, _ state: [UInt64]) -> [UInt64]? {
            guard state[place] == 0, let first = first(place, machine, state) else { return nil }
            if case .virtual = menu[place].device, state[menu.count] == 1 { return nil }
            var next = state
            next[place] = first
            return next
        }
        var steps: [(name: String, apply: ([UInt64]) -> Move<[UInt64]>)] = []
        for (place, entry) in menu.enumerated() {
            steps.append(("create \(entry.name)", { create(place, $0).map { .next($0) } ?? .none }))
            guard machine.unplugsBridges, case .bridge = entry.device else { continue }
            steps.append(
                (
                    "unplug \(entry.name)",
                    { state in
                        guard state[place] != 0 else { return .none }
                        var next = state
                        next[place] = 0
                        next[menu.count] = 1
                        return .next(next)
                    }
                ))
        }
        return SmallWorld(initial: none, steps: steps) { state in
            var cold: [UInt64]? = none
            for place in menu.indices where state[place] != 0 { cold = cold.flatMap { create(place, $0) } }
            return cold?.prefix(menu.count) != state.prefix(menu.count)
        }
    }

    private static func first(_ place: Int, _ machine: CertifiedMachine, _ state: [UInt64]) -> UInt64? {
        let count = menu[place].device.count
        let taken = menu.indices.filter { state[$0] != 0 }.map { ($0, state[$0], menu[$0].device.count) }
        func isFree(_ first: UInt64) -> Bool {
            taken.allSatisfy { $0.1 >= first + count || first >= $0.1 + $0.2 }
        }
        if case .sequential(let size) = machine.map {
            // What every machine makes itself comes first: event sources, a terminal, NVRAM, host bridge 0.
            let starts = [machine.hasHotPlugEvents ? 0x1008 : 0x1007] + taken.map { $0.1 + $0.2 }
            return starts.filter { isFree($0) && $0 + count <= 0x1000 + size }.min()
        }
        let wanted: UInt64?
        switch menu[place].device {
        case .virtual(let address): wanted = machine.virtual(address)
        case .bridge(let index): wanted = machine.pin(index, 0)
        }
        return wanted.flatMap { isFree($0) ? $0 : nil }
    }

    /// vCPUs in order of creation, vCPU 0 first; the destination creates them in ascending order.
    static func processors(matchedByOrder: Bool) -> SmallWorld<[UInt8]> {
        let steps = (UInt8(1)..<6).map { core -> (name: String, apply: ([UInt8]) -> Move<[UInt8]>) in
            ("plug vCPU \(core)", { $0.contains(core) ? .none : .next($0 + [core]) })
        }
        return SmallWorld(initial: [0], steps: steps) { matchedByOrder && $0 != $0.sorted() }
    }
}
