import PSeries

/// Reads number maps: a name, or a mapping with parameters.
///
/// ```yaml
/// number-map:
///   scheme: sparse              # sequential, fixed or sparse
///   messages: intended          # fixed and sparse: shipped or intended
///   generic-base: 0x1000        # the rest for sparse only
///   generic-extra: 4096
///   vio-base: 0x100000
///   phb-base: 0x200000
///   phb-window: 0x4000
///   phb-limit: 255
/// ```
extension Document {
    private enum Scheme: String, CaseIterable {
        case sequential
        case fixed
        case sparse
    }

    private static let sparseKeys = [
        "generic-base", "generic-extra", "vio-base", "phb-base", "phb-window", "phb-limit",
    ]

    /// A map for a machine of a type, which gives the size of a sequential one.
    func numberMap(of type: MachineType) throws(DescriptionError) -> NumberMap {
        guard isMapping else { return try map(choice(), of: type, [:]) }
        let members = try members(["scheme", "messages"] + Self.sparseKeys)
        guard let name = members["scheme"] else { throw fault("the key \"scheme\" is missing") }
        return try map(name.choice(), of: type, members)
    }

    private func map(
        _ scheme: Scheme, of type: MachineType, _ members: [String: Document]
    ) throws(DescriptionError) -> NumberMap {
        let allowed =
            ["scheme"] + (scheme == .sequential ? [] : ["messages"]) + (scheme == .sparse ? Self.sparseKeys : [])
        if let key = members.keys.sorted().first(where: { !allowed.contains($0) }), let value = members[key] {
            throw value.fault("the \(scheme.rawValue) scheme has no such parameter")
        }
        let messages: MessageBitmap.Behaviour? = try members["messages"]?.choice()
        switch scheme {
        case .sequential: return .sequential(size: type.externalCount)
        case .fixed: return .fixed(messages: messages ?? .shipped)
        case .sparse: return .sparse(try sparse(messages: messages, members))
        }
    }

    private func sparse(
        messages: MessageBitmap.Behaviour?, _ members: [String: Document]
    ) throws(DescriptionError) -> SparseNumberMap {
        var map = SparseNumberMap()
        map.messages = messages ?? map.messages
        map.genericBase = try members["generic-base"]?.number() ?? map.genericBase
        map.genericExtra = try members["generic-extra"]?.number() ?? map.genericExtra
        map.virtualDeviceBase = try members["vio-base"]?.number() ?? map.virtualDeviceBase
        map.bridgeBase = try members["phb-base"]?.number() ?? map.bridgeBase
        map.bridgeWindow = try members["phb-window"]?.number() ?? map.bridgeWindow
        map.maximumBridgeIndex = try members["phb-limit"]?.number(0...255) ?? map.maximumBridgeIndex
        if let fault = map.faults(servers: 1).first { throw self.fault("unsound layout: \(fault)") }
        return map
    }
}
