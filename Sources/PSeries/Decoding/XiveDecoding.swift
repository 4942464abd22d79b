import InterruptState
import SavedState

// xive-source, spapr-xive and xive-tctx: `hw/intc/xive.c` and `hw/intc/spapr_xive.c`, QEMU 5.2 to 11.1.

extension Decoding {
    /// `nr_irqs`, then a status byte for each number.
    mutating func readXiveStatus(_ reader: SectionReader) throws(SavedStateError) {
        let count: UInt32 = try reader.integer("nr_irqs")
        let field = try reader.field("status")
        let statuses = try reader.data(field)
        guard statuses.count == Int(count) else {
            throw reader.error(
                .malformed, "there are \(statuses.count) status bytes for \(count) numbers", field: "status",
                at: field.offset)
        }
        var table = state.xive?.sourceTable ?? SourceTable()
        table.statuses = statuses
        try merge(table, numberCount: count, reader)
        addSites(.xiveStatus, field: field, path: "status[*]", stride: 1, count: UInt64(count), reader)
    }

    /// `nr_irqs`, the assignment table, the queue descriptor table.
    mutating func readXive(_ reader: SectionReader) throws(SavedStateError) {
        let count: UInt32 = try reader.integer("nr_irqs")
        let eat = try reader.field("eat")
        let endt = try reader.field("endt")
        try requireElement(eat, ["w"], size: 8, reader)
        try requireElement(endt, (0..<8).map { "w\($0)" }, size: 32, reader)
        guard eat.count == UInt64(count) else {
            throw reader.error(
                .malformed, "there are \(eat.count) assignments for \(count) numbers", field: "eat", at: eat.offset)
        }
        guard let queueCount = UInt32(exactly: endt.count) else {
            throw reader.error(.malformed, "too many event queues", field: "endt", at: endt.offset)
        }
        let words = try reader.data(eat)
        let descriptors = try reader.data(endt)
        let order = try byteOrder(assignments: words, descriptors: descriptors, reader, at: eat.offset)

        var table = state.xive?.sourceTable ?? SourceTable()
        table.assignments = stride(from: 0, to: words.count, by: 8).map { words.word64(at: $0, order) }
        let queues = stride(from: 0, to: descriptors.count, by: 32).map { start in
            EventQueue(index: UInt32(truncatingIfNeeded: start / 32), bytes: descriptors, at: start, order)
        }
        try merge(table, numberCount: count, reader)
        state.xive?.queueCount = queueCount
        state.xive?.tableByteOrder = order
        state.xive?.queues = queues.filter { !$0.isBlank }
        addSites(.xiveAssignment, field: eat, path: "eat[*].w", stride: 8, count: eat.count, reader)
        addSites(.eventQueue, field: endt, path: "endt[*]", stride: 32, count: endt.count, reader)
    }

    /// The 64 registers of the thread context of the vCPU whose sections stand before it.
    mutating func readContext(_ reader: SectionReader, cpu: UInt32?) throws(SavedStateError) {
        let field = try reader.field("regs")
        guard let context = ThreadContext(bytes: try reader.data(field)) else {
            throw reader.error(
                .malformed, "a thread context has \(ThreadContext.byteCount) bytes", field: "regs", at: field.offset)
        }
        guard let cpu else {
            throw reader.error(
                .malformed, "a thread context stands before any vCPU", field: nil, at: 0,
                advice: "contexts are linked to vCPUs by the order of sections")
        }
        let instance = reader.section.instance
        changeCPU(cpu) {
            $0.context = context
            $0.contextInstance = instance
        }
        addSites(.context, key: UInt64(cpu), field: field, path: "regs", stride: 0, count: 1, reader)
    }

    private func requireElement(
        _ field: FieldLayout, _ names: [String], size: UInt64, _ reader: SectionReader
    ) throws(SavedStateError) {
        let element = try reader.element(of: field)
        guard element.fields.map(\.name) == names, field.elementSize == size else {
            throw reader.error(
                .badDescription, "an element of “\(field.name)” does not have the known layout", field: field.name,
                at: field.offset, advice: "this QEMU saves its tables in a form that irqproof does not know")
        }
    }

    /// Joins the two halves of the source table, which stand in two sections.
    private mutating func merge(
        _ table: SourceTable, numberCount: UInt32, _ reader: SectionReader
    ) throws(SavedStateError) {
        if let xive = state.xive, xive.numberCount != numberCount {
            throw reader.error(
                .malformed, "it has \(numberCount) numbers, the other XIVE section has \(xive.numberCount)",
                field: "nr_irqs", at: 0)
        }
        var xive =
            state.xive
            ?? XiveController(
                numberCount: numberCount, queueCount: 0, tableByteOrder: .little, sources: [], queues: [],
                contents: .notCaptured(reason: "guest memory was not read"))
        xive.sources = table.sources(count: Int(numberCount))
        state.xive = xive
    }

    /// The byte order in which a host wrote its tables, from values whose top byte is known.
    ///
    /// A claimed assignment has 0x80 in its first architected byte and a queue descriptor that was reset
    /// 0x50 in the first of its second word; whichever end of the word has more of them is the first.
    private func byteOrder(
        assignments: [UInt8], descriptors: [UInt8], _ reader: SectionReader, at offset: UInt64
    ) throws(SavedStateError) -> TableByteOrder {
        var little = 0
        var big = 0
        for start in stride(from: 0, to: assignments.count - 7, by: 8) {
            if assignments[start + 7] == 0x80 { little += 1 }
            if assignments[start] == 0x80 { big += 1 }
        }
        for start in stride(from: 0, to: descriptors.count - 31, by: 32) {
            if descriptors[start + 7] == 0x50 { little += 1 }
            if descriptors[start + 4] == 0x50 { big += 1 }
        }
        guard little != big || little == 0 else {
            throw reader.error(
                .malformed, "the byte order of the XIVE tables cannot be told", field: "eat", at: offset,
                advice: "as many words look big-endian as little-endian")
        }
        return big > little ? .big : .little
    }
}

/// The dense tables of one XIVE controller while they are read.
private struct SourceTable {
    var statuses: [UInt8] = []
    var assignments: [UInt64] = []

    /// The sources that are not as a free number at reset.
    func sources(count: Int) -> [XiveSource] {
        (0..<count).compactMap { index in
            let source = XiveSource(
                number: LogicalNumber(UInt32(truncatingIfNeeded: index)),
                assignment: EventAssignment(rawValue: index < assignments.count ? assignments[index] : 0),
                status: index < statuses.count ? SourceStatus(rawValue: statuses[index]) : .off)
            return source.isBlank ? nil : source
        }
    }
}

extension XiveController {
    /// The dense tables again, for joining with those of the other section.
    fileprivate var sourceTable: SourceTable {
        var table = SourceTable(
            statuses: [UInt8](repeating: SourceStatus.off.rawValue, count: Int(numberCount)),
            assignments: [UInt64](repeating: 0, count: Int(numberCount)))
        for source in sources where source.number.rawValue < numberCount {
            table.statuses[Int(source.number.rawValue)] = source.status.rawValue
            table.assignments[Int(source.number.rawValue)] = source.assignment.rawValue
        }
        return table
    }
}

extension EventQueue {
    /// A descriptor of 32 bytes at an offset that has them.
    fileprivate init(index: UInt32, bytes: [UInt8], at start: Int, _ order: TableByteOrder) {
        func word(_ number: Int) -> UInt32 {
            let value = (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(bytes[start + 4 * number + $1]) }
            return order == .big ? value : value.byteSwapped
        }
        self.init(
            index: index, w0: word(0), w1: word(1), w2: word(2), w3: word(3), w4: word(4), w5: word(5), w6: word(6),
            w7: word(7))
    }
}

extension [UInt8] {
    /// Eight bytes at an offset that has them.
    fileprivate func word64(at start: Int, _ order: TableByteOrder) -> UInt64 {
        let value = self[start..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return order == .big ? value : value.byteSwapped
    }
}
