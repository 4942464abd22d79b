import PSeries
import Replay
import Scenarios

/// A seeded random scenario: its machine, and steps that can be taken away one by one.
struct RandomScenario {
    /// Keys of the machine.
    private let machine: [String]
    /// What it is started with.
    private let devices: PluggedDevices
    /// Each one step, a line or more of YAML.
    var steps: [String]

    /// The text that the scenario reader takes.
    var text: String {
        var lines = ["scenario: random", "machine:"] + machine.map { "  " + $0 }
        lines += ["  devices:"] + devices.devices.map { "    - " + $0 }
        // Without a migration there is nothing that a second machine could add.
        if let migration = steps.firstIndex(of: "- migrate") {
            var devices = devices
            for step in steps[..<migration] { devices.note(step) }
            lines += ["destination:", "  devices:"] + devices.devices.map { "    - " + $0 }
        }
        let steps = steps.isEmpty ? ["- load8: 0x100000"] : steps
        return (lines + ["steps:"] + steps.map { "  " + $0.replacing("\n", with: "\n  ") }).joined(separator: "\n")
            + "\n"
    }

    /// A scenario for a machine type.
    ///
    /// - Parameters:
    ///   - build: the model's build profile.
    ///   - length: how many steps.
    init(seed: UInt64, type: MachineType, build: BuildProfile, length: Int) {
        var guest = RandomGuest(seed: seed, type: type, build: build)
        machine = guest.machine()
        devices = guest.devices
        let migration = guest.pick(3) == 0 ? guest.pick(length + 1) : nil
        var steps: [String] = guest.pick(4) != 0 ? [guest.negotiate()] : []
        for place in 0...length {
            if place == migration { steps.append("- migrate") }
            if place < length { steps.append(guest.step()) }
        }
        if guest.pick(40) == 0 { steps.append("- rtas: [power-off, 0, 0]") }
        self.steps = steps
    }
}
