/// Decides every claim of a certificate again, from the machines, the bounds and the evidence in its rows.
struct ClaimCheck {
    private let rows: Rows
    private let machines: [CertifiedMachine]
    private let bounds: ClaimBounds

    /// What a claim comes to when it is decided again.
    struct Decision {
        var verdict: String
        /// Figures that the certificate must give alike.
        var figures: [String: UInt64] = [:]
        /// Whether a history of these steps shows the fault, and no shorter one does.
        var isShortest: (([String]) -> Bool)?

        init(_ holds: Bool, _ figures: [String: UInt64], isShortest: (([String]) -> Bool)? = nil) {
            verdict = holds ? "proved" : "refuted"
            self.figures = figures
            self.isShortest = isShortest
        }
    }

    init(_ rows: Rows) throws(Rejection) {
        self.rows = rows
        var machines = [try CertifiedMachine(rows, side: "first")]
        if try rows.integer("SELECT count(*) FROM machine WHERE side = 'second'") == 1 {
            machines.append(try CertifiedMachine(rows, side: "second"))
        }
        self.machines = machines
        bounds = try ClaimBounds(rows)
    }

    func run() throws(Rejection) {
        for claim in try rows.rows("SELECT name, verdict FROM claim ORDER BY position") {
            guard let name = claim[0].text, let verdict = claim[1].text else { continue }
            try check(name, verdict)
        }
    }

    private func check(_ name: String, _ verdict: String) throws(Rejection) {
        guard let decision = try decision(name) else {
            throw Rejection("claim \(name)", "is none that these machines can have")
        }
        try checkCanaries(name)
        let isTrusted = try rows.integer("SELECT min(refuted) FROM canary WHERE claim = '\(name)'") != 0
        let wanted = decision.verdict == "proved" && !isTrusted ? "undecided" : decision.verdict
        guard verdict == wanted else { throw Rejection("claim \(name)", "says \(verdict), and is \(wanted)") }
        if verdict != "undecided" { try checkFigures(name, decision) }
        try checkRefutation(name, verdict, decision)
    }

    /// The canaries of a claim are those that it must have; one that could not be run is no excuse.
    private func checkCanaries(_ name: String) throws(Rejection) {
        let known = ClaimCatalogue.canaries(name)
        let found = try rows.rows("SELECT variant FROM canary WHERE claim = '\(name)' ORDER BY position").compactMap {
            $0[0].text
        }
        // A search that found a fault needs nobody to show that it can.
        guard found == known || (found.isEmpty && name == "constructed-independent") else {
            throw Rejection("canary \(name)", "the claim's own is \(known.joined(separator: "; "))")
        }
    }

    private func checkFigures(_ name: String, _ decision: Decision) throws(Rejection) {
        let found = try rows.rows("SELECT label, value FROM covered WHERE claim = '\(name)' ORDER BY position")
        for row in found {
            let label = row[0].text ?? ""
            guard let figure = decision.figures[label] else {
                throw Rejection("covered \(name)", "has no figure \(label)")
            }
            guard row[1].integer == Int64(exactly: figure) else {
                throw Rejection("covered \(name)", "\(label) is \(figure), not \(row[1].integer ?? -1)")
            }
        }
        guard found.count == decision.figures.count else { throw Rejection("covered \(name)", "a figure is missing") }
    }

    private func checkRefutation(_ name: String, _ verdict: String, _ decision: Decision) throws(Rejection) {
        let evidence = try rows.rows("SELECT evidence FROM refutation WHERE claim = '\(name)'").first?.first?.text
        guard (evidence != nil) == (verdict == "refuted"),
            evidence == nil || (evidence == "history") == (decision.isShortest != nil)
        else { throw Rejection("refutation \(name)", "does not fit the verdict") }
        guard verdict == "refuted", let isShortest = decision.isShortest else { return }
        let steps = try rows.rows("SELECT step FROM step WHERE claim = '\(name)' ORDER BY position").compactMap {
            $0[0].text
        }
        guard isShortest(steps) else {
            throw Rejection("step \(name)", "the history does not show the fault, or is not a shortest")
        }
    }

    // MARK: - Decisions

    private func decision(_ name: String) throws(Rejection) -> Decision? {
        if machines.count == 2 {
            let claims = AgreementClaims(machines[0], machines[1], bounds, rows)
            return name == "rules-agree" ? claims.rules() : name == "machines-agree" ? try claims.machines() : nil
        }
        let machine = machines[0]
        if let decision = MapClaims(machine, bounds).decision(name) { return decision }
        if name.hasPrefix("messages-") { return messages(name, machine) }
        switch name {
        case "constructed-independent": return construction(machine)
        case "vcpu-contexts-xive" where machine.offersXive: return processors(matchedByOrder: true)
        case "vcpu-presenters-xics": return processors(matchedByOrder: false)
        default: return nil
        }
    }

    private func messages(_ name: String, _ machine: CertifiedMachine) -> Decision? {
        guard ClaimCatalogue.isMessageClaim(name) else { return nil }
        let functions = name.hasPrefix("messages-survive") ? ClaimCatalogue.heavyFunctions : bounds.functions
        return searched(MessageHistories(machine, claim: name, functions: functions).world, depth: bounds.depth)
    }

    private func processors(matchedByOrder: Bool) -> Decision {
        searched(DeviceHistories.processors(matchedByOrder: matchedByOrder), depth: 6)
    }

    private func construction(_ machine: CertifiedMachine) -> Decision {
        var decision = searched(DeviceHistories.construction(machine), depth: bounds.depth)
        guard decision.verdict == "proved" else { return decision }
        // That histories of every length are covered rests on the map being a function without collisions of bridges.
        let pins = MapClaims(machine, bounds).distinctPins(upTo: machine.lastBridgeOfMap ?? 0)
        if let last = machine.lastBridgeOfMap, pins {
            decision.figures["claims on a busy machine"] = (last + 1) * last
        } else {
            decision.verdict = "undecided"
        }
        return decision
    }

    private func searched<State>(_ world: SmallWorld<State>, depth: Int) -> Decision {
        let search = Exploration(world, depth: depth, states: bounds.states)
        let length = search.levels.count - 1
        var decision = Decision(
            !search.hasFault, search.figures,
            isShortest: search.hasFault ? { $0.count == length && world.isFaulty(after: $0) } : nil)
        if search.isGivenUp { decision.verdict = "undecided" }
        return decision
    }
}

/// Bounds of a certificate about claims.
struct ClaimBounds {
    var addresses: ClosedRange<UInt64>
    var cpus: UInt64
    var addedDevices: UInt64
    var depth: Int
    var states: Int
    var functions: [MessageHistories.Function]

    /// Far more than any machine has; a certificate that asks for more is not worth the time it would take.
    private static let limits: [String: Int64] = [
        "first unit address": 1 << 32, "last unit address": (1 << 32) - 1, "possible vCPUs": 1 << 16,
        "added devices": 3,
        "depth": 100, "states": 1 << 31,
    ]

    init(_ rows: Rows) throws(Rejection) {
        var values: [String: Int64] = [:]
        for row in try rows.rows("SELECT name, value FROM bound") {
            guard let name = row[0].text, let value = row[1].integer, let limit = Self.limits[name] else {
                throw Rejection("bound \(row[0].text ?? "")", "is unknown")
            }
            guard (0...limit).contains(value) else { throw Rejection("bound \(name)", "is beyond \(limit)") }
            values[name] = value
        }
        guard values.count == Self.limits.count, let first = values["first unit address"],
            let last = values["last unit address"], first <= last
        else { throw Rejection("bound", "one is missing, or there is no unit address") }
        addresses = UInt64(first)...UInt64(last)
        cpus = UInt64(values["possible vCPUs"] ?? 0)
        addedDevices = UInt64(values["added devices"] ?? 0)
        depth = Int(values["depth"] ?? 0)
        states = Int(values["states"] ?? 0)
        functions = []
        for row in try rows.rows("SELECT bridge, slot, kind, counts FROM pci_function ORDER BY position LIMIT 4") {
            let counts = (row[3].text ?? "").split(separator: " ").compactMap { UInt64($0) }
            guard let bridge = row[0].integer, let slot = row[1].integer, (0...255).contains(bridge),
                (0...31).contains(slot),
                counts.allSatisfy({ (1...2048).contains($0) })
            else { throw Rejection("pci_function", "is none that a machine can have") }
            functions.append(
                .init(bridge: UInt64(bridge), slot: UInt64(slot), isMSI: row[2].text == "msi", counts: counts))
        }
    }
}

/// The claims there are, and the deliberately wrong variant that each run must refute.
enum ClaimCatalogue {
    static let heavyFunctions: [MessageHistories.Function] = [
        .init(bridge: 0, slot: 1, isMSI: false, counts: [2048]),
        .init(bridge: 0, slot: 2, isMSI: false, counts: [2048]),
        .init(bridge: 0, slot: 3, isMSI: true, counts: [1, 2, 3]),
    ]

    static func isMessageClaim(_ name: String) -> Bool {
        let plain = ["independent", "aligned", "survive", "sticky", "disjoint", "carried"].map { "messages-" + $0 }
        return plain.contains(name) || plain.prefix(3).contains { $0 + "-once" == name }
    }

    static func canaries(_ name: String) -> [String] {
        switch name {
        case "vio-in-range": ["one place beyond the range"]
        case "vio-injective": ["the terminals' rule alone"]
        case "vio-injective-libvirt": ["one number given twice"]
        case "pins-injective": ["bridges three numbers apart"]
        case "ranges-disjoint": ["VIO range moved onto the pins"]
        case "ipis-enough": ["IPIs for one vCPU fewer"]
        case "ipis-have-room": ["2^28 vCPUs"]
        case "constructed-independent": ["the sequential allocator in the map's place"]
        case "vcpu-contexts-xive", "vcpu-presenters-xics": ["sections matched by order of creation"]
        case "rules-agree": ["one unit address with another's place"]
        case "machines-agree": ["the default of modern-hotplug-events turned round"]
        case "messages-disjoint": ["windows that overlap"]
        case "messages-carried": ["a load that forgets the bitmap"]
        case "messages-survive", "messages-survive-once":
            ["a bitmap of 64 numbers that does not notice when it is full"]
        default: ["the shipped bitmap"]
        }
    }
}
