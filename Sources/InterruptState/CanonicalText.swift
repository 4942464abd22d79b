/// Builds the canonical form of a state: one fact a line, in a fixed order, ASCII.
///
/// Text, because a person can read and `diff` it; bytes, because a million numbers must be hashed
/// in well under a second.
struct CanonicalText {
    private(set) var bytes: [UInt8] = []

    mutating func line(_ keyword: StaticString) {
        if !bytes.isEmpty { bytes.append(0x0a) }
        keyword.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    mutating func word(_ text: some StringProtocol) {
        bytes.append(0x20)
        escaped(text)
    }

    mutating func decimal(_ value: some BinaryInteger) {
        bytes.append(0x20)
        bytes.append(contentsOf: String(value).utf8)
    }

    mutating func optional(_ value: (some BinaryInteger)?) {
        if let value { decimal(value) } else { word("-") }
    }

    mutating func number(_ value: UInt64, digits: Int) {
        bytes.append(0x20)
        hex(value, digits: digits)
    }

    /// The last digits of a value, 16 at most.
    mutating func hex(_ value: UInt64, digits: Int) {
        let words = (
            CanonicalText.digits(of: UInt32(truncatingIfNeeded: value >> 32)).bigEndian,
            CanonicalText.digits(of: UInt32(truncatingIfNeeded: value)).bigEndian
        )
        withUnsafeBytes(of: words) { bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: $0[(16 - digits)...])) }
    }

    /// The eight lower-case hexadecimal digits of a value, the first in the highest byte; all are made at once.
    private static func digits(of value: UInt32) -> UInt64 {
        var nibbles = UInt64(value)
        nibbles = (nibbles << 16 | nibbles) & 0x0000_ffff_0000_ffff
        nibbles = (nibbles << 8 | nibbles) & 0x00ff_00ff_00ff_00ff
        nibbles = (nibbles << 4 | nibbles) & 0x0f0f_0f0f_0f0f_0f0f
        // A byte is 1 where its nibble is a letter: ten and above.
        let letters = (nibbles &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        return nibbles &+ 0x3030_3030_3030_3030 &+ letters &* 0x27
    }

    /// The lower-case hexadecimal digit of a value below 16.
    static func digit(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? 0x30 + nibble : 0x57 + nibble
    }

    mutating func blob(_ data: [UInt8]) {
        bytes.append(0x20)
        if data.isEmpty { bytes.append(0x2d) }
        for byte in data { hex(UInt64(byte), digits: 2) }
    }

    /// Names come from untrusted files: anything but printable ASCII without blank, `\` and `-` alone is escaped.
    private mutating func escaped(_ text: some StringProtocol) {
        if text.isEmpty { bytes.append(contentsOf: "\\e".utf8) }
        let isVerbatim = text.utf8.withContiguousStorageIfAvailable {
            $0.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != 0x5c }
        }
        if isVerbatim == true { return bytes.append(contentsOf: text.utf8) }
        for byte in text.utf8 {
            if byte > 0x20, byte < 0x7f, byte != 0x5c {
                bytes.append(byte)
            } else {
                bytes.append(0x5c)
                hex(UInt64(byte), digits: 2)
            }
        }
    }
}

extension MachineState {
    /// Version of the canonical form; part of its first line and so of every digest.
    public static let canonicalVersion = 1

    /// The canonical form of the state: equal states give equal bytes, different ones different bytes.
    ///
    /// Evidence (``origin-swift.property``) is left out, so that the same state has the same digest
    /// whatever container it was saved in.
    public func canonicalBytes() -> [UInt8] {
        var text = CanonicalText()
        text.line("irqproof-state")
        text.decimal(MachineState.canonicalVersion)
        write(facts, to: &text)
        for row in numbers { write(row, keyword: "number", to: &text) }
        if let xive { write(xive, to: &text) }
        if let xics { write(xics, to: &text) }
        for cpu in cpus { write(cpu, to: &text) }
        for bridge in bridges { write(bridge, to: &text) }
        for device in virtualDevices { write(device, to: &text) }
        writeOptions(to: &text)
        writeDeviceTree(to: &text)
        for residue in residues {
            text.line("residue")
            text.word(residue.name)
            text.decimal(residue.instance)
            text.word(residue.part)
            text.blob(residue.bytes)
        }
        for gap in gaps {
            text.line("gap")
            text.word(gap.subject)
            text.word(gap.reason)
        }
        text.line("end")
        return text.bytes
    }

    /// Content digest: SHA-256 of the canonical form.
    public func digest() -> Digest {
        Digest(of: canonicalBytes())
    }

    private func write(_ facts: MachineFacts, to text: inout CanonicalText) {
        text.line("machine")
        text.word(facts.typeName ?? "-")
        text.word(facts.scheme?.rawValue ?? "-")
        text.word(facts.activeMode.rawValue)
        text.optional(facts.serverCount)
        text.word(facts.serverCountBasis.rawValue)
    }

    private func write(_ row: NumberAssignment, keyword: StaticString, to text: inout CanonicalText) {
        text.line(keyword)
        text.number(UInt64(row.number.rawValue), digits: 8)
        text.word(row.kind?.rawValue ?? "-")
        text.word(row.basis.rawValue)
        switch row.owner {
        case .interprocessor(let index):
            text.word("ipi")
            text.decimal(index)
        case .epow: text.word("epow")
        case .hotPlug: text.word("hot-plug")
        case .virtualDevice(let type, let address):
            text.word("vio")
            text.word(type)
            text.number(UInt64(address), digits: 8)
        case .bridgePin(let bridge, let pin):
            text.word("lsi")
            text.number(bridge, digits: 16)
            text.decimal(pin)
        case .bridgeMessage(let bridge, let device, let vector):
            text.word("msi")
            text.number(bridge, digits: 16)
            text.number(UInt64(device), digits: 8)
            text.decimal(vector)
        case .unknown(let reason):
            text.word("unknown")
            text.word(reason)
        }
    }

    private func write(_ xive: XiveController, to text: inout CanonicalText) {
        text.line("xive")
        text.decimal(xive.numberCount)
        text.decimal(xive.queueCount)
        text.word(xive.tableByteOrder.rawValue)
        for source in xive.sources {
            text.line("eas")
            text.number(UInt64(source.number.rawValue), digits: 8)
            text.number(source.assignment.rawValue, digits: 16)
            text.number(UInt64(source.status.rawValue), digits: 2)
        }
        for queue in xive.queues {
            text.line("end-descriptor")
            text.decimal(queue.index)
            for word in queue.words { text.number(UInt64(word), digits: 8) }
        }
        switch xive.contents {
        case .notCaptured(let reason):
            text.line("queue-entries")
            text.word("not-captured")
            text.word(reason)
        case .captured(let entries):
            text.line("queue-entries")
            text.decimal(entries.count)
            for entry in entries {
                text.line("entry")
                text.decimal(entry.queueIndex)
                text.decimal(entry.position)
                text.number(UInt64(entry.word), digits: 8)
            }
        }
    }

    private func write(_ xics: XicsController, to text: inout CanonicalText) {
        text.line("xics")
        text.number(UInt64(xics.base.rawValue), digits: 8)
        text.decimal(xics.numberCount)
        for source in xics.sources {
            text.line("ics")
            text.number(UInt64(source.number.rawValue), digits: 8)
            text.decimal(source.server.rawValue)
            text.number(UInt64(source.priority), digits: 2)
            text.number(UInt64(source.savedPriority), digits: 2)
            text.number(UInt64(source.status.rawValue), digits: 2)
            text.number(UInt64(source.flags.rawValue), digits: 2)
        }
    }

    private func write(_ cpu: VirtualCPU, to text: inout CanonicalText) {
        text.line("cpu")
        text.decimal(cpu.index)
        text.optional(cpu.server?.rawValue)
        text.word(cpu.serverBasis.rawValue)
        text.optional(cpu.contextInstance)
        text.blob(cpu.context?.bytes ?? [])
        if let presenter = cpu.presenter {
            text.number(UInt64(presenter.xirr), digits: 8)
            text.number(UInt64(presenter.pendingPriority), digits: 2)
            text.number(UInt64(presenter.mfrr), digits: 2)
        } else {
            text.word("-")
        }
    }

    private func write(_ bridge: HostBridge, to text: inout CanonicalText) {
        text.line("bridge")
        text.number(bridge.buid, digits: 16)
        text.decimal(bridge.instance)
        for pin in bridge.pins { text.number(UInt64(pin.rawValue), digits: 8) }
        text.blob(bridge.oldWindows)
        for block in bridge.messages {
            text.line("messages")
            text.number(UInt64(block.device), digits: 8)
            text.number(UInt64(block.first.rawValue), digits: 8)
            text.decimal(block.count)
        }
    }

    private func write(_ device: VirtualDevice, to text: inout CanonicalText) {
        text.line("vio")
        text.word(device.type)
        text.number(UInt64(device.unitAddress), digits: 8)
        if let number = device.number { text.number(UInt64(number.rawValue), digits: 8) } else { text.word("-") }
        text.blob(device.queueState)
    }

    private func writeOptions(to text: inout CanonicalText) {
        if let messageBitmap {
            text.line("message-bitmap")
            for word in messageBitmap { text.number(word, digits: 16) }
        }
        if let negotiatedOptions {
            text.line("negotiated-options")
            for word in negotiatedOptions { text.number(word, digits: 16) }
        }
    }

    private func writeDeviceTree(to text: inout CanonicalText) {
        if let deviceTreeBlob {
            text.line("device-tree-blob")
            text.decimal(deviceTreeBlob.initialSize)
            text.blob(deviceTreeBlob.bytes)
        }
        guard let deviceTree else { return }
        text.line("device-tree")
        text.optional(deviceTree.serverCount)
        text.optional(deviceTree.offeredModes)
        for server in deviceTree.servers { text.decimal(server.rawValue) }
        for row in deviceTree.numbers { write(row, keyword: "device-tree-number", to: &text) }
    }
}
