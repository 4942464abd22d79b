import SavedState
import Synchronization
import Testing

/// What happens when the self-description is absent, wrong or not the end of the input.
@Suite struct LadderTests {
    private func open(_ bytes: [UInt8], partial: Bool = false) throws -> SavedStream {
        try SavedStream.open(MemoryByteSource(bytes), name: "test", options: OpenOptions(acceptsPartial: partial))
    }

    private let names = ["icp/server", "toy", "old"]

    @Test func withoutDescriptionTheFootersSplitTheSections() throws {
        let whole = StreamBuilder.sample()
        let reference = try open(whole.bytes)
        let eof = try #require(reference.endOffset)
        let stream = try open(Array(whole.bytes[...Int(eof)]))
        #expect(stream.method == .footers)
        #expect(stream.sections.map(\.bodyOffset) == reference.sections.map(\.bodyOffset))
        #expect(stream.sections.map(\.bodyLength) == reference.sections.map(\.bodyLength))
        #expect(stream.sections.allSatisfy { $0.layout == nil })
        #expect(throws: SavedStateError(.missing, "")) { try stream.reader(of: stream.sections[0]) }
    }

    @Test func layoutsCanBeBorrowedFromAnotherStream() throws {
        let whole = StreamBuilder.sample()
        let reference = try open(whole.bytes)
        let bare = MemoryByteSource(Array(whole.bytes[...Int(try #require(reference.endOffset))]))
        let options = OpenOptions(layouts: BorrowedLayouts(from: reference))
        let stream = try SavedStream.open(bare, name: "test", options: options)
        #expect(stream.sections.map(\.layout) == reference.sections.map(\.layout))
    }

    @Test func aCutDescriptionLeavesTheSections() throws {
        let stream = try open(StreamBuilder.sample().bytes.dropLast(20))
        #expect(stream.method == .footers)
        #expect(stream.sections.map(\.name) == names)
        #expect(stream.notes.contains { $0.contains("self-description") })
    }

    @Test func aCutBeforeTheEndMarkIsAnErrorUnlessPartsAreAccepted() throws {
        let whole = StreamBuilder.sample().bytes
        let reference = try open(whole)
        let cut = Array(whole[..<Int(reference.sections[2].bodyOffset)])
        let error = #expect(throws: SavedStateError(.truncated, "")) { try open(cut) }
        #expect(error?.offset != nil)
        let part = try open(cut, partial: true)
        #expect(part.sections.map(\.name) == ["icp/server", "toy"])
        #expect(part.damage?.code == .truncated)
    }

    @Test(arguments: [true, false])
    func zerosAndOtherBytesBehindTheStreamAreIgnoredWithANote(footers: Bool) throws {
        let whole = StreamBuilder.sample(footers: footers).bytes
        for rest in [[UInt8](repeating: 0, count: 5000), [UInt8](repeating: 0xa5, count: 3000), Array("x}".utf8)] {
            let stream = try open(whole + rest)
            #expect(stream.sections.map(\.name) == names)
            #expect(stream.sections.allSatisfy { $0.layout != nil })
            #expect(stream.method == .forward)
            #expect(stream.notes.contains { $0.contains("\(rest.count) bytes follow") })
        }
    }

    @Test(arguments: [true, false])
    func aSecondStreamBehindTheFirstIsNotTheAnswer(footers: Bool) throws {
        let first = StreamBuilder.sample(footers: footers).bytes
        var second = StreamBuilder(machine: "other", footers: footers)
        second.ram()
        second.plainDevice(3, "impostor", body: [1, 2, 3])
        second.finish()
        for tail in [[], [0, 0, 0, 0]] as [[UInt8]] {
            let stream = try open(first + second.bytes + tail)
            #expect(stream.sections.map(\.name) == names)
            #expect(stream.configuration?.machineType == "pseries-7.2")
        }
    }

    @Test func aStreamInsideAGuestPageIsHarmless() throws {
        let inner = StreamBuilder.sample().bytes
        var page = [UInt8](repeating: 0, count: 8192)
        page.replaceSubrange(0..<inner.count, with: inner)
        var builder = StreamBuilder()
        builder.ram(pages: [
            StreamBuilder.page(0, Array(page[..<4096])), StreamBuilder.page(4096, Array(page[4096...])),
        ])
        builder.plainDevice(3, "real", body: [1])
        builder.finish()
        #expect(try open(builder.bytes).sections.map(\.name) == ["real"])
    }

    @Test func oneDamagedDescriptionCostsOneLayout() throws {
        var builder = StreamBuilder()
        builder.ram()
        builder.plainDevice(3, "a", body: [1, 2, 3])
        builder.plainDevice(4, "b", body: [4, 5])
        let text = #"{"devices": [\#(builder.devices[0]), {"name": "b", "instance_id": 0, "size": 9}]}"#
        builder.finish(text)
        let stream = try open(builder.bytes)
        #expect(stream.method == .footers)
        #expect(stream.sections.map { $0.layout != nil } == [true, false])
        #expect(stream.notes.contains { $0.contains("does not fit the section b") })
    }

    @Test(arguments: [
        "[]", "{}", #"{"devices": 1}"#, #"{"devices": [{}]}"#, "{", #"{"devices": []} x"#,
        #"{"page_size": 4095, "devices": []}"#,
        #"{"devices": [{"name": "a", "instance_id": 0, "vmsd_name": "a", "version": 1, "fields": [{"name": "x", "type": "y", "size": -1}]}]}"#,
        #"{"devices": [{"name": "a", "instance_id": 0, "vmsd_name": "a", "version": 1, "fields": [{"name": "x", "type": "y", "size": 1.5}]}]}"#,
        #"{"devices": [{"name": "a", "instance_id": 0, "vmsd_name": "a", "version": 1, "fields": [{"name": "x", "type": "y", "size": 9223372036854775808}]}]}"#,
        #"{"devices": [{"name": "a", "instance_id": 0, "vmsd_name": "a", "version": 1, "fields": [{"name": "x", "type": "y", "size": 4294967296, "array_len": 4294967296}]}]}"#,
        #"{"devices": [{"name": "a", "instance_id": 0, "vmsd_name": "a", "version": 1, "fields": [{"name": "x", "type": "y", "size": 4, "array_len": 2147483647}]}]}"#,
    ])
    func aWrongDescriptionIsSaidAndTheSectionsStand(text: String) throws {
        var builder = StreamBuilder()
        builder.ram()
        builder.plainDevice(3, "a", body: [1, 2, 3])
        builder.finish(text)
        let stream = try open(builder.bytes)
        #expect(stream.sections.map(\.name) == ["a"])
        #expect(stream.sections[0].layout == nil)
        #expect(!stream.notes.isEmpty)
    }

    @Test func claimsWithoutBytesCostNothing() throws {
        var builder = StreamBuilder()
        builder.ram()
        builder.device(
            3, "a", body: [1],
            json: #"""
                "vmsd_name": "a", "version": 1, "fields": [
                {"name": "x", "type": "uint8", "size": 1},
                {"name": "many", "type": "uint8", "array_len": 9223372036854775807, "size": 0}]
                """#)
        builder.finish()
        let layout = try #require(try open(builder.bytes).sections[0].layout)
        #expect(layout.fields[1].count == 9_223_372_036_854_775_807)
        var deep = StreamBuilder()
        deep.ram()
        deep.plainDevice(3, "a", body: [1])
        deep.finish(#"{"devices": "# + String(repeating: "[", count: 100_000))
        #expect(try open(deep.bytes).notes.contains { $0.contains("nests deeper") })
    }

    @Test func unknownCommandsAreSkippedWithANote() throws {
        var builder = StreamBuilder()
        builder.ram()
        builder.bytes += [8, 0, 77, 0, 3, 1, 2, 3]
        builder.plainDevice(3, "a", body: [1])
        builder.finish()
        let stream = try open(builder.bytes)
        #expect(stream.sections.map(\.name) == ["a"])
        #expect(stream.notes.contains { $0.contains("unknown command 77") })
    }

    @Test func bytesThatAreNotUnderstoodBeforeTheDevicesAreSaid() throws {
        var builder = StreamBuilder()
        builder.ram()
        builder.bytes += [0x0b]
        builder.plainDevice(3, "a", body: [1])
        builder.finish()
        let stream = try open(builder.bytes)
        #expect(stream.sections.map(\.name) == ["a"])
        #expect(stream.notes.contains { $0.contains("mark 0x0b") })
    }

    @Test func duplicatesAreKeptInOrderWithANote() throws {
        var builder = StreamBuilder()
        builder.ram()
        builder.plainDevice(3, "a", body: [1])
        builder.plainDevice(3, "a", body: [2])
        builder.finish()
        let stream = try open(builder.bytes)
        #expect(try stream.sections.map { try stream.body(of: $0) } == [[1], [2]])
        #expect(stream.notes.contains { $0.contains("more than once") })
        #expect(stream.notes.contains { $0.contains("same id 3") })
    }

    @Test func namesAreKeptByteForByteAndShownEscaped() throws {
        var builder = StreamBuilder()
        builder.ram()
        builder.bytes += [4] + be32(3) + [3, 0xff, 0x5c, 0x61] + be32(0) + be32(1) + [1]
        builder.footer(3)
        builder.finish(#"{"devices": []}"#)
        let stream = try open(builder.bytes)
        #expect(stream.sections.map(\.name) == [#"\xff\x5ca"#])
    }

    @Test func aSubsectionUnderAnotherNameConcernsItsSectionOnly() throws {
        var bytes = StreamBuilder.sample().bytes
        let mark = Array("\u{9}toy/extra".utf8)
        let start = try #require(bytes.indices.first { bytes[$0...].starts(with: mark) })
        bytes[start + 9] = UInt8(ascii: "b")
        let stream = try open(bytes)
        #expect(throws: SavedStateError(.badDescription, "")) { try stream.reader(of: stream.sections[1]) }
        _ = try stream.reader(of: stream.sections[0])
    }

    @Test func devicesInsideAPostcopyPackageAreFound() throws {
        var inner = StreamBuilder(machine: nil)
        inner.bytes = [8, 0, 4, 0, 0]
        inner.plainDevice(7, "a", body: [1, 2])
        inner.plainDevice(8, "b", instance: 3, body: [4])
        inner.bytes += [8, 0, 2, 0, 4, 0, 0, 0, 3, 8, 0, 5, 0, 0]
        var builder = StreamBuilder()
        builder.ram()
        builder.bytes += [8, 0, 7, 0, 4] + be32(UInt32(inner.bytes.count)) + inner.bytes
        let stream = try open(builder.bytes)
        #expect(stream.method == .package)
        #expect(stream.sections.map(\.name) == ["a", "b"])
        #expect(stream.sections.map(\.bodyLength) == [2, 1])
        #expect(throws: SavedStateError(.truncated, "")) { try open(builder.bytes.dropLast(3)) }
    }

    @Test func withNeitherDescriptionNorFootersTheCallersLayoutsDecide() throws {
        struct ByName: SectionLayouts {
            func layout(of section: DeviceSection, body: [UInt8]) -> BodyLayout? { nil }
            func layout(ofUnbounded section: DeviceSection, bytes: [UInt8]) -> BodyLayout? {
                let length: UInt64? = ["a": 3, "b": 1][section.name]
                return length.map { BodyLayout(name: section.name, version: 1, offset: 0, length: $0, fields: []) }
            }
        }
        var builder = StreamBuilder(machine: nil, footers: false)
        builder.ram()
        builder.plainDevice(3, "a", body: [1, 2, 3])
        builder.plainDevice(4, "b", body: [4])
        let known = builder.bytes + [0]
        builder.plainDevice(5, "unknown", body: [4])
        let unknown = builder.bytes + [0]
        #expect(throws: SavedStateError(.unsupported, "")) { try open(known) }
        #expect(try open(known, partial: true).method == .headOnly)
        var options = OpenOptions(layouts: ByName())
        #expect(
            try SavedStream.open(MemoryByteSource(known), name: "test", options: options).sections.map(\.name)
                == ["a", "b"])
        options.acceptsPartial = true
        let part = try SavedStream.open(MemoryByteSource(unknown), name: "test", options: options)
        #expect(part.sections.map(\.name) == ["a", "b"])
        #expect(part.damage?.section == "unknown (instance 0)")
    }
}

/// Streams too long to be walked each time they are opened.
@Suite struct LongStreamTests {
    private func stream(_ machine: String, pages: Int, device: String) -> [UInt8] {
        var builder = StreamBuilder(machine: machine)
        builder.section(1, 2, "ram", instance: 0, version: 4)
        builder.bytes += be64(UInt64(pages) * 4096 | 4) + StreamBuilder.name("ram") + be64(UInt64(pages) * 4096)
        builder.bytes += be64(0x10)
        builder.footer(2)
        var records: [UInt8] = []
        for page in 0..<UInt64(pages) {
            records += be64(page * 4096 | 8 | (page == 0 ? 0 : 0x20)) + (page == 0 ? StreamBuilder.name("ram") : [])
            records += [UInt8](repeating: UInt8(truncatingIfNeeded: page), count: 4096)
        }
        builder.part(2, 2, records + be64(0x10))
        builder.part(3, 2, be64(0x10))
        builder.plainDevice(3, device, body: [1])
        builder.finish()
        return builder.bytes
    }

    @Test func aLongStreamIsOpenedFromItsEndWithoutReadingItsMemory() throws {
        let source = CountingSource(stream("m", pages: 2300, device: "a"))
        let opened = try SavedStream.open(source, name: "test")
        #expect(opened.method == .tail)
        #expect(source.bytesRead < 6 << 20)
    }

    @Test func aSecondLongStreamBehindTheFirstIsNotTheAnswer() throws {
        let bytes = stream("first", pages: 1200, device: "a") + stream("second", pages: 1200, device: "b")
        let opened = try SavedStream.open(MemoryByteSource(bytes), name: "test")
        #expect(opened.sections.map(\.name) == ["a"])
    }
}

/// Counts what is read from it.
private final class CountingSource: ByteSource {
    private let source: MemoryByteSource
    private let count = Mutex<Int>(0)

    init(_ bytes: [UInt8]) { source = MemoryByteSource(bytes) }

    var byteCount: UInt64 { source.byteCount }
    var bytesRead: Int { count.withLock { $0 } }

    func read(at offset: UInt64, count: Int) throws(SavedStateError) -> [UInt8] {
        self.count.withLock { $0 += count }
        return try source.read(at: offset, count: count)
    }

    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(SavedStateError) -> Int {
        self.count.withLock { $0 += buffer.count }
        return try source.read(at: offset, into: buffer)
    }
}
