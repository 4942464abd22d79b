import InterruptState

/// Machine types grouped by the numbers they give.
public struct MachineTypeClasses: Hashable, Sendable {
    /// Types that agree.
    public struct Group: Hashable, Sendable {
        /// Names in the order given.
        public var names: [String]
        /// How they number, in a few words.
        public var summary: String
        /// Class of map: groups with the same letter agree once every option is given explicitly.
        public var mapClass: String
    }

    /// Groups whose machines get the same numbers from the same command line with defaults.
    public let groups: [Group]

    /// Groups types; order of first appearance.
    public init(_ types: [MachineType]) {
        var order: [Key] = []
        var members: [Key: [MachineType]] = [:]
        for type in types {
            let key = Key(type)
            if members[key] == nil { order.append(key) }
            members[key, default: []].append(type)
        }
        var letters: [MapKey: String] = [:]
        for key in order where letters[key.map] == nil {
            let place = letters.count
            letters[key.map] = place < 26 ? String(UnicodeScalar(UInt8(0x41 + place))) : String(place + 1)
        }
        groups = order.map { key in
            Group(
                names: members[key, default: []].map(\.name), summary: key.summary, mapClass: letters[key.map] ?? "")
        }
    }

    /// What numbers depend on when a command line gives every option.
    private struct MapKey: Hashable {
        var map: NumberMap
        var offeredModes: [InterruptModeSetting]
    }

    /// What they depend on besides when it leaves options out, and what is refused.
    private struct Key: Hashable {
        var map: MapKey
        var mode: InterruptModeSetting
        var spacing: ServerSpacing
        var hotPlugEvents: Bool
        var maximumBridgeIndex: UInt32
        var bridgeHotPlug: Bool

        init(_ type: MachineType) {
            map = MapKey(map: type.map, offeredModes: type.offeredModes)
            mode = MachineDescription(type: type).effectiveMode
            spacing = type.serverSpacing
            hotPlugEvents = type.modernHotPlugEvents
            maximumBridgeIndex = type.maximumBridgeIndex
            bridgeHotPlug = type.bridgeHotPlug
        }

        var summary: String {
            let vsmt = spacing == .threads ? "vsmt = threads" : "vsmt ≥ 8"
            return [
                map.map.name, "ic-mode \(mode.rawValue)", vsmt, "hot-plug events \(hotPlugEvents ? "on" : "off")",
                "PHB index ≤ \(maximumBridgeIndex)", "PHB hot-plug \(bridgeHotPlug ? "yes" : "no")",
            ].joined(separator: ", ")
        }
    }
}
