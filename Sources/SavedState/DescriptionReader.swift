import FlatJSON

/// Turns the JSON text of a self-description into layouts, checked against the format's rules.
///
/// The grammar is that of `migration/vmstate.c` and `migration/savevm.c`, QEMU 5.2 to 11.1, with every
/// difference between them accepted: arrays numbered with, partly with or without `index`; lists with
/// repeated keys; null pointers as `nullptr` or `ptr-marker`; devices of which only `size` is known.
struct DescriptionReader {
    /// No section can be larger: sizes that add up to more are refused before anything is read.
    private let streamSize: UInt64
    private var notes: [String] = []
    /// The way to the value that is read, as text only where something is told of it.
    private var path: [Step] = []

    /// Bodies that may still be read.
    private var budget: Int

    /// How often one value is read at most. The elements of a tree are read a second time where they do not stand as they
    /// do in a list, and with them the trees in them: real ones have one tree in another.
    private static let mostReadings = 16

    private enum Step {
        case member(StaticString)
        case element(Int)
    }

    /// Reads a description.
    ///
    /// - Parameter streamSize: bytes of the stream, the bound of every size and sum.
    static func read(_ bytes: [UInt8], streamSize: UInt64) throws(SavedStateError) -> StreamDescription {
        let text = try text(bytes)
        var reader = DescriptionReader(streamSize: streamSize, budget: mostReadings * text.valueCount)
        return try reader.top(text.root)
    }

    private static func text(_ bytes: [UInt8]) throws(SavedStateError) -> JSONText {
        do throws(JSONError) {
            return try JSONReader.read(bytes, limits: Limits.description)
        } catch {
            throw SavedStateError(
                error.isLimit ? .limit : .badDescription, error.message, offset: UInt64(error.offset))
        }
    }

    private init(streamSize: UInt64, budget: Int) {
        self.streamSize = streamSize
        self.budget = budget
    }

    private mutating func top(_ root: JSONValue) throws(SavedStateError) -> StreamDescription {
        guard root.kind == .object else { throw wrong(root, "is not an object") }
        guard let list = root.member("devices") else { throw wrong(root, "has no member “devices”") }
        guard list.kind == .array else { throw wrong(list, at: "devices", "is not a list") }
        let pageSize = try pageSize(root)
        var devices: [DescribedDevice] = []
        for value in list.elements {
            guard devices.count < Limits.deviceSections else {
                throw SavedStateError(.limit, "the self-description has more than \(Limits.deviceSections) devices")
            }
            path = [.member("devices"), .element(devices.count)]
            devices.append(try device(value))
        }
        return StreamDescription(pageSize: pageSize, devices: devices, notes: notes)
    }

    private func pageSize(_ root: JSONValue) throws(SavedStateError) -> UInt64? {
        guard let value = root.member("page_size") else { return nil }
        guard let size = value.unsigned, Limits.pageSizes.contains(size), size.nonzeroBitCount == 1 else {
            throw wrong(value, at: "page_size", "is not a power of two from 1 KiB to 1 MiB")
        }
        return size
    }

    private mutating func device(_ value: JSONValue) throws(SavedStateError) -> DescribedDevice {
        guard value.kind == .object else { throw wrong(value, "is not an object") }
        guard let name = value.member("name")?.string, (1...255).contains(name.count) else {
            throw wrong(value, at: "name", "is not a text of 1 to 255 bytes")
        }
        guard let instance = value.member("instance_id")?.integer.flatMap(modulo32) else {
            throw wrong(value, at: "instance_id", "is not a 32-bit number")
        }
        let size = try optionalSize(value.member("size"), "size")
        var layout = try body(value, offset: 0)
        let isDescribed = value.member("vmsd_name") != nil
        if let size, size != layout.length {
            if isDescribed {
                notes.append("the description of \(printable(name)) says \(size) bytes, its parts \(layout.length)")
            }
            layout.length = size
        }
        if layout.name.isEmpty { layout.name = printable(name) }
        return DescribedDevice(
            name: Array(name), instance: instance, version: isDescribed ? layout.version : nil, layout: layout)
    }

    /// A device, structure or subsection: its fields, then its subsections.
    private mutating func body(_ value: JSONValue, offset: UInt64) throws(SavedStateError) -> BodyLayout {
        guard value.kind == .object else { throw wrong(value, "is not an object") }
        var parts = BodyParts()
        for member in value.members { parts.add(member) }
        return try body(parts, value, offset: offset)
    }

    private mutating func body(
        _ parts: BodyParts, _ value: JSONValue, offset: UInt64
    ) throws(SavedStateError) -> BodyLayout {
        budget -= 1
        guard budget >= 0 else {
            throw SavedStateError(
                .limit, "the self-description has trees in trees deeper than any machine",
                offset: UInt64(value.offset))
        }
        var layout = BodyLayout(
            name: parts.name?.string.map(printable) ?? "", version: try version(parts.version), offset: offset,
            length: 0, fields: [])
        var end = offset
        if let list = parts.fields { layout.fields = try fields(list, &end) }
        if let list = parts.subsections { layout.subsections = try subsections(list, &end) }
        layout.length = end - offset
        return layout
    }

    private func version(_ value: JSONValue?) throws(SavedStateError) -> UInt32 {
        guard let value else { return 0 }
        guard let version = value.integer.flatMap(modulo32) else {
            throw wrong(value, at: "version", "is not a 32-bit number")
        }
        return version
    }

    private mutating func fields(_ list: JSONValue, _ end: inout UInt64) throws(SavedStateError) -> [FieldLayout] {
        path.append(.member("fields"))
        guard list.kind == .array else { throw wrong(list, "is not a list") }
        var fields: [FieldLayout] = []
        for value in list.elements {
            path.append(.element(fields.count))
            let field = try field(value, offset: end)
            path.removeLast()
            end = try sum(end, field.length, value)
            fields.append(field)
        }
        path.removeLast()
        numberArrays(&fields)
        return fields
    }

    /// Consecutive fields of one name are one array, whatever `index` says or does not say.
    private func numberArrays(_ fields: inout [FieldLayout]) {
        for index in fields.indices.dropFirst() where fields[index].name == fields[index - 1].name {
            let last = fields[index - 1]
            fields[index - 1].arrayIndex = last.arrayIndex ?? 0
            fields[index].arrayIndex = (last.arrayIndex ?? 0) &+ Int(clamping: last.count)
        }
    }

    private mutating func field(_ value: JSONValue, offset: UInt64) throws(SavedStateError) -> FieldLayout {
        guard value.kind == .object else { throw wrong(value, "is not an object") }
        var parts = FieldParts()
        for member in value.members { parts.add(member) }
        guard let name = parts.name?.string else { throw wrong(value, at: "name", "is not a text") }
        guard let type = parts.type?.string else { throw wrong(value, at: "type", "is not a text") }
        guard let size = try optionalSize(parts.size, "size") else { throw wrong(value, "has no member “size”") }
        let count = try optionalSize(parts.count, "array_len") ?? 1
        let (total, overflow) = size.multipliedReportingOverflow(by: count)
        guard !overflow, total <= streamSize else {
            throw wrong(value, "describes \(count) × \(size) bytes, more than the stream has")
        }
        var field = FieldLayout(
            name: printable(name), type: printable(type), offset: offset, elementSize: size, count: count)
        try nest(value, parts, into: &field)
        return field
    }

    /// Places what a field contains.
    private mutating func nest(
        _ value: JSONValue, _ parts: FieldParts, into field: inout FieldLayout
    ) throws(SavedStateError) {
        if let nested = parts.structure {
            path.append(.member("struct"))
            field.element = try body(nested, offset: field.offset)
            path.removeLast()
        } else if ["qtailq", "qlist", "gtree"].contains(field.type) {
            field.listElements = try listElements(value, field)
            return
        } else if parts.hasBody {
            field.element = try body(value, offset: field.offset)
        }
        if let element = field.element, element.length != field.elementSize {
            notes.append(
                "\(text(of: path)): the parts of “\(field.name)” have \(element.length) bytes, the field \(field.elementSize);"
                    + " the field is left undecoded")
            field.element = nil
        }
    }

    /// The elements of a list, each behind a mark byte 01, with 00 behind the last; a tree has its count
    /// in front, and a key of 8 bytes before each value where keys are not described.
    private mutating func listElements(
        _ value: JSONValue, _ field: FieldLayout
    ) throws(SavedStateError) -> [BodyLayout] {
        let groups = BodyParts.groups(of: value)
        guard field.type == "gtree" else {
            return try chain(groups, value, field, start: 0, gap: { _ in 1 })
        }
        let direct = try chain(groups, value, field, start: 4, gap: { _ in 9 }, isProbe: true)
        guard direct.isEmpty else { return direct }
        return try chain(groups, value, field, start: 4, gap: { $0.isMultiple(of: 2) ? 1 : 0 })
    }

    private mutating func chain(
        _ groups: [BodyParts], _ value: JSONValue, _ field: FieldLayout, start: UInt64,
        gap: (Int) -> UInt64, isProbe: Bool = false
    ) throws(SavedStateError) -> [BodyLayout] {
        let saved = notes
        var end = try sum(field.offset, start, value)
        var elements: [BodyLayout] = []
        for (index, group) in groups.enumerated() {
            end = try sum(end, gap(index), value)
            path.append(.element(index))
            let element = try body(group, value, offset: end)
            path.removeLast()
            end += element.length
            elements.append(element)
        }
        if groups.isEmpty || end - field.offset + 1 == field.elementSize { return elements }
        if isProbe {
            notes = saved
        } else {
            notes.append("\(text(of: path)): the elements of “\(field.name)” do not add up to it; it is left undecoded")
        }
        return []
    }

    private mutating func subsections(
        _ list: JSONValue, _ end: inout UInt64
    ) throws(SavedStateError) -> [BodyLayout] {
        path.append(.member("subsections"))
        guard list.kind == .array else { throw wrong(list, "is not a list") }
        var subsections: [BodyLayout] = []
        for value in list.elements {
            path.append(.element(subsections.count))
            guard let name = value.member("vmsd_name")?.string, (1...255).contains(name.count) else {
                throw wrong(value, at: "vmsd_name", "is not a text of 1 to 255 bytes")
            }
            // Mark, length byte, name, version: not part of any size in the description.
            end = try sum(end, UInt64(1 + 1 + name.count + 4), value)
            let subsection = try body(value, offset: end)
            end = try sum(end, subsection.length, value)
            path.removeLast()
            subsections.append(subsection)
        }
        path.removeLast()
        return subsections
    }

    private func optionalSize(_ member: JSONValue?, _ key: StaticString) throws(SavedStateError) -> UInt64? {
        guard let member else { return nil }
        guard let size = member.unsigned, size <= UInt64(Int64.max) else {
            throw wrong(member, at: key, "is not a whole number from 0 to 2^63 - 1")
        }
        return size
    }

    private func sum(_ left: UInt64, _ right: UInt64, _ value: JSONValue) throws(SavedStateError) -> UInt64 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        guard !overflow, sum <= streamSize else { throw wrong(value, "describes more bytes than the stream has") }
        return sum
    }

    private func modulo32(_ value: Int64) -> UInt32? {
        UInt32(exactly: value) ?? Int32(exactly: value).map(UInt32.init(bitPattern:))
    }

    /// - Parameter member: of the value that is read; nil is that value itself.
    private func wrong(_ value: JSONValue, at member: StaticString? = nil, _ message: String) -> SavedStateError {
        let field = text(of: path + (member.map { [.member($0)] } ?? []))
        return SavedStateError(
            .badDescription, "the self-description: \(field.isEmpty ? "the text" : field) \(message)",
            field: field.isEmpty ? nil : field, offset: UInt64(value.offset))
    }

    private func text(of path: [Step]) -> String {
        var text = ""
        for step in path {
            switch step {
            case .member(let name): text += text.isEmpty ? "\(name)" : ".\(name)"
            case .element(let index): text += "[\(index)]"
            }
        }
        return text
    }
}

extension FieldLayout {
    /// Bytes of all elements. The reader and the built-in layouts guarantee that it fits.
    var length: UInt64 { elementSize.multipliedReportingOverflow(by: count).partialValue }
}

/// The members of one field, gathered in one pass.
private struct FieldParts {
    var name: JSONValue?
    var type: JSONValue?
    var size: JSONValue?
    var count: JSONValue?
    var structure: JSONValue?
    /// A body of its own, without a `struct` around it.
    var hasBody = false

    mutating func add(_ member: JSONMember) {
        if member.isKey("name") { name = name ?? member.value }
        if member.isKey("type") { type = type ?? member.value }
        if member.isKey("size") { size = size ?? member.value }
        if member.isKey("array_len") { count = count ?? member.value }
        if member.isKey("struct") { structure = structure ?? member.value }
        if member.isKey("vmsd_name") { hasBody = true }
    }
}

/// The members of one body, gathered in one pass.
private struct BodyParts {
    var name: JSONValue?
    var version: JSONValue?
    var fields: JSONValue?
    var subsections: JSONValue?

    mutating func add(_ member: JSONMember) {
        if member.isKey("vmsd_name") { name = name ?? member.value }
        if member.isKey("version") { version = version ?? member.value }
        if member.isKey("fields") { fields = fields ?? member.value }
        if member.isKey("subsections") { subsections = subsections ?? member.value }
    }

    /// The bodies of a list field: its members repeat, each `vmsd_name` begins an element.
    static func groups(of value: JSONValue) -> [BodyParts] {
        var groups: [BodyParts] = []
        for member in value.members {
            if member.isKey("vmsd_name") { groups.append(BodyParts()) }
            guard !groups.isEmpty else { continue }
            groups[groups.count - 1].add(member)
        }
        return groups
    }
}
