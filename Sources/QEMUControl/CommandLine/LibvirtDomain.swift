import InterruptState
import PSeries

/// A libvirt domain as the QEMU command line that libvirt makes of it, as far as interrupt numbers depend on it.
///
/// Order and options are those of libvirt's `qemu_command.c`, 9.0: host bridges, SCSI adapters, network cards, terminals,
/// each in the order of the domain; the NVRAM by `-global`; vCPUs that can be taken away by `device_add` in their order.
public struct LibvirtDomain: Hashable, Sendable {
    /// The command line without the program.
    public private(set) var arguments: [String]

    /// Reads a domain from XML: a `domain`, or a document that holds one, such as a snapshot or a status file.
    ///
    /// - Throws: `cannotStart` with the line, where the XML is not read or says what cannot be told in advance.
    public init(parsing text: String) throws(QEMUError) {
        let root: XMLElement
        do throws(XMLError) {
            root = try XMLElement(parsing: text)
        } catch {
            throw QEMUError(.cannotStart, "\(error)")
        }
        guard let domain = root.name == "domain" ? root : root.child("domain") else {
            throw .domain("no libvirt domain: the document is a <\(root.name)>", root)
        }
        arguments = ["-nodefaults"]
        try addMachine(domain)
        try addProcessors(domain)
        try addDevices(domain)
        // What the user passes on literally comes last.
        for argument in domain.child("qemu:commandline")?.children("qemu:arg") ?? [] {
            arguments.append(argument.attributes["value"] ?? "")
        }
    }

    // MARK: - Machine

    private mutating func addMachine(_ domain: XMLElement) throws(QEMUError) {
        guard let type = domain.child("os")?.child("type"), let machine = type.attributes["machine"] else {
            throw .domain("the domain names no machine type (os/type with “machine”)", domain)
        }
        guard type.attributes["arch"]?.hasPrefix("ppc64") ?? true else {
            throw .domain("the domain's architecture is \(type.attributes["arch"] ?? ""), not ppc64", type)
        }
        guard machine != "pseries" else {
            throw .domain(
                "“pseries” is another type with every release; libvirt writes out which when the domain is defined",
                type)
        }
        arguments += ["-machine", machine]
        guard let cpu = domain.child("cpu") else { return }
        switch cpu.attributes["mode"] {
        case "host-model", "host-passthrough", "maximum": arguments += ["-cpu", "host"]
        default:
            if let model = cpu.child("model")?.trimmedText, !model.isEmpty { arguments += ["-cpu", model] }
        }
    }

    /// vCPUs at boot are those that are there for good; others that are online are added, in the order they ask for.
    private mutating func addProcessors(_ domain: XMLElement) throws(QEMUError) {
        guard let element = domain.child("vcpu") else { return }
        let maximum = try Self.number(element.trimmedText, "vcpu", element)
        let topology = domain.child("cpu")?.child("topology")
        let threads = try Self.number(topology?.attributes["threads"] ?? "1", "threads", topology ?? element)
        guard threads > 0 else { throw .domain("a core needs a thread", topology ?? element) }
        var boot = try Self.number(element.attributes["current"] ?? "\(maximum)", "current", element)
        var added: [(order: UInt32, core: UInt32)] = []
        if let list = domain.child("vcpus") {
            boot = 0
            for vcpu in list.children("vcpu") where vcpu.attributes["enabled"] == "yes" {
                guard vcpu.attributes["hotpluggable"] == "yes" else {
                    boot += 1
                    continue
                }
                let index = try Self.number(vcpu.attributes["id"] ?? "", "id", vcpu)
                let order = try Self.number(vcpu.attributes["order"] ?? "\(index)", "order", vcpu)
                if index % threads == 0 { added.append((order, index)) }
            }
        }
        arguments += ["-smp", "\(boot),maxcpus=\(maximum),threads=\(threads)"]
        for (_, core) in added.sorted(by: { ($0.order, $0.core) < ($1.order, $1.core) }) {
            arguments += ["-device", "host-spapr-cpu-core,core-id=\(core)"]
        }
    }

    // MARK: - Devices

    private mutating func addDevices(_ domain: XMLElement) throws(QEMUError) {
        guard let devices = domain.child("devices") else { return }
        let controllers = devices.children("controller")
        for bridge in controllers where bridge.attributes["type"] == "pci" { try addBridge(bridge) }
        for adapter in controllers where adapter.attributes["type"] == "scsi" { try addAdapter(adapter) }
        for card in devices.children("interface") where card.child("model")?.attributes["type"] == "spapr-vlan" {
            arguments += ["-device", "spapr-vlan,reg=\(try Self.unitAddress(of: card))"]
        }
        for terminal in devices.children("serial") { try addTerminal(terminal) }
        if let memory = devices.child("nvram") {
            arguments += ["-global", "spapr-nvram.reg=\(try Self.unitAddress(of: memory))"]
        }
        for device in devices.children("tpm") where device.attributes["model"] == "tpm-spapr" {
            throw .domain("a VIO TPM (tpm-spapr) takes an interrupt that the model does not have", device)
        }
    }

    private mutating func addBridge(_ controller: XMLElement) throws(QEMUError) {
        guard controller.attributes["model"] == "pci-root" else { return }
        let target = controller.child("target")?.attributes["index"] ?? controller.attributes["index"] ?? ""
        let index = try Self.number(target, "index", controller)
        // Every machine has the first one.
        if index != 0 { arguments += ["-device", "spapr-pci-host-bridge,index=\(index)"] }
    }

    private mutating func addAdapter(_ controller: XMLElement) throws(QEMUError) {
        let isVirtual = controller.child("address")?.attributes["type"] == "spapr-vio"
        guard controller.attributes["model"] == "ibmvscsi" || isVirtual else { return }
        arguments += ["-device", "spapr-vscsi,reg=\(try Self.unitAddress(of: controller))"]
    }

    private mutating func addTerminal(_ serial: XMLElement) throws(QEMUError) {
        let target = serial.child("target")
        let isVirtual =
            target?.attributes["type"] == "spapr-vio-serial"
            || target?.child("model")?.attributes["name"] == "spapr-vty"
            || serial.child("address")?.attributes["type"] == "spapr-vio"
        guard isVirtual else { return }
        arguments += ["-device", "spapr-vty,reg=\(try Self.unitAddress(of: serial))"]
    }

    /// The VIO address of a device, which libvirt writes out when a domain is defined.
    private static func unitAddress(of device: XMLElement) throws(QEMUError) -> String {
        guard let address = device.child("address"), address.attributes["type"] == "spapr-vio",
            let reg = address.attributes["reg"]
        else {
            throw .domain(
                "the <\(device.name)> has no VIO address; libvirt writes it out when the domain is defined: use what "
                    + "“virsh dumpxml” prints", device)
        }
        return hexadecimal(UInt64(try number(reg, "reg", address)))
    }

    private static func number(_ text: String, _ name: String, _ element: XMLElement) throws(QEMUError) -> UInt32 {
        let isHexadecimal = text.hasPrefix("0x")
        guard let value = UInt32(isHexadecimal ? text.dropFirst(2) : text[...], radix: isHexadecimal ? 16 : 10) else {
            throw .domain("“\(text.prefix(40))” is no value of \(name)", element)
        }
        return value
    }
}

extension QEMUError {
    fileprivate static func domain(_ message: String, _ element: XMLElement) -> QEMUError {
        QEMUError(.cannotStart, "line \(element.line): \(message)")
    }
}

extension MachineDescription {
    /// Reads a libvirt domain; see ``LibvirtDomain``.
    public init(
        libvirtDomain text: String, catalogue: MachineTypeCatalogue = MachineTypeCatalogue()
    ) throws(QEMUError) {
        try self.init(commandLine: try LibvirtDomain(parsing: text).arguments, catalogue: catalogue)
    }
}
