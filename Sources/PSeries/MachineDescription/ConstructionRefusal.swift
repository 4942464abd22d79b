import InterruptState

/// Why a machine cannot be built.
public struct ConstructionRefusal: Error, Hashable, Sendable {
    /// What is wrong.
    public enum Reason: Hashable, Sendable {
        /// The type takes no `ic-mode`.
        case modeNotOffered(InterruptModeSetting)
        /// XIVE alone on a processor that has none.
        case xiveNeedsPOWER9(MachineType.Processor)
        /// Zero threads, vsmt or vCPUs, or more servers than 32 bits count.
        case serversNotCountable
        /// More vCPUs at boot than are possible.
        case tooManyCPUs(UInt32, possible: UInt32)
        /// The core id of an added vCPU is not possible or exists already.
        case coreNotFree(UInt32)
        case numberNotFree(LogicalNumber, holder: Owner)
        case numberOutsideSpace(LogicalNumber)
        case noFreeNumber
        /// The map has no number for the device.
        case outsideMap
        case unitAddressTaken(UInt32)
        case noFreeUnitAddress
        case bridgeIndexTooLarge(UInt32, maximum: UInt32)
        case bridgeIndexTaken(UInt32)
        case bridgeHotPlugNotSupported
        /// VIO devices cannot be plugged into a running machine.
        case hotPlugNotSupported
        /// The layout of a sparse map is unsound.
        case unsoundMap(String)
    }

    /// What is wrong.
    public var reason: Reason
    /// The interrupt or device at which construction ended; nil where it is the machine as a whole.
    public var subject: Owner?
    /// Place in `devices`; nil where the machine makes the device itself.
    public var device: Int?

    /// A refusal; subject and device where they are known.
    public init(_ reason: Reason, subject: Owner? = nil, device: Int? = nil) {
        self.reason = reason
        self.subject = subject
        self.device = device
    }
}

extension ConstructionRefusal: CustomStringConvertible {
    /// One sentence, with QEMU's own words where it has some.
    public var description: String {
        (subject.map { "\($0): " } ?? "") + sentence
    }

    private var sentence: String {
        switch reason {
        case .modeNotOffered(let mode): "the machine type does not offer ic-mode \(mode.rawValue)"
        case .xiveNeedsPOWER9(let processor): "XIVE-only machines require a POWER9 CPU, this one has \(processor)"
        case .serversNotCountable: "vCPUs, threads and vsmt must be at least 1 and give a count of servers"
        case .tooManyCPUs(let count, let possible): "\(count) vCPUs, but only \(possible) are possible"
        case .coreNotFree(let core): "core \(core) is not possible or exists already"
        case .numberNotFree(let number, let holder):
            "IRQ \(number.rawValue) is not free (\(number) belongs to \(holder))"
        case .numberOutsideSpace(let number): "\(number) is beyond the controller's tables"
        case .noFreeNumber: "no number is left"
        case .outsideMap: "the number map has no number for it"
        case .unitAddressTaken(let address): "devices conflict at address \(hexadecimal(UInt64(address)))"
        case .noFreeUnitAddress: "no unit address is left"
        case .bridgeIndexTooLarge(_, let maximum): "\"index\" for PAPR PHB is too large (max \(maximum))"
        case .bridgeIndexTaken(let index): "a host bridge with index \(index) exists already"
        case .bridgeHotPlugNotSupported: "PHB hotplug not supported for this machine"
        case .hotPlugNotSupported: "VIO devices cannot be plugged into a running machine"
        case .unsoundMap(let fault): "the number map is unsound: \(fault)"
        }
    }
}
