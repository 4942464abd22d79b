import InterruptState
import Testing

@Suite struct VocabularyTests {
    @Test func assignmentFieldsFollowTheArchitectedLayout() {
        let bound = EventAssignment(rawValue: 0x8000_0006_0000_0010)
        #expect(bound.isValid)
        #expect(!bound.isMasked)
        #expect(bound.queueIndex == 6)
        #expect(bound.eisn == 0x10)
        #expect(EventAssignment.claimed.isMasked)
        #expect(!EventAssignment.free.isValid)
    }

    @Test func queueFieldsFollowTheArchitectedLayout() {
        let queue = EventQueue(
            index: 14, w0: 0xc004_0000, w1: 0x0040_04a1, w2: 0x1, w3: 0x0200_0000, w6: 0x401, w7: 0x0006_0000)
        #expect(queue.isEnabled)
        #expect(queue.byteCount == 65_536)
        #expect(queue.entryCount == 16_384)
        #expect(queue.address == 0x1_0200_0000)
        #expect(queue.generation == 1)
        #expect(queue.nextIndex == 0x4a1)
        #expect(queue.server == ServerNumber(1))
        #expect(queue.priority == 6)
        #expect(!EventQueue(index: 3).isEnabled)
        #expect(EventQueue(index: 3).server == nil)
    }

    @Test func resetContextNamesItsServerOnly() {
        let context = ThreadContext.reset(server: ServerNumber(8))
        #expect(context.server == ServerNumber(8))
        #expect(context.isValid)
        #expect(ThreadContext(bytes: [0]) == nil)
        #expect(
            ThreadContext.reset(server: ServerNumber(0)).bytes[0x10..<0x20].elementsEqual(
                [0, 0, 0, 0xff, 0xff, 0, 0xff, 0xff, 0x80, 0, 4, 0, 0, 0, 0, 0]))
    }

    @Test func sparseTablesAnswerForEveryNumber() {
        let listed = XiveSource(number: LogicalNumber(0x1200), assignment: .claimed, status: .off)
        let xive = XiveController(
            numberCount: 0x2000, queueCount: 8, tableByteOrder: .little, sources: [listed], queues: [],
            contents: .captured([]))
        #expect(xive.source(LogicalNumber(0x1200)) == listed)
        #expect(xive.source(LogicalNumber(0x1201)).isBlank)
        #expect(xive.source(LogicalNumber(0)).isBlank)
    }

    @Test func digestChangesWithTheStateAndNotWithItsOrigin() {
        var state = MachineState(
            facts: MachineFacts(
                typeName: "pseries-7.2", scheme: .fixed, activeMode: .xics, serverCount: nil, serverCountBasis: .none))
        state.xics = XicsController(base: LogicalNumber(0x1000), numberCount: 0x1000, sources: [])
        let before = state.digest()
        state.origin.sections = [
            SectionRecord(
                position: 0, name: "ics", instance: 0, version: 1, id: 3, offset: 1, bodyOffset: 2, bodyLength: 3)
        ]
        #expect(state.digest() == before)
        state.xics?.sources = [XicsSource(number: LogicalNumber(0x1000), flags: .msi)]
        #expect(state.digest() != before)
    }

    @Test func digestIsThatOfTheCanonicalBytes() {
        #expect(
            Digest(of: Array("abc".utf8)).description
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test func siteOfAnElementFollowsFromTheRuleOfItsTable() throws {
        var state = MachineState(
            facts: MachineFacts(
                typeName: nil, scheme: nil, activeMode: .xive, serverCount: nil, serverCountBasis: .none))
        state.origin.sites = [
            SiteRule(
                kind: .xiveAssignment, firstKey: 0, count: 0x2000, stride: 8,
                first: Site(section: "spapr-xive", instance: 0, field: "eat[*].w", offset: 1000))
        ]
        let site = try #require(state.site(of: .xiveAssignment(LogicalNumber(4))))
        #expect(site.offset == 1032)
        #expect(site.field == "eat[4].w")
        #expect(state.site(of: .xiveAssignment(LogicalNumber(0x2000))) == nil)
        #expect(state.site(of: .presenter(cpu: 0)) == nil)
    }

    @Test func namesFromFilesCannotForgeALineOfTheCanonicalForm() {
        func bytes(_ name: String) -> [UInt8] {
            MachineState(
                facts: MachineFacts(
                    typeName: name, scheme: nil, activeMode: .xive, serverCount: nil, serverCountBasis: .none)
            ).canonicalBytes()
        }
        #expect(!bytes("a\nend").contains(0x0a, times: bytes("a").count(of: 0x0a) + 1))
        #expect(bytes("a b") != bytes("a") && bytes("") != bytes("-"))
    }
}

extension [UInt8] {
    fileprivate func count(of byte: UInt8) -> Int {
        reduce(0) { $0 + ($1 == byte ? 1 : 0) }
    }

    fileprivate func contains(_ byte: UInt8, times: Int) -> Bool {
        count(of: byte) >= times
    }
}
