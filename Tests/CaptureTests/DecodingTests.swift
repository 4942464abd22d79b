import CaptureSupport
import InterruptState
import PSeries
import SavedState
import Testing

/// Decoded states of real guests, held against what QEMU printed of them and against their own bytes.
@Suite struct DecodingTests {
    @Test(arguments: FixtureTests.captures) func decodedStateIsWhatQEMUPrinted(_ capture: Capture) throws {
        let state = try StateDecoder.decode(capture.open())
        var printed = try capture.infoPic().withoutQueueEntries
        // QEMU lists vCPUs in order of creation; XICS states say nothing of it.
        printed.presenters.sort { $0.cpuIndex < $1.cpuIndex }
        let decoded = InfoPic(of: state)
        expectEqual(decoded.xiveSources, printed.xiveSources)
        expectEqual(decoded.contexts, printed.contexts)
        expectEqual(decoded.xicsSources, printed.xicsSources)
        expectEqual(decoded.presenters, printed.presenters)
        #expect(decoded.xicsRange == printed.xicsRange)
    }

    @Test(arguments: FixtureTests.captures) func encodedSectionsAreTheBytesThatWereRead(_ capture: Capture) throws {
        let stream = try capture.open()
        let encoded = SectionEncoder.encode(try StateDecoder.decode(stream))
        for section in encoded {
            let original = try stream.bytes(of: section)
            #expect(section.bytes == original, "\(section.name) \(section.instance) \(section.part)")
        }
        let written = Set(encoded.map { "\($0.name) \($0.instance)" })
        for section in stream.sections where section.holdsInterruptState {
            #expect(written.contains("\(section.name) \(section.instance)"), "\(section.name) is not written again")
        }
    }

    /// Compares element by element, so that a failure names the one that differs.
    private func expectEqual<Element: Equatable>(_ found: [Element], _ expected: [Element]) {
        #expect(found.count == expected.count)
        for (found, expected) in zip(found, expected) { #expect(found == expected) }
    }
}

extension Capture {
    /// The saved stream, opened.
    func open() throws -> SavedStream {
        try SavedStream.open(MemoryByteSource(stream()), name: name)
    }
}

extension DeviceSection {
    private static let controllers: Set = ["ics", "xive-source", "spapr-xive", "icp/server", "xive-tctx", "spapr_pci"]
    private static let machineParts = ["spapr_option_vector_ov5_cas", "spapr_irq_map", "spapr_dtb"]

    /// Whether decoding must have kept something of the section.
    fileprivate var holdsInterruptState: Bool {
        if name == "spapr" { return Self.machineParts.contains { layout?.subsection($0) != nil } }
        let isVirtualDevice = layout?.fields.first?.element?.name == "spapr_vio"
        return isVirtualDevice || Self.controllers.contains(name)
    }
}

extension SavedStream {
    /// The bytes in the stream that an encoded section stands for.
    fileprivate func bytes(of encoded: EncodedSection) throws -> [UInt8] {
        let section = try #require(sections.first { $0.name == encoded.name && $0.instance == encoded.instance })
        let body = try body(of: section)
        switch encoded.part {
        case .whole: return body
        case .head: return Array(body.prefix(encoded.bytes.count))
        case .subsection(let name):
            let part = try #require(section.layout?.subsection(name))
            return Array(body[Int(part.offset)..<Int(part.offset + part.length)])
        }
    }
}
