/// The rôle of a part in a snapshot: what its rows say. The raw value is stored.
enum Role: String, CaseIterable {
    case number
    case xive
    case xics
    case queue
    case entry
    case vcpu
    case context
    case presenter
    case bridge
    case pin
    case block
    case device
    case bitmap
    case option
    case tree
    case treeNumber = "tree-number"
    case treeServer = "tree-server"
    case residue
    case gap
    case section
    case site
    case capability
    case note

    /// Rôles that hold where a state comes from, not what it is.
    static let evidence: Set<Role> = [.section, .site, .capability, .note]

    /// The table of its rows.
    var table: RowTable {
        switch self {
        case .number: .number
        case .xive: .xive
        case .xics: .xics
        case .queue: .queue
        case .entry: .entry
        case .vcpu: .vcpu
        case .context: .context
        case .presenter: .presenter
        case .bridge: .bridge
        case .pin: .pin
        case .block: .block
        case .device: .device
        case .bitmap: .bitmap
        case .option: .option
        case .tree: .tree
        case .treeNumber: .treeNumber
        case .treeServer: .treeServer
        case .residue: .residue
        case .gap: .gap
        case .section: .section
        case .site: .site
        case .capability: .capability
        case .note: .note
        }
    }
}

/// A table of rows: the stored columns behind `part`, those of its key first.
struct RowTable: Sendable {
    let name: String
    let columns: [String]
    let insert: String
    let select: String

    init(_ name: String, key: [String], _ others: [String]) {
        self.name = name
        columns = key + others
        let marks = repeatElement("?", count: columns.count + 1).joined(separator: ", ")
        insert = "INSERT INTO \(name) (part, \(columns.joined(separator: ", "))) VALUES (\(marks))"
        let order = key.isEmpty ? "" : " ORDER BY " + key.joined(separator: ", ")
        select = "SELECT \(columns.joined(separator: ", ")) FROM \(name) WHERE part = ?" + order
    }

    private static let owner = [
        "kind", "basis", "owner_kind", "ipi", "device_type", "unit_address", "buid", "pin", "function", "vector",
        "reason",
    ]

    static let number = RowTable("number_row", key: ["number", "rank"], owner)
    static let xive = RowTable("xive_source_row", key: ["number"], ["eas", "status"])
    static let xics = RowTable(
        "xics_source_row", key: ["number"], ["server", "priority", "saved_priority", "status", "flags"])
    static let queue = RowTable("event_queue_row", key: ["queue"], ["w0", "w1", "w2", "w3", "w4", "w5", "w6", "w7"])
    static let entry = RowTable("queue_entry_row", key: ["queue", "position"], ["word"])
    static let vcpu = RowTable("vcpu_row", key: ["place"], ["cpu_index", "server", "server_basis", "context_instance"])
    static let context = RowTable("thread_context_row", key: ["place"], (0..<16).map { "w\($0)" })
    static let presenter = RowTable("presenter_row", key: ["place"], ["xirr", "pending_priority", "mfrr"])
    static let bridge = RowTable("host_bridge_row", key: ["place"], ["buid", "instance", "old_windows"])
    static let pin = RowTable("bridge_pin_row", key: ["bridge", "pin"], ["number"])
    static let block = RowTable("message_block_row", key: ["bridge", "place"], ["function", "first", "count"])
    static let device = RowTable("device_row", key: ["place"], ["type", "unit_address", "number", "queue_state"])
    static let bitmap = RowTable("message_bitmap_row", key: ["word"], ["bits"])
    static let option = RowTable("negotiated_option_row", key: ["word"], ["bits"])
    static let tree = RowTable("device_tree_row", key: [], ["initial_size", "bytes"])
    static let treeNumber = RowTable("device_tree_number_row", key: ["place"], ["number"] + owner)
    static let treeServer = RowTable("device_tree_server_row", key: ["place"], ["server"])
    static let residue = RowTable("residue_row", key: [], ["section", "instance", "name", "bytes"])
    static let gap = RowTable("gap_row", key: ["place"], ["subject", "reason"])
    static let section = RowTable(
        "section_row", key: ["place"],
        ["position", "name", "instance", "version", "id", "offset", "body_offset", "body_length"])
    static let site = RowTable(
        "site_row", key: ["place"],
        ["kind", "first_key", "count", "stride", "section", "instance", "field", "offset"])
    static let capability = RowTable("capability_row", key: ["place"], ["name"])
    static let note = RowTable("note_row", key: ["place"], ["text"])
}
