import InterruptState
import Testing

@testable import Checker

/// The migrations that were made with real machines, each in the smallest form that shows the same.
@Suite struct MigrationTests {
    // MARK: - Harmless

    @Test func aMachineIsIdenticalToItself() {
        for controllers in [Machine.Controllers.xics, .xive, .dual] {
            let state = Machine(controllers: controllers).build()
            let result = migrate(state, into: state)
            #expect(result.verdict == .identical)
            #expect(result.findings.isEmpty)
            #expect(result.notCompared.isEmpty)
            #expect(result.counts.numbersWalked == (state.facts.activeMode == .xive ? 0x2000 : 0x1000))
            #expect(result.counts.constructedNumbers > 10)
        }
    }

    @Test func orderOfVirtualDevicesIsHarmlessOnTheFixedMap() {
        var machine = Machine()
        machine.devices += [.virtual("l-lan", 0x2000), .virtual("v-scsi", 0x3000)]
        let source = machine.build()
        machine.devices.swapAt(4, 5)
        #expect(migrate(source, into: machine.build()).verdict == .identical)
    }

    @Test func orderOfBridgesIsNoDifferenceButToldAsRefusal() {
        var machine = Machine()
        machine.devices += [.bridge(2)]
        let source = machine.build()
        machine.devices.swapAt(3, 4)
        let result = Checker.verify(source: source, destination: nil, constructed: machine.build())
        #expect(result.verdict == .identical)
        #expect(result.findings.map(\.rule) == [.bridgeOrder])
        #expect(result.findings.first?.severity == .note)
    }

    @Test func orderOfVCPUsIsHarmlessUnderXics() {
        let source = Machine(controllers: .xics, cpus: [0, 3, 1]).build()
        let built = Machine(controllers: .xics, cpus: [0, 1, 3]).build()
        #expect(migrate(source, into: built).verdict == .identical)
    }

    @Test func messagesGivenInAnotherOrderAreHarmless() {
        var source = Machine().build()
        source.giveMessages(bridge: 0, device: 0x1000, first: 0x1300, count: 2)
        source.giveMessages(bridge: 0, device: 0x0800, first: 0x1302, count: 3)
        let built = Machine().build()
        let result = migrate(source, into: built)
        #expect(result.verdict == .identical)
        #expect(result.findings.isEmpty)
    }

    @Test func anotherMachineTypeNameIsANote() {
        let source = Machine().build()
        var machine = Machine()
        machine.type = "pseries-6.2"
        let result = Checker.verify(source: source, destination: nil, constructed: machine.build())
        #expect(result.verdict == .identical)
        #expect(result.findings.map(\.rule) == [.machineType])
    }

    @Test func aLineAssertedAndPresentedIsAWarningOnly() {
        var xics = Machine(controllers: .xics).build()
        xics.bind(0x1205, server: 1, priority: 5)
        xics.editXics(0x1205) { $0.status = [.asserted, .sent] }
        xics.editCPU(1) { $0.presenter = Presenter(xirr: 0xff00_1205, pendingPriority: 5, mfrr: 0xff) }
        let first = migrate(xics, into: Machine(controllers: .xics).build())
        #expect(first.verdict == .identical)
        #expect(first.findings.map(\.rule) == [.presenterPending])
        #expect(first.findings.first?.severity == .warning)
        #expect(first.findings.first?.title.contains("0x1205 of PHB 1 LSI pin 1") == true)

        var xive = Machine().build()
        xive.bind(0x1205, server: 1, priority: 6)
        xive.enableQueue(server: 1)
        xive.poke(1, 0x10, 0x80)
        xive.poke(1, 0x12, 0x02)
        let second = migrate(xive, into: Machine().build())
        #expect(second.verdict == .identical)
        #expect(second.findings.map(\.rule) == [.contextPending])
    }

    @Test func derivedPendingPriorityIsNoDifferenceAtTheGuestVisibleLevel() {
        let source = Machine().build()
        var destination = source
        destination.poke(0, 0x17, 6)
        #expect(Checker.verify(source: source, destination: destination, constructed: nil).verdict == .identical)
        let exact = Checker.verify(source: source, destination: destination, constructed: nil, level: .exact)
        #expect(exact.errors == ["exact/bits"])
    }

    @Test func aDualGuestInXiveModeMayBeLoadedIntoADualMachineStillInXicsMode() {
        var source = Machine(controllers: .dual, hasNegotiatedXive: true).build()
        source.bind(0x1100, server: 0)
        source.enableQueue(server: 0)
        var built = Machine(controllers: .dual).build()
        #expect(migrate(source, into: built).verdict == .identical)
        // A number map that lists only what the controller in force has says the same.
        built.numbers.removeAll { $0.number.rawValue < 0x1000 }
        let result = Checker.verify(source: source, destination: nil, constructed: built)
        #expect(result.verdict == .identical)
        #expect(result.findings.isEmpty)
    }

    // MARK: - Devices

    @Test func anExtraBridgeIsOneFindingWithItsFourLines() throws {
        var machine = Machine()
        let source = machine.build()
        machine.devices.append(.bridge(2))
        let result = migrate(source, into: machine.build())
        #expect(result.verdict == .different)
        #expect(result.errors == ["map/only-in-destination"])
        let finding = try #require(result.findings.first)
        #expect(result.findings.count == 1)
        #expect(finding.numbers == "0x1208..0x120b")
        #expect(finding.subjects == ["PHB 2"])
        #expect(finding.scopes == [.comparison(.destination), .comparison(.constructed)])
        #expect(
            finding.title
                == "PHB 2 (LSIs 0x1208..0x120b) exists on the destination only, where they are not claimed")
        #expect(finding.details.filter { $0.subject.hasPrefix("number of PHB 2 LSI pin") }.count >= 4)
    }

    @Test func anExtraVirtualDeviceIsFoundAfterTheLoadAlone() {
        var machine = Machine(controllers: .xics)
        let source = machine.build()
        machine.devices.append(.virtual("l-lan", 0x3000))
        let loaded = machine.build().loading(source)
        let result = Checker.verify(source: source, destination: loaded, constructed: nil)
        #expect(result.errors == ["map/only-in-destination"])
        #expect(result.findings.first?.numbers == "0x1103")
    }

    @Test func aMissingBridgeIsOneFinding() {
        var machine = Machine()
        machine.devices.append(.bridge(2))
        var source = machine.build()
        source.giveMessages(bridge: 2, device: 0x800, first: 0x1300, count: 2)
        let result = Checker.verify(source: source, destination: nil, constructed: Machine().build())
        #expect(result.errors == ["map/only-in-source"])
        #expect(result.findings.first?.numbers == "0x1208..0x120b")
    }

    @Test func aBridgeOfAnotherIndexIsMissingAndExtra() {
        let source = Machine(devices: [.bridge(0), .bridge(1)]).build()
        let built = Machine(devices: [.bridge(0), .bridge(2)]).build()
        let result = Checker.verify(source: source, destination: nil, constructed: built)
        #expect(result.errors == ["map/only-in-source", "map/only-in-destination"])
        #expect(result.findings.map(\.numbers) == ["0x1204..0x1207", "0x1208..0x120b"])
    }

    @Test func unitAddressesGivenInAnotherOrderExchangeTheDevices() throws {
        let source = Machine(devices: [.virtual("v-scsi", 0x7100_0002), .virtual("l-lan", 0x7100_0003)]).build()
        let built = Machine(devices: [.virtual("l-lan", 0x7100_0002), .virtual("v-scsi", 0x7100_0003)]).build()
        let result = Checker.verify(source: source, destination: nil, constructed: built)
        #expect(result.errors == ["map/owner-changed"])
        let finding = try #require(result.findings.first)
        #expect(result.findings.count == 1)
        #expect(finding.numbers == "0x1102..0x1103")
        #expect(finding.details.count == 4)
    }

    @Test func hotPlugEventsOnOneSideOnlyAreFoundInBothDirections() {
        let with = Machine(controllers: .xics).build()
        let without = Machine(controllers: .xics, hasHotPlugEvents: false).build()
        let lost = migrate(with, into: without)
        #expect(lost.errors == ["map/only-in-source"])
        #expect(lost.findings.first?.numbers == "0x1001")
        let gained = migrate(without, into: with)
        #expect(gained.errors == ["map/only-in-destination"])
        #expect(gained.findings.first?.numbers == "0x1001")
    }

    @Test func aBridgeHotPluggedOnTheSourceAndColdOnTheDestinationIsIdentical() {
        var machine = Machine(controllers: .xics, devices: [.bridge(0), .virtual("vty", 0x7100_0000), .bridge(1)])
        let source = machine.build()
        machine.devices = [.bridge(0), .bridge(1), .virtual("vty", 0x7100_0000)]
        #expect(migrate(source, into: machine.build()).verdict == .identical)
    }

    // MARK: - The sequential allocator

    private var legacy: Machine {
        var machine = Machine(controllers: .xics)
        machine.type = "pseries-3.0"
        machine.scheme = .sequential
        return machine
    }

    @Test func anEarlierNumberMissingMovesEveryLaterOneInOneFinding() throws {
        let source = legacy.build()
        var machine = legacy
        machine.hasHotPlugEvents = false
        let result = Checker.verify(source: source, destination: nil, constructed: machine.build())
        #expect(result.errors == ["map/number-moved", "map/only-in-source"])
        #expect(result.findings.count == 2)
        let moved = try #require(result.findings.first)
        #expect(moved.title.contains("10 numbers of 4 devices moved down by one: 0x1002..0x100b of the source"))
        #expect(moved.details.count == 10)
    }

    @Test func exchangedBridgesAreOneFinding() throws {
        var machine = legacy
        machine.devices = [.bridge(0), .bridge(1), .bridge(2)]
        let source = machine.build()
        machine.devices.swapAt(1, 2)
        let result = Checker.verify(source: source, destination: nil, constructed: machine.build())
        #expect(result.errors == ["map/number-moved"])
        let finding = try #require(result.findings.first)
        #expect(finding.title.hasPrefix("Interrupt numbers are exchanged: PHB 1 (0x1006..0x1009"))
        #expect(finding.numbers == "0x1006..0x100d")
    }

    @Test func exchangedVirtualDevicesAreOneFinding() {
        var machine = legacy
        machine.devices = [.virtual("l-lan", 0x2000), .virtual("v-scsi", 0x3000)]
        let source = machine.build()
        machine.devices.swapAt(0, 1)
        let result = Checker.verify(source: source, destination: nil, constructed: machine.build())
        #expect(result.errors == ["map/number-moved"])
        #expect(result.findings.map(\.numbers) == ["0x1002..0x1003"])
    }

    @Test func anExtraDeviceThatTakesAMessageNumberCollides() throws {
        var source = legacy.build()
        source.giveMessages(bridge: 0, device: 0x800, first: 0x100c, count: 4)
        var machine = legacy
        machine.devices.append(.virtual("l-lan", 0x3000))
        let result = migrate(source, into: machine.build())
        #expect(result.errors == ["map/collision"])
        #expect(result.findings.count == 1)
        let finding = try #require(result.findings.first)
        #expect(finding.numbers == "0x100c")
        #expect(finding.title.contains("VIO l-lan@3000"))
        #expect(finding.title.contains("PHB 0 MSI 00:01.0 vector 0"))
        #expect(finding.scopes.count == 2)
    }

    @Test func linesOfAnExtraBridgeThatTakeMessageNumbersCollide() {
        var source = legacy.build()
        source.giveMessages(bridge: 0, device: 0x800, first: 0x100e, count: 2)
        var machine = legacy
        machine.devices.append(.bridge(2))
        let result = migrate(source, into: machine.build())
        #expect(result.errors == ["map/collision"])
        #expect(result.findings.map(\.numbers) == ["0x100c..0x100f"])
    }

    @Test func anExtraDeviceWithoutMessagesGetsANumberThatIsFree() {
        let source = legacy.build()
        var machine = legacy
        machine.devices.append(.virtual("l-lan", 0x3000))
        let result = migrate(source, into: machine.build())
        #expect(result.errors == ["map/only-in-destination"])
        #expect(result.findings.map(\.numbers) == ["0x100c"])
    }

    // MARK: - vCPUs and servers

    @Test func vCPUsCreatedInAnotherOrderExchangeTheirContexts() throws {
        let source = Machine(cpus: [0, 3, 1]).build()
        let result = migrate(source, into: Machine(cpus: [0, 1, 3]).build())
        #expect(result.errors == ["context/exchanged"])
        #expect(result.findings.count == 1)
        let finding = try #require(result.findings.first)
        #expect(finding.subjects == ["vCPU 1", "vCPU 3"])
        #expect(finding.scopes == [.comparison(.destination), .comparison(.constructed)])
    }

    @Test func exchangedContextsAreFoundFromEitherStateAlone() {
        let source = Machine(cpus: [0, 3, 1]).build()
        let built = Machine(cpus: [0, 1, 3]).build()
        #expect(Checker.verify(source: source, destination: nil, constructed: built).errors == ["context/exchanged"])
        let loaded = built.loading(source)
        #expect(Checker.verify(source: source, destination: loaded, constructed: nil).errors == ["context/exchanged"])
    }

    @Test func anotherVsmtNamesTheServersThatAreGone() throws {
        for controllers in [Machine.Controllers.xics, .xive] {
            var source = Machine(controllers: controllers, maximumCPUs: 2, vsmt: 8).build()
            source.bind(0x1000, server: 8)
            source.bind(0x1205, server: 8)
            source.bind(0x1204, server: 0)
            if controllers == .xive {
                source.enableQueue(server: 0)
                source.enableQueue(server: 8)
            }
            let built = Machine(controllers: controllers, maximumCPUs: 16, vsmt: 1).build()
            let result = migrate(source, into: built)
            #expect(result.errors == ["vcpu/server-changed"])
            let finding = try #require(result.findings.first)
            #expect(finding.numbers == "0x1000, 0x1205")
            #expect(finding.title.hasPrefix("vCPU 1 is server 8 on the source and 1 on the destination as built"))
            #expect(finding.title.contains("bound to server 8, which has no vCPU there"))
        }
    }

    @Test func anotherNumberOfServersIsFoundWithItsInterprocessorNumbers() throws {
        for controllers in [Machine.Controllers.xive, .dual, .xics] {
            let source = Machine(controllers: controllers, maximumCPUs: 4).build()
            let built = Machine(controllers: controllers, maximumCPUs: 8).build()
            let result = Checker.verify(source: source, destination: nil, constructed: built)
            #expect(result.errors == ["machine/server-count"])
            #expect(result.findings.count == 1)
            #expect(result.findings.first?.numbers == (controllers == .xics ? NumberRanges() : "0x4..0x7"))
        }
    }

    @Test func anExtraVCPUIsFound() {
        for controllers in [Machine.Controllers.xive, .xics] {
            let source = Machine(controllers: controllers, cpus: [0, 1]).build()
            let built = Machine(controllers: controllers, cpus: [0, 1, 2]).build()
            let result = migrate(source, into: built)
            #expect(result.errors == ["vcpu/extra"])
            #expect(result.findings.first?.subjects == ["vCPU 2"])
        }
    }

    @Test func anotherCoreIdIsAMissingAndAnExtraVCPU() {
        let source = Machine(controllers: .xics, cpus: [0, 1, 3]).build()
        let built = Machine(controllers: .xics, cpus: [0, 1, 2]).build()
        let result = Checker.verify(source: source, destination: nil, constructed: built)
        #expect(result.errors == ["vcpu/missing", "vcpu/extra"])
        #expect(
            result.findings.map(\.title) == [
                "vCPU 3 (server 3) exists on the source only",
                "vCPU 2 (server 2) exists on the destination as built only",
            ])
    }

    @Test func bindingsOfAMissingVCPUAreTold() {
        var source = Machine(controllers: .xics, cpus: [0, 1, 3]).build()
        source.bind(0x1100, server: 3)
        let built = Machine(controllers: .xics, cpus: [0, 1]).build()
        let result = Checker.verify(source: source, destination: nil, constructed: built)
        #expect(result.errors == ["vcpu/missing"])
        #expect(result.findings.first?.numbers == "0x1100")
    }

    // MARK: - Modes

    @Test func otherModesOfferedAreDifferentHoweverSilentTheLoad() {
        let xics = Machine(controllers: .xics).build()
        let xive = Machine(controllers: .xive).build()
        let dual = Machine(controllers: .dual).build()
        for (source, built) in [(xics, dual), (xive, dual), (dual, xics), (dual, xive), (xics, xive), (xive, xics)] {
            let result = Checker.verify(source: source, destination: nil, constructed: built)
            #expect(result.verdict == .different)
            #expect(result.errors == ["machine/modes-offered"])
        }
        #expect(migrate(xics, into: dual).errors == ["machine/modes-offered"])
    }

    @Test func aGuestFallenFromXiveToXicsIsFound() {
        var source = Machine(controllers: .xive).build()
        source.negotiatedOptions?[2] = 0
        let built = Machine(controllers: .dual).build()
        let result = migrate(source, into: built)
        #expect(result.errors == ["machine/mode-in-force", "machine/modes-offered"])
        #expect(result.notCompared.contains { $0.subject.hasPrefix("configuration of numbers") })
    }

    @Test func hostsOfAnotherByteOrderAreRefused() {
        let source = Machine().build()
        var built = Machine().build()
        built.xive?.tableByteOrder = .big
        let result = Checker.verify(source: source, destination: nil, constructed: built)
        #expect(result.errors == ["machine/table-byte-order"])
    }

    // MARK: - Nothing compared

    @Test func nothingComparedIsNeverIdentical() {
        let empty = MachineState(
            facts: MachineFacts(
                typeName: nil, scheme: nil, activeMode: .xive, serverCount: nil, serverCountBasis: .none))
        let state = Machine().build()
        #expect(Checker.verify(source: state, destination: nil, constructed: nil).verdict == .undecided)
        var silent = empty
        silent.xive = XiveController(
            numberCount: 0x2000, queueCount: 0, tableByteOrder: .little, sources: [], queues: [],
            contents: .captured([]))
        let result = Checker.verify(source: silent, destination: silent, constructed: silent)
        #expect(result.verdict == .undecided)
        #expect(result.notCompared.contains { $0.reason.contains("no claimed number") })
    }

    @Test func whatWasNotCapturedIsNeverEqual() {
        var source = Machine().build()
        source.xive?.contents = .notCaptured(reason: "Guest memory is not in the stream.")
        source.facts.serverCount = nil
        source.gaps = [Gap(subject: "number of servers", reason: "The stream names none.")]
        let result = migrate(source, into: source)
        #expect(result.verdict == .identical)
        let text = result.notCompared.map { "\($0.subject): \($0.reason)" }
        #expect(text.contains { $0.contains("event queues") && $0.contains("Guest memory is not in the stream.") })
        #expect(text.contains { $0.hasPrefix("number of possible servers") && $0.contains("The stream names none.") })
    }
}
