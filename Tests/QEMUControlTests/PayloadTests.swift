import QEMUControl
import Testing

/// Calls without a guest on real builds: the recipes that are the same on all of them.
@Suite(.needsQEMU) struct PayloadTests {
    private static let management: UInt64 = 0x0006_0100_0001_0000
    private static let trigger: UInt64 = 0x0006_0100_0000_0000
    private static let context: UInt64 = 0x0006_0302_031a_0000

    private func machine(
        _ build: Build, mode: String, _ way: GuestDriver.Way = .payload
    ) throws(QEMUError) -> GuestDriver {
        try GuestDriver(
            build: build.path,
            arguments: ["-M", "pseries,ic-mode=\(mode)", "-smp", "2", "-serial", "null"], way: way)
    }

    @Test(arguments: Builds.present, GuestDriver.Way.allCases)
    func xiveIsRefusedBeforeItIsNegotiatedAndDeliversAfter(_ build: Build, _ way: GuestDriver.Way) throws {
        let driver = try machine(build, mode: "xive", way)
        let queue = GuestCall.hypercall([0x3b8, 0, 0, 6, 0x200_0000, 16])
        let page = UInt64(0x1100) * 0x2_0000
        let results = try driver.run([
            queue,
            .negotiation(OptionVectors.choosing(xive: true)),
            queue,
            .hypercall([0x3ac, 2, 0x1100, 0, 6, 0x22]),
            .load(Self.management + page + 0xc00, bytes: 8),
            .store(Self.context + 0x11, bytes: 1, value: 0xff),
            .store(Self.trigger + page, bytes: 8, value: 0),
            .load(Self.context + 0x810, bytes: 2),
            .load(0x200_0000, bytes: 4),
            .hypercall([0x64, 0]),
        ])
        let statuses = results.map { Int64(bitPattern: $0.status) }
        // A store has no result: its address stays.
        let stored = [Int64(Self.context + 0x11), Int64(Self.trigger + page)]
        #expect(statuses == [-2, 0, 0, 0, 1] + stored + [0x8006, 0x8000_0022, -2])
        #expect(results.allSatisfy { $0.fault == nil })
        #expect(try driver.readMemory(at: 0x200_0000, count: 4) == [0x80, 0, 0, 0x22])
        let printed = try driver.machine.qmp.monitor("info pic")
        #expect(printed.contains("00001100 MSI P-    00000022   0/6      1/16384 @2000000 ^1"))
    }

    @Test(arguments: Builds.present, GuestDriver.Way.allCases)
    func aSecondProcessorTakesItsInterrupts(_ build: Build, _ way: GuestDriver.Way) throws {
        let driver = try machine(build, mode: "xive", way)
        try driver.run([.negotiation(OptionVectors.choosing(xive: true))])
        try driver.start(server: 1)
        let setUp: [GuestCall] = [
            .hypercall([0x3b8, 1, 1, 6, 0x300_0000, 12]),
            .hypercall([0x3ac, 2, 1, 1, 6, 0x33]),
            .load(Self.management + 0x2_0000 + 0xc00, bytes: 8),
        ]
        #expect(try driver.run(setUp).map(\.status) == [0, 0, 1])
        try driver.run([.store(Self.context + 0x11, bytes: 1, value: 0xff)], on: 1)
        try driver.run([.store(Self.trigger + 0x2_0000, bytes: 8, value: 0)])
        let accept = [GuestCall.load(Self.context + 0x810, bytes: 2)]
        #expect(try driver.run(accept, on: 0).first?.status == 0x0000)
        #expect(try driver.run(accept, on: 1).first?.status == 0x8006)
        #expect(code { () throws(QEMUError) in try driver.run(accept, on: 2) } == .payload)
        #expect(code { () throws(QEMUError) in try driver.start(server: 1) } == .payload)
        #expect(code { () throws(QEMUError) in try driver.start(server: 7) } == .payload)
    }

    @Test(arguments: Builds.present, GuestDriver.Way.allCases)
    func firmwareCallsConfigureXics(_ build: Build, _ way: GuestDriver.Way) throws {
        let driver = try machine(build, mode: "xics", way)
        let results = try driver.run([
            .firmware(token: 0x200a, arguments: [0x1100, 1, 5], returns: 1),
            .firmware(token: 0x200b, arguments: [0x1100], returns: 3),
            .firmware(token: 0x200a, arguments: [0x1100, 9, 5], returns: 1),
            .firmware(token: 0x200c, arguments: [0x1100], returns: 1),
            .firmware(token: 0x200b, arguments: [0x1100], returns: 3),
            .hypercall([0x68, 0xff]),
            .hypercall([0x6c, 0, 4]),
            .hypercall([0x74]),
        ])
        #expect(
            results.map(\.returns) == [[0], [0, 1, 5], [UInt32(bitPattern: -3)], [0], [0, 1, 0xff], [], [], []])
        #expect(results.map(\.status) == [UInt64](repeating: 0, count: 8))
        #expect(results.last?.registers[1] == 0xff00_0002)
    }

    @Test(arguments: Builds.present)
    func aBatchLongerThanItsTableIsOneRun(_ build: Build) throws {
        let driver = try machine(build, mode: "xive")
        try driver.run([.negotiation(OptionVectors.choosing(xive: true))])
        let calls = (0..<5000).map { GuestCall.hypercall([0x3ac, 2, 0x1100, 0, 6, UInt64($0)]) }
        #expect(try driver.run(calls + [.hypercall([0x3b0, 0, 0x1100])]).last?.registers[3] == 4999)
    }

    @Test(arguments: Builds.present, GuestDriver.Way.allCases)
    func aCallThatEndsQEMUIsNamed(_ build: Build, _ way: GuestDriver.Way) throws {
        let driver = try machine(build, mode: "xics", way)
        let poweringOff = GuestCall.firmware(token: 0x2003, arguments: [.max, .max], returns: 1)
        let error = #expect(throws: QEMUError.self) { try driver.run([.hypercall([0x68, 0xff]), poweringOff]) }
        #expect([.ended, .payload].contains(error?.code))
        #expect(error?.message.contains("at call 2 of 2") == true)
    }

    /// Loads that nothing answers are machine checks from 10.0 on.
    @Test(arguments: Builds.present, GuestDriver.Way.allCases)
    func aFaultIsTheCallsResult(_ build: Build, _ way: GuestDriver.Way) throws {
        let driver = try machine(build, mode: "xive", way)
        let results = try driver.run([.load(Self.trigger + 0x1234 << 40, bytes: 8), .hypercall([0x58, 0]), .listen])
        let faults: [UInt64?] = ["5.2", "7.2"].contains(build.release) ? [nil, nil, nil] : [0x200, nil, nil]
        #expect(results.map(\.fault) == faults)
    }

    @Test func whatNoRecordHoldsIsRefused() throws {
        let build = try #require(Builds.present.last)
        let driver = try machine(build, mode: "xics")
        let calls: [GuestCall] = [
            .hypercall([UInt64](repeating: 0, count: 11)), .load(0, bytes: 3), .store(0, bytes: 16, value: 0),
            .firmware(token: 1, arguments: [UInt32](repeating: 0, count: 30), returns: 1),
            .firmware(token: 1, arguments: [], returns: -1),
        ]
        for call in calls { #expect(code { () throws(QEMUError) in try driver.run([call]) } == .payload) }
        #expect(code { () throws(QEMUError) in try driver.readMemory(at: .max, count: 8) } == .payload)
    }
}
