import InterruptState

extension MachineType {
    /// All upstream types, oldest first.
    public static let all: [MachineType] = eras.flatMap { era in era.versions.map { era.type($0) } }

    /// A run of versions that agree in everything that touches interrupts but the stream's form.
    private struct Era {
        var versions: [MachineTypeVersion]
        var scheme: NumberScheme
        var defaultMode: InterruptModeSetting
        var spacing: ServerSpacing
        var hotPlugEvents: Bool
        var lastBridge: UInt32
        var bridgeHotPlug: Bool
        var processor: Processor
        var builds: [QEMUBuild]

        func type(_ version: MachineTypeVersion) -> MachineType {
            MachineType(
                name: "pseries-\(version)", scheme: scheme, externalCount: scheme == .sequential ? 0x400 : 0x1000,
                offeredModes: scheme == .sequential ? [.legacy] : [.xics, .xive, .dual], defaultMode: defaultMode,
                serverSpacing: spacing, modernHotPlugEvents: hotPlugEvents, maximumBridgeIndex: lastBridge,
                bridgeHotPlug: bridgeHotPlug, defaultProcessor: processor, builds: builds,
                stream: StreamTraits(of: version))
        }
    }

    private static func era(
        _ versions: [(UInt16, UInt16)], sxxm: Bool = false, _ scheme: NumberScheme, _ mode: InterruptModeSetting,
        _ spacing: ServerSpacing, events: Bool = true, lastBridge: UInt32 = 30, bridgeHotPlug: Bool,
        _ processor: Processor, _ builds: [QEMUBuild]
    ) -> Era {
        let ordinary = versions.map { MachineTypeVersion($0.0, $0.1) }
        let variants = sxxm ? ordinary.map { MachineTypeVersion($0.major, $0.minor, variant: "sxxm") } : []
        return Era(
            versions: ordinary + variants, scheme: scheme, defaultMode: mode, spacing: spacing, hotPlugEvents: events,
            lastBridge: lastBridge, bridgeHotPlug: bridgeHotPlug, processor: processor, builds: builds)
    }

    private static let old: [QEMUBuild] = [.v5x2, .v7x2]
    private static let middle: [QEMUBuild] = [.v5x2, .v7x2, .v10x0]
    private static let recent: [QEMUBuild] = [.v7x2, .v10x0, .v11x1]

    private static let eras: [Era] = [
        era(
            [(2, 1), (2, 2), (2, 3), (2, 4), (2, 5), (2, 6), (2, 7)], .sequential, .legacy, .atLeastEight,
            events: false, lastBridge: 255, bridgeHotPlug: false, .power7, old),
        era(
            [(2, 8), (2, 9), (2, 10), (2, 11)], .sequential, .legacy, .atLeastEight, bridgeHotPlug: false, .power8,
            old),
        era([(2, 12)], sxxm: true, .sequential, .legacy, .atLeastEight, bridgeHotPlug: false, .power8, old),
        era([(3, 0)], .sequential, .legacy, .atLeastEight, bridgeHotPlug: false, .power8, middle),
        era([(3, 1)], .fixed, .xics, .atLeastEight, bridgeHotPlug: false, .power8, middle),
        era([(4, 0)], .fixed, .xics, .atLeastEight, bridgeHotPlug: true, .power9, middle),
        era([(4, 1)], .fixed, .dual, .atLeastEight, bridgeHotPlug: true, .power9, middle),
        era([(4, 2), (5, 0), (5, 1)], .fixed, .dual, .threads, bridgeHotPlug: true, .power9, middle),
        era([(5, 2)], .fixed, .dual, .threads, bridgeHotPlug: true, .power9, QEMUBuild.allCases),
        era(
            [(6, 0), (6, 1), (6, 2), (7, 0), (7, 1), (7, 2)], .fixed, .dual, .threads, bridgeHotPlug: true, .power9,
            recent),
        era([(8, 0), (8, 1), (8, 2)], .fixed, .dual, .threads, bridgeHotPlug: true, .power9, [.v10x0, .v11x1]),
        era(
            [(9, 0), (9, 1), (9, 2), (10, 0)], .fixed, .dual, .threads, bridgeHotPlug: true, .power10, [.v10x0, .v11x1]),
        era([(10, 1), (10, 2), (11, 0)], .fixed, .dual, .threads, bridgeHotPlug: true, .power10, [.v11x1]),
        era([(11, 1)], .fixed, .dual, .threads, bridgeHotPlug: true, .power11, [.v11x1]),
    ]
}

extension MachineType.StreamTraits {
    /// The traits of an upstream version: each came with one release and stayed.
    init(of version: MachineTypeVersion) {
        func since(_ major: UInt16, _ minor: UInt16) -> Bool {
            (version.major, version.minor) >= (major, minor)
        }
        self.init(
            selfDescription: since(2, 3), configurationAndFooters: since(2, 4), shortBridgeSection: since(2, 8),
            negotiatedOptions: since(2, 8), noDummyPresenters: since(2, 10), processorSection: since(3, 0),
            deviceTree: since(4, 0), switchoverStart: since(10, 0))
    }
}
