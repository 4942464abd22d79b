import InterruptState
import PSeries

/// Statement 1: a map is total, injective, in range, with disjoint ranges and enough IPIs.
public struct MapSoundness {
    private let type: MachineType
    private let bounds: Bounds

    /// The statement about the map of a machine type.
    public init(_ type: MachineType, bounds: Bounds = Bounds()) {
        self.type = type
        self.bounds = bounds
    }

    /// One proof for each claim; the sequential scheme is no function, and its claims are about histories.
    ///
    /// - Parameter isWanted: whether the claim of a name is proved; the enumeration of all addresses takes seconds.
    public func proofs(where isWanted: (String) -> Bool = { _ in true }) -> [Proof] {
        guard type.map.isFunction else { return [] }
        let claims: [(String, () -> Proof)] = [
            ("vio-injective-libvirt", libvirtAddresses), ("pins-injective", pins), ("ranges-disjoint", disjointRanges),
            ("ipis-enough", serversHaveIPIs), ("ipis-have-room", ipisHaveRoom),
        ]
        let addresses = isWanted("vio-in-range") || isWanted("vio-injective") ? virtual() : []
        return addresses.filter { isWanted($0.claim) } + claims.filter { isWanted($0.0) }.map { $0.1() }
    }

    private func virtual() -> [Proof] {
        if case .sparse = type.map { return virtual(SparseAddresses.self) }
        return virtual(FixedAddresses.self)
    }
}

// MARK: - VIO devices

extension MapSoundness {
    private func virtual<Function: AddressFunction>(_: Function.Type) -> [Proof] {
        let enumeration = AddressEnumeration<Function>(bounds.addresses)
        // The canary differs from the map at two addresses; both are always looked at.
        let canary = AddressEnumeration<CanaryAddresses>(0x70ff_fffe...0x7100_0001)
        let counts = [
            Proof.Count("unit addresses", enumeration.addresses), Proof.Count("refused", enumeration.refused),
        ]
        let domain =
            [bounds.addressSentence] + (enumeration.refused > 0 ? ["addresses that the map refuses are left out"] : [])
        return [
            Proof(
                claim: "vio-in-range", sentence: "every unit address has a number in the VIO range, or is refused",
                domain: domain, method: "enumeration", verdict: enumeration.outside == nil ? .proved : .refuted,
                reasons: enumeration.outside.map { ["\(hex($0)) is outside"] } ?? [], counts: counts,
                canaries: [.init("one place beyond the range", isRefuted: canary.outside != nil)]),
            Proof(
                claim: "vio-injective", sentence: "no two unit addresses share a number", domain: domain,
                method: "enumeration", verdict: enumeration.collision == nil ? .proved : .refuted,
                reasons: collisionReasons(enumeration),
                counts: counts + [
                    .init("colliding pairs", enumeration.collidingPairs),
                    .init("shared numbers", UInt64(enumeration.sharedPlaces)),
                ],
                canaries: [.init("the terminals' rule alone", isRefuted: sharesSomewhere())]),
        ]
    }

    /// Terminals are 4 KiB apart and have 16 places: the seventeenth shares one, whatever else is true.
    private func sharesSomewhere() -> Bool {
        AddressEnumeration<FixedAddresses>(0x3000_0000...0x3001_0000).collision != nil
    }

    private func collisionReasons<Function: AddressFunction>(_ enumeration: AddressEnumeration<Function>) -> [String] {
        guard let (first, second) = enumeration.collision else { return [] }
        return [
            "\(hex(first)) and \(hex(second)) have the same number: the first two that meet",
            "QEMU refuses the second device: IRQ n is not free",
        ]
            + Self.collisionRules.compactMap { rule in
                let pairs = enumeration.collidingPairs(rule.left, rule.right)
                return pairs == 0 ? nil : "\(pairs) pairs \(rule.text)"
            }
    }

    /// When two addresses collide on the fixed map, by the regions that they lie in, and the lowest such pair of
    /// addresses that QEMU or libvirt would give.
    private static let collisionRules: [(left: Int, right: Int, text: String)] = [
        (0, 0, "below 0x30000000 where a>>12 & 0xff = b>>12 & 0xff, such as 0x0 and 0x100000"),
        (
            1, 1,
            "of terminals, 0x30000000 to 0x70ffffff, where a>>12 & 0xf = b>>12 & 0xf, such as 0x30000000 and 0x30010000"
        ),
        (2, 2, "from 0x71000000 where a & 0xff = b & 0xff, such as 0x71000000 and 0x71000100"),
        (0, 1, "of one below and a terminal where a>>12 & 0xff = 0xf0 + (b>>12 & 0xf), such as 0xf0000 and 0x30000000"),
        (0, 2, "of one below and one from 0x71000000 where a>>12 & 0xff = b & 0xff, such as 0x1000 and 0x71000001"),
        (
            1, 2,
            "of a terminal and one from 0x71000000 where 0xf0 + (a>>12 & 0xf) = b & 0xff, such as 0x30000000 and 0x710000f0"
        ),
    ]

    private func hex(_ value: UInt32) -> String { hexadecimal(UInt64(value)) }

    /// What libvirt hands out: adapters from 0x1000 by 4 KiB, terminals from 0x30000000, and the default NVRAM.
    private func libvirtAddresses() -> Proof {
        let adapters = stride(from: UInt32(0x1000), through: 0xef000, by: 0x1000)
        let terminals = (0..<UInt32(16)).map { 0x3000_0000 + $0 << 12 }
        let addresses = Array(adapters) + terminals + [0x7100_0000]
        let numbers = addresses.map { number($0) }
        let isInjective = Set(numbers).count == numbers.count && !numbers.contains(nil)
        let withTwin = numbers + numbers.prefix(1)
        return Proof(
            claim: "vio-injective-libvirt",
            sentence: "the unit addresses that libvirt hands out have numbers of their own",
            domain: ["0x1000 to 0xef000 by 0x1000; 0x30000000 to 0x3000f000 by 0x1000; 0x71000000"],
            method: "enumeration", verdict: isInjective ? .proved : .refuted,
            counts: [
                .init("unit addresses", UInt64(addresses.count)),
                .init("pairs", UInt64(addresses.count * (addresses.count - 1) / 2)),
            ],
            canaries: [
                .init("one number given twice", isRefuted: Set(withTwin).count < withTwin.count)
            ])
    }

    private func number(_ address: UInt32) -> LogicalNumber? {
        type.map.number(of: .virtualDevice(type: "", unitAddress: address), servers: 1)
    }
}

// MARK: - Bridges and ranges

extension MapSoundness {
    private func pins() -> Proof {
        let last = min(type.maximumBridgeIndex, type.map.maximumBridgeIndex ?? 255)
        var numbers: [LogicalNumber: Int] = [:]
        var missing = 0
        for index in 0...last {
            for pin in UInt8(0)..<4 {
                let owner = Owner.bridgePin(bridge: Owner.firstBridge + UInt64(index), pin: pin)
                if let number = type.map.number(of: owner, servers: 1) {
                    numbers[number, default: 0] += 1
                } else {
                    missing += 1
                }
            }
        }
        let isSound = missing == 0 && numbers.values.allSatisfy { $0 == 1 }
        // A stride of three makes the fourth pin meet the next bridge's first.
        let canary = Set((0...last).flatMap { index in (0..<4).map { index * 3 + $0 } }).count < Int(last + 1) * 4
        return Proof(
            claim: "pins-injective", sentence: "every pin of every host bridge has a number of its own",
            domain: ["host bridges 0 to \(last), pins 0 to 3"], method: "enumeration",
            verdict: isSound ? .proved : .refuted, counts: [.init("pins", UInt64(last + 1) * 4)],
            canaries: [.init("bridges three numbers apart", isRefuted: last == 0 || canary)])
    }

    private func disjointRanges() -> Proof {
        let bridges = Array(0...min(type.maximumBridgeIndex, type.map.maximumBridgeIndex ?? 255))
        let room = serverRoom
        var fault: String?
        for servers in 1...room where fault == nil {
            // Windows of bridges do not depend on servers: all of them once, then one stands for all.
            fault = overlap(ranges(servers, servers == 1 ? bridges : [0]))
        }
        return Proof(
            claim: "ranges-disjoint", sentence: "the ranges of the classes never meet",
            domain: ["1 to \(room) servers", "host bridges 0 to \(bridges.last ?? 0)"], method: "enumeration",
            verdict: fault == nil ? .proved : .refuted, reasons: fault.map { [$0] } ?? [],
            counts: [.init("layouts", UInt64(room))],
            canaries: [.init("VIO range moved onto the pins", isRefuted: overlap(movedRanges()) != nil)])
    }

    /// Servers for which the layout is meant.
    private var serverRoom: UInt32 {
        if case .fixed = type.map { return FixedNumberMap.interprocessorRange.upperBound }
        return bounds.possibleCPUs
    }

    private func ranges(_ servers: UInt32, _ bridges: [UInt32]) -> [NumberRange] {
        type.map.ranges(servers: servers, hasXive: true, bridges: bridges)
    }

    private func movedRanges() -> [NumberRange] {
        var ranges = ranges(1, [0])
        let pins = ranges.first { $0.deviceClass == .bridgePin }?.numbers ?? 0..<1
        for index in ranges.indices where ranges[index].deviceClass == .virtualDevice { ranges[index].numbers = pins }
        return ranges
    }

    private func overlap(_ ranges: [NumberRange]) -> String? {
        guard !ranges.isEmpty else { return "the map has no ranges" }
        for (place, range) in ranges.enumerated() {
            for other in ranges[(place + 1)...] where range.numbers.overlaps(other.numbers) {
                return "\(range.deviceClass.title) and \(other.deviceClass.title) overlap"
            }
        }
        return nil
    }
}

// MARK: - Servers

extension MapSoundness {
    private static let threadChoices: [UInt32] = [1, 2, 4, 8]

    /// Every vCPU's server number has an IPI, and no two vCPUs share one.
    private func serversHaveIPIs() -> Proof {
        var cases: UInt64 = 0
        var fault: String?
        for threads in Self.threadChoices {
            for vsmt in Self.threadChoices where vsmt >= threads {
                guard let numbering = ServerNumbering(threads: threads, vsmt: vsmt) else { continue }
                for possible in 1...bounds.possibleCPUs {
                    cases += 1
                    if !covers(numbering, possible) {
                        fault = fault ?? "\(possible) vCPUs, \(threads) threads, vsmt \(vsmt)"
                    }
                }
            }
        }
        // One vCPU fewer than there are must be seen to be too few.
        let canary = ServerNumbering(threads: 1, vsmt: 8).map { !covers($0, 9, last: 9) } ?? false
        return Proof(
            claim: "ipis-enough", sentence: "there is an IPI for the server number of every possible vCPU",
            domain: ["1 to \(bounds.possibleCPUs) possible vCPUs", "threads and vsmt 1, 2, 4, 8 with threads ≤ vsmt"],
            method: "enumeration, server numbers rising with the index", verdict: fault == nil ? .proved : .refuted,
            reasons: fault.map { ["too few for \($0)"] } ?? [], counts: [.init("configurations", cases)],
            canaries: [.init("IPIs for one vCPU fewer", isRefuted: canary)])
    }

    /// Server numbers rise with the index, so that the last one decides.
    private func covers(_ numbering: ServerNumbering, _ possible: UInt32, last: UInt32? = nil) -> Bool {
        let last = last ?? possible - 1
        guard let count = numbering.serverCount(possibleCPUs: possible), let server = numbering.server(cpuIndex: last)
        else {
            return false
        }
        let rises = last == 0 || numbering.server(cpuIndex: last - 1).map { $0 < server } ?? false
        return server < count && rises && count >= possible
    }

    /// With the type's default vsmt the IPIs stay below the external numbers.
    private func ipisHaveRoom() -> Proof {
        let vsmt = type.serverSpacing.vsmt(threads: 1)
        let firstTooMany = (1...bounds.possibleCPUs).first { !hasRoom($0, vsmt) }
        let canary = !hasRoom(UInt32.max / 16, 8)
        return Proof(
            claim: "ipis-have-room", sentence: "the IPIs of all servers lie below every other number",
            domain: ["1 to \(bounds.possibleCPUs) possible vCPUs of one thread", "vsmt \(vsmt), the type's default"],
            method: "enumeration", verdict: firstTooMany == nil ? .proved : .refuted,
            reasons: firstTooMany.map {
                [
                    "\($0) possible vCPUs make \(UInt64($0) * UInt64(vsmt)) servers: IRQ 4096 is not free, and XIVE cannot be built"
                ]
            } ?? [],
            counts: [.init("configurations", UInt64(bounds.possibleCPUs))],
            canaries: [.init("2^28 vCPUs", isRefuted: canary)])
    }

    private func hasRoom(_ possible: UInt32, _ vsmt: UInt32) -> Bool {
        guard let servers = ServerNumbering(threads: 1, vsmt: vsmt)?.serverCount(possibleCPUs: possible) else {
            return false
        }
        switch type.map {
        case .sparse(let layout): return layout.faults(servers: servers).isEmpty
        case .fixed: return servers <= FixedNumberMap.interprocessorRange.upperBound
        case .sequential: return true
        }
    }
}
