import SavedState
import Testing

@Suite struct TailTests {
    private func open(_ bytes: [UInt8]) throws -> SavedStream {
        try SavedStream.open(MemoryByteSource(bytes), name: "test")
    }

    @Test func inputsThatAreNoStreamAreCalledSo() {
        for bytes in [[], [0x51], [UInt8](repeating: 0, count: 100), Array("LibvirtQemudSavX".utf8)] as [[UInt8]] {
            #expect(throws: SavedStateError(.notASavedState, "")) { try open(bytes) }
        }
        var old = StreamBuilder.sample().bytes
        old[7] = 2
        #expect(throws: SavedStateError(.unsupported, "")) { try open(old) }
    }

    @Test func errorsNameTheInput() throws {
        let error = #expect(throws: SavedStateError.self) { try open([]) }
        #expect(error?.file == "test")
    }

    @Test(arguments: [true, false])
    func everySectionIsFoundBackwards(footers: Bool) throws {
        let builder = StreamBuilder.sample(footers: footers)
        let stream = try open(builder.bytes)
        #expect(stream.method == .tail)
        #expect(stream.configuration?.machineType == "pseries-7.2")
        #expect(stream.liveSections.map(\.name) == ["ram"])
        #expect(stream.sections.map(\.name) == ["icp/server", "toy", "old"])
        #expect(stream.sections.map(\.position) == [0, 1, 2])
        #expect(stream.sections.map(\.instance) == [0, 0x8000_0007, 0])
        #expect(stream.sections.map(\.version) == [1, 2, 1])
        #expect(stream.sections.map(\.bodyLength) == [6, 33, 3])
        #expect(try stream.body(of: stream.sections[0]) == [0x11, 0x22, 0x33, 0x44, 0xff, 5])
        #expect(stream.notes.isEmpty)
    }

    @Test func fieldsStandAtTheirOffsets() throws {
        let stream = try open(StreamBuilder.sample().bytes)
        let section = stream.sections[1]
        let layout = try #require(section.layout)
        let reader = SectionReader(section: section, layout: layout, bytes: try stream.body(of: section))
        #expect(try reader.integer("one") == UInt8(0x2a))
        let three = try reader.field("three")
        #expect(three.count == 3 && three.elementSize == 2)
        #expect(try reader.data(three) == [0, 1, 0, 2, 0, 3])
        let pair = try reader.element(of: reader.field("pair"))
        #expect(try reader.integer("number", in: pair) == UInt32(9))
        let list = try reader.field("list").listElements
        #expect(try list.map { try reader.integer("v", in: $0) as UInt8 } == [0xaa, 0xbb])
        let extra = try #require(layout.subsection("toy/extra"))
        #expect(try reader.integer("x", in: extra) == UInt8(7))
    }

    @Test func arraysAreNumberedByPositionWhateverIndexSays() throws {
        for indexes in [[0, 1, 2], [0, 1, nil], [nil, nil, nil]] as [[Int?]] {
            var builder = StreamBuilder()
            builder.ram()
            let fields = indexes.map { index in
                #"{"name": "e", \#(index.map { #""index": \#($0), "# } ?? "")"type": "uint8", "size": 1}"#
            }
            builder.device(
                3, "a", body: [1, 2, 3],
                json: #""vmsd_name": "a", "version": 1, "fields": [\#(fields.joined(separator: ","))]"#)
            builder.finish()
            let layout = try #require(try open(builder.bytes).sections[0].layout)
            #expect(layout.fields.map(\.arrayIndex) == [0, 1, 2])
            #expect(layout.fields.map(\.offset) == [0, 1, 2])
        }
    }

    @Test func capabilitiesAreReadByTheTableNotByTheDescription() throws {
        var builder = StreamBuilder()
        builder.bytes += [5] + StreamBuilder.name("configuration/capabilities") + be32(1) + be32(2)
        builder.bytes += StreamBuilder.name("x-ignore-shared") + StreamBuilder.name("events")
        builder.bytes += [5] + StreamBuilder.name("configuration/uuid") + be32(1) + (0..<16).map { UInt8($0) }
        builder.section(1, 2, "ram", instance: 0, version: 4)
        builder.bytes += be64(0x1000 | 4) + StreamBuilder.name("r") + be64(0x1000) + be64(0) + be64(0x10)
        builder.footer(2)
        builder.part(3, 2, be64(0x10))
        builder.plainDevice(3, "a", body: [1])
        builder.finish()
        let stream = try open(builder.bytes)
        #expect(stream.configuration?.capabilities == ["x-ignore-shared", "events"])
        #expect(stream.configuration?.uuid == (0..<16).map { UInt8($0) })
        #expect(stream.sections.map(\.name) == ["a"])
    }

    @Test func devicesWrittenEarlyAreFoundAtTheFront() throws {
        var builder = StreamBuilder()
        builder.plainDevice(1, "virtio-mem-early", body: [9, 9])
        builder.ram()
        builder.plainDevice(3, "a", body: [1])
        builder.finish()
        let stream = try open(builder.bytes)
        #expect(stream.sections.map(\.name) == ["virtio-mem-early", "a"])
        #expect(stream.sections[0].offset < stream.sections[1].offset)
    }
}
