import InterruptState

/// How a machine numbers its vCPUs as servers, found from the device tree.
///
/// QEMU's rule is server = core x vsmt + thread with index = core x threads + thread (`spapr_vcpu_id`,
/// `hw/ppc/spapr.c`, QEMU 5.2 to 11.1). The tree names the servers of each core but neither the index nor
/// vsmt, and it may be older than a hot-plug; so every spacing is tried that puts each core of the tree on
/// vCPUs that exist. One possible spacing numbers all vCPUs; several number only those on which they agree.
struct ServersFromTree {
    private let threads: UInt32
    private let spacings: [UInt32]

    /// - Parameters:
    ///   - cores: `ibm,ppc-interrupt-server#s` of each CPU node: one server for each thread.
    ///   - cpus: indexes of the vCPUs of the stream.
    init(cores: [[UInt32]], cpus: [UInt32]) {
        threads = UInt32(truncatingIfNeeded: cores.first?.count ?? 0)
        let indexes = Set(cpus)
        guard threads > 0, cores.allSatisfy({ $0.count == cores[0].count }) else {
            spacings = []
            return
        }
        let threads = threads
        func fits(_ spacing: UInt32) -> Bool {
            cores.allSatisfy { servers in
                guard let first = servers.first, first.isMultiple(of: spacing) else { return false }
                let (base, overflow) = (first / spacing).multipliedReportingOverflow(by: threads)
                return !overflow
                    && servers.enumerated().allSatisfy { thread, server in
                        let offset = UInt32(truncatingIfNeeded: thread)
                        return server == first &+ offset && indexes.contains(base &+ offset)
                    }
            }
        }
        // A spacing is at least the number of threads and divides the first server of every core.
        let smallest = cores.compactMap(\.first).filter { $0 > 0 }.min() ?? ServersFromTree.largestSpacing
        let largest = min(smallest, ServersFromTree.largestSpacing)
        spacings = threads <= largest ? (threads...largest).filter(fits) : []
    }

    /// Far above the largest vsmt that QEMU allows (the number of threads of a host core, 8).
    private static let largestSpacing: UInt32 = 2048

    /// The server of the vCPU with an index; nil where the tree does not decide it.
    func server(of index: UInt32) -> ServerNumber? {
        func server(_ spacing: UInt32) -> UInt32 {
            (index / threads).multipliedFullWidth(by: spacing).low &+ index % threads
        }
        guard let first = spacings.first, spacings.allSatisfy({ server($0) == server(first) }) else { return nil }
        return ServerNumber(server(first))
    }
}
