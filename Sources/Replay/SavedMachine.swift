import InterruptState

/// A machine as a stream carries it: sections with names, instances and fields, in their order.
///
/// Made by ``Machine/save()`` from a model, or from any ``MachineState``, so that a real stream can be loaded into
/// a model. Loading asks the questions that QEMU asks, in the order of the sections.
public struct SavedMachine: Hashable, Sendable {
    /// Machine type that the stream names; nil for types up to 2.3.
    public var typeName: String?
    /// Device sections in the order of the stream.
    public var sections: [Section]

    /// One device section.
    public struct Section: Hashable, Sendable {
        /// Name, for example `spapr-xive`.
        public var name: String
        /// Which of several of the name.
        public var instance: UInt32
        /// Version of the layout.
        public var version: UInt32
        /// Its fields.
        public var content: Content

        /// A section by its parts.
        public init(name: String, instance: UInt32, version: UInt32 = 1, content: Content) {
            self.name = name
            self.instance = instance
            self.version = version
            self.content = content
        }
    }

    /// What a section holds, as far as interrupts go.
    public enum Content: Hashable, Sendable {
        case xics(XicsController)
        /// `xive-source`: the status bytes.
        case xiveStatus(numberCount: UInt32, [XiveSource])
        /// `spapr-xive`: assignments and queues.
        case xiveTables(numberCount: UInt32, queueCount: UInt32, sources: [XiveSource], queues: [EventQueue])
        /// `cpu`: the version of its segment subsection and of the processor, where they are known.
        case processor(segmentVersion: UInt32?, processorVersion: UInt32?)
        case presenter(Presenter)
        case context(ThreadContext)
        case virtualDevice(unitAddress: UInt32, number: LogicalNumber, queueState: [UInt8])
        case bridge(buid: UInt64, pins: [LogicalNumber], messages: [MessageBlock])
        case machine(options: [UInt64]?, bitmap: [UInt64]?, tree: DeviceTreeFacts?)
        /// Nothing that a load compares: it has to have a counterpart, and that is all.
        case presence
    }

    /// A stream by its parts.
    public init(typeName: String?, sections: [Section]) {
        self.typeName = typeName
        self.sections = sections
    }

    /// Guest RAM, which travels beside the sections; nil where it is not carried.
    public var memory: GuestMemory?
    /// Byte order of the host that saved the XIVE tables, whose words travel as they stand in its memory; nil where
    /// there are none, or it is not known.
    public var tableByteOrder: TableByteOrder?
    /// Which XICS presenters knew whose interrupt they present. No stream carries it; *intended* machines use it.
    var presenterOwners: [UInt32: Bool] = [:]
    /// Which vCPUs are halted (`cpu_common`), by index; empty where a ``MachineState`` was saved, which does not tell.
    var haltedProcessors: [UInt32: Bool] = [:]
    /// PCI functions by their bridge's BUID, whose sections carry pins and vectors; empty as above.
    var functions: [UInt64: [FunctionPart]] = [:]
}
