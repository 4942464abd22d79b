import Foundation
import SeededRandom
import Testing

@testable import SavedState

/// Every container gives the stream inside it, or says why not.
@Suite struct ContainerTests {
    private let stream = StreamBuilder.sample().bytes
    private let names = ["icp/server", "toy", "old"]
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
    }

    private func libvirt(
        _ payload: [UInt8], format: UInt32 = 0, bigEndian: Bool = false, magic: String = "LibvirtQemudSave",
        length: UInt32? = nil, cookie: UInt32? = nil
    ) -> [UInt8] {
        let xml = Array("<domain/>\0<cookie/>\0".utf8)
        let text = xml + [UInt8](repeating: 0, count: 100)
        let fields: [UInt32] = [2, length ?? UInt32(text.count), 1, format, cookie ?? 10]
        let header = fields.flatMap { bigEndian ? be32($0) : be32($0.byteSwapped) }
        return Array(magic.utf8) + header + [UInt8](repeating: 0, count: 56) + text + payload
    }

    @Test(arguments: [true, false])
    func aLibvirtImageGivesItsStreamAndItsTexts(bigEndian: Bool) throws {
        let path = try scratch.file("image", libvirt(stream, bigEndian: bigEndian))
        let file = try SavedStateFile.open(path: path)
        #expect(file.format == .libvirt)
        #expect(file.libvirt?.isBigEndian == bigEndian)
        #expect(file.libvirt?.domain == "<domain/>")
        #expect(file.libvirt?.cookie == "<cookie/>")
        #expect(file.libvirt?.wasRunning == true)
        let opened = try SavedStream.open(input: path)
        let plain = try SavedStream.open(MemoryByteSource(stream), name: "plain")
        #expect(opened.sections == plain.sections)
        #expect(opened.method == .tail)
    }

    @Test func damagedLibvirtImagesAreRefusedForTheirReason() throws {
        let cases: [([UInt8], SavedStateError.Code)] = [
            (libvirt(stream, magic: "LibvirtQemudPart"), .unsupported), (libvirt(stream, format: 99), .unsupported),
            (libvirt(stream, length: 0), .malformed), (libvirt(stream, cookie: 900), .malformed),
            (libvirt(stream, length: 1 << 30), .truncated), (Array(libvirt(stream)[..<50]), .truncated),
        ]
        for (bytes, code) in cases {
            let path = try scratch.file("image", bytes)
            let error = #expect(throws: SavedStateError(code, "")) { try SavedStream.open(input: path) }
            #expect(error?.file == path)
        }
    }

    @Test(arguments: Compression.allCases)
    func compressedStreamsGiveTheSameSections(compression: Compression) throws {
        guard let packed = try scratch.compressed(stream, by: compression.program) else { return }
        let plain = try SavedStream.open(MemoryByteSource(stream), name: "plain")
        let number = try #require(Compression.allCases.firstIndex(of: compression))
        for bytes in [packed, libvirt(packed, format: UInt32(number + 1))] {
            let opened = try SavedStream.open(input: try scratch.file("packed", bytes))
            #expect(opened.sections == plain.sections)
            #expect(try opened.body(of: opened.sections[1]) == plain.body(of: plain.sections[1]))
            #expect(opened.endOffset == plain.endOffset)
        }
    }

    @Test func aDamagedCompressedStreamIsAnError() throws {
        guard let packed = try scratch.compressed(stream, by: "gzip") else { return }
        let path = try scratch.file("packed", Array(packed.dropLast(20)))
        #expect(throws: SavedStateError.self) { try SavedStream.open(input: path) }
        let other = try scratch.file("other", Array("no stream".utf8))
        let nothing = try #require(try scratch.compressed(Array("no stream".utf8), by: "gzip"))
        _ = other
        let error = #expect(throws: SavedStateError(.notASavedState, "")) {
            try SavedStream.open(input: try scratch.file("nothing", nothing))
        }
        #expect(error?.file != nil)
    }

    @Test func aMissingProgramIsSaid() throws {
        let file = try FileByteSource(path: try scratch.file("x", [1]))
        #expect(throws: SavedStateError(.missingProgram, "")) {
            try DecompressionProgram.start("no-such-program-at-all", over: file, from: 0)
        }
    }

    @Test func aPipeIsReadOnceWithOnlyItsDevicesKept() throws {
        var builder = StreamBuilder()
        builder.ram(
            pages: (0..<600).map { StreamBuilder.page(UInt64($0 % 3) * 4096, [UInt8](repeating: 7, count: 4096)) })
        builder.plainDevice(3, "a", body: [1, 2, 3])
        builder.finish()
        let bytes = builder.bytes
        for trailing in [[], [0, 0, 0]] as [[UInt8]] {
            let pipe = Pipe()
            let writer = Thread {
                try? pipe.fileHandleForWriting.write(contentsOf: Data(bytes + trailing));
                try? pipe.fileHandleForWriting.close()
            }
            writer.start()
            let source = PipeByteSource(descriptor: dup(pipe.fileHandleForReading.fileDescriptor), name: "pipe")
            let (located, kept) = try SequentialOpener(source: source, layouts: nil).locate()
            #expect(located.method == .forward)
            #expect(located.damage == nil)
            #expect(located.sections.map(\.name) == ["a"])
            #expect(try kept.read(at: located.sections[0].bodyOffset, count: 3) == [1, 2, 3])
            #expect(throws: SavedStateError(.unsupported, "")) { try kept.read(at: 0, count: 8) }
        }
    }

    @Test func aStreamAtAnOffsetNeedsToBeToldAndIsHinted() throws {
        let path = try scratch.file("prefixed", Array("HDRX".utf8) + [UInt8](repeating: 0, count: 4092) + stream)
        let error = #expect(throws: SavedStateError(.notASavedState, "")) { try SavedStream.open(input: path) }
        #expect(error?.advice?.contains("4096") == true)
        #expect(try SavedStream.open(input: path, offset: 4096).sections.map(\.name) == names)
        #expect(throws: SavedStateError(.truncated, "")) { try SavedStream.open(input: path, offset: 1 << 40) }
    }

    @Test func otherFilesOfQemuAreNamed() throws {
        for bytes in [[0x11, 0x22, 0x33, 0x44, 0, 0, 0, 1], Array("QCPR\0\0\0\u{1}".utf8)] as [[UInt8]] {
            let path = try scratch.file("other", bytes)
            #expect(throws: SavedStateError(.unsupported, "")) { try SavedStream.open(input: path) }
        }
    }

    // MARK: Disk images

    private func shapes() -> [Qcow2Builder] {
        var shapes = [Qcow2Builder()]
        shapes.append(Qcow2Builder(clusterBits: 12, diskSize: 1 << 21))
        shapes.append(Qcow2Builder(clusterBits: 14, hasExtendedL2: true))
        shapes.append(Qcow2Builder(clusterBits: 10, isCompressed: true))
        shapes.append(Qcow2Builder(clusterBits: 9, version: 2, hasShortSize: true))
        return shapes
    }

    @Test func everyShapeOfImageGivesItsStreams() throws {
        var other = StreamBuilder(machine: "pseries-9.2")
        other.ram(pages: (0..<3).map { StreamBuilder.page($0 * 4096, [UInt8](repeating: 0, count: 4096)) })
        other.plainDevice(3, "b", body: [UInt8](repeating: 9, count: 3000))
        other.finish()
        for shape in shapes() {
            let image = shape.image([("first", stream), ("second", other.bytes), ("2", stream)])
            let path = try scratch.file("image", image)
            let file = try SavedStateFile.open(path: path)
            #expect(file.states.map(\.label) == ["first", "second", "2"])
            #expect(file.states.map(\.id) == ["1", "2", "3"])
            #expect(try SavedStream.open(input: path + "#first").sections.map(\.name) == names)
            let second = try SavedStream.open(input: path + "#second")
            #expect(second.sections.map(\.name) == ["b"])
            #expect(try second.body(of: second.sections[0]) == [UInt8](repeating: 9, count: 3000))
            #expect(try second.source.read(at: 0, count: other.bytes.count) == other.bytes)
            // A name goes before an id.
            #expect(try SavedStream.open(input: path + "#2").sections.map(\.name) == names)
            #expect(try SavedStream.open(input: path + "#3").sections.map(\.name) == names)
            let error = #expect(throws: SavedStateError(.missing, "")) { try SavedStream.open(input: path) }
            #expect(error?.advice?.contains("#second") == true)
            #expect(throws: SavedStateError(.missing, "")) { try SavedStream.open(input: path + "#none") }
        }
    }

    /// Clusters of the zstd kind, which `qemu-img convert -c` makes, are undone by the program of that name.
    @Test func zstdClustersGiveTheirStream() throws {
        guard try scratch.compressed([1], by: "zstd") != nil else { return }
        var shape = Qcow2Builder(clusterBits: 12, isCompressed: true)
        shape.zstd = { (try? scratch.compressed($0, by: "zstd")) ?? [] }
        var image = shape.image([("first", stream)])
        let path = try scratch.file("image", image)
        let opened = try SavedStream.open(input: path)
        #expect(opened.sections.map(\.name) == names)
        #expect(try opened.source.read(at: 0, count: stream.count) == stream)
        let frame = try #require(image.indices.first { image[$0...].starts(with: [0x28, 0xb5, 0x2f, 0xfd]) })
        image[frame] = 0
        let error = #expect(throws: SavedStateError(.malformed, "")) {
            try SavedStream.open(input: scratch.file("damaged", image))
        }
        #expect(error?.message.contains("compressed cluster") == true)
    }

    @Test func impossibleImagesAreRefusedForTheirReason() throws {
        let good = Qcow2Builder().image([("first", stream)])
        let changes: [(Int, [UInt8], SavedStateError.Code)] = [
            (4, be32(9), .unsupported), (20, be32(40), .malformed), (32, be32(2), .unsupported),
            (72, be64(4), .unsupported), (72, be64(1 << 40), .unsupported), (60, be32(100_000), .limit),
            (60, be32(0), .missing), (64, be64(1 << 60), .malformed),
        ]
        for (offset, bytes, code) in changes {
            var image = good
            image.replaceSubrange(offset..<offset + bytes.count, with: bytes)
            let path = try scratch.file("image", image)
            #expect(throws: SavedStateError(code, ""), "at \(offset)") { try SavedStream.open(input: path) }
        }
        #expect(throws: SavedStateError.self) {
            try SavedStream.open(input: try scratch.file("short", Array(good[..<60])))
        }
    }

    @Test func aSnapshotOfTheDiskAloneIsSaid() throws {
        let path = try scratch.file("image", Qcow2Builder().image([("disk", [])]))
        #expect(throws: SavedStateError(.missing, "")) { try SavedStream.open(input: path) }
        #expect(throws: SavedStateError(.missing, "")) { try SavedStream.open(input: path + "#disk") }
    }

    @Test func mutatedContainersGiveAnAnswerOrAnError() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededGenerator(seed: seed)
        let image = Qcow2Builder().image([("first", StreamBuilder.compact(footers: true))])
        let sources = [image, libvirt(StreamBuilder.compact(footers: true))]
        var opened = 0
        for round in 0..<10_000 {
            var bytes = sources[round % 2]
            // The heads and tables matter most.
            let limit = round % 4 < 2 ? 112 : bytes.count
            for _ in 0...Int.random(in: 0...2, using: &random) {
                bytes[Int.random(in: 0..<limit, using: &random)] = .random(in: .min ... .max, using: &random)
            }
            do throws(SavedStateError) {
                for state in try SavedStateFile.open(MemoryByteSource(bytes), name: "mutant", file: nil).states {
                    opened += (try? state.open(options: OpenOptions(acceptsPartial: true))) == nil ? 0 : 1
                }
            } catch {
                #expect(!error.message.isEmpty)
            }
        }
        #expect(opened > 0 && opened < 10_000, "seed \(seed)")
    }
}
