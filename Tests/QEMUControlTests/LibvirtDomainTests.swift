import PSeries
import QEMUControl
import Testing

@Suite struct LibvirtDomainTests {
    private func domain(
        _ devices: String = "", machine: String = "pseries-7.2", vcpus: String = "<vcpu>2</vcpu>", cpu: String = "",
        more: String = ""
    ) -> String {
        """
        <domain type='kvm'>
          <name>guest</name>\(vcpus)
          <os><type arch='ppc64' machine='\(machine)'>hvm</type></os>\(cpu)
          <devices>\(devices)</devices>\(more)
        </domain>
        """
    }

    private func read(_ text: String) throws(QEMUError) -> MachineDescription {
        try MachineDescription(libvirtDomain: text)
    }

    private func fault(_ text: String) -> String? {
        do throws(QEMUError) {
            _ = try read(text)
            return nil
        } catch {
            return error.message
        }
    }

    @Test(arguments: [
        ("", "line 1: no element"), ("<domain>", "line 1: “</domain>”"), ("<network/>", "no libvirt domain"),
        ("<!DOCTYPE domain [<!ENTITY a 'b'>]><domain/>", "entity declarations are not read"),
        ("<domain>&a;</domain>", "the entity “a”"), ("<domain a='1' a='2'/>", "stands twice"),
        ("<domain/><domain/>", "follows the end"), ("<domain a=1/>", "between quotes"),
        ("<domain></Domain>", "is missing"), ("<domain a='&#0;'/>", "the entity “#0”"),
        (String(repeating: "<a>", count: 100_000), "elements deep"), ("<domain/>", "names no machine type"),
    ])
    func whatIsNoDomainIsRefused(_ text: String, _ words: String) {
        #expect(fault(text)?.contains(words) == true)
    }

    @Test func whatCannotBeToldInAdvanceIsRefusedWithItsLine() {
        #expect(fault(domain(machine: "pseries"))?.contains("another type with every release") == true)
        #expect(fault(domain(machine: "pseries-99.9"))?.contains("unknown machine type") == true)
        #expect(
            fault(domain("<interface type='user'><model type='spapr-vlan'/></interface>"))?.hasPrefix("line 4") == true)
        #expect(fault(domain("<tpm model='tpm-spapr'/>"))?.contains("tpm-spapr") == true)
        #expect(fault(domain(vcpus: "<vcpu>many</vcpu>"))?.contains("“many”") == true)
        let x86 = domain().replacing("ppc64", with: "x86_64")
        #expect(fault(x86)?.contains("not ppc64") == true)
    }

    @Test func everythingThatTakesNumbersIsReadInLibvirtsOrder() throws {
        let machine = try read(
            domain(
                """
                <serial type='pty'><target type='spapr-vio-serial' port='0'><model name='spapr-vty'/></target>
                <address type='spapr-vio' reg='0x30000000'/></serial>
                <console type='pty'><target type='serial' port='0'/></console>
                <interface type='user'><model type='virtio'/></interface>
                <interface type='user'><model type='spapr-vlan'/><address type='spapr-vio' reg='0x1000'/></interface>
                <controller type='scsi' index='0' model='ibmvscsi'><address type='spapr-vio' reg='0x2000'/></controller>
                <controller type='scsi' index='1' model='virtio-scsi'/>
                <controller type='pci' index='0' model='pci-root'><target index='0'/></controller>
                <controller type='pci' index='1' model='pci-root'><target index='4'/></controller>
                <controller type='usb' index='0' model='none'/><nvram><address type='spapr-vio' reg='0x3000'/></nvram>
                """, cpu: "<cpu mode='custom'><model fallback='forbid'> POWER9\n </model></cpu>"))
        #expect(machine.type.name == "pseries-7.2")
        #expect(machine.processor == .power9)
        #expect([machine.cpus, machine.maximumCPUs, machine.threads] == [2, 2, 1])
        #expect([machine.serials, machine.networkCards, machine.scsiAdapters] == [0, 0, 0])
        #expect(machine.nvram == 0x3000)
        #expect(
            machine.devices == [
                DeviceDescription(.bridge(index: 4)), DeviceDescription(.virtual(.scsi, unitAddress: 0x2000)),
                DeviceDescription(.virtual(.network, unitAddress: 0x1000)),
                DeviceDescription(.virtual(.terminal, unitAddress: 0x3000_0000)),
            ])
    }

    @Test func vcpusThatCanGoAreAddedInTheOrderTheyAskFor() throws {
        let vcpus = """
            <vcpu current='3'>4</vcpu><vcpus><vcpu id='0' enabled='yes' hotpluggable='no' order='1'/>
            <vcpu id='1' enabled='yes' hotpluggable='yes' order='3'/><vcpu id='2' enabled='no' hotpluggable='yes'/>
            <vcpu id='3' enabled='yes' hotpluggable='yes' order='2'/></vcpus>
            """
        let machine = try read(domain(vcpus: vcpus))
        #expect(machine.cpus == 1)
        #expect(machine.maximumCPUs == 4)
        #expect(machine.addedCPUs == [3, 1])
    }

    @Test func aDomainWithinASnapshotAndArgumentsOfTheUserAreRead() throws {
        let more = """
            <!-- <vcpu>9</vcpu> --><qemu:commandline><qemu:arg value='-device'/>
            <qemu:arg value='spapr-pci-host-bridge,index=&#x37;'/></qemu:commandline>
            """
        let text = "<?xml version='1.0'?>\n<domainsnapshot>\(domain(more: more))</domainsnapshot>\n"
        #expect(try read(text).devices == [DeviceDescription(.bridge(index: 7))])
    }

    @Test func aCommandLineIsTakenApartAsAShellDoes() throws {
        #expect(code { () throws(QEMUError) in try CommandLineText.arguments(" \n") } == .cannotStart)
        #expect(code { () throws(QEMUError) in try CommandLineText.arguments("qemu -M 'a") } == .cannotStart)
        #expect(
            try CommandLineText.arguments("/usr/bin/qemu -name 'a b' -M \"p\\\"q\\n\" \\\n -x a\\ b ''")
                == ["-name", "a b", "-M", "p\"q\\n", "-x", "a b", ""])
        #expect(try CommandLineText.arguments("qemu\0-M\0pseries-7.2\0") == ["-M", "pseries-7.2", ""])
        #expect(try CommandLineText.arguments("-M pseries-7.2") == ["-M", "pseries-7.2"])
        let tpm = "-M pseries-7.2 -device tpm-spapr"
        let refused = code { () throws(QEMUError) in
            try MachineDescription(commandLine: try CommandLineText.arguments(tpm))
        }
        #expect(refused == .cannotStart)
    }
}
