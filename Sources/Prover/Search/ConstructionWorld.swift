import InterruptState
import PSeries

/// Histories of devices that take their numbers when they are created.
///
/// The property: a destination that creates the devices that are left, in the order of their addresses, has
/// the source's numbers.
struct ConstructionWorld: World {
    enum Device: Hashable {
        case virtual(type: String, unitAddress: UInt32)
        case bridge(UInt32)

        var owners: [Owner] {
            switch self {
            case .virtual(let type, let address): [.virtualDevice(type: type, unitAddress: address)]
            case .bridge(let index): (0..<4).map { .bridgePin(bridge: Owner.firstBridge + UInt64(index), pin: $0) }
            }
        }

        var name: String {
            switch self {
            case .virtual(let type, let address): "\(type)@\(String(address, radix: 16))"
            case .bridge(let index): "phb\(index)"
            }
        }
    }

    enum Step: Hashable {
        case create(Int)
        case remove(Int)
    }

    struct State: SearchState {
        var pool: NumberPool
        /// First number of each device of the menu; nil where it is not there.
        var numbers: [LogicalNumber?]
        /// Whether something was unplugged, so that the machine runs: VIO devices cannot be plugged from then on.
        var isRunning = false

        static func == (left: State, right: State) -> Bool {
            left.numbers == right.numbers && left.isRunning == right.isRunning && left.pool == right.pool
        }

        var fingerprint: UInt64 {
            numbers.reduce(0) { ($0 &+ UInt64($1?.rawValue ?? .max)).mixed }
        }
    }

    /// The menu, in the order in which the destination creates.
    let devices: [Device]
    let map: NumberMap
    /// Whether host bridges can be taken out of the running machine.
    let removesBridges: Bool
    /// Whether the machine has the hot-plug event source.
    var hasHotPlugEvents = true

    var initial: State {
        var pool = NumberPool(map: map, servers: 1)
        // What every machine makes itself comes first: event sources, a terminal, NVRAM, host bridge 0.
        let events: [Owner] = hasHotPlugEvents ? [.epow, .hotPlug] : [.epow]
        let own: [Owner] = [
            .virtualDevice(type: "vty", unitAddress: 0x7100_0000),
            .virtualDevice(type: "nvram", unitAddress: 0x7100_0001),
        ]
        for owner in events + own { _ = try? pool.claim([owner]) }
        _ = try? pool.claim(Device.bridge(0).owners)
        return State(pool: pool, numbers: devices.map { _ in nil })
    }

    var steps: [Step] {
        let removals = devices.indices.filter {
            if case .bridge = devices[$0] { return removesBridges }
            return false
        }
        return devices.indices.map { .create($0) } + removals.map { .remove($0) }
    }

    func apply(_ step: Step, to state: State) -> Outcome<State> {
        var next = state
        switch step {
        case .create(let device):
            if case .virtual = devices[device], state.isRunning { return .impossible }
            guard state.numbers[device] == nil, let numbers = try? next.pool.claim(devices[device].owners) else {
                return .impossible
            }
            next.numbers[device] = numbers.first
        case .remove(let device):
            guard let first = state.numbers[device] else { return .impossible }
            next.pool.release((0..<UInt32(devices[device].owners.count)).map { LogicalNumber(first.rawValue &+ $0) })
            next.numbers[device] = nil
            next.isRunning = true
        }
        return .next(next)
    }

    func fault(in state: State) -> String? {
        var cold = initial
        for device in devices.indices where state.numbers[device] != nil {
            guard case .next(let next) = apply(.create(device), to: cold) else {
                return "the destination cannot create \(devices[device].name)"
            }
            cold = next
        }
        for device in devices.indices where cold.numbers[device] != state.numbers[device] {
            let numbers = (state.numbers[device]?.description ?? "none", cold.numbers[device]?.description ?? "none")
            return "\(devices[device].name) has \(numbers.0) on the source and \(numbers.1) on the destination"
        }
        return nil
    }

    func cost(of history: [Step]) -> [Int] { [history.count] }

    func text(_ step: Step) -> String {
        switch step {
        case .create(let device): "create \(devices[device].name)"
        case .remove(let device): "unplug \(devices[device].name)"
        }
    }
}
