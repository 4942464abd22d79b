/// What a build of QEMU says of itself.
public struct BuildFacts: Hashable, Sendable {
    /// A machine type that the build offers.
    public struct Machine: Hashable, Sendable {
        /// The name in `-machine`.
        public var name: String
        /// Another name for it, for example `pseries` for the newest of its family.
        public var alias: String?
        /// Whether the build warns of it.
        public var isDeprecated: Bool
        /// The most vCPUs that it takes.
        public var maximumCPUs: Int64
    }

    /// Its version.
    public var version: QEMUVersion
    /// Its machine types by name.
    public var machines: [Machine]
    /// Names that `-device` accepts, and those of other devices that have no such use.
    public var devices: Set<String>

    /// Asks a build, by starting it without a machine.
    public init(asking build: String, patience: Duration = .seconds(20)) throws(QEMUError) {
        let machine = try VirtualMachine(
            build: build, arguments: ["-machine", "none", "-nodefaults", "-display", "none", "-S"], patience: patience)
        defer { machine.end() }
        self = try machine.explaining { machine throws(QEMUError) in try BuildFacts(of: machine.qmp) }
    }

    /// Asks a running QEMU.
    public init(of qmp: QMPConnection) throws(QEMUError) {
        version = qmp.version
        machines = try qmp.execute("query-machines").elements.compactMap(Machine.init)
            .sorted { $0.name < $1.name }
        let types = try qmp.execute("qom-list-types", ["implements": "device", "abstract": false])
        devices = Set(types.elements.compactMap { $0["name"]?.text })
        guard !machines.isEmpty, !devices.isEmpty else {
            throw QEMUError(.badAnswer, "the build names no machine types or no devices")
        }
    }

    /// The machine type of a name or an alias.
    public func machine(named name: String) -> Machine? {
        machines.first { $0.name == name } ?? machines.first { $0.alias == name }
    }
}

extension BuildFacts.Machine {
    fileprivate init?(_ value: QMPValue) {
        guard let name = value["name"]?.text else { return nil }
        self.init(
            name: name, alias: value["alias"]?.text, isDeprecated: value["deprecated"]?.truth ?? false,
            maximumCPUs: value["cpu-max"]?.integer ?? 1)
    }
}
