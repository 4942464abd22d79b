import InterruptState
import SavedState

/// What became of every byte of a saved VM: the proof that nothing was passed over in silence.
///
/// The entries follow one another without gap or overlap, and their lengths add up to that of the stream. *Decoded*
/// is not a claim of the decoder: those are exactly the bytes that ``SectionEncoder`` writes again, equal to what was
/// read, from the decoded state alone.
public struct ByteLedger: Sendable {
    /// How a stretch was treated.
    public enum Treatment: String, Hashable, Sendable, CaseIterable {
        /// Part of the interrupt state.
        case decoded
        /// Headers, footers, marks, commands and the self-description: the stream's own structure.
        case framing
        /// Guest memory and other live data, read where it is asked for.
        case memory
        /// Passed over under a named rule.
        case skipped
        /// Nothing is known of it.
        case notUnderstood = "not-understood"
    }

    /// A stretch of the stream.
    public struct Entry: Hashable, Sendable {
        /// First byte in the stream.
        public var offset: UInt64
        /// Number of bytes.
        public var count: UInt64
        /// How it was treated.
        public var treatment: Treatment
        /// The device section it belongs to, as an index of ``sections``.
        public var section: Int?
        /// For what was skipped, the rule; otherwise what stands there.
        public var text: String
    }

    /// A device section.
    public struct Section: Hashable, Sendable {
        /// Name in the stream.
        public var name: String
        /// Instance number: an accident of creation order.
        public var instance: UInt32
        /// Version of the layout.
        public var version: UInt32
        /// Offset of the header in the stream.
        public var offset: UInt64
        /// Bytes between header and footer.
        public var byteCount: UInt64
    }

    /// All of the stream, in order.
    public private(set) var entries: [Entry] = []
    /// Sections, in the order of the stream.
    public let sections: [Section]
    /// Bytes of the stream.
    public let byteCount: UInt64

    /// Accounts for every byte of a stream.
    ///
    /// - Parameters:
    ///   - state: what was decoded from it; nil where there is no interrupt state.
    ///   - progress: called now and then with the bytes passed and the size of the stream, if known.
    public init(_ stream: SavedStream, state: MachineState?, progress: ((UInt64, UInt64?) -> Void)? = nil) {
        sections = stream.sections.map {
            Section(
                name: $0.name, instance: $0.instance, version: $0.version, offset: $0.offset, byteCount: $0.bodyLength)
        }
        byteCount = stream.source.byteCount
        let written = Dictionary(
            grouping: state.map(SectionEncoder.encode) ?? [], by: { SectionKey(name: $0.name, instance: $0.instance) })
        let first = Dictionary(
            stream.sections.enumerated().map { (SectionKey(name: $1.name, instance: $1.instance), $0) },
            uniquingKeysWith: { first, _ in first })
        for extent in stream.extents(progress: progress) {
            add(extent, stream) { key, index in first[key] == index ? written[key] ?? [] : [] }
        }
    }

    /// Bytes of all entries with a treatment.
    public func total(_ treatment: Treatment) -> UInt64 {
        entries.reduce(0) { $0 + ($1.treatment == treatment ? $1.count : 0) }
    }

    /// Sections of which nothing is known, in the order of the stream.
    public var unknownSections: [Section] {
        let unknown = Set(entries.compactMap { $0.treatment == .notUnderstood ? $0.section : nil })
        return sections.indices.filter(unknown.contains).map { sections[$0] }
    }

    private struct SectionKey: Hashable {
        var name: String
        var instance: UInt32
    }

    /// - Parameter written: what the state writes of a section; of two with the same name only the first is read.
    private mutating func add(
        _ extent: StreamExtent, _ stream: SavedStream, _ written: (SectionKey, Int) -> [EncodedSection]
    ) {
        func whole(_ treatment: Treatment, _ text: String) {
            entries.append(
                Entry(offset: extent.offset, count: extent.end - extent.offset, treatment: treatment, text: text))
        }
        switch extent.content {
        case .head: whole(.framing, "stream header and configuration")
        case .live(let name): whole(.memory, "live section \(name)")
        case .command(let code): whole(.framing, "command \(code)")
        case .endMark: whole(.framing, "end mark")
        case .description: whole(.framing, "self-description")
        case .trailing: whole(.notUnderstood, "bytes behind the stream")
        case .unexplained(let reason): whole(.notUnderstood, reason)
        case .device(let index):
            let section = stream.sections[index]
            let key = SectionKey(name: section.name, instance: section.instance)
            add(index, end: extent.end, stream, written(key, index))
        }
    }

    /// Header, the parts of the body, footer.
    private mutating func add(_ index: Int, end: UInt64, _ stream: SavedStream, _ written: [EncodedSection]) {
        let section = stream.sections[index]
        let bodyEnd = min(section.bodyOffset + section.bodyLength, end)
        append(index, upTo: section.bodyOffset, .framing, "section header")
        for stretch in Self.stretches(of: section, stream, written) {
            rest(index, upTo: section.bodyOffset + UInt64(stretch.lowerBound))
            append(index, upTo: section.bodyOffset + UInt64(stretch.upperBound), .decoded, "interrupt state")
        }
        rest(index, upTo: bodyEnd)
        append(index, upTo: end, .framing, "section footer")
    }

    private mutating func append(_ section: Int, upTo end: UInt64, _ treatment: Treatment, _ text: String) {
        let start = entries.last.map { $0.offset + $0.count } ?? 0
        guard end > start else { return }
        entries.append(Entry(offset: start, count: end - start, treatment: treatment, section: section, text: text))
    }

    /// The part of a body that is no interrupt state.
    private mutating func rest(_ index: Int, upTo end: UInt64) {
        let rule = LedgerRule.named(sections[index].name)
        append(index, upTo: end, rule == nil ? .notUnderstood : .skipped, rule?.rawValue ?? "unknown section")
    }

    /// The stretches of a body that are written again exactly as they were read, in order.
    private static func stretches(
        of section: DeviceSection, _ stream: SavedStream, _ written: [EncodedSection]
    ) -> [Range<Int>] {
        guard !written.isEmpty, let body = try? stream.body(of: section) else { return [] }
        let layout = section.layout ?? Layouts.layout(of: section, bytes: body)
        let stretches = written.compactMap { part -> Range<Int>? in
            let start: Int
            switch part.part {
            case .whole, .head: start = 0
            case .subsection(let name):
                guard let place = layout?.subsection(name).flatMap({ Int(exactly: $0.offset) }) else { return nil }
                start = place
            }
            let count = part.bytes.count
            guard count > 0, start <= body.count, count <= body.count - start,
                body[start..<start + count].elementsEqual(part.bytes)
            else { return nil }
            return start..<start + count
        }
        return stretches.sorted { $0.lowerBound < $1.lowerBound }
    }
}

/// Why a device section, or the rest of one, holds no interrupt state. The name is what the ledger prints.
///
/// Names as QEMU 5.2 to 11.1 write them for pseries machines.
public enum LedgerRule: String, Hashable, Sendable, CaseIterable {
    case processor = "registers of a vCPU"
    case machine = "the machine's options, time base and events"
    case bus = "a bus: the levels of its pins, derived from its devices"
    case device = "a device's own state: its numbers stand in spapr_pci or spapr_vio"
    case translation = "a table of DMA translations"
    case clock = "a clock or timer"
    case connector = "a connector for hot-plug, or its memory"
    case host = "a service of the host: network, sound, serial line"
    case migration = "the migration's own record of the run state"

    /// The rule for a section by its name; nil for one that is not known.
    static func named(_ name: String) -> LedgerRule? {
        if let rule = byName[name] { return rule }
        // A device's section has the path of its bus in front: `pci@800000020000000:01.0/virtio-net`.
        return devicePaths.contains { name.hasPrefix($0) } && name.contains("/") ? .device : nil
    }

    private static let devicePaths = ["pci@", "vty@", "l-lan@", "v-scsi@", "nvram@", "tpm@", "vtpm@"]

    private static let byName: [String: LedgerRule] = [
        "cpu": .processor, "cpu_common": .processor, "spapr_cpu": .processor, "spapr": .machine, "PCIBUS": .bus,
        "i2c_bus": .bus, "spapr_iommu": .translation, "timer": .clock, "spapr/rtc": .clock, "mc146818rtc": .clock,
        "spapr_drc": .connector, "spapr_drc/physical": .connector, "spapr_nvdimm_states": .connector, "slirp": .host,
        "audio": .host, "hda-audio": .host, "serial": .host, "globalstate": .migration,
    ]

    /// A short name for programs.
    public var id: String { "\(self)" }
}
