import InterruptState

/// A VIO device of a machine.
struct VirtualDevicePart: Hashable, Sendable {
    var type: String
    var unitAddress: UInt32
    var number: LogicalNumber
    /// `spapr_vio` fields that follow the number, as a stream carries them: 24 bytes, zero at reset.
    var queueState: [UInt8]
}

/// A PCI host bridge of a machine.
struct BridgePart: Hashable, Sendable {
    var index: UInt32
    /// Instance number of its section: order of creation.
    var instance: UInt32
    var pins: [LogicalNumber]
    var functions: [FunctionPart] = []
    /// Blocks of message numbers, in order of first request.
    var blocks: [MessageBlock] = []

    var buid: UInt64 { Owner.firstBridge + UInt64(index) }

    /// Number that a function's pin raises: slots rotate through the four.
    func number(of function: FunctionSetup) -> LogicalNumber? {
        guard let pin = function.pin else { return nil }
        return pins[(Int(function.slot) + Int(pin)) % 4]
    }

    /// Takes the state of the functions that another machine had in the same places; those of which nothing is known are
    /// taken to have their vectors.
    mutating func load(_ saved: [FunctionPart]) {
        for place in functions.indices {
            let address = functions[place].description.configurationAddress
            let part = saved.first { $0.description.configurationAddress == address }
            functions[place].hasVectors = part?.hasVectors ?? true
            guard let part else { continue }
            functions[place].enabledShift = part.enabledShift
            functions[place].isAsserted = part.isAsserted
        }
    }
}

/// A PCI function of a machine.
struct FunctionPart: Hashable, Sendable {
    var description: FunctionSetup
    /// Multiple Message Enable: log2 of the vectors that the guest enabled in the MSI capability.
    var enabledShift: UInt32 = 0
    /// Whether the firmware wrote its block's vectors into it; one that took another's place has the block, and not them.
    var hasVectors = false
    /// Level of its pin.
    var isAsserted = false
    /// Whether the guest is taken to have it in use: what was there at a reset or at a negotiation is.
    var isConfigured = true
}

/// Something a person may set as the subject of an event: who raises an interrupt.
public enum InterruptSource: Hashable, Sendable {
    case epow
    case hotPlug
    case virtualDevice(unitAddress: UInt32)
    /// A vector of a function's message block.
    case message(bridge: UInt32, configurationAddress: UInt32, vector: UInt32)
}
