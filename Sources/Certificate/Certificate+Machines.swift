import CertificateCheck
import InterruptState
import PSeries

extension Certificate {
    /// The certificate of a comparison of two machines.
    ///
    /// - Parameter inputs: description files with the roles `first`, `second` and `types`, where there were any.
    public static func machines(
        _ comparison: MachineComparison, inputs: [Input], tool: Tool
    ) throws(CertificateError) -> Certificate {
        let database = try Database(.machines)
        try database.fillHead(.machines, level: nil, inputs: inputs, tool: tool)
        let sides = [
            ("first", comparison.first, comparison.refusals.first),
            ("second", comparison.second, comparison.refusals.second),
        ]
        for (side, machine, refusal) in sides {
            try database.fillMachine(side, machine, refusal: refusal)
            try database.fillNumbers(side, machine)
        }
        try database.insert(
            "claim",
            [.integer(0), .text("identical numbers"), .text(comparison.isNumberIdentical ? "identical" : "different")])
        try database.fillObligations()
        return try Certificate(checking: database)
    }

    /// The certificate of machine types in classes of equal numbers.
    ///
    /// - Parameter types: the types that were grouped, in order.
    public static func classes(
        _ classes: MachineTypeClasses, of types: [MachineType], inputs: [Input], tool: Tool
    ) throws(CertificateError) -> Certificate {
        let database = try Database(.classes)
        try database.fillHead(.classes, level: nil, inputs: inputs, tool: tool)
        for (place, type) in types.enumerated() {
            guard let group = classes.groups.firstIndex(where: { $0.names.contains(type.name) }) else {
                throw CertificateError("\(type.name) is in no class")
            }
            try database.insert(
                "machine_type",
                [
                    .integer(Int64(place)), .text(type.name), .text(type.map.parameters),
                    .text(type.offeredModes.map(\.rawValue).joined(separator: " ")),
                    .text(MachineDescription(type: type).effectiveMode.rawValue), .text(type.serverSpacing.rawValue),
                    .init(type.modernHotPlugEvents), .init(type.maximumBridgeIndex), .init(type.bridgeHotPlug),
                    .integer(Int64(group)), .text(classes.groups[group].mapClass),
                ])
        }
        try database.insert("bound", [.integer(0), .text("types"), .integer(Int64(types.count))])
        try database.insert("claim", [.integer(0), .text("classes"), .text("\(classes.groups.count) classes")])
        try database.fillObligations()
        return try Certificate(checking: database)
    }
}

extension NumberMap {
    /// The map with all its parameters, as one word for each.
    fileprivate var parameters: String {
        switch self {
        case .sequential(let size): return "sequential \(size)"
        case .fixed(let messages): return "fixed \(messages.name)"
        case .sparse(let map):
            let figures = [
                map.genericBase, map.genericExtra, map.virtualDeviceBase, map.bridgeBase, map.bridgeWindow,
                map.maximumBridgeIndex,
            ]
            return "sparse \(map.messages.name) " + figures.map { String($0) }.joined(separator: " ")
        }
    }
}

extension MessageBitmap.Behaviour {
    /// As the tables have it.
    var name: String {
        switch self {
        case .shipped: "shipped"
        case .intended: "intended"
        }
    }
}

extension Database {
    /// What decides the numbers of a machine.
    func fillMachine(
        _ side: String, _ machine: MachineDescription, refusal: ConstructionRefusal? = nil
    ) throws(CertificateError) {
        let type = machine.type
        try insert(
            "machine",
            [.text(side), .text(type.name)] + map(type.map) + [
                Value(type.maximumBridgeIndex), Value(type.bridgeHotPlug), .text(type.serverSpacing.rawValue),
                Value(type.offeredModes.contains { $0.hasXive }),
                Value(type.modernHotPlugEvents), Value(machine.servers), Value(refusal.map(text)),
            ])
    }

    private func text(_ refusal: ConstructionRefusal) -> String {
        refusal.description + (refusal.device.map { " (device \($0))" } ?? "")
    }

    private func map(_ map: NumberMap) -> [Value] {
        switch map {
        case .sequential(let size): [.text("sequential"), Value(size)] + Array(repeating: .null, count: 7)
        case .fixed(let messages):
            [.text("fixed"), .null, .text(messages.name)] + Array(repeating: .null, count: 6)
        case .sparse(let map):
            [.text("sparse"), .null, .text(map.messages.name)]
                + [
                    map.genericBase, map.genericExtra, map.virtualDeviceBase, map.bridgeBase, map.bridgeWindow,
                    map.maximumBridgeIndex,
                ].map { Value($0) }
        }
    }

    /// The facts, formulas and numbers of a machine; a machine that is refused has no numbers.
    func fillNumbers(_ side: String, _ machine: MachineDescription) throws(CertificateError) {
        for (place, fact) in MachineComparison.facts(of: machine).enumerated() {
            try insert("fact", [.text(side), Value(place), .text(fact.name), .text(fact.value)])
        }
        for (place, formula) in machine.type.map.formulas.enumerated() {
            try insert(
                "formula",
                [
                    .text(side), Value(place), .text(formula.deviceClass.rawValue), .text(formula.rule),
                    .text(formula.domain),
                ])
        }
        guard let claims = try? Construction(machine).claims else { return }
        for (place, claim) in claims.enumerated() {
            let owner = try parts(claim.owner)
            try insert(
                "number",
                [.text(side), Value(place), .text(owner.0), .text(owner.1), Value(owner.2), Value(owner.3)] + [
                    Value(claim.number.rawValue)
                ])
        }
    }

    /// Class, type, unit and pin of an owner that construction has.
    private func parts(_ owner: Owner) throws(CertificateError) -> (String, String, UInt32, UInt8) {
        switch owner {
        case .interprocessor(let index): return ("ipi", "", index, 0)
        case .epow: return ("epow", "", 0, 0)
        case .hotPlug: return ("hot-plug", "", 0, 0)
        case .virtualDevice(let type, let address): return ("vio", type, address, 0)
        case .bridgePin(let bridge, let pin):
            guard let index = Owner.bridgeIndex(bridge) else { throw CertificateError("a bridge without an index") }
            return ("phb-lsi", "", index, pin)
        case .bridgeMessage, .unknown: throw CertificateError("a machine as built has \(owner)")
        }
    }
}
