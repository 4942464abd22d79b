import InterruptState
import SeededRandom

/// A machine drawn from a seed, with a guest that has configured it: consistent, and rich enough that every table has entries.
struct RandomMachine {
    let state: MachineState

    init(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var machine = Machine()
        let controllers: [Machine.Controllers] = [.xics, .xive, .dual]
        machine.controllers = controllers[Int(seed % 3)]
        machine.hasNegotiatedXive = seed / 3 % 2 == 0
        machine.scheme = machine.controllers == .xics && Bool.random(using: &random) ? .sequential : .fixed
        machine.type = machine.scheme == .sequential ? "pseries-3.0" : "pseries-7.2"
        machine.vsmt = [1, 2, 8].randomElement(using: &random) ?? 1
        machine.maximumCPUs = 4
        machine.cpus = [0] + [1, 2, 3].shuffled(using: &random).prefix(Int.random(in: 1...3, using: &random))
        machine.devices = [
            .virtual("vty", 0x7100_0000), .virtual("nvram", 0x7100_0001), .bridge(0), .bridge(1), .bridge(5),
            .virtual("l-lan", 0x2000), .virtual("v-scsi", 0x3000),
        ].shuffled(using: &random)
        var state = machine.build()
        RandomMachine.run(&state, &random)
        self.state = state
    }

    /// What a guest does: messages, queues, bindings, pending state; then evidence of all kinds.
    private static func run(_ state: inout MachineState, _ random: inout SeededGenerator) {
        let first = (state.numbers.last?.number.rawValue ?? 0x1300) + 1
        let base = state.facts.scheme == .fixed ? 0x1300 : first
        state.giveMessages(bridge: 0, device: 0x0800, first: base, count: 3)
        state.giveMessages(bridge: 1, device: 0x1000, first: base + 3, count: 2)
        state.giveMessages(bridge: 1, device: 0x0900, first: base + 8, count: 1)
        let servers = state.cpus.compactMap { $0.server?.rawValue }
        if state.facts.activeMode == .xive {
            for server in servers {
                state.enableQueue(server: server, nextIndex: UInt32.random(in: 0..<100, using: &random))
            }
        }
        for (index, number) in state.claimedNumbers.enumerated() where index % 3 != 0 {
            state.bind(
                number.rawValue, server: servers.randomElement(using: &random) ?? 0,
                eisn: UInt32.random(in: 16..<1000, using: &random))
        }
        // Free numbers that once were used.
        state.editXive(0x1380) { $0.assignment = EventAssignment(rawValue: 0x0000_0006_8000_0011) }
        state.editXics(0x1180) { $0.priority = 0 }
        addEvidence(&state, &random)
    }

    private static func addEvidence(_ state: inout MachineState, _ random: inout SeededGenerator) {
        if let xive = state.xive, xive.queues.isEmpty == false {
            state.xive?.contents = .captured([
                QueueEntry(queueIndex: xive.queues[0].index, position: 4, word: 0x8000_0011),
                QueueEntry(queueIndex: xive.queues[0].index, position: 5, word: 0x8000_0012),
            ])
        }
        state.deviceTreeBlob = DeviceTreeBlob(initialSize: 100, bytes: (0..<40).map { UInt8($0) })
        state.residues = [
            SectionResidue(
                name: "spapr", instance: 0, part: "timebase", bytes: [1, 2, UInt8.random(in: 0...255, using: &random)]),
            SectionResidue(name: "vty@71000000/spapr_vty", instance: 0, part: "characters", bytes: []),
        ]
        state.gaps = [Gap(subject: "owner of the time base", reason: "It has none.")]
    }
}
