/// Calls that are made in one go: their records, and their results.
struct PayloadBatch {
    let calls: [GuestCall]

    /// At most `PayloadLayout.recordCount` calls.
    init(_ calls: [GuestCall]) {
        self.calls = calls
    }

    /// Writes the records and the buffers that they name.
    func write(to memory: MachineMemory) throws(QEMUError) {
        var records: [UInt8] = []
        records.reserveCapacity(calls.count * PayloadLayout.Record.size)
        for (place, call) in calls.enumerated() {
            let (kind, registers) = try encode(call, place: place, memory)
            records.append(bigEndian: kind.rawValue)
            records.append(bigEndian: UInt64(0))
            for register in registers { records.append(bigEndian: register) }
            let end = (place + 1) * PayloadLayout.Record.size
            records.append(contentsOf: repeatElement(0, count: end - records.count))
        }
        if !records.isEmpty { try memory.write(records, at: PayloadLayout.records) }
    }

    /// Reads the results back.
    func results(from memory: MachineMemory) throws(QEMUError) -> [CallResult] {
        var results: [CallResult] = []
        results.reserveCapacity(calls.count)
        let bytes = try memory.read(at: PayloadLayout.records, count: calls.count * PayloadLayout.Record.size)
        for (place, call) in calls.enumerated() {
            let record = place * PayloadLayout.Record.size
            let fault = word(bytes, record + PayloadLayout.Record.fault)
            results.append(
                CallResult(
                    registers: (0..<10).map { word(bytes, record + PayloadLayout.Record.output + $0 * 8) },
                    returns: try returns(of: call, place: place, memory), fault: fault == 0 ? nil : fault))
        }
        return results
    }

    /// What a firmware call left in its buffer; nothing of other calls.
    func returns(of call: GuestCall, place: Int, _ memory: MachineMemory) throws(QEMUError) -> [UInt32] {
        guard case .firmware(_, let arguments, let count) = call else { return [] }
        let first = buffer(place) + 4 * UInt64(3 + arguments.count)
        return words(try memory.read(at: first, count: 4 * count))
    }

    /// What a call asks for, with its registers from r3 on; writes the buffer that they name.
    func encode(
        _ call: GuestCall, place: Int, _ memory: MachineMemory
    ) throws(QEMUError) -> (PayloadLayout.Kind, [UInt64]) {
        switch call {
        case .hypercall(let registers):
            guard registers.count <= 10 else { throw QEMUError(.payload, "a hypercall has ten registers at most") }
            return (.hypercall, registers)
        case .firmware(let token, let arguments, let returns):
            let count = 3 + arguments.count + returns
            guard returns >= 0, count * 4 <= Int(PayloadLayout.bufferSize) else {
                throw QEMUError(.payload, "a firmware call has \(PayloadLayout.bufferSize / 4) words at most")
            }
            let head = [token, UInt32(arguments.count), UInt32(returns)] + arguments
            let words = head + [UInt32](repeating: .max, count: returns)
            var bytes: [UInt8] = []
            for word in words { bytes.append(bigEndian: word) }
            try memory.write(bytes, at: buffer(place))
            return (.hypercall, [0xf000, buffer(place)])
        case .negotiation(let vectors):
            guard vectors.count <= PayloadLayout.vectorsSize else {
                throw QEMUError(.payload, "option vectors have \(PayloadLayout.vectorsSize) bytes at most")
            }
            // Negotiations of one batch share the place: they are sent apart where they differ.
            try memory.write(vectors, at: PayloadLayout.vectors)
            return (.hypercall, [0xf002, PayloadLayout.vectors, PayloadLayout.tree, PayloadLayout.treeSize])
        case .load(let address, let bytes):
            return (try kind(of: bytes, [.load1, .load2, .load4, .load8]), [address])
        case .store(let address, let bytes, let value):
            return (try kind(of: bytes, [.store1, .store2, .store4, .store8]), [address, value])
        case .listen:
            return (.listen, [])
        }
    }

    private func kind(of bytes: Int, _ kinds: [PayloadLayout.Kind]) throws(QEMUError) -> PayloadLayout.Kind {
        guard let place = [1, 2, 4, 8].firstIndex(of: bytes) else {
            throw QEMUError(.payload, "\(bytes) bytes cannot be loaded or stored at once")
        }
        return kinds[place]
    }

    private func buffer(_ place: Int) -> UInt64 {
        PayloadLayout.buffers + UInt64(place) * PayloadLayout.bufferSize
    }

    private func word(_ bytes: [UInt8], _ offset: Int) -> UInt64 {
        bytes.withUnsafeBytes { UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) }
    }

    private func words(_ bytes: [UInt8]) -> [UInt32] {
        bytes.withUnsafeBytes { space in
            stride(from: 0, to: space.count, by: 4).map { start in
                UInt32(bigEndian: space.loadUnaligned(fromByteOffset: start, as: UInt32.self))
            }
        }
    }
}
