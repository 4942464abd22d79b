/// Claims about maps that are functions, decided by counting.
struct MapClaims {
    private let machine: CertifiedMachine
    private let bounds: ClaimBounds

    init(_ machine: CertifiedMachine, _ bounds: ClaimBounds) {
        self.machine = machine
        self.bounds = bounds
    }

    /// Nil for claims about something else, and for maps that are no function.
    func decision(_ name: String) -> ClaimCheck.Decision? {
        guard machine.isFunction else { return nil }
        switch name {
        case "vio-in-range": return inRange()
        case "vio-injective": return injective()
        case "vio-injective-libvirt": return libvirt()
        case "pins-injective":
            return .init(distinctPins(upTo: machine.lastBridge), ["pins": (machine.lastBridge + 1) * 4])
        case "ranges-disjoint": return disjoint()
        case "ipis-enough": return enough()
        case "ipis-have-room":
            return .init((1...max(1, bounds.cpus)).allSatisfy(hasRoom), ["configurations": bounds.cpus])
        default: return nil
        }
    }

    // MARK: - VIO devices

    /// How many addresses have each number, in runs that the formulas treat alike: no address is left out.
    private var population: [UInt64: UInt64] {
        var population: [UInt64: UInt64] = [:]
        var address = bounds.addresses.lowerBound
        let end = bounds.addresses.upperBound + 1
        let isFixed = machine.map == .fixed(isShipped: true) || machine.map == .fixed(isShipped: false)
        while address < end {
            let page = min(end, (address / 4096 + 1) * 4096)
            if isFixed, address >= 0x7100_0000 {
                // Every number comes once in 256 addresses.
                let whole = (end - address) / 256
                for offset in 0..<256 { population[0x1100 + UInt64(offset), default: 0] += whole }
                for rest in (address + whole * 256)..<end { population[0x1100 + rest % 256, default: 0] += 1 }
                break
            } else if isFixed {
                if let number = machine.virtual(address) { population[number, default: 0] += page - address }
                address = page
            } else if address >= 0x7100_0000 {
                for accepted in address..<max(address, min(end, 0x7100_4000)) {
                    if let number = machine.virtual(accepted) { population[number, default: 0] += 1 }
                }
                break
            } else {
                if address % 4096 == 0, let number = machine.virtual(address) { population[number, default: 0] += 1 }
                address = page
            }
        }
        return population.filter { $0.value > 0 }
    }

    private var addressCount: UInt64 { bounds.addresses.upperBound - bounds.addresses.lowerBound + 1 }

    private func inRange() -> ClaimCheck.Decision {
        let population = population
        let first: UInt64
        let size: UInt64
        if case .sparse(let layout) = machine.map {
            (first, size) = (layout.virtualBase, 0x1_0000)
        } else {
            (first, size) = (0x1100, 256)
        }
        let figures = ["unit addresses": addressCount, "refused": addressCount - population.values.reduce(0, +)]
        return .init(population.keys.allSatisfy { $0 >= first && $0 - first < size }, figures)
    }

    private func injective() -> ClaimCheck.Decision {
        let population = population
        let pairs = population.values.reduce(0) { $0 + $1 * ($1 - 1) / 2 }
        return .init(
            pairs == 0,
            [
                "unit addresses": addressCount, "refused": addressCount - population.values.reduce(0, +),
                "colliding pairs": pairs, "shared numbers": UInt64(population.values.count { $0 > 1 }),
            ])
    }

    private func libvirt() -> ClaimCheck.Decision {
        let addresses =
            (1...0xef).map { UInt64($0) * 4096 } + (0..<16).map { 0x3000_0000 + UInt64($0) * 4096 } + [0x7100_0000]
        let numbers = addresses.compactMap(machine.virtual)
        let count = UInt64(addresses.count)
        return .init(
            numbers.count == addresses.count && Set(numbers).count == numbers.count,
            ["unit addresses": count, "pairs": count * (count - 1) / 2])
    }

    // MARK: - Bridges, ranges, servers

    /// Whether every pin of the bridges up to one has a number of its own.
    func distinctPins(upTo last: UInt64) -> Bool {
        let numbers = (0...last).flatMap { bridge in (0..<4).map { machine.pin(bridge, $0) } }
        return !numbers.contains(nil) && Set(numbers).count == numbers.count
    }

    private func disjoint() -> ClaimCheck.Decision {
        let room: UInt64
        var holds = true
        switch machine.map {
        case .sparse(let layout):
            room = bounds.cpus
            let windows = (0...machine.lastBridge).flatMap { bridge -> [(first: UInt64, end: UInt64)] in
                let base = layout.bridgeBase + bridge * layout.bridgeWindow
                return [(base, base + 4), (base + 0x100, base + layout.bridgeWindow)]
            }
            holds = areApart(windows) && (1...max(1, room)).allSatisfy { layout.isSound(servers: $0) }
        default:
            room = 0x1000
            let others: [(first: UInt64, end: UInt64)] = [
                (0x1000, 0x1001), (0x1001, 0x1002), (0x1100, 0x1200), (0x1200, 0x1200 + 4 * 31), (0x1300, 0x2000),
            ]
            holds = (1...room).allSatisfy { areApart(others + [(0, $0)]) }
        }
        return .init(holds, ["layouts": room])
    }

    private func enough() -> ClaimCheck.Decision {
        var cases: UInt64 = 0
        var holds = true
        for threads in [1, 2, 4, 8] as [UInt64] {
            for vsmt in [1, 2, 4, 8] as [UInt64] where vsmt >= threads {
                for cpus in 1...max(1, bounds.cpus) {
                    cases += 1
                    let servers = (cpus * vsmt + threads - 1) / threads
                    let last = (cpus - 1) / threads * vsmt + (cpus - 1) % threads
                    let before = cpus > 1 ? (cpus - 2) / threads * vsmt + (cpus - 2) % threads : 0
                    if last >= servers || (cpus > 1 && before >= last) || servers < cpus { holds = false }
                }
            }
        }
        return .init(holds, ["configurations": cases])
    }

    private func hasRoom(_ cpus: UInt64) -> Bool {
        let servers = cpus * (machine.isSpacedByEight ? 8 : 1)
        if case .sparse(let layout) = machine.map { return layout.isSound(servers: servers) }
        return servers <= 0x1000
    }
}
