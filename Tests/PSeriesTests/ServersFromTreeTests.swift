import InterruptState
import Testing

@testable import PSeries

@Suite struct ServersFromTreeTests {
    private func servers(_ cores: [[UInt32]], _ cpus: [UInt32]) -> [UInt32?] {
        let numbering = ServersFromTree(cores: cores, cpus: cpus)
        return cpus.map { numbering.server(of: $0)?.rawValue }
    }

    @Test func treeThatFitsNoSpacingDecidesNothing() {
        // vCPU 1 was unplugged and 3 plugged since the tree was made.
        #expect(servers([[0], [1]], [0, 3]) == [nil, nil])
        #expect(servers([], [0, 1]) == [nil, nil])
        #expect(servers([[0, 1], [8]], [0, 1, 2]) == [nil, nil, nil])
        #expect(servers([[]], [0]) == [nil])
    }

    @Test func onlyTheFirstCoreIsDecidedWhereSpacingIsOpen() {
        #expect(servers([[0]], [0, 1]) == [0, nil])
    }

    @Test func spacingFollowsFromTheCoresThatExist() {
        #expect(servers([[0], [1]], [0, 1]) == [0, 1])
        #expect(servers([[0], [8]], [0, 1]) == [0, 8])
        #expect(servers([[0], [8]], [0, 1, 3]) == [0, 8, 24])
        #expect(servers([[0], [1], [3]], [0, 1, 3]) == [0, 1, 3])
    }

    @Test func threadsOfACoreAreNeighbours() {
        #expect(servers([[0, 1], [8, 9]], [0, 1, 2, 3]) == [0, 1, 8, 9])
    }

    /// Exhaustive over small machines: what is decided is what QEMU's rule gives.
    @Test func decidedServersAreThoseOfTheRule() {
        for threads: UInt32 in 1...2 {
            for spacing in threads...8 {
                for present: UInt32 in 1..<16 {
                    let cores = (UInt32(0)..<4).filter { present >> $0 & 1 == 1 }
                    let cpus = cores.flatMap { core in (0..<threads).map { core * threads + $0 } }
                    let tree = cores.map { core in (0..<threads).map { core * spacing + $0 } }
                    let truth = cpus.map { $0 / threads * spacing + $0 % threads }
                    for (found, expected) in zip(servers(tree, cpus), truth) {
                        #expect(
                            found == nil || found == expected, "threads \(threads), vsmt \(spacing), cores \(cores)")
                    }
                }
            }
        }
    }
}
