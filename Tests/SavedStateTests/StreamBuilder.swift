/// Writes small migration streams for tests, byte by byte as the format says.
struct StreamBuilder {
    var bytes: [UInt8] = []
    var footers = true
    /// JSON texts of the devices written so far.
    private(set) var devices: [String] = []

    init(machine: String? = "pseries-7.2", footers: Bool = true) {
        self.footers = footers
        bytes += [0x51, 0x45, 0x56, 0x4d] + be32(3)
        if let machine { bytes += [7] + be32(UInt32(machine.utf8.count)) + Array(machine.utf8) }
    }

    /// RAM of two blocks with a few pages, in one START, one PART and one END.
    mutating func ram(id: UInt32 = 2, pages: [[UInt8]] = [page(0, [UInt8](repeating: 0x55, count: 4096))]) {
        section(1, id, "ram", instance: 0, version: 4)
        bytes += be64(0x4000 | 4) + name("a.ram") + be64(0x3000) + name("b.rom") + be64(0x1000) + be64(0x10)
        footer(id)
        part(2, id, pages.flatMap { $0 } + be64(0x10))
        part(3, id, be64(0x10))
    }

    /// A page record that names its block.
    static func page(_ offset: UInt64, _ content: [UInt8], block: String = "a.ram") -> [UInt8] {
        be64(offset | 8) + name(block) + content
    }

    mutating func part(_ mark: UInt8, _ id: UInt32, _ data: [UInt8]) {
        bytes += [mark] + be32(id) + data
        footer(id)
    }

    /// A device section; `json` are the members behind name and instance.
    mutating func device(
        _ id: UInt32, _ name: String, instance: UInt32 = 0, version: UInt32 = 1, body: [UInt8], json: String
    ) {
        section(4, id, name, instance: instance, version: version)
        bytes += body
        footer(id)
        devices.append(#"{"name": "\#(name)", "instance_id": \#(instance), \#(json)}"#)
    }

    /// A device with one field of bytes.
    mutating func plainDevice(_ id: UInt32, _ name: String, instance: UInt32 = 0, body: [UInt8]) {
        device(
            id, name, instance: instance, body: body,
            json: #"""
                "vmsd_name": "\#(name)", "version": 1, "fields": [{"name": "data", "type": "buffer", "size": \#(body.count)}]
                """#)
    }

    mutating func section(_ mark: UInt8, _ id: UInt32, _ name: String, instance: UInt32, version: UInt32) {
        bytes += [mark] + be32(id) + self.name(name) + be32(instance) + be32(version)
    }

    mutating func footer(_ id: UInt32) {
        if footers { bytes += [0x7e] + be32(id) }
    }

    /// End mark and self-description; without a text the one of the devices written.
    mutating func finish(_ text: String? = nil) {
        let text = text ?? #"{"page_size": 4096, "devices": [\#(devices.joined(separator: ", "))]}"#
        bytes += [0, 6] + be32(UInt32(text.utf8.count)) + Array(text.utf8)
    }

    private func name(_ text: String) -> [UInt8] { Self.name(text) }
    static func name(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }

    /// A stream with everything the tail reader handles: structs, arrays, a list, subsections, old style.
    static func sample(footers: Bool = true) -> StreamBuilder {
        var builder = StreamBuilder(footers: footers)
        builder.ram()
        builder.device(
            3, "icp/server", body: [0x11, 0x22, 0x33, 0x44, 0xff, 5],
            json: #"""
                "vmsd_name": "icp/server", "version": 1, "fields": [
                {"name": "xirr", "type": "uint32", "size": 4}, {"name": "pending_priority", "type": "uint8", "size": 1},
                {"name": "mfrr", "type": "uint8", "size": 1}]
                """#)
        builder.device(
            5, "toy", instance: 0x8000_0007, version: 2,
            body: [0x2a, 0, 1, 0, 2, 0, 3, 1, 0, 0, 0, 9, 1, 0xaa, 1, 0xbb, 0, 5] + name("toy/extra") + be32(1) + [7],
            json: #"""
                "vmsd_name": "toy", "version": 2, "fields": [
                {"name": "one", "type": "uint8", "size": 1},
                {"name": "three", "array_len": 3, "type": "uint16", "size": 2},
                {"name": "pair", "type": "struct", "struct": {"vmsd_name": "pair", "version": 1, "fields": [
                {"name": "flag", "type": "bool", "size": 1}, {"name": "number", "type": "int32", "size": 4}]}, "size": 5},
                {"name": "list", "type": "qtailq", "vmsd_name": "e", "version": 1,
                "fields": [{"name": "v", "type": "uint8", "size": 1}], "vmsd_name": "e", "version": 1,
                "fields": [{"name": "v", "type": "uint8", "size": 1}], "size": 5}],
                "subsections": [{"vmsd_name": "toy/extra", "version": 1,
                "fields": [{"name": "x", "type": "uint8", "size": 1}]}]
                """#)
        builder.device(
            9, "old", body: [1, 2, 3],
            json: #""size": 3, "fields": [{"name": "data", "size": 3, "type": "buffer"}]"#)
        builder.finish()
        return builder
    }
}

func be32(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }
func be64(_ value: UInt64) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }
