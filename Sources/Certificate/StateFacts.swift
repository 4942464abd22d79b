import InterruptState

/// The canonical form of a state, cut into the columns of a certificate's tables.
///
/// Cut from the text rather than taken from the fields: so nothing can be forgotten, and a table that lost a value
/// cannot give the digest again.
struct StateFacts {
    private let database: Database
    private let side: Database.Value
    private var position: Int64 = 0
    private var bridge: Database.Value = .null
    private var vectors: Set<Substring> = []
    private var digest = ""
    private var entries = ""

    init(_ database: Database, side: String) {
        self.database = database
        self.side = .text(side)
    }

    mutating func fill(_ state: MachineState) throws(CertificateError) {
        let lines = String(decoding: state.canonicalBytes(), as: UTF8.self).split(separator: "\n")
        vectors = Set(lines.compactMap { $0.split(separator: " ", maxSplits: 1).first })
        digest = state.digest().description
        let head = "queue-entries "
        entries = lines.first { $0.hasPrefix(head) }.map { String($0.dropFirst(head.count)) } ?? ""
        for line in lines { try add(line.split(separator: " ")) }
    }

    private mutating func add(_ words: [Substring]) throws(CertificateError) {
        guard let keyword = words.first else { return }
        let values = Array(words.dropFirst())
        position += 1
        switch keyword {
        case "irqproof-state", "end": break
        case "machine": try addMachine(values)
        case "number", "device-tree-number": try addAssignment(keyword, values)
        // The state of the entries stands with their controller, though its line comes after the queues.
        case "queue-entries": break
        case "xive": try database.insert("xive", [side] + numbers(values, "ddt") + [.text(entries)])
        case "eas": try row("event_assignment", values, "hxx")
        case "end-descriptor": try row("event_queue", values, "dhhhhhhhh")
        case "entry": try row("queue_entry", values, "ddh")
        case "xics": try database.insert("xics", [side] + numbers(values, "hd"))
        case "ics": try row("xics_source", values, "hdhhhh")
        case "cpu": try row("cpu", values + Array(repeating: "-", count: max(0, 8 - values.count)), "ddtdthhh")
        case "bridge": try addBridge(values)
        case "messages":
            try database.insert("message_block", [side, bridge, .integer(position)] + numbers(values, "hhd"))
        case "vio": try row("virtual_device", values.replacingDash(at: 3), "thhT")
        case "message-bitmap", "negotiated-options":
            for (place, word) in values.enumerated() {
                try database.insert("state_word", [side, .text(String(keyword)), Database.Value(place), hex(word)])
            }
        case "device-tree-blob":
            try database.insert("device_tree_blob", [side] + numbers(values, "d") + [blob(values.last)])
        case "device-tree":
            try database.insert(
                "device_tree",
                [side] + numbers(Array(values.prefix(2)), "dd") + [
                    .text(values.dropFirst(2).map { " " + $0 }.joined())
                ])
        case "residue":
            try database.insert(
                "residue", [side, .integer(position)] + numbers(Array(values.prefix(3)), "tdt") + [blob(values.last)])
        case "gap": try row("gap", values, "tt")
        default: throw CertificateError("a state has a line that no table takes: \(keyword)")
        }
    }

    private func addMachine(_ values: [Substring]) throws(CertificateError) {
        try database.insert(
            "state",
            [side, .text(digest)] + numbers(Array(values.prefix(3)), "TTT") + numbers(Array(values.dropFirst(3)), "dt")
                + [
                    Database.Value(vectors.contains("message-bitmap")),
                    Database.Value(vectors.contains("negotiated-options")),
                ])
    }

    private func addAssignment(_ shelf: Substring, _ values: [Substring]) throws(CertificateError) {
        let facts = numbers(Array(values.prefix(3)), "htt")
        try database.insert(
            "assignment",
            [side, .text(String(shelf)), .integer(position)] + facts + [
                .text(values.dropFirst(3).joined(separator: " "))
            ])
    }

    private mutating func addBridge(_ values: [Substring]) throws(CertificateError) {
        guard values.count >= 3, let windows = values.last else { throw CertificateError("a bridge without windows") }
        bridge = hex(values[0])
        let pins = values[2..<(values.count - 1)].map { $0 + " " }.joined()
        try database.insert(
            "bridge",
            [side, .integer(position), bridge] + numbers([values[1]], "d") + [
                .text(pins), .text(windows == "-" ? "" : String(windows)),
            ])
    }

    private func row(_ table: String, _ values: [Substring], _ form: String) throws(CertificateError) {
        try database.insert(table, [side, .integer(position)] + numbers(values, form))
    }

    // MARK: - Words

    /// Words by a form: `d` decimal, `h` and `x` hexadecimal, `t` text; `-` is nothing, but for `T`.
    private func numbers(_ words: [Substring], _ form: String) -> [Database.Value] {
        zip(words, form).map { word, kind in
            if word == "-", kind != "T" { return .null }
            switch kind {
            case "d": return Database.Value(Int64(word))
            case "h", "x": return hex(word)
            default: return .text(String(word))
            }
        }
    }

    private func hex(_ word: Substring) -> Database.Value {
        Database.Value(UInt64(word, radix: 16).map { Int64(bitPattern: $0) })
    }

    private func blob(_ word: Substring?) -> Database.Value {
        guard let word, word != "-" else { return .blob([]) }
        var bytes: [UInt8] = []
        var high: UInt8?
        for digit in word.utf8 {
            let value = digit < 0x3a ? digit &- 0x30 : digit &- 0x57
            if let first = high {
                bytes.append(first << 4 | value & 15)
                high = nil
            } else {
                high = value
            }
        }
        return .blob(bytes)
    }
}

extension [Substring] {
    /// An empty text in the place of a dash.
    fileprivate func replacingDash(at place: Int) -> [Substring] {
        guard indices.contains(place), self[place] == "-" else { return self }
        var words = self
        words[place] = ""
        return words
    }
}
