import InterruptState
import PSeries
import SavedState
import Testing

@Suite struct DecodingTests {
    // MARK: - Refusals

    @Test func streamWithoutAControllerIsRefusedByName() {
        var stream = SyntheticStream()
        stream.add("timer", [1, 2, 3])
        let error = #expect(throws: SavedStateError.self) { try StateDecoder.decode(stream.stream) }
        #expect(error?.code == .missing)
        #expect(error?.file == "synthetic")
    }

    @Test(arguments: [0, 1, 3, 4, 5, 12, 32771])
    func sourceControllerOfAnotherLengthIsRefused(length: Int) {
        var stream = SyntheticStream()
        stream.add("ics", Array((words(4096) + [UInt8](repeating: 0, count: 32768)).prefix(length)))
        let error = #expect(throws: SavedStateError.self) { try StateDecoder.decode(stream.stream) }
        #expect(error?.section == "ics (instance 0)")
        #expect(error?.offset != nil)
    }

    @Test func contextBeforeAnyCPUIsRefused() {
        var stream = SyntheticStream()
        stream.add("xive-tctx", [UInt8](repeating: 0, count: 64))
        let error = #expect(throws: SavedStateError.self) { try StateDecoder.decode(stream.stream) }
        #expect(error?.code == .malformed)
    }

    @Test func twoXiveSectionsOfDifferentSizeAreRefused() {
        var stream = SyntheticStream()
        stream.add("xive-source", words(2) + [1, 1])
        stream.add("spapr-xive", words(1) + [0, 0, 0, 0, 0, 0, 0, 0x80])
        let error = #expect(throws: SavedStateError.self) { try StateDecoder.decode(stream.stream) }
        #expect(error?.message.contains("numbers") == true)
    }

    @Test func tablesOfUndecidableByteOrderAreRefused() {
        var stream = SyntheticStream()
        stream.add("xive-source", words(1) + [1])
        stream.add("spapr-xive", words(1) + [0x80, 0, 0, 0, 0, 0, 0, 0x80])
        let error = #expect(throws: SavedStateError.self) { try StateDecoder.decode(stream.stream) }
        #expect(error?.message.contains("byte order") == true)
    }

    @Test func deviceWhoseAddressContradictsItsNameIsRefused() {
        var stream = SyntheticStream()
        stream.add("ics", words(0))
        stream.add("vty@71000000/spapr_vty", words(0x7100_0001, 0x1100) + [UInt8](repeating: 0, count: 24))
        #expect(throws: SavedStateError.self) { try StateDecoder.decode(stream.stream) }
    }

    // MARK: - What is read

    @Test(arguments: TableByteOrder.allCases)
    func tablesOfEitherByteOrderGiveTheSameValues(order: TableByteOrder) throws {
        var state = StateSamples.xive()
        state.xive?.tableByteOrder = order
        let decoded = try StateDecoder.decode(SyntheticStream(encoding: state).stream)
        #expect(decoded.xive == state.xive)
    }

    @Test func contextsBelongToTheCPUBeforeThemNotToTheirInstance() throws {
        var state = StateSamples.xive()
        state.cpus = [(0, 0), (1, 2), (3, 1)].map { index, instance in
            VirtualCPU(
                index: index, server: ServerNumber(index), serverBasis: .section,
                context: .reset(server: ServerNumber(index)), contextInstance: instance, presenter: nil)
        }
        let decoded = try StateDecoder.decode(SyntheticStream(encoding: state).stream)
        #expect(decoded.cpus == state.cpus)
    }

    @Test func everyEncodedSectionIsReadBackAsItWas() throws {
        for state in [StateSamples.xive(), StateSamples.xics(), StateSamples.sequential(hotPlug: true)] {
            let decoded = try StateDecoder.decode(SyntheticStream(encoding: state).stream)
            #expect(SectionEncoder.encode(decoded).map(\.bytes) == SectionEncoder.encode(state).map(\.bytes))
        }
    }

    @Test func modeInForceFollowsTheNegotiatedOption() throws {
        var state = StateSamples.xive()
        state.xics = StateSamples.xics().xics
        state.negotiatedOptions = [UInt64](repeating: 0, count: 32)
        #expect(try StateDecoder.decode(SyntheticStream(encoding: state).stream).facts.activeMode == .xics)
        state.negotiatedOptions?[2] = 0x0002_0000_0000_0000
        #expect(try StateDecoder.decode(SyntheticStream(encoding: state).stream).facts.activeMode == .xive)
    }

    // MARK: - Owners

    @Test(arguments: [true, false])
    func orderOfClaimsNamesTheEventSourcesAndTheNVRAM(hotPlug: Bool) throws {
        let state = StateSamples.sequential(hotPlug: hotPlug)
        let decoded = try StateDecoder.decode(SyntheticStream(encoding: state).stream)
        #expect(decoded.owner(of: LogicalNumber(0x1000)) == .epow)
        let vty: UInt32 = hotPlug ? 0x1002 : 0x1001
        #expect(decoded.owner(of: LogicalNumber(0x1001)) == (hotPlug ? .hotPlug : StateSamples.vty))
        #expect(decoded.owner(of: LogicalNumber(vty)) == StateSamples.vty)
        #expect(decoded.owner(of: LogicalNumber(vty + 1)) == .virtualDevice(type: "nvram", unitAddress: 0x7100_0001))
    }

    @Test func claimsThatTheOrderDoesNotDecideAreUnknownNotGuessed() throws {
        var state = StateSamples.sequential(hotPlug: true)
        state.xics?.sources.insert(XicsSource(number: LogicalNumber(0x1004), flags: .msi), at: 4)
        state.xics?.sources.removeAll { $0.number == LogicalNumber(0x1001) }
        state.bridges[0].pins = (0..<4).map { LogicalNumber(0x1006 + $0) }
        let decoded = try StateDecoder.decode(SyntheticStream(encoding: state).stream)
        let owner = try #require(decoded.owner(of: LogicalNumber(0x1000)))
        guard case .unknown(let reason) = owner else {
            Issue.record("\(owner) was guessed")
            return
        }
        #expect(reason.contains("order of claims"))
        #expect(decoded.gaps.contains { $0.subject.contains("owners") })
    }

    @Test func bridgePinThatIsNotClaimedKeepsItsOwner() throws {
        var state = StateSamples.xics()
        state.xics?.sources.removeAll { $0.number == LogicalNumber(0x1202) }
        let decoded = try StateDecoder.decode(SyntheticStream(encoding: state).stream)
        #expect(decoded.owner(of: LogicalNumber(0x1202)) == .bridgePin(bridge: Owner.firstBridge, pin: 2))
        #expect(!decoded.configuration(LogicalNumber(0x1202)).isClaimed)
    }

    @Test func hostileMessageBlockDoesNotFillMemory() throws {
        var state = StateSamples.xics()
        state.bridges[0].messages = [MessageBlock(device: 0x800, first: LogicalNumber(0x1300), count: .max)]
        let decoded = try StateDecoder.decode(SyntheticStream(encoding: state).stream)
        #expect(decoded.numbers.count < 0x2000)
        #expect(decoded.bridges[0].messages[0].count == .max)
    }

    @Test func serversOfXICSAreUnknownWithoutADeviceTree() throws {
        let decoded = try StateDecoder.decode(SyntheticStream(encoding: StateSamples.xics()).stream)
        #expect(decoded.facts.serverCount == nil)
        #expect(decoded.cpus.allSatisfy { $0.server == nil && $0.serverBasis == .none })
        #expect(decoded.gaps.count == 2)
    }
}

/// What is kept of event queues, from memory that somebody else holds.
@Suite struct QueueReadingTests {
    /// Every generation and next index of a small queue, whose memory is blank or one written word among zeros.
    @Test(arguments: [0x0000_0000, 0x0040_0000] as [UInt32], [0, 1, 9, 1023] as [UInt32])
    func blankMemoryIsMemoryFullOfZeros(generation: UInt32, next: UInt32) throws {
        let queue = EventQueue(index: 6, w0: 0xc000_0000, w1: generation | next, w3: 0x200_0000)
        var state = StateSamples.xive()
        func contents(_ content: GuestMemory.Content) -> QueueContents? {
            state.xive?.queues = [queue]
            StateDecoder.readQueues(into: &state) { stretches in
                #expect(stretches.map(\.count) == [0x1000])
                return [content]
            }
            return state.xive?.contents
        }
        let zeros = [UInt8](repeating: 0, count: 0x1000)
        #expect(contents(.blank) == contents(.bytes(zeros)))
        let expected = generation == 0 ? (0..<next).map { QueueEntry(queueIndex: 6, position: $0, word: 0) } : []
        #expect(contents(.blank) == .captured(expected))
        // The word at which a lap's entries end, and those around it.
        for position in [0, 7, 8, 9, 1022, 1023] as [UInt32] {
            for word in [0x8000_0001, 0x0000_0001] as [UInt32] {
                var bytes = zeros
                bytes.replaceSubrange(Int(position) * 4..<Int(position) * 4 + 4, with: words(word))
                let isCurrent = (word >> 31 == 1) == (generation != 0)
                let isEntry = position < next ? isCurrent : !isCurrent
                let others = expected.filter { $0.position != position }
                let all = others + (isEntry ? [QueueEntry(queueIndex: 6, position: position, word: word)] : [])
                #expect(contents(.bytes(bytes)) == .captured(all.sorted { $0.position < $1.position }))
            }
        }
    }
}

/// Small machines, built as QEMU builds them.
enum StateSamples {
    static let vty = Owner.virtualDevice(type: "vty", unitAddress: 0x7100_0000)

    private static func bridge(_ first: UInt32) -> HostBridge {
        HostBridge(
            buid: Owner.firstBridge, instance: 0, pins: (0..<4).map { LogicalNumber(first + $0) },
            messages: [MessageBlock(device: 0x800, first: LogicalNumber(first + 0x100), count: 2)], oldWindows: [])
    }

    static func xive() -> MachineState {
        var state = MachineState(
            facts: MachineFacts(
                typeName: "pseries-7.2", scheme: .fixed, activeMode: .xive, serverCount: 2, serverCountBasis: .section))
        let numbers: [UInt32] = [0, 1, 0x1000, 0x1001, 0x1100, 0x1200, 0x1201, 0x1202, 0x1203, 0x1300, 0x1301]
        state.xive = XiveController(
            numberCount: 0x2000, queueCount: 16, tableByteOrder: .little,
            sources: numbers.map { XiveSource(number: LogicalNumber($0), assignment: .claimed, status: .off) },
            queues: [EventQueue(index: 6, w0: 0xc004_0000, w1: 0x0040_0000, w3: 0x200_0000, w6: 0x400, w7: 0x6_0000)],
            contents: .notCaptured(reason: "guest memory was not read"))
        state.bridges = [bridge(0x1200)]
        state.cpus = [
            VirtualCPU(
                index: 0, server: ServerNumber(0), serverBasis: .section, context: .reset(server: ServerNumber(0)),
                contextInstance: 0, presenter: nil)
        ]
        return state
    }

    static func xics() -> MachineState {
        var state = MachineState(
            facts: MachineFacts(
                typeName: "pseries-3.1", scheme: .fixed, activeMode: .xics, serverCount: nil, serverCountBasis: .none))
        let lsis = (0x1200..<0x1204).map { XicsSource(number: LogicalNumber($0), flags: .lsi) }
        state.xics = XicsController(
            base: LogicalNumber(0x1000), numberCount: 0x1000,
            sources: [XicsSource(number: LogicalNumber(0x1000), priority: 5, flags: .msi)] + lsis)
        state.bridges = [bridge(0x1200)]
        state.cpus = [
            VirtualCPU(
                index: 0, server: nil, serverBasis: .none, context: nil, contextInstance: nil, presenter: .reset)
        ]
        return state
    }

    /// Claims in order: EPOW, perhaps hot-plug, vty, nvram, four LSIs.
    static func sequential(hotPlug: Bool) -> MachineState {
        var state = MachineState(
            facts: MachineFacts(
                typeName: "pseries-3.0", scheme: .sequential, activeMode: .xics, serverCount: nil,
                serverCountBasis: .none))
        let vty: UInt32 = hotPlug ? 0x1002 : 0x1001
        let sources = (0x1000..<vty + 2).map { XicsSource(number: LogicalNumber($0), flags: .msi) }
        let lsis = (vty + 2..<vty + 6).map { XicsSource(number: LogicalNumber($0), flags: .lsi) }
        state.xics = XicsController(base: LogicalNumber(0x1000), numberCount: 0x400, sources: sources + lsis)
        state.virtualDevices = [
            VirtualDevice(
                type: "vty", unitAddress: 0x7100_0000, number: LogicalNumber(vty),
                queueState: [UInt8](repeating: 0, count: 24)),
            VirtualDevice(type: "nvram", unitAddress: 0x7100_0001, number: nil, queueState: []),
        ]
        state.bridges = [
            HostBridge(
                buid: Owner.firstBridge, instance: 0, pins: lsis.map(\.number), messages: [],
                oldWindows: [UInt8](repeating: 7, count: 36))
        ]
        return state
    }
}
