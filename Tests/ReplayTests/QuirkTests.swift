import InterruptState
import PSeries
import Replay
import Scenarios
import Testing

/// What random scenarios on builds taught of the model; each was seen on every build that the profile says.
struct QuirkTests {
    private static let management: UInt64 = 0x0006_0302_031a_0000
    private static let status: UInt64 = 0x0006_0100_0000_0000 + 0x1000 * 0x2_0000 + 0x1_0000
    private static let card = FunctionSetup(model: "e1000e", bridge: 2, slot: 2, messageVectors: 1, tableVectors: 5)

    private func machine(
        _ mode: InterruptModeSetting, type: String = "pseries-7.2", build: BuildProfile = .qemu10p0
    ) throws -> Machine {
        var setup = MachineSetup(type: try #require(MachineType.named(type)), build: build)
        if setup.type.offeredModes != [.legacy] { setup.mode = mode }
        setup.processorCount = 2
        setup.maximumProcessors = 4
        setup.devices = [.bridge(index: 2), .function(Self.card)]
        var machine = try Machine(setup)
        let status = machine.negotiate(mode == .xive ? .xive : .xics)
        #expect(status == .success)
        return machine
    }

    @Test func partsOfTheRingAreNotReadNorWritten() throws {
        var machine = try machine(.xive)
        for place: UInt64 in 0x10..<0x20 {
            #expect(machine.load(Self.management + place, byteCount: 1, processor: 0) == 0xff)
        }
        #expect(machine.load(Self.management + 0x10, byteCount: 2, processor: 0) == 0xffff)
        #expect(machine.load(Self.management + 0x18, byteCount: 4, processor: 0) == 0xffff_ffff)
        #expect(machine.load(Self.management + 0x10, byteCount: 4, processor: 0) == 0xff)
        machine.store(Self.management + 0x10, 0x0005, byteCount: 2, processor: 0)
        #expect(machine.load(Self.management + 0x10, byteCount: 4, processor: 0) == 0xff)
        machine.store(Self.management + 0x10, 0x0005_0000, byteCount: 4, processor: 0)
        #expect(machine.load(Self.management + 0x10, byteCount: 4, processor: 0) == 0x0005_00ff)
    }

    @Test(arguments: BuildProfile.known)
    func whatNothingAnswersFaultsOrGivesZero(_ build: BuildProfile) throws {
        var xics = try machine(.xics, build: build)
        #expect(xics.load(Self.status, byteCount: 8, processor: 0) == (build.unansweredFaults ? nil : 0))
        let isStoredBeside = xics.store(Self.status, 0, byteCount: 8, processor: 0)
        #expect(isStoredBeside == !build.unansweredFaults)
        var xive = try machine(.xive, build: build)
        let narrow = xive.load(Self.status + 0xd00, byteCount: 1, processor: 0)
        #expect(narrow == (build.narrowStatusAccesses ? 1 : 0))
        let isStored = xive.store(Self.status + 0xc00, 0, byteCount: 2, processor: 0)
        #expect(isStored)
        let now = xive.load(Self.status + 0x800, byteCount: 8, processor: 0)
        #expect(now == (build.narrowStatusAccesses ? 0 : 1))
    }

    @Test func pagesAnswerUnderBothControllersUntilXiveGoesOutOfForce() throws {
        var dual = try machine(.dual)
        func answers() -> [UInt64?] {
            [Self.management + 0x10, Self.status + 0x800].map { dual.load($0, byteCount: 8, processor: 0) }
        }
        #expect(answers() == [0x0000_00ff_ff00_00ff, 1])
        let toXive = dual.negotiate(.xive)
        #expect(toXive == .success)
        #expect(answers() == [0x0000_00ff_ff00_00ff, 1])
        dual.reset()
        #expect(answers() == [nil, nil])
        let isStored = dual.store(Self.status, 0, byteCount: 8, processor: 0)
        #expect(!isStored)
        let again = dual.negotiate(.xive)
        #expect(again == .success)
        #expect(answers() == [0x0000_00ff_ff00_00ff, 1])
        var xics = try machine(.xics)
        let none = xics.load(Self.management + 0x10, byteCount: 8, processor: 0)
        #expect(none == nil)
    }

    @Test func aLoadPresentsWhatWaitsUnderXics() throws {
        var source = try machine(.xics)
        // vCPU 0 takes nothing, which lets everything in and looks for nothing.
        var request = Registers(Hypercall.ipi.rawValue, 0, 4)
        source.hypercall(&request, processor: 0)
        var accept = Registers(Hypercall.xirr.rawValue)
        source.hypercall(&accept, processor: 0)
        #expect(source.snapshot().cpus[0].presenter?.presented == 0)
        var destination = try Machine(source.setup)
        #expect(destination.load(source.save()) == .accepted)
        let presenter = try #require(destination.snapshot().cpus[0].presenter)
        #expect(presenter.presented == 2 && presenter.pendingPriority == 4)
        #expect(destination.board.processors.lines[0])
    }

    @Test func aLoadKeepsWhoRunsAndWhatIsAsserted() throws {
        for mode: InterruptModeSetting in [.xics, .xive] {
            var source = try machine(mode)
            let startCPU = RTASCall.startCPU.rawValue
            let address = Self.card.configurationAddress
            let isUp = source.setPin(bridge: 2, configurationAddress: address, to: true)
            #expect(isUp)
            let arguments = [source.board.processors.servers[1].rawValue, 0x100, 0]
            #expect(source.rtas(startCPU, arguments, returns: 1, processor: 0) == [0])
            var destination = try Machine(source.setup)
            #expect(destination.load(source.save()) == .accepted)
            #expect(destination.rtas(startCPU, arguments, returns: 1, processor: 0) == [0xffff_ffff])
            try destination.unplug(.function(Self.card))
            let state = destination.snapshot()
            #expect(state.xive?.sources.contains { $0.status.rawValue & 4 != 0 } != true)
            #expect(state.xics?.sources.contains { $0.status.rawValue & 1 != 0 } != true)
        }
    }

    @Test func aMachineCheckAfterALoadEndsTheMachine() throws {
        let nowhere: UInt64 = 0x0008_0100_0000_0000
        let startCPU = RTASCall.startCPU.rawValue
        var source = try machine(.xive)
        let server = source.board.processors.servers[1].rawValue
        #expect(source.load(nowhere, byteCount: 8, processor: 0) == nil)
        #expect(source.end == nil)
        var destination = try Machine(source.setup)
        #expect(destination.load(source.save()) == .accepted)
        // A vCPU that the guest starts then has its machine checks.
        #expect(destination.rtas(startCPU, [server, 0x100, 0], returns: 1, processor: 0) == [0])
        #expect(destination.load(nowhere, byteCount: 8, processor: 1) == nil)
        #expect(destination.end == nil)
        let isStored = destination.store(nowhere, 0, byteCount: 8, processor: 0)
        #expect(!isStored)
        #expect(destination.end == .poweredOff)
    }

    @Test func aFunctionThatIsGoneRaisesNothing() throws {
        var machine = try machine(.xics)
        let address = Self.card.configurationAddress
        _ = machine.changeMessages(configurationAddress: address, buid: Owner.firstBridge + 2, function: 4, count: 1)
        let source = InterruptSource.message(bridge: 2, configurationAddress: address, vector: 0)
        #expect(machine.number(of: source) != nil)
        try machine.unplug(.function(Self.card))
        #expect(machine.number(of: source) == nil)
        let isRaised = machine.raise(source)
        #expect(!isRaised)
        // Another card in its place has the numbers, and was told nothing of them.
        try machine.plug(.function(Self.card))
        #expect(machine.number(of: source) == nil)
        _ = machine.changeMessages(configurationAddress: address, buid: Owner.firstBridge + 2, function: 4, count: 1)
        #expect(machine.number(of: source) != nil)
    }

    @Test func whatAQueueHeldBeforeIsNoEntry() throws {
        var machine = try machine(.xive)
        let epow = UInt64(try #require(machine.number(of: Owner.epow)).rawValue)
        func isDone(_ call: Hypercall, _ arguments: UInt64...) -> Bool {
            var registers = Registers(
                call.rawValue, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4])
            machine.hypercall(&registers, processor: 0)
            return registers.status == .success
        }
        #expect(isDone(.setQueueConfig, 1, 0, 6, 0x200_0000, 16))
        #expect(isDone(.setSourceConfig, 2, epow, 0, 6, 0x1234))
        #expect(isDone(.esb, 0, epow, 0xc00, 0, 0))
        try machine.raiseInterrupt(of: .epow)
        #expect(
            machine.snapshot().xive?.contents == .captured([QueueEntry(queueIndex: 6, position: 0, word: 0x8000_1234)]))
        #expect(isDone(.setQueueConfig, 1, 0, 6, 0x200_0000, 12))
        #expect(machine.snapshot().xive?.contents == .captured([]))
    }

    @Test func nothingIsMovedOfAMachineThatHasEnded() throws {
        let scenario = try ScenarioReader.scenario(
            """
            scenario: ended
            machine: {type: pseries-7.2, build: "10.0", ic-mode: xics}
            destination: {}
            steps:
              - negotiate: xive
              - migrate
            """, file: "scenario")
        let run = try ScenarioRun(scenario)
        #expect(run.sourceEnd != nil && run.loaded == nil)
        #expect(run.load == .refused("the source has ended"))
    }

    /// PIPR stays at what was accepted, from 10.0 on, until something derives it anew; the guest's own store always does.
    @Test(arguments: BuildProfile.known)
    func aPriorityThatTheGuestMarksPendingSetsPIPR(_ build: BuildProfile) throws {
        var machine = try machine(.xive, build: build)
        machine.store(Self.management + 0x11, 0xff, byteCount: 1, processor: 0)
        machine.store(Self.management + 0x812, 3, byteCount: 1, processor: 0)
        let accepted = machine.load(Self.management + 0x810, byteCount: 2, processor: 0)
        #expect(accepted == 0x8003)
        machine.store(Self.management + 0x812, 5, byteCount: 1, processor: 0)
        let ring = machine.load(Self.management + 0x10, byteCount: 8, processor: 0)
        #expect(ring == 0x0003_04ff_ff00_0005)
    }

    @Test func messagesOfAResetGoBackAfterTheirControllerWasReset() throws {
        for mode: InterruptModeSetting in [.xics, .xive] {
            var machine = try machine(mode)
            let change = machine.changeMessages(
                configurationAddress: Self.card.configurationAddress, buid: Owner.firstBridge + 2, function: 4, count: 1
            )
            guard case .granted(_, _, let first?) = change else {
                Issue.record("no numbers were granted")
                continue
            }
            machine.reset()
            let state = machine.snapshot()
            #expect(!machine.isClaimed(first))
            let source = state.xics?.sources.first { $0.number == first }
            #expect(mode == .xive || source?.priority == 0)
            let assignment = state.xive?.sources.first { $0.number == first }?.assignment
            #expect(mode == .xics || assignment?.rawValue == 0x8000_0000)
        }
    }

    @Test func aBridgeThatGoesTakesItsPinsDownFirst() throws {
        for mode: InterruptModeSetting in [.xics, .xive] {
            var machine = try machine(mode)
            let isUp = machine.setPin(bridge: 2, configurationAddress: Self.card.configurationAddress, to: true)
            #expect(isUp)
            try machine.unplug(.bridge(index: 2))
            let state = machine.snapshot()
            #expect(state.xive?.sources.contains { $0.status.rawValue & 4 != 0 } != true)
            #expect(state.xics?.sources.contains { $0.status.rawValue & 1 != 0 } != true)
        }
    }

    @Test func onlyWhatCanGoIsAnnounced() throws {
        var machine = try machine(.xics)
        let before = machine.snapshot()
        #expect(throws: ConstructionError.self) { try machine.unplug(.core(index: 0)) }
        #expect(throws: ConstructionError.self) { try machine.unplug(.bridge(index: 7)) }
        #expect(machine.snapshot() == before)
        // A function that nobody configured goes without a word.
        let other = FunctionSetup(model: "e1000e", bridge: 0, slot: 5, messageVectors: 1, tableVectors: 5)
        try machine.plug(.function(other))
        let plugged = machine.snapshot()
        try machine.unplug(.function(other))
        #expect(machine.snapshot() == plugged)
        try machine.unplug(.core(index: 1))
        #expect(machine.processorCount == 1)
    }

    @Test(arguments: [
        ("pseries-2.7", true, true), ("pseries-2.7", false, false), ("pseries-2.9", false, false),
        ("pseries-2.10", false, true),
    ])
    func theNegotiatedVectorIsSavedWhereItSaysMoreThanOldTypesCould(_ type: String, _ events: Bool, _ isSaved: Bool)
        throws
    {
        var setup = MachineSetup(type: try #require(MachineType.named(type)), build: .qemu7p2)
        setup.modernHotPlugEvents = events
        #expect((try Machine(setup).snapshot().negotiatedOptions != nil) == isSaved)
    }

    @Test func everyProcessorOfEveryTypeNegotiates() throws {
        for type in ["pseries-2.1", "pseries-2.6", "pseries-3.0", "pseries-10.0"] {
            _ = try machine(.xics, type: type)
        }
    }
}
