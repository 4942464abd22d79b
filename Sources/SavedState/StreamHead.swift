/// Magic, version and configuration: the first bytes of a stream.
enum StreamHead {
    /// `QEVM`.
    static let magic: [UInt8] = [0x51, 0x45, 0x56, 0x4d]

    /// Reads magic, version and, where there is one, the configuration section.
    static func read(_ cursor: inout StreamCursor) throws(SavedStateError) -> StreamConfiguration? {
        try readMagic(&cursor)
        guard try cursor.peek() == Mark.configuration else { return nil }
        try cursor.skip(1, "the configuration section")
        return try readConfiguration(&cursor)
    }

    private static func readMagic(_ cursor: inout StreamCursor) throws(SavedStateError) {
        let first = try cursor.bytes(Int(min(cursor.remaining, 8)), "the stream header")
        guard first.count == 8, first.starts(with: magic), let version: UInt32 = first.bigEndian(at: 4) else {
            throw SavedStateError(
                .notASavedState,
                first.isEmpty
                    ? "the input is empty" : "the input does not begin like a saved state: “\(printable(first))”",
                offset: 0, advice: "expected is a migration stream (QEVM) or a file that contains one")
        }
        guard version == 3 else {
            throw SavedStateError(
                .unsupported, "the migration stream has version \(version), only version 3 is in use since 2009",
                offset: 4)
        }
    }

    /// The section is walked by this table, never by the sizes of the self-description, which are wrong
    /// for capabilities of different lengths. It has no footer.
    private static func readConfiguration(_ cursor: inout StreamCursor) throws(SavedStateError) -> StreamConfiguration {
        let count: UInt32 = try cursor.integer("the length of the machine type")
        guard count <= Limits.machineTypeBytes else {
            throw SavedStateError(
                .malformed, "the machine type's name claims \(count) bytes", offset: cursor.position - 4)
        }
        let offset = cursor.position
        let name = try cursor.bytes(Int(count), "the machine type")
        var configuration = StreamConfiguration(machineType: printable(name), machineTypeOffset: offset)
        while try isSubsection(&cursor) {
            try readSubsection(&cursor, into: &configuration)
        }
        return configuration
    }

    /// A subsection of the configuration; nothing else begins with 05 here.
    private static func isSubsection(_ cursor: inout StreamCursor) throws(SavedStateError) -> Bool {
        try cursor.peek() == Mark.subsection
    }

    private static func readSubsection(
        _ cursor: inout StreamCursor, into configuration: inout StreamConfiguration
    ) throws(SavedStateError) {
        let offset = cursor.position
        try cursor.skip(1, "a configuration subsection")
        let name = printable(try cursor.name("the name of a configuration subsection"))
        let _: UInt32 = try cursor.integer("the version of a configuration subsection")
        switch name {
        case "configuration/target-page-bits":
            configuration.targetPageBits = try cursor.integer("the target's page bits")
        case "configuration/capabilities":
            configuration.capabilities = try readCapabilities(&cursor)
        case "configuration/uuid":
            configuration.uuid = try cursor.bytes(16, "the UUID")
        default:
            throw SavedStateError(
                .unsupported, "the configuration has a subsection “\(name)” of unknown content", offset: offset)
        }
    }

    private static func readCapabilities(_ cursor: inout StreamCursor) throws(SavedStateError) -> [String] {
        let count: UInt32 = try cursor.integer("the number of capabilities")
        guard count <= Limits.capabilities else {
            throw SavedStateError(
                .malformed, "the configuration claims \(count) capabilities", offset: cursor.position - 4)
        }
        var capabilities: [String] = []
        for _ in 0..<count { capabilities.append(printable(try cursor.name("a capability"))) }
        return capabilities
    }
}

/// The bytes that begin an item of a stream (`migration/savevm.h`).
enum Mark {
    static let eof: UInt8 = 0x00
    static let start: UInt8 = 0x01
    static let part: UInt8 = 0x02
    static let end: UInt8 = 0x03
    static let full: UInt8 = 0x04
    static let subsection: UInt8 = 0x05
    static let description: UInt8 = 0x06
    static let configuration: UInt8 = 0x07
    static let command: UInt8 = 0x08
    static let footer: UInt8 = 0x7e
}
