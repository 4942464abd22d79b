/// The rule that gives `vsmt` where the user sets none: the distance of cores in server numbers.
public enum ServerSpacing: String, Hashable, Sendable, CaseIterable {
    /// max(8, threads): types up to 4.1.
    case atLeastEight
    /// Threads per core: types 4.2 and later.
    case threads

    /// The value of `vsmt` for a number of threads per core.
    public func vsmt(threads: UInt32) -> UInt32 {
        switch self {
        case .atLeastEight: max(8, threads)
        case .threads: threads
        }
    }
}

/// How vCPUs are named in interrupt calls (`hw/ppc/spapr.c`, QEMU 5.2 to 11.1).
public struct ServerNumbering: Hashable, Sendable {
    /// Threads per core, at least 1.
    public let threads: UInt32
    /// Distance of cores in server numbers, at least 1.
    public let vsmt: UInt32

    /// The numbering with these parameters, or nil where one is 0: it divides.
    public init?(threads: UInt32, vsmt: UInt32) {
        guard threads > 0, vsmt > 0 else { return nil }
        self.threads = threads
        self.vsmt = vsmt
    }

    /// The server number (`vcpu_id`) of a vCPU index, or nil where 32 bits cannot hold it.
    public func server(cpuIndex: UInt32) -> UInt32? {
        let (base, overflow) = (cpuIndex / threads).multipliedReportingOverflow(by: vsmt)
        let (server, carry) = base.addingReportingOverflow(cpuIndex % threads)
        return overflow || carry ? nil : server
    }

    /// `nr_servers`: ceil(possible vCPUs × vsmt / threads), or nil where 32 bits cannot hold it.
    ///
    /// It is also the number of inter-processor interrupts that the XIVE controller claims.
    public func serverCount(possibleCPUs: UInt32) -> UInt32? {
        let product = UInt64(possibleCPUs) * UInt64(vsmt)
        let quotient = product / UInt64(threads)
        return UInt32(exactly: product % UInt64(threads) == 0 ? quotient : quotient + 1)
    }
}
