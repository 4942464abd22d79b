import InterruptState
import PSeries
import QEMUControl
import SavedState
import Testing

/// Real migrations between builds.
@Suite(.needsQEMU) struct HopTests {
    struct Pair: Sendable, CustomTestStringConvertible {
        var from: Build
        var to: Build
        var testDescription: String { "\(from.release) to \(to.release)" }
    }

    /// Each build to itself and to the next.
    static let pairs: [Pair] =
        zip(Builds.present, Builds.present).map { Pair(from: $0, to: $1) }
        + zip(Builds.present, Builds.present.dropFirst()).map { Pair(from: $0, to: $1) }

    private func arguments(_ pair: Pair, mode: InterruptModeSetting, bridges: [UInt32]) throws -> [String] {
        // The newest type that the older build has, and that all newer ones still have.
        let type = try #require(MachineType.named("pseries-" + (pair.from.release == "5.2" ? "5.2" : "7.2")))
        var description = MachineDescription(type: type)
        description.mode = mode
        description.cpus = 2
        description.maximumCPUs = 4
        description.processor = .power9
        description.devices = bridges.map { DeviceDescription(.bridge(index: $0)) }
        return try MachineArguments(description).arguments
    }

    private func decode(_ state: StateBytes) throws -> MachineState {
        try StateDecoder.decode(SavedStream.open(MemoryByteSource(state.bytes), name: "test"))
    }

    @Test(arguments: pairs)
    func aGuestMovesAndGoesOnWhereItWas(_ pair: Pair) throws {
        let arguments = try arguments(pair, mode: .xive, bridges: [1])
        let source = try GuestDriver(build: pair.from.path, arguments: arguments)
        let page: UInt64 = 0x0006_0100_0000_0000 + 0x1100 * 0x2_0000
        try source.run([.negotiation(OptionVectors.choosing(xive: true))])
        try source.start(server: 1)
        let setUp: [GuestCall] = [
            .hypercall([0x3b8, 0, 1, 6, 0x200_0000, 12]), .hypercall([0x3ac, 2, 0x1100, 1, 6, 0x22]),
            .load(page + 0x1_0c00, bytes: 8), .store(page, bytes: 8, value: 0),
        ]
        #expect(try source.run(setUp).prefix(3).map(\.status) == [0, 0, 1])

        let hop = try Hop(from: source, to: pair.to.path, arguments: arguments)
        let before = try decode(hop.source)
        let after = try decode(hop.destinationLoaded)
        #expect(after.xive == before.xive)
        #expect(after.cpus == before.cpus)
        #expect(after.numbers == before.numbers)
        #expect(try decode(hop.destinationAsBuilt).numbers == before.numbers)
        #expect(try decode(hop.destinationAsBuilt).xive != before.xive)

        // Guest memory came along, and both vCPUs go on.
        #expect(try hop.destination.readMemory(at: 0x200_0000, count: 4) == [0x80, 0, 0, 0x22])
        let calls: [GuestCall] = [.load(page + 0x1_0800, bytes: 8), .hypercall([0x3b0, 0, 0x1100])]
        let results = try hop.destination.run(calls, on: 0)
        #expect(results.first?.status == 2)
        #expect(results.last.map { Array($0.registers.prefix(4)) } == [0, 1, 6, 0x22])
        #expect(try hop.destination.run([.load(0x200_0000, bytes: 4)], on: 1).first?.status == 0x8000_0022)
    }

    @Test func aRefusalIsToldInQEMUsWords() throws {
        let build = try #require(Builds.present.last)
        let pair = Pair(from: build, to: build)
        let source = try GuestDriver(build: build.path, arguments: try arguments(pair, mode: .xics, bridges: [1, 2]))
        let other = try arguments(pair, mode: .xics, bridges: [2, 1])
        let error = #expect(throws: QEMUError.self) { _ = try Hop(from: source, to: build.path, arguments: other) }
        #expect([.ended, .migrationFailed].contains(error?.code))
        #expect(error.map { "\($0)" }?.contains("800000020000001") == true)
    }
}
