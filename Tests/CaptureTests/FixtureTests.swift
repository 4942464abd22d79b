import CaptureSupport
import InterruptState
import Testing

/// The committed fixtures are whole, and the parsers of what QEMU said understand all of them.
@Suite struct FixtureTests {
    static let captures = (try? Fixtures.allCaptures()) ?? []
    /// Every fourth of them, of all builds, types and modes: for what takes long without optimisation.
    static let sample = captures.indices.filter { $0.isMultiple(of: 4) }.map { captures[$0] }

    @Test func fixturesAreThere() throws {
        #expect(try Fixtures.allCaptures().count > 200)
        #expect(try Fixtures.allPairs().count > 80)
    }

    @Test(arguments: captures) func manifestListsExactlyTheFilesThatAreThere(_ capture: Capture) throws {
        let files = try capture.manifest().files
        #expect(try capture.filesPresent() == Set(files.keys))
        for (name, file) in files {
            let content = try capture.content(name)
            #expect(content.count == file.bytes, "\(name)")
            if let sha256 = file.sha256 { #expect(Digest(of: content).description == sha256, "\(name)") }
        }
    }

    @Test func everyPairNamesStatesThatAreThere() throws {
        for pair in try Fixtures.allPairs() where pair.verdict == .identical || pair.verdict == .different {
            #expect(throws: Never.self, "\(pair.name)") { try pair.source.manifest() }
            #expect(pair.destination != nil || pair.constructed != nil, "\(pair.name)")
        }
    }

    /// What must be among the fixtures for the tests over them to mean something.
    @Test func everyBuildMachineTypeAndControllerIsRepresented() throws {
        let manifests = try Self.captures.map { try $0.manifest() }
        #expect(Set(manifests.map(\.qemu)) == ["5.2", "7.2", "10.0", "11.1"])
        let types = Set(manifests.map(\.machine))
        for version in ["2.12", "3.0", "3.1", "5.2", "7.2", "10.0", "11.1"] {
            #expect(types.contains("pseries-\(version)"))
        }
        #expect(manifests.contains { $0.hasRAM })
        let prints = try Self.captures.map { try $0.infoPic() }
        #expect(prints.contains { $0.xicsRange == 0x1000...0x13ff })
        #expect(prints.contains { $0.xicsRange == 0x1000...0x1fff })
        #expect(prints.contains { $0.xiveSources.contains { $0.isAsserted } })
        #expect(prints.contains { $0.presenters.contains { $0.xirr & 0xff_ffff != 0 } })
    }
}
