import PSeries
import Replay

/// Which devices a machine has as its steps go: what a destination must be started with.
struct PluggedDevices {
    /// As a machine of a scenario lists them, in order of creation.
    private(set) var devices: [String]
    private let type: MachineType

    init(_ devices: [String], type: MachineType) {
        self.devices = devices
        self.type = type
    }

    func has(_ device: String) -> Bool { devices.contains(device) }

    /// What a step does to them; nothing where it is refused.
    mutating func note(_ step: String) {
        if let device = Self.device(of: step, "- plug: {") {
            plug(device)
        } else if let device = Self.device(of: step, "- unplug: {") {
            unplug(device)
        }
    }

    private static func device(of step: String, _ verb: String) -> String? {
        step.hasPrefix(verb) ? String(step.dropFirst(verb.count).dropLast()) : nil
    }

    private mutating func plug(_ device: String) {
        let isBridge = device.hasPrefix("phb")
        let place = devices.firstIndex { Self.place(of: $0) != nil && Self.place(of: $0) == Self.place(of: device) }
        guard place == nil, !has(device), !isBridge || type.bridgeHotPlug else { return }
        if let bridge = Self.place(of: device)?.prefix(4), bridge != "phb0", !has("phb: \(bridge.dropFirst(3))") {
            return
        }
        devices.append(device)
    }

    private mutating func unplug(_ device: String) {
        let isBridge = device.hasPrefix("phb")
        guard has(device), !isBridge || type.bridgeHotPlug else { return }
        let bridge = "phb\(device.suffix(1)):"
        devices.removeAll { $0 == device || isBridge && Self.place(of: $0)?.hasPrefix(bridge) == true }
    }

    /// `phb2:02.0` of a PCI function.
    private static func place(of device: String) -> Substring? {
        guard let start = device.firstRange(of: "at: \"")?.upperBound else { return nil }
        return device[start...].prefix { $0 != "\"" }
    }
}
