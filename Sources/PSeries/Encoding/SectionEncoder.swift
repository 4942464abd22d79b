import InterruptState

/// A stretch of a section's body, written again from the decoded state.
public struct EncodedSection: Hashable, Sendable {
    /// Name in the stream.
    public var name: String
    /// Instance number: an accident of creation order.
    public var instance: UInt32
    /// Where the stretch begins, in terms of the section: the whole body, or a named part of it.
    public var part: Part
    /// The raw bytes.
    public var bytes: [UInt8]

    /// Which bytes of a section a stretch is.
    public enum Part: Hashable, Sendable {
        /// The whole body: the section holds interrupt state only.
        case whole
        /// The first bytes of the body: the `spapr_vio` part of a virtual device.
        case head
        /// The body of a subsection with this name.
        case subsection(String)
    }
}

/// Writes the interrupt sections of a stream again from a state, byte for byte.
///
/// It exists to show that decoding loses nothing: what it writes must equal what was read, also after
/// the state has been through a snapshot file. Layouts as in the decoder.
public enum SectionEncoder {
    /// Every interrupt section of the state, in no particular order.
    public static func encode(_ state: MachineState) -> [EncodedSection] {
        controllers(state) + cpus(state) + bridges(state) + virtualDevices(state) + machine(state)
    }

    private static func controllers(_ state: MachineState) -> [EncodedSection] {
        var sections: [EncodedSection] = []
        if let xics = state.xics { sections.append(whole("ics", 0, ics(xics))) }
        if let xive = state.xive {
            sections.append(whole("xive-source", 0, statuses(xive)))
            sections.append(whole("spapr-xive", 0, tables(xive)))
        }
        return sections
    }

    private static func ics(_ xics: XicsController) -> [UInt8] {
        var bytes = BigEndianBytes()
        bytes.append(xics.numberCount)
        var listed = xics.sources[...]
        for index in 0..<xics.numberCount {
            let number = LogicalNumber(xics.base.rawValue + index)
            var source = XicsSource(number: number)
            if let next = listed.first, next.number == number {
                source = next
                listed.removeFirst()
            }
            bytes.append(source.server.rawValue)
            bytes.append(source.priority)
            bytes.append(source.savedPriority)
            bytes.append(source.status.rawValue)
            bytes.append(source.flags.rawValue)
        }
        return bytes.bytes
    }

    private static func statuses(_ xive: XiveController) -> [UInt8] {
        var bytes = BigEndianBytes()
        bytes.append(xive.numberCount)
        forEachSource(xive) { bytes.append($0.status.rawValue) }
        return bytes.bytes
    }

    private static func tables(_ xive: XiveController) -> [UInt8] {
        var bytes = BigEndianBytes()
        let isLittle = xive.tableByteOrder == .little
        bytes.append(xive.numberCount)
        forEachSource(xive) {
            let word = $0.assignment.rawValue
            bytes.append(isLittle ? word.byteSwapped : word)
        }
        var listed = xive.queues[...]
        for index in 0..<xive.queueCount {
            var queue = EventQueue(index: index)
            if let next = listed.first, next.index == index {
                queue = next
                listed.removeFirst()
            }
            for word in queue.words { bytes.append(isLittle ? word.byteSwapped : word) }
        }
        return bytes.bytes
    }

    private static func forEachSource(_ xive: XiveController, _ body: (XiveSource) -> Void) {
        var listed = xive.sources[...]
        for index in 0..<xive.numberCount {
            let number = LogicalNumber(index)
            if let next = listed.first, next.number == number {
                listed.removeFirst()
                body(next)
            } else {
                body(XiveSource(number: number, assignment: .free, status: .off))
            }
        }
    }

    private static func cpus(_ state: MachineState) -> [EncodedSection] {
        state.cpus.flatMap { cpu -> [EncodedSection] in
            var sections: [EncodedSection] = []
            if let presenter = cpu.presenter {
                var bytes = BigEndianBytes()
                bytes.append(presenter.xirr)
                bytes.append(presenter.pendingPriority)
                bytes.append(presenter.mfrr)
                sections.append(whole("icp/server", cpu.index, bytes.bytes))
            }
            if let context = cpu.context, let instance = cpu.contextInstance {
                sections.append(whole("xive-tctx", instance, context.bytes))
            }
            return sections
        }
    }

    private static func bridges(_ state: MachineState) -> [EncodedSection] {
        state.bridges.map { bridge in
            var bytes = BigEndianBytes()
            bytes.append(bridge.buid)
            bytes.append(contentsOf: bridge.oldWindows)
            for pin in bridge.pins { bytes.append(pin.rawValue) }
            bytes.append(UInt32(truncatingIfNeeded: bridge.messages.count))
            for block in bridge.messages {
                bytes.append(block.device)
                bytes.append(block.first.rawValue)
                bytes.append(block.count)
            }
            return whole("spapr_pci", bridge.instance, bytes.bytes)
        }
    }

    private static func virtualDevices(_ state: MachineState) -> [EncodedSection] {
        state.virtualDevices.compactMap { device in
            guard let number = device.number else { return nil }
            var bytes = BigEndianBytes()
            bytes.append(device.unitAddress)
            bytes.append(number.rawValue)
            bytes.append(contentsOf: device.queueState)
            let stem = "\(device.type)@\(String(device.unitAddress, radix: 16))/"
            let name = state.origin.sections.first { $0.name.hasPrefix(stem) }?.name ?? stem
            return EncodedSection(name: name, instance: 0, part: .head, bytes: bytes.bytes)
        }
    }

    private static func machine(_ state: MachineState) -> [EncodedSection] {
        var sections: [EncodedSection] = []
        func add(_ name: String, _ bytes: [UInt8]) {
            sections.append(EncodedSection(name: "spapr", instance: 0, part: .subsection(name), bytes: bytes))
        }
        if let words = state.negotiatedOptions { add("spapr_option_vector_ov5_cas", doublewords(words)) }
        if let words = state.messageBitmap { add("spapr_irq_map", doublewords(words)) }
        if let tree = state.deviceTreeBlob {
            var bytes = BigEndianBytes()
            bytes.append(tree.initialSize)
            bytes.append(UInt32(truncatingIfNeeded: tree.bytes.count))
            bytes.append(contentsOf: tree.bytes)
            add("spapr_dtb", bytes.bytes)
        }
        for residue in state.residues where residue.name == "spapr" { add(residue.part, residue.bytes) }
        return sections
    }

    private static func doublewords(_ words: [UInt64]) -> [UInt8] {
        var bytes = BigEndianBytes()
        for word in words { bytes.append(word) }
        return bytes.bytes
    }

    private static func whole(_ name: String, _ instance: UInt32, _ bytes: [UInt8]) -> EncodedSection {
        EncodedSection(name: name, instance: instance, part: .whole, bytes: bytes)
    }
}

/// Bytes under construction; integers go in big-endian.
private struct BigEndianBytes {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ value: some FixedWidthInteger & UnsignedInteger) {
        var shift = value.bitWidth
        while shift > 0 {
            shift -= 8
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    mutating func append(contentsOf data: [UInt8]) {
        bytes.append(contentsOf: data)
    }
}
