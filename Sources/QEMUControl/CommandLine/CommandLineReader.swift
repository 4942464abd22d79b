import PSeries

extension MachineDescription {
    /// Reads the options of a QEMU command line on which interrupt numbers depend.
    ///
    /// Devices without numbers at construction are passed over, as are options about anything else. `-device` may be
    /// in QEMU's own form or in JSON.
    ///
    /// - Parameter arguments: the command line without the program.
    public init(
        commandLine arguments: [String], catalogue: MachineTypeCatalogue = MachineTypeCatalogue()
    ) throws(QEMUError) {
        let reader = CommandLineReader(arguments)
        let machine = reader.machine
        guard let name = machine["type"] else {
            throw QEMUError(.cannotStart, "the command line names no machine type", advice: "give it with -machine")
        }
        guard let type = catalogue.type(named: name) else {
            let near = catalogue.namesNear(name).joined(separator: ", ")
            throw QEMUError(.cannotStart, "unknown machine type “\(name)”; near it: \(near)")
        }
        self.init(type: type)
        try read(machine)
        try read(reader)
    }

    private mutating func read(_ machine: [String: String]) throws(QEMUError) {
        if let text = machine["ic-mode"] {
            guard let value = InterruptModeSetting(rawValue: text) else { throw .option("ic-mode", text) }
            mode = value
        }
        vsmt = try machine["vsmt"].map { text throws(QEMUError) in try number("vsmt", text) }
        if let text = machine["modern-hotplug-events"] {
            modernHotPlugEvents = ["on", "yes", "true", "y"].contains(text)
        }
    }

    private mutating func read(_ reader: CommandLineReader) throws(QEMUError) {
        if let model = reader.last("-cpu") { processor = try generation(of: model) }
        if let text = reader.last("-smp") { try readProcessors(OptionText(text, first: "cpus")) }
        let names = reader.all("-serial")
        serials = UInt32(clamping: names.isEmpty && reader.hasDefaults ? 1 : names.filter { $0 != "none" }.count)
        nvram = try reader.nvram.map { text throws(QEMUError) in try number("spapr-nvram.reg", text) }
        networkCards = reader.networkCards
        scsiAdapters = try reader.driveBuses()
        for text in reader.all("-device") { try readDevice(DeviceText(text)) }
    }

    private mutating func readProcessors(_ options: OptionText) throws(QEMUError) {
        func value(_ name: String) throws(QEMUError) -> UInt32? {
            try options[name].map { text throws(QEMUError) in try number(name, text) }
        }
        threads = try value("threads") ?? 1
        maximumCPUs = try value("maxcpus")
        if let count = try value("cpus") {
            cpus = count
        } else if let maximum = maximumCPUs {
            cpus = maximum
        } else {
            let product = UInt64(threads) * UInt64(try value("cores") ?? 1)
            cpus = UInt32(
                clamping: product.multipliedReportingOverflow(by: UInt64(try value("sockets") ?? 1)).partialValue)
        }
    }

    private mutating func readDevice(_ device: DeviceText) throws(QEMUError) {
        let kinds: [String: VirtualDeviceKind] = [
            "spapr-vty": .terminal, "spapr-vlan": .network, "spapr-vscsi": .scsi,
        ]
        if let kind = kinds[device.driver] {
            let address = try device["reg"].map { text throws(QEMUError) in try number("reg", text) }
            devices.append(DeviceDescription(.virtual(kind, unitAddress: address)))
        } else if device.driver == "spapr-pci-host-bridge" {
            let index = try number("index", device["index"] ?? "")
            // A bridge with index 0 says something about the one that every machine has.
            if index != 0 { devices.append(DeviceDescription(.bridge(index: index))) }
        } else if ["tpm-spapr", "spapr-nvram"].contains(device.driver) {
            throw QEMUError(.cannotStart, "-device \(device.driver) takes an interrupt that no description can say")
        } else if device.driver.hasSuffix("-spapr-cpu-core") {
            addedCPUs.append(try number("core-id", device["core-id"] ?? ""))
        }
    }

    private func generation(of model: String) throws(QEMUError) -> MachineType.Processor? {
        let name = model.prefix { $0 != "," && $0 != "_" && $0 != "." }.lowercased()
        // The host's own model: its generation is not on the command line.
        if name == "host" || name == "max" { return nil }
        let known = MachineType.Processor.allCases.last { name.hasPrefix($0.rawValue) }
        guard let known else { throw .option("-cpu", model) }
        return known
    }

    private func number(_ option: String, _ text: String) throws(QEMUError) -> UInt32 {
        let isHexadecimal = text.hasPrefix("0x") || text.hasPrefix("0X")
        let value = isHexadecimal ? UInt32(text.dropFirst(2), radix: 16) : UInt32(text)
        guard let value else { throw .option(option, text) }
        return value
    }
}

extension QEMUError {
    fileprivate static func option(_ name: String, _ value: String) -> QEMUError {
        QEMUError(.cannotStart, "“\(value)” is no value of \(name)")
    }
}

/// The options of a command line, in order.
private struct CommandLineReader {
    private var options: [(name: String, value: String)] = []

    /// An option takes the next word unless that is an option itself.
    init(_ arguments: [String]) {
        var rest = arguments[...]
        while let word = rest.popFirst() {
            guard word.hasPrefix("-") else { continue }
            // One dash or two are the same to QEMU.
            let name = word.hasPrefix("--") ? String(word.dropFirst()) : word
            let value = rest.first.map { $0.hasPrefix("-") ? "" : $0 } ?? ""
            if !value.isEmpty { rest = rest.dropFirst() }
            options.append((name, value))
        }
    }

    func all(_ name: String) -> [String] { options.filter { $0.name == name }.map(\.value) }
    func last(_ name: String) -> String? { all(name).last }
    func has(_ name: String) -> Bool { options.contains { $0.name == name } }

    var hasDefaults: Bool { !has("-nodefaults") }

    /// Machine options merge; the last of a name counts.
    var machine: [String: String] {
        let texts = options.filter { $0.name == "-M" || $0.name == "-machine" }.map(\.value)
        return texts.reduce(into: [:]) { result, text in
            result.merge(OptionText(text, first: "type").values) { $1 }
        }
    }

    var nvram: String? {
        for text in all("-global").reversed() {
            let options = OptionText(text, first: "")
            if let value = options["spapr-nvram.reg"] { return value }
            if options["driver"] == "spapr-nvram", options["property"] == "reg" { return options["value"] }
        }
        return nil
    }

    /// VIO cards that the machine makes: those of `-nic` and `-net` whose model is the default or VIO by name.
    var networkCards: UInt32 {
        let nics = all("-nic") + all("-net").filter { OptionText($0, first: "").head == "nic" }
        if nics.isEmpty, !has("-nic"), !has("-net") { return hasDefaults ? 1 : 0 }
        let virtual = nics.map { OptionText($0, first: "") }.filter { options in
            options.head != "none" && ["spapr-vlan", "ibmveth", nil].contains(options["model"])
        }
        return UInt32(clamping: virtual.count)
    }

    /// Buses of SCSI drives: those of `-drive if=scsi`, and the CD-ROM drive that a machine has by default.
    func driveBuses() throws(QEMUError) -> UInt32 {
        let drives = all("-drive").map { OptionText($0, first: "") }
        let scsi = drives.filter { ($0["if"] ?? "scsi") == "scsi" }
        let short = ["-hda", "-hdb", "-hdc", "-hdd", "-cdrom"].contains { has($0) }
        let buses = Set(scsi.map { $0["bus"] ?? "0" })
        return UInt32(clamping: max(buses.count, short || hasDefaults ? 1 : 0))
    }
}

/// `head,name=value,…` as QEMU reads it: two commas stand for one.
private struct OptionText {
    private(set) var values: [String: String] = [:]
    /// The word before the first comma where it has no name.
    private(set) var head: String?

    init(_ text: String, first: String) {
        var isFirst = true
        for part in Self.parts(text) {
            if let equals = part.firstIndex(of: "=") {
                values[String(part[..<equals])] = String(part[part.index(after: equals)...])
            } else if isFirst {
                head = part
                values[first] = part
            } else {
                values[part] = "on"
            }
            isFirst = false
        }
    }

    subscript(_ name: String) -> String? { values[name] }

    private static func parts(_ text: String) -> [String] {
        var parts = [""]
        var isEscape = false
        for character in text {
            if character == ",", !isEscape {
                isEscape = true
                continue
            }
            if isEscape, character != "," { parts.append("") }
            parts[parts.count - 1].append(character)
            isEscape = false
        }
        return parts
    }
}

/// A `-device` in either form.
private struct DeviceText {
    private(set) var driver: String
    private var values: [String: String]

    init(_ text: String) throws(QEMUError) {
        if text.hasPrefix("{") {
            guard let members = QMPValue.read(Array(text.utf8))?.members, let name = members["driver"]?.text else {
                throw .option("-device", text)
            }
            driver = name
            values = members.compactMapValues { $0.text ?? $0.integer.map { String($0) } }
        } else {
            let options = OptionText(text, first: "driver")
            driver = options["driver"] ?? ""
            values = options.values
        }
    }

    subscript(_ name: String) -> String? { values[name] }
}
