import InterruptState

/// Builds a state again from its row in table `snapshot` and its parts.
///
/// Every cell is checked for type and range: the digests of a hostile file can be right.
struct StateDecoder {
    /// Gives the rows of the parts of a rôle, in the order of their pages.
    let parts: (Role) throws -> [RowBuffer]

    func state(_ row: SnapshotRow) throws -> MachineState {
        var state = MachineState(facts: row.facts)
        state.numbers = try list(.number) { rows in
            let number = LogicalNumber(try rows.integer("number"))
            _ = try rows.integer("rank", as: Int64.self)
            return try rows.assignment(number: number)
        }
        state.xive = try xive(row)
        state.xics = try xics(row)
        state.cpus = try cpus()
        state.bridges = try bridges()
        state.virtualDevices = try list(.device) { rows in
            try rows.place()
            return VirtualDevice(
                type: try rows.text("type"), unitAddress: try rows.integer("unit_address"),
                number: try rows.optional("number").map { LogicalNumber($0) }, queueState: try rows.blob("queue_state"))
        }
        state.messageBitmap = try words(.bitmap, count: row.bitmapWords)
        state.negotiatedOptions = try words(.option, count: row.optionWords)
        state.deviceTreeBlob = try list(.tree) { rows in
            DeviceTreeBlob(initialSize: try rows.integer("initial_size"), bytes: try rows.blob("bytes"))
        }.first
        state.deviceTree = try deviceTree(row)
        state.residues = try list(.residue) { rows in
            SectionResidue(
                name: try rows.text("section"), instance: try rows.integer("instance"), part: try rows.text("name"),
                bytes: try rows.blob("bytes"))
        }
        state.gaps = try list(.gap) { rows in
            try rows.place()
            return Gap(subject: try rows.text("subject"), reason: try rows.text("reason"))
        }
        state.origin = try origin()
        return state
    }

    /// Adds the lists of a provenance.
    func complete(_ provenance: inout Provenance) throws {
        provenance.capabilities = try list(.capability) { rows in
            try rows.place()
            return try rows.text("name")
        }
        provenance.notes = try list(.note) { rows in
            try rows.place()
            return try rows.text("text")
        }
    }

    private func list<Element>(
        _ role: Role, _ element: (inout RowReader) throws -> Element
    ) throws -> [Element] {
        var elements: [Element] = []
        for part in try parts(role) {
            var rows = RowReader(part, table: role.table.name)
            while !rows.isAtEnd { elements.append(try element(&rows)) }
        }
        return elements
    }

    // MARK: - Controllers

    private func xive(_ row: SnapshotRow) throws -> XiveController? {
        guard let head = row.xive else { return nil }
        return XiveController(
            numberCount: head.numbers, queueCount: head.queues, tableByteOrder: head.byteOrder,
            sources: try list(.xive) { rows in
                XiveSource(
                    number: LogicalNumber(try rows.integer("number")),
                    assignment: EventAssignment(rawValue: try rows.integer("eas")),
                    status: SourceStatus(rawValue: try rows.integer("status")))
            },
            queues: try list(.queue) { rows in
                EventQueue(
                    index: try rows.integer("queue"), w0: try rows.integer("w0"), w1: try rows.integer("w1"),
                    w2: try rows.integer("w2"), w3: try rows.integer("w3"), w4: try rows.integer("w4"),
                    w5: try rows.integer("w5"), w6: try rows.integer("w6"), w7: try rows.integer("w7"))
            },
            contents: try contents(head))
    }

    private func contents(_ head: SnapshotRow.XiveHead) throws -> QueueContents {
        if let reason = head.entriesReason { return .notCaptured(reason: reason) }
        return .captured(
            try list(.entry) { rows in
                QueueEntry(
                    queueIndex: try rows.integer("queue"), position: try rows.integer("position"),
                    word: try rows.integer("word"))
            })
    }

    private func xics(_ row: SnapshotRow) throws -> XicsController? {
        guard let head = row.xics else { return nil }
        return XicsController(
            base: LogicalNumber(head.base), numberCount: head.numbers,
            sources: try list(.xics) { rows in
                XicsSource(
                    number: LogicalNumber(try rows.integer("number")),
                    server: ServerNumber(try rows.integer("server")), priority: try rows.integer("priority"),
                    savedPriority: try rows.integer("saved_priority"),
                    status: XicsSource.Status(rawValue: try rows.integer("status")),
                    flags: XicsSource.Flags(rawValue: try rows.integer("flags")))
            })
    }

    // MARK: - vCPUs

    private func cpus() throws -> [VirtualCPU] {
        var cpus = try list(.vcpu) { rows in
            try rows.place()
            return VirtualCPU(
                index: try rows.integer("cpu_index"), server: try rows.optional("server").map { ServerNumber($0) },
                serverBasis: try rows.value("server_basis"), context: nil,
                contextInstance: try rows.optional("context_instance"), presenter: nil)
        }
        _ = try list(.context) { rows in
            let place = try rows.place(in: cpus)
            cpus[place].context = try rows.context()
        }
        _ = try list(.presenter) { rows in
            let place = try rows.place(in: cpus)
            cpus[place].presenter = Presenter(
                xirr: try rows.integer("xirr"), pendingPriority: try rows.integer("pending_priority"),
                mfrr: try rows.integer("mfrr"))
        }
        return cpus
    }

    // MARK: - Devices

    private func bridges() throws -> [HostBridge] {
        var bridges = try list(.bridge) { rows in
            try rows.place()
            return HostBridge(
                buid: try rows.integer("buid"), instance: try rows.integer("instance"), pins: [], messages: [],
                oldWindows: try rows.blob("old_windows"))
        }
        _ = try list(.pin) { rows in
            let place = try rows.place("bridge", in: bridges)
            try rows.place()
            bridges[place].pins.append(LogicalNumber(try rows.integer("number")))
        }
        _ = try list(.block) { rows in
            let place = try rows.place("bridge", in: bridges)
            try rows.place()
            bridges[place].messages.append(
                MessageBlock(
                    device: try rows.integer("function"), first: LogicalNumber(try rows.integer("first")),
                    count: try rows.integer("count")))
        }
        return bridges
    }

    private func words(_ role: Role, count: UInt32?) throws -> [UInt64]? {
        guard let count else { return nil }
        guard count <= MachineState.mostWords else {
            throw StoreError(.limit, "a bitmap has more than \(MachineState.mostWords) words")
        }
        var words = [UInt64](repeating: 0, count: Int(count))
        _ = try list(role) { rows in
            let place = try rows.place("word", in: words)
            words[place] = try rows.integer("bits")
        }
        return words
    }

    private func deviceTree(_ row: SnapshotRow) throws -> DeviceTreeFacts? {
        guard let head = row.tree else { return nil }
        return DeviceTreeFacts(
            numbers: try list(.treeNumber) { rows in
                try rows.place()
                let number = LogicalNumber(try rows.integer("number"))
                return try rows.assignment(number: number)
            },
            servers: try list(.treeServer) { rows in
                try rows.place()
                return ServerNumber(try rows.integer("server"))
            },
            serverCount: head.serverCount, offeredModes: head.offeredModes)
    }

    // MARK: - Evidence

    private func origin() throws -> MachineState.Origin {
        MachineState.Origin(
            sections: try list(.section) { rows in
                try rows.place()
                return SectionRecord(
                    position: try rows.integer("position"), name: try rows.text("name"),
                    instance: try rows.integer("instance"), version: try rows.integer("version"),
                    id: try rows.integer("id"), offset: try rows.integer("offset"),
                    bodyOffset: try rows.integer("body_offset"), bodyLength: try rows.integer("body_length"))
            },
            sites: try list(.site) { rows in
                try rows.place()
                return SiteRule(
                    kind: try rows.value("kind"), firstKey: try rows.integer("first_key"),
                    count: try rows.integer("count"), stride: try rows.integer("stride"),
                    first: Site(
                        section: try rows.text("section"), instance: try rows.integer("instance"),
                        field: try rows.text("field"), offset: try rows.integer("offset")))
            })
    }
}

extension RowReader {
    /// Skips the place of a row in a list: the rows come in its order.
    fileprivate mutating func place() throws(StoreError) {
        _ = try integer("place", as: Int64.self)
    }

    /// The place of an element that must be there.
    fileprivate mutating func place<Element>(
        _ column: StaticString = "place", in elements: [Element]
    ) throws(StoreError) -> Int {
        let place: Int = try integer(column)
        guard elements.indices.contains(place) else { throw unfit(column) }
        return place
    }

    fileprivate mutating func context() throws(StoreError) -> ThreadContext {
        var bytes: [UInt8] = []
        for _ in 0..<ThreadContext.byteCount / 4 {
            let word: UInt32 = try integer("w0…w15")
            for shift: UInt32 in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
        }
        guard let context = ThreadContext(bytes: bytes) else { throw unfit("w0…w15") }
        return context
    }
}
