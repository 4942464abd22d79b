import InterruptState
import PSeries

/// Statement 3: a destination built cold from the final devices has the source's numbers.
public struct HistoryIndependence {
    let type: MachineType
    let bounds: Bounds

    /// The statement about machines of a type.
    public init(_ type: MachineType, bounds: Bounds = Bounds()) {
        self.type = type
        self.bounds = bounds
    }

    /// One proof for each claim: constructed numbers, messages, what the stream carries, vCPUs.
    ///
    /// - Parameter isWanted: whether the claim of a name is proved.
    public func proofs(where isWanted: (String) -> Bool = { _ in true }) -> [Proof] {
        (isWanted("constructed-independent") ? [constructed()] : []) + messages(where: isWanted)
            + processors(where: isWanted)
    }

    /// The history that refutes, as a finding of the search.
    func counterexample<W: World>(
        _ result: BreadthFirstSearch<W>.Result, texts: [String], scenario: Scenario
    ) -> Counterexample {
        Counterexample(
            steps: texts, observation: result.fault ?? "", minimality: result.minimality, scenario: scenario.text)
    }

    func counts<W: World>(_ result: BreadthFirstSearch<W>.Result) -> [Proof.Count] {
        [
            Proof.Count("states", result.states), Proof.Count("steps taken", result.transitions),
            Proof.Count("depth", UInt64(max(0, result.statesPerDepth.count - 1))),
        ]
    }

    func machine() -> MachineDescription {
        MachineDescription(type: type)
    }
}

// MARK: - Numbers that construction decides

extension HistoryIndependence {
    static let menu: [ConstructionWorld.Device] = [
        .virtual(type: "l-lan", unitAddress: 0x2000), .virtual(type: "v-scsi", unitAddress: 0x3000),
        .bridge(1), .bridge(2),
    ]

    private func constructed() -> Proof {
        let world = ConstructionWorld(
            devices: Self.menu, map: type.map, removesBridges: type.bridgeHotPlug,
            hasHotPlugEvents: type.modernHotPlugEvents)
        var search = BreadthFirstSearch(world, depthLimit: bounds.depth, stateLimit: bounds.states)
        let result = search.run()
        let menu = Self.menu.map(\.name).joined(separator: ", ")
        let domain = ["every order of creation and unplugging of \(menu), up to \(bounds.depth) steps"]
        if let history = result.history {
            return Proof(
                claim: "constructed-independent", sentence: sentence, domain: domain, method: "breadth-first search",
                verdict: .refuted, reasons: [result.fault ?? ""], counts: counts(result), canaries: [],
                counterexample: counterexample(
                    result, texts: history.map(world.text), scenario: scenario(history, world, result.fault ?? "")))
        }
        let induction = ConstructionInduction(type.map)
        return Proof(
            claim: "constructed-independent", sentence: sentence,
            domain: domain + induction.domain,
            method: "breadth-first search, and induction over histories of every length",
            verdict: result.isComplete && induction.holds ? .proved : .undecided,
            reasons: result.isComplete ? induction.reasons : ["the search gave up at \(result.states) states"],
            counts: counts(result) + [.init("claims on a busy machine", induction.cases)],
            canaries: [.init("the sequential allocator in the map's place", isRefuted: sequentialIsRefuted())])
    }

    private var sentence: String {
        "numbers that construction decides depend on the devices that are there, not on how they came"
    }

    private func sequentialIsRefuted() -> Bool {
        let world = ConstructionWorld(devices: Self.menu, map: .sequential(size: 0x400), removesBridges: false)
        var search = BreadthFirstSearch(world, depthLimit: 2)
        return search.run().history != nil
    }

    private func scenario(
        _ history: [ConstructionWorld.Step], _ world: ConstructionWorld, _ fault: String
    ) -> Scenario {
        var source = machine()
        var live: [Int] = []
        var steps: [Scenario.Step] = []
        for step in history {
            switch step {
            case .create(let device):
                live.append(device)
                let added = description(world.devices[device])
                if steps.isEmpty { source.devices.append(added) } else { steps.append(.plug(added)) }
            case .remove(let device):
                live.removeAll { $0 == device }
                if case .bridge(let index) = world.devices[device] { steps.append(.unplugBridge(index)) }
            }
        }
        return Scenario(
            title: "\(type.name): devices created in another order", about: fault, source: source, steps: steps,
            destination: .migratedTo(
                devices: live.sorted().map { description(world.devices[$0]) }, processors: []))
    }

    private func description(_ device: ConstructionWorld.Device) -> DeviceDescription {
        switch device {
        case .bridge(let index): DeviceDescription(.bridge(index: index))
        case .virtual(let type, let address):
            DeviceDescription(.virtual(VirtualDeviceKind(rawValue: type) ?? .terminal, unitAddress: address))
        }
    }
}

/// The relation witness for maps that are functions: every live device has the number that the map gives it.
///
/// It holds at the start, where nothing lives; creating a device claims that number or refuses, whatever else
/// lives; removing one frees its numbers only. Two machines that are so related have equal numbers wherever
/// the same devices live, whatever came before: histories of every length are covered.
struct ConstructionInduction {
    private(set) var cases: UInt64 = 0
    private(set) var holds: Bool
    let domain = [
        "induction: every host bridge created and removed beside every other; VIO devices as vio-in-range covers"
    ]

    init(_ map: NumberMap) {
        guard map.isFunction, let last = map.maximumBridgeIndex else {
            holds = false
            return
        }
        holds = true
        for other in 0...last {
            var pool = NumberPool(map: map, servers: 1)
            let held = Self.pins(other)
            guard let numbers = try? pool.claim(held), numbers == held.map({ map.number(of: $0, servers: 1) }) else {
                holds = false
                return
            }
            let before = pool
            for index in 0...last where index != other {
                cases += 1
                let wanted = Self.pins(index)
                let claimed = try? pool.claim(wanted)
                guard claimed == wanted.map({ map.number(of: $0, servers: 1) ?? LogicalNumber(.max) }) else {
                    holds = false
                    return
                }
                pool.release(claimed ?? [])
                if pool != before { holds = false }
            }
        }
    }

    var reasons: [String] {
        holds
            ? [
                "relation: each live device has the number that the map gives it; kept by every step, whatever else lives"
            ]
            : ["a step breaks the relation between live devices and numbers"]
    }

    private static func pins(_ index: UInt32) -> [Owner] {
        (0..<4).map { .bridgePin(bridge: Owner.firstBridge + UInt64(index), pin: $0) }
    }
}
