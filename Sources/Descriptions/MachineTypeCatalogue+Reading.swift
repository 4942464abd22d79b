import PSeries

/// Reads a user's file of machine types: a vendor's names, or types that do not exist yet.
///
/// ```yaml
/// machine-types:
///   pseries-rhel8.2.0:
///     equals: pseries-4.2         # the same in everything that touches interrupts
///   pseries-lab:
///     based-on: pseries-7.2       # upstream's, or one that stands above
///     ic-mode: xive               # default mode
///     ic-modes: [xive, dual]      # modes on offer
///     vsmt: at-least-8            # or threads
///     modern-hotplug-events: off
///     phb-limit: 30
///     phb-hotplug: on
///     cpu: power10
///     number-map: sparse
/// ```
extension MachineTypeCatalogue {
    private static let changes = [
        "ic-mode", "ic-modes", "vsmt", "modern-hotplug-events", "phb-limit", "phb-hotplug", "cpu", "number-map",
    ]

    /// Reads a file of machine types from YAML or JSON.
    public init(parsing text: String) throws(DescriptionError) {
        self.init()
        let members = try Document(parsing: text).members(["machine-types"])
        for (name, document) in try members["machine-types"]?.entries() ?? [] {
            try check(name, document)
            add(try Self.read(document, name: name, catalogue: self))
        }
    }

    private func check(_ name: String, _ document: Document) throws(DescriptionError) {
        guard MachineType.named(name) == nil else {
            throw document.fault("\(name) is an upstream type and cannot be another")
        }
        // Builds are given the name in a list of options that commas part.
        let isPlain = name.utf8.allSatisfy { (0x21..<0x7f).contains($0) && $0 != 0x2c }
        guard isPlain, (1...100).contains(name.utf8.count) else {
            throw document.fault("a machine type's name has 1 to 100 printable characters, none of them a comma")
        }
    }

    private static func read(
        _ document: Document, name: String, catalogue: MachineTypeCatalogue
    ) throws(DescriptionError) -> MachineType {
        let members = try document.members(["equals", "based-on"] + changes)
        if let model = members["equals"] {
            if members.count > 1 {
                throw document.fault("a type that equals another changes nothing; use \"based-on\"")
            }
            return try model.machineType(catalogue).renamed(name)
        }
        guard let model = members["based-on"] else { throw document.fault("expected \"equals\" or \"based-on\"") }
        var type = try model.machineType(catalogue).renamed(name)
        try change(&type, members)
        return type
    }

    private static func change(_ type: inout MachineType, _ members: [String: Document]) throws(DescriptionError) {
        if let modes = members["ic-modes"] {
            type.offeredModes = try modes.elements().map { (mode) throws(DescriptionError) in try mode.choice() }
            if type.offeredModes.isEmpty { throw modes.fault("expected at least one mode") }
        }
        type.defaultMode = try members["ic-mode"]?.choice() ?? type.defaultMode
        guard type.offeredModes.contains(type.defaultMode) else {
            let place = members["ic-mode"] ?? members["ic-modes"]
            throw place?.fault("the default mode \(type.defaultMode.rawValue) is not on offer")
                ?? DescriptionError("the default mode is not on offer")
        }
        if let rule = members["vsmt"] { type.serverSpacing = try rule.serverSpacing() }
        type.modernHotPlugEvents = try members["modern-hotplug-events"]?.truth() ?? type.modernHotPlugEvents
        type.maximumBridgeIndex = try members["phb-limit"]?.number(0...255) ?? type.maximumBridgeIndex
        type.bridgeHotPlug = try members["phb-hotplug"]?.truth() ?? type.bridgeHotPlug
        type.defaultProcessor = try members["cpu"]?.choice() ?? type.defaultProcessor
        if let map = members["number-map"] { type.customMap = try map.numberMap(of: type) }
    }
}

extension MachineType {
    /// The same facts under another name, in no observed build.
    fileprivate func renamed(_ name: String) -> MachineType {
        var type = self
        type.name = name
        type.builds = []
        return type
    }
}

extension Document {
    fileprivate func serverSpacing() throws(DescriptionError) -> ServerSpacing {
        switch try text() {
        case "threads": return .threads
        case "at-least-8": return .atLeastEight
        case let other: throw fault("expected threads or at-least-8, found \"\(other)\"")
        }
    }
}
