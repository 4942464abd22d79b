import InterruptState

/// The row of table `snapshot` without its key and its seal.
struct SnapshotRow {
    var name: String
    var digest: Digest
    var counts: Counts
    var facts: MachineFacts
    var xive: XiveHead?
    var xics: XicsHead?
    var bitmapWords: UInt32?
    var optionWords: UInt32?
    var tree: TreeHead?

    /// What a listing shows.
    struct Counts: Equatable {
        var claimed: UInt64
        var enabledQueues: UInt64
        var cpus: UInt64
    }

    /// A XIVE controller without its rows.
    struct XiveHead {
        var numbers: UInt32
        var queues: UInt32
        var byteOrder: TableByteOrder
        /// Why the queues' entries were not read; nil where they were.
        var entriesReason: String?
    }

    /// A XICS controller without its rows.
    struct XicsHead {
        var base: UInt32
        var numbers: UInt32
    }

    /// The facts of a device tree without its rows.
    struct TreeHead {
        var serverCount: UInt32?
        var offeredModes: UInt8?
    }

    static let columns = [
        "name", "digest", "claimed_count", "enabled_queue_count", "vcpu_count", "machine_type", "scheme", "mode",
        "server_count", "server_count_basis", "xive_numbers", "xive_queues", "xive_byte_order", "entries_captured",
        "entries_reason", "xics_base", "xics_numbers", "bitmap_words", "option_words", "tree_read",
        "tree_server_count", "tree_offered_modes",
    ]
}

extension SnapshotRow.Counts {
    init(_ state: MachineState) {
        claimed = UInt64(state.claimedNumbers.count)
        enabledQueues = UInt64(state.xive?.queues.count(where: \.isEnabled) ?? 0)
        cpus = UInt64(state.cpus.count)
    }
}

extension SnapshotRow {
    init(name: String, state: MachineState, digest: Digest) {
        self.name = name
        self.digest = digest
        counts = Counts(state)
        facts = state.facts
        xive = state.xive.map(XiveHead.init)
        xics = state.xics.map { XicsHead(base: $0.base.rawValue, numbers: $0.numberCount) }
        bitmapWords = state.messageBitmap.map { UInt32(clamping: $0.count) }
        optionWords = state.negotiatedOptions.map { UInt32(clamping: $0.count) }
        tree = state.deviceTree.map { TreeHead(serverCount: $0.serverCount, offeredModes: $0.offeredModes) }
    }

    func write(to row: inout RowBuffer) {
        row.text(name)
        row.blob(digest.bytes)
        row.integer(counts.claimed)
        row.integer(counts.enabledQueues)
        row.integer(counts.cpus)
        row.optional(facts.typeName)
        row.optional(facts.scheme?.rawValue)
        row.text(facts.activeMode.rawValue)
        row.optional(facts.serverCount)
        row.text(facts.serverCountBasis.rawValue)
        row.optional(xive?.numbers)
        row.optional(xive?.queues)
        row.optional(xive?.byteOrder.rawValue)
        row.optional(xive.map { $0.entriesReason == nil ? 1 : 0 as UInt8 })
        row.optional(xive?.entriesReason)
        row.optional(xics?.base)
        row.optional(xics?.numbers)
        row.optional(bitmapWords)
        row.optional(optionWords)
        row.integer(tree != nil)
        row.optional(tree?.serverCount)
        row.optional(tree?.offeredModes)
    }

    init(_ row: inout RowReader) throws(StoreError) {
        name = try row.text("name")
        digest = try row.digest("digest")
        counts = Counts(
            claimed: try row.integer("claimed_count"), enabledQueues: try row.integer("enabled_queue_count"),
            cpus: try row.integer("vcpu_count"))
        facts = MachineFacts(
            typeName: try row.optionalText("machine_type"), scheme: try row.optionalValue("scheme"),
            activeMode: try row.value("mode"), serverCount: try row.optional("server_count"),
            serverCountBasis: try row.value("server_count_basis"))
        xive = try XiveHead(&row)
        xics = try XicsHead(&row)
        bitmapWords = try row.optional("bitmap_words")
        optionWords = try row.optional("option_words")
        tree = try TreeHead(&row)
    }
}

extension SnapshotRow.XiveHead {
    init(_ xive: XiveController) {
        numbers = xive.numberCount
        queues = xive.queueCount
        byteOrder = xive.tableByteOrder
        if case .notCaptured(let reason) = xive.contents { entriesReason = reason }
    }

    fileprivate init?(_ row: inout RowReader) throws(StoreError) {
        let numbers: UInt32? = try row.optional("xive_numbers")
        let queues: UInt32? = try row.optional("xive_queues")
        let byteOrder: TableByteOrder? = try row.optionalValue("xive_byte_order")
        let captured: UInt8? = try row.optional("entries_captured")
        entriesReason = try row.optionalText("entries_reason")
        guard let numbers else { return nil }
        guard let queues, let byteOrder, let captured, (captured == 1) == (entriesReason == nil) else {
            throw row.unfit("xive_numbers")
        }
        self.numbers = numbers
        self.queues = queues
        self.byteOrder = byteOrder
    }
}

extension SnapshotRow.XicsHead {
    fileprivate init?(_ row: inout RowReader) throws(StoreError) {
        let base: UInt32? = try row.optional("xics_base")
        let numbers: UInt32? = try row.optional("xics_numbers")
        guard let numbers else { return nil }
        guard let base else { throw row.unfit("xics_base") }
        self.base = base
        self.numbers = numbers
    }
}

extension SnapshotRow.TreeHead {
    fileprivate init?(_ row: inout RowReader) throws(StoreError) {
        let isRead = try row.flag("tree_read")
        serverCount = try row.optional("tree_server_count")
        offeredModes = try row.optional("tree_offered_modes")
        if !isRead { return nil }
    }
}

extension Provenance {
    static let columns = [
        "file_path", "file_size", "container", "device_digest", "file_digest", "stream_machine_type",
        "producer_version", "tool_version", "imported_at",
    ]

    /// The row of table `provenance` without its key; the lists are parts.
    func write(to row: inout RowBuffer) {
        row.text(filePath)
        row.integer(fileSize)
        row.text(container)
        row.optional(deviceDigest?.bytes)
        row.optional(fileDigest?.bytes)
        row.optional(machineType)
        row.optional(producerVersion)
        row.text(toolVersion)
        row.text(importTime)
    }

    init(_ row: inout RowReader) throws(StoreError) {
        self.init(
            filePath: try row.text("file_path"), fileSize: try row.integer("file_size"),
            container: try row.text("container"), deviceDigest: try row.optionalDigest("device_digest"),
            fileDigest: try row.optionalDigest("file_digest"),
            machineType: try row.optionalText("stream_machine_type"),
            producerVersion: try row.optionalText("producer_version"), toolVersion: try row.text("tool_version"),
            importTime: try row.text("imported_at"))
    }
}

extension SnapshotSummary {
    /// What a listing reads: a few columns of `snapshot`, then of `provenance`.
    static let columns = [
        "name", "digest", "claimed_count", "enabled_queue_count", "vcpu_count", "machine_type", "mode",
        "xics_base IS NOT NULL", "xive_numbers IS NOT NULL", "file_path", "container", "producer_version",
        "imported_at",
    ]

    init(id: Int64, _ row: inout RowReader) throws(StoreError) {
        self.id = id
        name = try row.text("name")
        digest = try row.digest("digest")
        claimedCount = Int(clamping: try row.integer("claimed_count", as: UInt64.self))
        enabledQueueCount = Int(clamping: try row.integer("enabled_queue_count", as: UInt64.self))
        cpuCount = Int(clamping: try row.integer("vcpu_count", as: UInt64.self))
        machineType = try row.optionalText("machine_type")
        activeMode = try row.value("mode")
        let (hasXics, hasXive) = (try row.flag("xics_base"), try row.flag("xive_numbers"))
        offeredModes = hasXics ? (hasXive ? [.xics, .xive] : [.xics]) : hasXive ? [.xive] : []
        filePath = try row.text("file_path")
        container = try row.text("container")
        producerVersion = try row.optionalText("producer_version")
        importTime = try row.text("imported_at")
    }

    init(id: Int64, row: SnapshotRow, provenance: Provenance) {
        self.id = id
        name = row.name
        machineType = row.facts.typeName
        activeMode = row.facts.activeMode
        offeredModes = (row.xics == nil ? [] : [.xics]) + (row.xive == nil ? [] : [.xive])
        claimedCount = Int(clamping: row.counts.claimed)
        enabledQueueCount = Int(clamping: row.counts.enabledQueues)
        cpuCount = Int(clamping: row.counts.cpus)
        digest = row.digest
        filePath = provenance.filePath
        container = provenance.container
        producerVersion = provenance.producerVersion
        importTime = provenance.importTime
    }
}
