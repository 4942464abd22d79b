/// Registers of a hypercall: r3…r12, in and out.
///
/// r3 holds the opcode going in and the status coming back; outputs stand from r4. An output that a call does
/// not write keeps the input value.
public struct Registers: Hashable, Sendable {
    /// Opcode, then status.
    public var r3: UInt64
    /// First argument, first output.
    public var r4: UInt64
    /// Second argument or output.
    public var r5: UInt64
    /// Third argument or output.
    public var r6: UInt64
    /// Fourth argument or output.
    public var r7: UInt64
    /// Fifth argument or output.
    public var r8: UInt64
    /// Sixth argument or output.
    public var r9: UInt64
    /// Seventh argument or output.
    public var r10: UInt64
    /// Eighth argument or output.
    public var r11: UInt64
    /// Ninth argument or output.
    public var r12: UInt64

    /// Registers for a call: opcode and arguments, zero where none is given.
    public init(
        _ opcode: UInt64, _ r4: UInt64 = 0, _ r5: UInt64 = 0, _ r6: UInt64 = 0, _ r7: UInt64 = 0,
        _ r8: UInt64 = 0, _ r9: UInt64 = 0, _ r10: UInt64 = 0, _ r11: UInt64 = 0, _ r12: UInt64 = 0
    ) {
        r3 = opcode
        self.r4 = r4
        self.r5 = r5
        self.r6 = r6
        self.r7 = r7
        self.r8 = r8
        self.r9 = r9
        self.r10 = r10
        self.r11 = r11
        self.r12 = r12
    }

    /// r3…r12 in order.
    public var all: [UInt64] { [r3, r4, r5, r6, r7, r8, r9, r10, r11, r12] }

    /// Status of the call, once it returned.
    public var status: HypercallStatus {
        get { HypercallStatus(rawValue: Int64(bitPattern: r3)) }
        set { r3 = UInt64(bitPattern: newValue.rawValue) }
    }
}

/// Status of a hypercall (`include/hw/ppc/spapr.h`, QEMU 5.2 to 11.1).
public struct HypercallStatus: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The number that r3 holds.
    public var rawValue: Int64

    /// A status by its number.
    public init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    /// Done.
    public static let success = HypercallStatus(rawValue: 0)
    /// The call cannot be carried out here.
    public static let hardware = HypercallStatus(rawValue: -1)
    /// There is no such call, or it is not in force.
    public static let function = HypercallStatus(rawValue: -2)
    /// The caller may not make it.
    public static let privilege = HypercallStatus(rawValue: -3)
    /// The first argument is wrong, or what QEMU says so of.
    public static let parameter = HypercallStatus(rawValue: -4)
    /// The second argument is wrong.
    public static let parameter2 = HypercallStatus(rawValue: -55)
    /// The third argument is wrong.
    public static let parameter3 = HypercallStatus(rawValue: -56)
    /// The fourth argument is wrong.
    public static let parameter4 = HypercallStatus(rawValue: -57)
    /// The fifth argument is wrong.
    public static let parameter5 = HypercallStatus(rawValue: -58)
    /// Another vCPU of the guest is running.
    public static let threadsActive = HypercallStatus(rawValue: -9005)

    /// The name of the architecture, for example `H_P2`, or the number.
    public var description: String {
        switch self {
        case .success: "H_SUCCESS"
        case .hardware: "H_HARDWARE"
        case .function: "H_FUNCTION"
        case .privilege: "H_PRIVILEGE"
        case .parameter: "H_PARAMETER"
        case .parameter2: "H_P2"
        case .parameter3: "H_P3"
        case .parameter4: "H_P4"
        case .parameter5: "H_P5"
        case .threadsActive: "H_MULTI_THREADS_ACTIVE"
        default: String(rawValue)
        }
    }
}

/// Opcodes of the hypercalls that touch interrupts (`include/hw/ppc/spapr.h`, QEMU 5.2 to 11.1).
public enum Hypercall: UInt64, CaseIterable, Sendable {
    case eoi = 0x64
    case cppr = 0x68
    case ipi = 0x6c
    case ipoll = 0x70
    case xirr = 0x74
    case xirrX = 0x2fc
    case getSourceInfo = 0x3a8
    case setSourceConfig = 0x3ac
    case getSourceConfig = 0x3b0
    case getQueueInfo = 0x3b4
    case setQueueConfig = 0x3b8
    case getQueueConfig = 0x3bc
    case setReportingLine = 0x3c0
    case getReportingLine = 0x3c4
    case esb = 0x3c8
    case sync = 0x3cc
    case reset = 0x3d0
    case rtas = 0xf000
    case clientArchitectureSupport = 0xf002

    /// The name of the architecture, for example `H_INT_SET_SOURCE_CONFIG`.
    public var name: String {
        switch self {
        case .eoi: "H_EOI"
        case .cppr: "H_CPPR"
        case .ipi: "H_IPI"
        case .ipoll: "H_IPOLL"
        case .xirr: "H_XIRR"
        case .xirrX: "H_XIRR_X"
        case .getSourceInfo: "H_INT_GET_SOURCE_INFO"
        case .setSourceConfig: "H_INT_SET_SOURCE_CONFIG"
        case .getSourceConfig: "H_INT_GET_SOURCE_CONFIG"
        case .getQueueInfo: "H_INT_GET_QUEUE_INFO"
        case .setQueueConfig: "H_INT_SET_QUEUE_CONFIG"
        case .getQueueConfig: "H_INT_GET_QUEUE_CONFIG"
        case .setReportingLine: "H_INT_SET_OS_REPORTING_LINE"
        case .getReportingLine: "H_INT_GET_OS_REPORTING_LINE"
        case .esb: "H_INT_ESB"
        case .sync: "H_INT_SYNC"
        case .reset: "H_INT_RESET"
        case .rtas: "KVMPPC_H_RTAS"
        case .clientArchitectureSupport: "KVMPPC_H_CAS"
        }
    }
}

/// Tokens of the RTAS calls that touch interrupts (`include/hw/ppc/spapr.h`, QEMU 5.2 to 11.1).
public enum RTASCall: UInt32, CaseIterable, Sendable {
    case powerOff = 0x2003
    case startCPU = 0x2006
    case setXive = 0x200a
    case getXive = 0x200b
    case intOff = 0x200c
    case intOn = 0x200d
    case writePCIConfig = 0x2017
    case queryInterruptSourceNumber = 0x2018
    case changeMSI = 0x2019

    /// The name that the device tree gives it.
    public var name: String {
        switch self {
        case .powerOff: "power-off"
        case .startCPU: "start-cpu"
        case .setXive: "ibm,set-xive"
        case .getXive: "ibm,get-xive"
        case .intOff: "ibm,int-off"
        case .intOn: "ibm,int-on"
        case .writePCIConfig: "ibm,write-pci-config"
        case .queryInterruptSourceNumber: "ibm,query-interrupt-source-number"
        case .changeMSI: "ibm,change-msi"
        }
    }
}

/// Status of an RTAS call, its first return value.
public enum RTASStatus {
    static let success: UInt32 = 0
    static let hardware = UInt32(bitPattern: -1)
    static let parameter = UInt32(bitPattern: -3)
}
