import Descriptions
import InterruptState
import PSeries
import Testing

@Suite struct MachineDescriptionReadingTests {
    private func readingFault(_ text: String) -> DescriptionError? {
        do {
            _ = try MachineDescription(parsing: text)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        ("", nil, "empty"),
        ("machine: pseries-7.3", 1, "near it: pseries-7.2"),
        ("cpus: 1", 1, "\"machine\" is missing"),
        ("machine: pseries-7.2\nvsmtt: 8", 2, "did you mean \"vsmt\""),
        ("machine: pseries-7.2\nvsmt: 9", 2, "from 1 to 8, found \"9\""),
        ("machine: pseries-7.2\nvsmt: -1", 2, "found \"-1\""),
        ("machine: pseries-7.2\nvsmt: 0x", 2, "found \"0x\""),
        ("machine: pseries-7.2\nvsmt: 0x+1", 2, "found \"0x+1\""),
        ("machine: pseries-7.2\nvsmt: 1\nvsmt: 2", nil, "stands twice"),
        ("machine: pseries-7.2\ncpus: 4\nmaxcpus: 2", 3, "fewer possible"),
        ("machine: pseries-7.2\nic-mode: legacy", 2, "xics, xive, dual"),
        ("machine: pseries-3.0\nic-mode: xics", 2, "takes no ic-mode"),
        ("machine: pseries-7.2\nmodern-hotplug-events: maybe", 2, "on or off"),
        ("machine: pseries-7.2\ndevices: vty", 2, "expected a list"),
        ("machine: pseries-7.2\ndevices:\n  - nvram", 3, "found \"nvram\""),
        ("machine: pseries-7.2\ndevices:\n  - vty: 1\n    vlan: 2", 3, "exactly one of"),
        ("machine: pseries-7.2\ndevices:\n  - vty\n  - phb: 256", 4, "devices[1].phb: expected a number from 0 to 255"),
        ("machine: pseries-7.2\ndevices:\n  - vty: 1\n    hotplugged: on", 3, "cannot be plugged"),
        ("machine: pseries-7.2\nnumber-map: dense", 2, "sequential, fixed, sparse"),
        ("machine: pseries-7.2\nnumber-map:\n  scheme: fixed\n  phb-window: 4", 4, "no such parameter"),
        ("machine: pseries-7.2\nnumber-map:\n  scheme: sparse\n  phb-window: 4", 3, "no room for messages"),
        ("machine: [pseries-7.2", nil, ""),
        ("- machine", 1, "expected a mapping"),
        ("? [a]\n: b", 1, "must be plain text"),
    ])
    func faultsNameTheirLine(text: String, line: Int?, words: String) throws {
        let fault = try #require(readingFault(text), "\(text)")
        if let line { #expect(fault.line == line, "\(fault)") }
        #expect(fault.description.contains(words), "\(fault)")
    }

    @Test func everyKeyTakesEffect() throws {
        let text = """
            machine: pseries-4.1
            cpu: power10
            cpus: 2
            maxcpus: 4
            threads: 1
            vsmt: 4
            added-cpus: [3, 2]
            ic-mode: xive
            modern-hotplug-events: off
            serial: 2
            nvram: 0x4000
            nics: 1
            scsi-buses: 1
            number-map: {scheme: fixed, messages: intended}
            devices:
              - vty
              - vscsi: 0x2000
              - vlan:
              - phb: 3
                hotplugged: yes
            """
        let machine = try MachineDescription(parsing: text)
        var expected = MachineDescription(type: try #require(MachineType.named("pseries-4.1")))
        expected.processor = .power10
        expected.cpus = 2
        expected.maximumCPUs = 4
        expected.vsmt = 4
        expected.addedCPUs = [3, 2]
        expected.mode = .xive
        expected.modernHotPlugEvents = false
        expected.serials = 2
        expected.nvram = 0x4000
        expected.networkCards = 1
        expected.scsiAdapters = 1
        expected.type.customMap = .fixed(messages: .intended)
        expected.devices = [
            DeviceDescription(.virtual(.terminal, unitAddress: nil)),
            DeviceDescription(.virtual(.scsi, unitAddress: 0x2000)),
            DeviceDescription(.virtual(.network, unitAddress: nil)),
            DeviceDescription(.bridge(index: 3), isHotPlugged: true),
        ]
        #expect(machine == expected)
        #expect(machine.servers == 16)
    }

    @Test func jsonIsTheSame() throws {
        let json = #"{"machine": "pseries-7.2", "cpus": 2, "devices": ["vty", {"phb": 1}]}"#
        let yaml = "machine: pseries-7.2\ncpus: 2\ndevices: [vty, phb: 1]"
        #expect(try MachineDescription(parsing: json) == MachineDescription(parsing: yaml))
    }
}

@Suite struct MachineTypeFileTests {
    @Test(arguments: [
        ("machine-types:\n  pseries-7.2: {equals: pseries-7.1}", "upstream type"),
        ("machine-types:\n  x: {equals: pseries-7.1, cpu: power9}", "changes nothing"),
        ("machine-types:\n  x: {cpu: power9}", "\"equals\" or \"based-on\""),
        ("machine-types:\n  x: {based-on: y}", "unknown machine type \"y\""),
        ("machine-types:\n  x: {based-on: pseries-3.0, ic-mode: xive}", "not on offer"),
        ("machine-types:\n  x: {based-on: pseries-7.2, ic-modes: []}", "at least one mode"),
        ("machine-types:\n  x: {based-on: pseries-7.2, vsmt: 8}", "threads or at-least-8"),
        ("machine-types:\n  x: {based-on: pseries-7.2, colour: red}", "unknown key"),
        ("machine-types:\n  \"a b\": {equals: pseries-7.2}", "printable"),
        ("machine-types:\n  \"x,dumpdtb=y\": {equals: pseries-7.2}", "comma"),
        ("types: {}", "did you mean \"machine-types\""),
    ])
    func faults(text: String, words: String) throws {
        do {
            _ = try MachineTypeCatalogue(parsing: text)
            Issue.record("accepted: \(text)")
        } catch {
            #expect(error.description.contains(words), "\(error)")
        }
    }

    @Test func vendorsNamesAndNewTypesAreFound() throws {
        let catalogue = try MachineTypeCatalogue(
            parsing: """
                machine-types:
                  pseries-rhel8.2.0: {equals: pseries-4.2}
                  pseries-lab:
                    based-on: pseries-rhel8.2.0
                    ic-modes: [xive, dual]
                    ic-mode: xive
                    vsmt: at-least-8
                    modern-hotplug-events: off
                    phb-limit: 7
                    phb-hotplug: off
                    cpu: power10
                    number-map: sparse
                """)
        let vendor = try #require(catalogue.type(named: "pseries-rhel8.2.0"))
        var expected = try #require(MachineType.named("pseries-4.2"))
        expected.name = "pseries-rhel8.2.0"
        expected.builds = []
        #expect(vendor == expected)
        let lab = try #require(catalogue.type(named: "pseries-lab"))
        #expect(lab.offeredModes == [.xive, .dual] && lab.defaultMode == .xive)
        #expect(lab.serverSpacing == .atLeastEight && !lab.modernHotPlugEvents && !lab.bridgeHotPlug)
        #expect(lab.maximumBridgeIndex == 7 && lab.defaultProcessor == .power10)
        #expect(lab.map == .sparse(SparseNumberMap()))
        #expect(catalogue.namesNear("pseries-rhel8.2.1").first == "pseries-rhel8.2.0")
        #expect(try MachineDescription(parsing: "machine: pseries-lab", catalogue: catalogue).type == lab)
    }
}

/// Nothing that a file holds may end the program.
@Suite struct HostileDescriptionTests {
    @Test func deepNestingIsAnError() {
        for opening in ["[", "{a: ", "- ", "a:\n "] {
            let text = String(repeating: opening, count: 5_000)
            #expect(throws: DescriptionError.self) { try MachineDescription(parsing: text) }
        }
    }

    @Test func aliasesDoNotMultiply() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1..<12 {
            let alias = "*a\(level - 1)"
            text += "a\(level): &a\(level) [\(Array(repeating: alias, count: 10).joined(separator: ", "))]\n"
        }
        #expect(throws: DescriptionError.self) { try MachineDescription(parsing: text) }
    }

    @Test func hugeFilesAreRefusedUnread() {
        let text = String(repeating: "#", count: Document.sizeLimit + 1)
        #expect(throws: DescriptionError.self) { try MachineDescription(parsing: text) }
    }

    @Test func mutatedFilesAreReadOrRefused() throws {
        let seed = UInt64.random(in: 1...UInt64.max)
        let original = Array(
            "machine: pseries-7.2\ncpus: 2\nmaxcpus: 4\nnumber-map: {scheme: sparse}\ndevices:\n  - phb: 3\n".utf8)
        var state = seed
        func next(_ bound: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(bound))
        }
        var accepted = 0
        for _ in 0..<3_000 {
            var bytes = original
            for _ in 0...next(3) { bytes[next(bytes.count)] = UInt8(next(256)) }
            let machine = try? MachineDescription(parsing: String(decoding: bytes, as: UTF8.self))
            if let machine, (try? Construction(machine)) != nil { accepted += 1 }
        }
        #expect(accepted > 0 && accepted < 3_000, "let seed: UInt64 = \(seed)")
    }
}
