import PSeries
import Replay
import Scenarios

/// A build of QEMU that takes part, and what it says of itself.
public struct GateBuild: Hashable, Sendable {
    /// As cells name it.
    public var name: String
    /// Path of the program.
    public var path: String
    /// As it tells it.
    public var version: String
    /// SHA-256 of the program's file, so that another build under the same name is noticed.
    public var digest: String
    /// Names of its machine types.
    public var machineTypes: Set<String>

    /// A build by all its facts.
    public init(name: String, path: String, version: String, digest: String, machineTypes: Set<String>) {
        self.name = name
        self.path = path
        self.version = version
        self.digest = digest
        self.machineTypes = machineTypes
    }
}

/// Something that a guest does: a workload for any machine, or a scenario with a machine of its own.
public enum GateScenario: Hashable, Sendable {
    case workload(Workload)
    /// A scenario's name and text.
    case own(name: String, text: String)

    var name: String {
        switch self {
        case .workload(let workload): workload.rawValue
        case .own(let name, _): name
        }
    }
}

/// The cells of a policy, in their order, and what it names in vain.
public struct Matrix: Sendable {
    /// Every cell, in an order that depends on the policy and on what the builds have alone.
    public private(set) var cells: [Cell] = []
    /// Sentences: patterns and names of the policy that lead to no cell.
    public private(set) var gaps: [String] = []
    /// Combinations that mean nothing, by reason.
    public private(set) var leftOut: [String: Int] = [:]

    private var texts: [String: String] = [:]

    /// Crosses a policy's lists over what the builds have.
    ///
    /// - Parameter builds: the references in the policy's order, then the candidate.
    public init(
        policy: Policy, builds: [GateBuild], topologies: [Topology], scenarios: [GateScenario]
    ) throws(ScenarioError) {
        guard let candidate = builds.last else { return }
        for direction in policy.directions {
            let routes = Self.routes(direction, references: Array(builds.dropLast()), candidate: candidate)
            if routes.isEmpty { gaps.append("the direction \(direction.rawValue) has no reference build") }
            for route in routes { try add(route, policy, topologies, scenarios) }
        }
        for scenario in scenarios where !cells.contains(where: { $0.scenario == scenario.name }) {
            gaps.append("the scenario \(scenario.name) runs on no machine of this gate")
        }
    }

    private static func routes(
        _ direction: Policy.Direction, references: [GateBuild], candidate: GateBuild
    ) -> [[GateBuild]] {
        switch direction {
        case .forward: references.map { [$0, candidate] }
        case .backward: references.map { [candidate, $0] }
        case .itself: [[candidate, candidate]]
        case .chain: [references + [candidate]]
        case .roundTrip: references.map { [$0, candidate, $0] }
        }
    }

    private mutating func add(
        _ route: [GateBuild], _ policy: Policy, _ topologies: [Topology], _ scenarios: [GateScenario]
    ) throws(ScenarioError) {
        let names = route.map(\.name)
        let types = commonTypes(route, policy)
        for scenario in scenarios {
            if case .own(let name, let text) = scenario {
                try addOwn(name, text, route)
                continue
            }
            guard case .workload(let workload) = scenario else { continue }
            for type in types {
                for modeName in policy.modes {
                    guard let mode = Self.mode(modeName, of: type) else {
                        leftOut["\(type.name) does not offer \(modeName)", default: 0] += topologies.count
                        continue
                    }
                    for topology in topologies {
                        guard topology.isPossible(on: type) else {
                            leftOut["types before 2.7 cannot have \(topology.name)", default: 0] += 1
                            continue
                        }
                        guard workload.applies(to: type, mode: mode, topology: topology) else {
                            leftOut["\(workload.rawValue) means nothing there", default: 0] += 1
                            continue
                        }
                        let cell = Cell(
                            route: names, machineType: type.name, mode: modeName, topology: topology.name,
                            scenario: workload.rawValue)
                        cells.append(cell)
                        texts[cell.id] = workload.text(type: type, mode: mode, topology: topology)
                    }
                }
            }
        }
    }

    private mutating func addOwn(_ name: String, _ text: String, _ route: [GateBuild]) throws(ScenarioError) {
        let source = try ScenarioReader.scenario(text, file: name).source
        guard route.allSatisfy({ $0.machineTypes.contains(source.type.name) }) else {
            leftOut["not every build has \(source.type.name)", default: 0] += 1
            return
        }
        let mode = source.mode ?? source.type.defaultMode
        let cell = Cell(
            route: route.map(\.name), machineType: source.type.name,
            mode: mode == .legacy ? "xics" : mode.rawValue, topology: "own", scenario: name)
        cells.append(cell)
        texts[cell.id] = text
    }

    /// Types that every build has and a pattern names, in the order of the table of machine types.
    private mutating func commonTypes(_ route: [GateBuild], _ policy: Policy) -> [MachineType] {
        let common = MachineType.all.filter { type in route.allSatisfy { $0.machineTypes.contains(type.name) } }
        for pattern in policy.machineTypes where !common.contains(where: { Glob(pattern).matches($0.name) }) {
            let names = Set(route.map(\.name)).sorted().joined(separator: " and ")
            gaps.append("the pattern \(pattern) names no machine type that \(names) have")
        }
        return common.filter { type in policy.machineTypes.contains { Glob($0).matches(type.name) } }
    }

    /// The setting of a type for a mode; nil where it has none.
    private static func mode(_ name: String, of type: MachineType) -> InterruptModeSetting? {
        if type.offeredModes == [.legacy] { return name == "xics" ? .legacy : nil }
        return type.offeredModes.first { $0.rawValue == name }
    }

    /// The scenario of a cell.
    public func text(of cell: Cell) -> String? { texts[cell.id] }

    /// The cells of a shard: dealt like cards from a pack that is always shuffled alike, so that shards are of one size
    /// and what is slow is spread over all of them.
    public func cells(ofShard shard: Shard?) -> [(ordinal: Int, cell: Cell)] {
        let all = cells.enumerated().map { (ordinal: $0.offset, cell: $0.element) }
        guard let shard else { return all }
        let pack = all.map { (card: $0, order: Self.hash($0.cell.id)) }.sorted {
            ($0.order, $0.card.ordinal) < ($1.order, $1.card.ordinal)
        }
        let hand = pack.enumerated().filter { $0.offset % shard.count == shard.index - 1 }.map(\.element.card)
        return hand.sorted { $0.ordinal < $1.ordinal }
    }

    /// FNV-1a with 64 bits: the same on every machine and in every run.
    private static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}

/// One of several equal parts of a gate, from 1: `2/5`.
public struct Shard: Hashable, Sendable, CustomStringConvertible {
    /// From 1.
    public var index: Int
    /// How many there are.
    public var count: Int

    /// Nil where the text is not K/N with 1 <= K <= N.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let index = parts[0], let count = parts[1], (1...10_000).contains(count),
            (1...count).contains(index)
        else { return nil }
        self.index = index
        self.count = count
    }

    /// `2/5`.
    public var description: String { "\(index)/\(count)" }
}
