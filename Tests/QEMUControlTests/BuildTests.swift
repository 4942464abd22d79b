import QEMUControl
import Testing

/// Real builds.
@Suite(.needsQEMU) struct BuildTests {
    @Test(arguments: Builds.present)
    func aBuildSaysWhatItHas(_ build: Build) throws {
        let facts = try BuildFacts(asking: build.path)
        #expect(facts.version.release == build.release)
        #expect(facts.machine(named: "pseries-\(build.release)") != nil)
        #expect(facts.machine(named: "pseries")?.name == "pseries-\(build.release)")
        #expect(facts.machine(named: "pseries-99.9") == nil)
        #expect(facts.devices.contains("spapr-pci-host-bridge"))
    }

    @Test(arguments: Builds.present)
    func aRefusedOptionIsToldInQEMUsWords(_ build: Build) {
        let error = #expect(throws: QEMUError.self) {
            try VirtualMachine(
                build: build.path, arguments: ["-M", "pseries", "-nodefaults", "-device", "no-such-device"])
        }
        #expect(error?.code == .ended)
        #expect(error?.log.contains("no-such-device") == true)
    }

    @Test(arguments: Builds.present)
    func aStateIsSavedAndLoadedAgainAndTheMachineLivesOn(_ build: Build) throws {
        let arguments = ["-M", "pseries", "-nodefaults", "-display", "none", "-m", "256", "-S"]
        let source = try VirtualMachine(build: build.path, arguments: arguments)
        var first = StateBytes()
        try source.qmp.saveState(into: &first)
        #expect(first.bytes.starts(with: "QEVM".utf8))
        #expect(try source.qmp.runState() == "postmigrate")
        try source.qmp.resume()
        #expect(try source.qmp.runState() == "running")

        let destination = try VirtualMachine(build: build.path, arguments: arguments + ["-incoming", "defer"])
        try destination.qmp.loadState(first)
        #expect(try destination.qmp.runState() != "inmigrate")
        var second = StateBytes()
        try destination.qmp.saveState(into: &second)
        #expect(second.bytes.starts(with: "QEVM".utf8))
    }

    @Test(arguments: Builds.present)
    func aDamagedStateIsRefusedWithQEMUsWords(_ build: Build) throws {
        let arguments = ["-M", "pseries", "-nodefaults", "-display", "none", "-m", "256", "-S", "-incoming", "defer"]
        let machine = try VirtualMachine(build: build.path, arguments: arguments)
        let error = #expect(throws: QEMUError.self) {
            try machine.explaining { machine throws(QEMUError) in
                try machine.qmp.loadState(StateBytes(Array("no state at all".utf8)))
            }
        }
        #expect([.ended, .migrationFailed].contains(error?.code))
        #expect(error.map { "\($0)" }?.contains("Not a migration stream") == true)
    }

    @Test(arguments: Builds.present)
    func aSinkThatFailsLeavesAMachineThatCanBeResumed(_ build: Build) throws {
        struct FullSink: StateSink {
            mutating func take(_ bytes: [UInt8]) throws(QEMUError) { throw QEMUError(.system, "full") }
        }
        let arguments = ["-M", "pseries", "-nodefaults", "-display", "none", "-m", "256", "-S"]
        let machine = try VirtualMachine(build: build.path, arguments: arguments)
        var sink = FullSink()
        #expect(code { () throws(QEMUError) in try machine.qmp.saveState(into: &sink) } == .system)
        try machine.qmp.resume()
        #expect(try machine.qmp.runState() == "running")
        var bytes = StateBytes()
        try machine.qmp.saveState(into: &bytes)
        #expect(!bytes.bytes.isEmpty)
    }
}
