import PSeries
import QEMUControl
import Testing

@Suite struct CommandLineTests {
    private func read(_ text: String) throws(QEMUError) -> MachineDescription {
        try MachineDescription(commandLine: text.split(separator: " ").map(String.init))
    }

    @Test(arguments: [
        "", "-m 512", "-M", "-M pseries-99.9", "-M pseries-7.2 -smp x", "-M pseries-7.2,ic-mode=both",
        "-M pseries-7.2 -device spapr-pci-host-bridge", "-M pseries-7.2 -device spapr-vscsi,reg=0x1ffffffff",
        "-M pseries-7.2 -cpu z15", "-M pseries-7.2 -device {\"driver\"",
    ])
    func whatNamesNoMachineOrNoNumberIsRefused(_ text: String) {
        #expect(code { () throws(QEMUError) in try read(text) } == .cannotStart)
    }

    @Test func everyOptionThatNumbersDependOnIsRead() throws {
        let machine = try read(
            """
            -machine pseries-5.2,accel=tcg -M vsmt=4,modern-hotplug-events=off,ic-mode=xive -cpu power9_v2.0,x=y \
            -nodefaults -smp 2,maxcpus=8,threads=2 -serial stdio -serial null -serial none --global spapr-nvram.reg=0x4000 \
            -net nic,model=spapr-vlan -net user -nic user,model=e1000 -drive if=scsi,bus=1,file=a,,b -drive if=none,id=x \
            -device spapr-vty,reg=0x30000000,chardev=c -device spapr-vscsi -device spapr-vlan,reg=12288 \
            -device spapr-pci-host-bridge,index=3 -device {"driver":"spapr-pci-host-bridge","index":5} \
            -device e1000e,bus=pci.0 -device power9_v2.0-spapr-cpu-core,core-id=3
            """)
        #expect(machine.type.name == "pseries-5.2")
        #expect(machine.mode == .xive)
        #expect(machine.vsmt == 4)
        #expect(machine.modernHotPlugEvents == false)
        #expect(machine.processor == .power9)
        #expect(machine.cpus == 2)
        #expect(machine.maximumCPUs == 8)
        #expect(machine.threads == 2)
        #expect(machine.serials == 2)
        #expect(machine.nvram == 0x4000)
        #expect(machine.networkCards == 1)
        #expect(machine.scsiAdapters == 1)
        #expect(machine.addedCPUs == [3])
        #expect(
            machine.devices == [
                DeviceDescription(.virtual(.terminal, unitAddress: 0x3000_0000)),
                DeviceDescription(.virtual(.scsi, unitAddress: nil)),
                DeviceDescription(.virtual(.network, unitAddress: 0x3000)),
                DeviceDescription(.bridge(index: 3)), DeviceDescription(.bridge(index: 5)),
            ])
    }

    @Test func withoutNodefaultsTheMachineMakesATerminalACardAndAnAdapter() throws {
        let machine = try read("-M pseries-7.2")
        #expect([machine.serials, machine.networkCards, machine.scsiAdapters] == [1, 1, 1])
        let bare = try read("-M pseries-7.2 -nodefaults")
        #expect([bare.serials, bare.networkCards, bare.scsiAdapters] == [0, 0, 0])
        #expect(try read("-M pseries-7.2 -nic none -serial none").networkCards == 0)
    }

    @Test func whatIsWrittenIsReadAgain() throws {
        for description in Self.descriptions {
            let written = try MachineArguments(description)
            var expected = description
            expected.processor = description.processor ?? description.type.defaultProcessor
            expected.devices = description.devices.filter { !$0.isHotPlugged }
            #expect(try MachineDescription(commandLine: written.arguments) == expected)
            #expect(written.plugged.count == description.devices.count - expected.devices.count)
        }
    }

    @Test func aMapThatNoBuildHasIsRefused() throws {
        var description = try #require(Self.descriptions.first)
        description.type.customMap = description.type.map
        let altered = description
        #expect(code { () throws(QEMUError) in try MachineArguments(altered) } == .cannotStart)
    }

    /// Every machine type in every mode that it offers, with every kind of device.
    static let descriptions: [MachineDescription] = MachineType.all.flatMap { type in
        type.offeredModes.map { mode in
            var description = MachineDescription(type: type)
            description.mode = mode == .legacy ? nil : mode
            description.cpus = 2
            description.maximumCPUs = 4
            description.addedCPUs = [3]
            description.vsmt = 8
            description.serials = 2
            description.nvram = 0x4000
            description.networkCards = 1
            description.scsiAdapters = 2
            description.modernHotPlugEvents = true
            description.devices = [
                DeviceDescription(.virtual(.scsi, unitAddress: 0x2000)),
                DeviceDescription(.virtual(.terminal, unitAddress: nil)),
                DeviceDescription(.bridge(index: 3)), DeviceDescription(.virtual(.network, unitAddress: 0x3000)),
                DeviceDescription(.bridge(index: 5), isHotPlugged: true),
            ]
            return description
        }
    }
}
