import InterruptState
import SavedState

// ics and icp/server: `hw/intc/xics.c`, QEMU 5.2 to 11.1.

extension Decoding {
    /// First number of the source controller (`include/hw/ppc/xics.h`); it is not in the stream.
    static let xicsBase = LogicalNumber(0x1000)

    /// `nr_irqs`, then server, priority, saved priority, status and flags for each number.
    mutating func readXics(_ reader: SectionReader) throws(SavedStateError) {
        let count: UInt32 = try reader.integer("nr_irqs")
        let field = try reader.field("irqs")
        let element = try reader.element(of: field)
        guard field.elementSize == 8,
            element.fields.map(\.name) == ["server", "priority", "saved_priority", "status", "flags"]
        else {
            throw reader.error(
                .badDescription, "an element of “irqs” does not have the known layout", field: "irqs",
                at: field.offset, advice: "this QEMU saves its tables in a form that irqproof does not know")
        }
        guard field.count == UInt64(count), count <= UInt32.max - Decoding.xicsBase.rawValue else {
            throw reader.error(
                .malformed, "there are \(field.count) sources for \(count) numbers", field: "irqs", at: field.offset)
        }
        let bytes = try reader.data(field)
        let sources = stride(from: 0, to: bytes.count, by: 8).map { XicsSource(bytes, at: $0) }
        state.xics = XicsController(
            base: Decoding.xicsBase, numberCount: count, sources: sources.filter { !$0.isBlank })
        addSites(
            .xicsSource, key: UInt64(Decoding.xicsBase.rawValue), field: field, path: "irqs[*]", stride: 8,
            count: field.count, reader)
    }

    /// `xirr`, `pending_priority`, `mfrr`; the instance is the index of the vCPU.
    mutating func readPresenter(_ reader: SectionReader) throws(SavedStateError) {
        let presenter = Presenter(
            xirr: try reader.integer("xirr"), pendingPriority: try reader.integer("pending_priority"),
            mfrr: try reader.integer("mfrr"))
        let cpu = reader.section.instance
        changeCPU(cpu) { $0.presenter = presenter }
        let field = try reader.field("xirr")
        addSites(.presenter, key: UInt64(cpu), field: field, path: "xirr", stride: 0, count: 1, reader)
    }
}

extension XicsSource {
    /// An element of eight bytes at an offset that has them.
    fileprivate init(_ bytes: [UInt8], at start: Int) {
        let index = UInt32(truncatingIfNeeded: start / 8)
        self.init(
            number: LogicalNumber(Decoding.xicsBase.rawValue + index),
            server: ServerNumber(bytes[start..<start + 4].reduce(0) { $0 << 8 | UInt32($1) }),
            priority: bytes[start + 4], savedPriority: bytes[start + 5], status: Status(rawValue: bytes[start + 6]),
            flags: Flags(rawValue: bytes[start + 7]))
    }
}
