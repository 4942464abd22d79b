import Testing

@testable import CaptureSupport

/// The parser of `info pic` reads everything or fails.
@Suite struct InfoPicTests {
    @Test func everyCutLineIsAnError() throws {
        for name in ["ram_q11.1_11.1_xive_A", "lx_q7.2_7.2_xics"] {
            let content = try Fixtures.capture(name).content("info-pic.txt")
            let lines = String(decoding: content, as: UTF8.self).split(separator: "\n")
            for (index, line) in lines.enumerated() where !line.hasPrefix("irqchip") && !line.hasPrefix("Interrupt") {
                var damaged = lines.map(String.init)
                // From 5 on: what is left of a shorter prefix of a XICS line is a word of its own.
                damaged[index] = String(line.dropLast(line.hasPrefix("ICS") ? 20 : 2)) + "?"
                let text = damaged.joined(separator: "\n")
                #expect(throws: InfoPicError.self, "\(name) line \(index + 1)") { try InfoPic(parsing: text) }
            }
        }
    }

    @Test func aPrintWithoutSourcesIsAnError() {
        for text in ["", "irqchip: emulated\n", "ICS 1000..1fff 0x1\n  1000 MSI 05 00\n"] {
            #expect(throws: InfoPicError.self) { try InfoPic(parsing: text) }
        }
    }

    @Test func aNumberPrintedTwiceIsAnError() throws {
        let content = try Fixtures.capture("lx_q7.2_7.2_xics").content("info-pic.txt")
        let text = String(decoding: content, as: UTF8.self) + "  1000 MSI 05 00\n"
        #expect(throws: InfoPicError.self) { try InfoPic(parsing: text) }
    }

    @Test func queueColumnIsReadWhole() throws {
        let pic = try Fixtures.capture("ram_q11.1_11.1_xive_A").infoPic()
        let queue = InfoPic.Queue(
            server: 0, priority: 5, nextIndex: 0, entryCount: 1024, address: 0x12_0000, generation: 1,
            words: [0, 0, 0, 0, 0, 0])
        let source = InfoPic.XiveSource(
            number: 0x1302, kind: .msi, p: false, q: true, isAsserted: false, isMasked: false, eisn: 0x42, queue: queue)
        #expect(pic.xiveSources.first { $0.number == 0x1302 } == source)
        #expect(pic.contexts.map(\.cpuIndex) == [0, 1])
        #expect(pic.contexts.first?.rings[.os] == [0x80, 0xff, 2, 0xff, 0xff, 0, 0xff, 6, 0x80, 0, 4, 0])
    }

    @Test func presentersAndPrioritiesAreRead() throws {
        let pic = try Fixtures.capture("ok_lsi_asserted_xics_q7.2-q7.2/src").infoPic()
        #expect(pic.presenters.first == InfoPic.Presenter(cpuIndex: 0, xirr: 0xff00_0002, pendingPriority: 4, mfrr: 4))
        #expect(
            pic.xicsSources.first { $0.number == 0x1205 } == .init(number: 0x1205, kind: .lsi, priority: 5, status: 1))
        #expect(pic.xicsRange == 0x1000...0x1fff)
    }
}
